import Basics
import Glibc
import JSONText
import Planning
import Studio
import TestSupport
import Testing

/// What may start on an engine that costs: a project, an edit or a move of git, and how often the engine was asked.
@Suite(.timeLimit(.minutes(2))) struct AdmissionStepTests {
  private static func project(burst: Int = 24, more: String = "") -> String {
    """
    { "name": "Test", "engine": "scripted", "limits": { "burst": \(burst) },
      "engines": { "scripted": { "type": "scripted"\(more) } } }
    """
  }

  private static func sequence(_ shots: Int, _ prompt: String = "rain") -> String {
    TestFolder.sequence(
      Dictionary(uniqueKeysWithValues: (0..<shots).map { ("s\(100 + $0)", "\(prompt) \($0)") }))
  }

  private func folder(shots: Int, burst: Int = 24) -> TestFolder {
    TestFolder([
      "project.json": Self.project(burst: burst), "sequences/sequence_001.json": Self.sequence(shots),
    ])
  }

  private func git(_ folder: TestFolder, _ script: String) async throws {
    let said = ScratchFolder()
    let output = open(said.file("said"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    defer { close(output) }
    let names = [
      "GIT_AUTHOR_NAME=T", "GIT_AUTHOR_EMAIL=t@example.org", "GIT_COMMITTER_NAME=T",
      "GIT_COMMITTER_EMAIL=t@example.org",
    ]
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    let child = try ChildProcess(
      starting: "/bin/sh", arguments: ["-c", "set -e; cd \(folder.path); \(script)"],
      environment: names + ["PATH=\(path)", "HOME=/nonexistent", "GIT_CONFIG_NOSYSTEM=1"], output: .descriptor(output),
      error: .descriptor(output))
    let exit = await child.waitForExit()
    #expect(exit.isSuccess, "\(script): \(String(decoding: said.read("said") ?? [], as: UTF8.self))")
  }

  private func waits(_ loop: TestLoop, after mark: Int = 0) -> [String] {
    loop.events.dropFirst(mark).compactMap { if case .waiting(let message) = $0 { message } else { nil } }
  }

  private func states(_ loop: TestLoop) async throws -> [String: Int] {
    let shots = try await loop.answer("status")["shots"]?.object ?? [:]
    return Dictionary(uniqueKeysWithValues: shots.compactMap { key, value in value.int.map { (key, $0) } })
  }

  // MARK: Trust

  @Test func `an engine of a project that came from elsewhere is not asked before it is trusted, and then at once`()
    async throws
  {
    let folder = folder(shots: 3)
    let engine = ScriptedEngine()
    let loop = TestLoop(folder, engines: [engine], isMadeHere: false)
    try await loop.sync(idle: true)
    #expect(engine.calls.isEmpty)
    #expect(
      waits(loop) == [
        "3 shots wait: the engine scripted is not trusted as it is defined now. Nothing is run or sent: reel trust --show says "
          + "what it would do, reel trust lets it."
      ])
    #expect(try await states(loop)["waiting"] == 3)
    let shown = try await loop.answer("trust")["engines"]?.array?.first
    #expect(shown?["state"] == "untrusted")
    let digest = try #require(shown?["digest"])
    // Looking trusts nothing, and neither does another hash.
    let other = try await loop.ask(
      ControlCall("trust", ["accept": [["name": "scripted", "digest": "sha256:00"]]]))
    guard case .failure("changed", _) = other else { throw Failure("\(other)") }
    #expect(engine.calls.isEmpty)
    _ = try await loop.answer("trust", ["accept": [["name": "scripted", "digest": digest]]])
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 3)
    await loop.stopAndWait()

    // It is remembered; a change of the definition asks again, by hand as it is: the project was not made here.
    let again = TestLoop(folder, engines: [engine], isMadeHere: false)
    folder.edit("sequences/sequence_001.json", "rain 0", "snow")
    try await again.sync(idle: true)
    #expect(engine.calls.count == 4)
    folder.write("project.json", Self.project(more: ", \"urls\": [\"https://example.org\"]"))
    folder.edit("sequences/sequence_001.json", "rain 1", "snow")
    try await again.sync(idle: true)
    #expect(engine.calls.count == 4)
    #expect(try await states(again)["waiting"] == 1)
    // And the old one is still trusted.
    folder.write("project.json", Self.project())
    try await again.sync(idle: true)
    #expect(engine.calls.count == 5)
  }

  @Test func `in a project that was made here engines are trusted as they are written by hand`() async throws {
    let folder = folder(shots: 1)
    let engine = ScriptedEngine()
    let loop = TestLoop(folder, engines: [engine])
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 1)
    folder.write("project.json", Self.project(more: ", \"urls\": [\"https://example.org\"]"))
    folder.edit("sequences/sequence_001.json", "rain", "snow")
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 2)
    #expect(waits(loop) == [])
  }

  @Test func `jobs that were queued wait again when a definition came with git, and those that run go on`() async throws
  {
    let folder = folder(shots: 3)
    try await git(
      folder,
      "git init -qb main; echo .reel >.gitignore; git add -A; git commit -qm first; git checkout -qb other; "
        + "sed -i 's/\"type\": \"scripted\"/&, \"urls\": [\"https:\\/\\/evil.example\"]/' project.json; "
        + "git commit -qam other; git checkout -q main")
    let gate = Gate()
    let engine = ScriptedEngine(capacity: 1)
    engine.usually([.wait(gate), .make])
    let loop = TestLoop(folder, engines: [engine])
    try await loop.event("a start") { if case .started = $0 { true } else { false } }
    try await git(folder, "git checkout -q other")
    try await loop.event("withdrawn") { if case .cancelled = $0 { true } else { false } }
    gate.open()
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 1)
    #expect(try await states(loop)["waiting"] == 2)
    #expect(try await states(loop)["fresh"] == 1)
    try await git(folder, "git checkout -q main")
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 3)
  }

  // MARK: Bursts

  @Test func `more than the limit at once waits as a whole, and fewer start at once`() async throws {
    let folder = folder(shots: 6, burst: 4)
    let engine = ScriptedEngine()
    let loop = TestLoop(folder, engines: [engine])
    try await loop.sync(idle: true)
    #expect(engine.calls.isEmpty)
    #expect(
      waits(loop) == ["6 shots changed at once. Nothing queued: reel plan shows them, reel approve starts them."])
    let plan = try await loop.answer("plan")
    #expect(plan["jobs"]?.array?.map { $0["state"] } == Array(repeating: "waiting", count: 6))
    #expect(plan["jobs"]?.array?.first?["waits"]?["command"] == "reel approve")
    // A few more by hand are no burst.
    folder.write("sequences/sequence_002.json", TestFolder.sequence(["t1": "sun", "t2": "moon"]))
    try await loop.sync(idle: true)
    #expect(engine.calls.map(\.shot).sorted() == ["sequence_002/t1", "sequence_002/t2"])

    let approved = try await loop.answer("approve", ["shots": ["s103"]])
    #expect(approved["admitted"]?.array?.map { $0["shot"] } == ["sequence_001/s103"])
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 3)
    #expect(engine.calls.last?.shot == "sequence_001/s103")
    await loop.stopAndWait()

    // A restart lets none of them slip in.
    let again = TestLoop(folder, engines: [engine])
    try await again.sync(idle: true)
    #expect(engine.calls.count == 3)
    // What is another recipe by then is not what was shown.
    folder.edit("sequences/sequence_001.json", "rain 5", "other")
    try await again.sync(idle: true)
    #expect(engine.calls.count == 4)
    #expect(try await again.answer("approve")["admitted"]?.array?.count == 4)
    try await again.sync(idle: true)
    #expect(engine.calls.count == 8)
    #expect(try await again.answer("approve")["admitted"]?.array?.isEmpty == true)
  }

  @Test func `what was approved and not made is made after a restart without being asked again`() async throws {
    let folder = folder(shots: 6, burst: 2)
    // What is deleted below is not to come from there.
    folder.configure(#"{ "cache": { "size": 0 } }"#)
    let gate = Gate()
    let slow = ScriptedEngine(capacity: 1)
    slow.usually([.wait(gate)])
    let loop = TestLoop(folder, engines: [slow])
    try await loop.sync(idle: true)
    _ = try await loop.answer("approve")
    try await loop.event("a start") { if case .started = $0 { true } else { false } }
    await loop.stopAndWait()
    let engine = ScriptedEngine()
    let again = TestLoop(folder, engines: [engine])
    try await again.sync(idle: true)
    #expect(engine.calls.count == 6)
    #expect(waits(again) == [])
    // Restoring costs nothing and is asked of nobody.
    folder.removeTree("sequences/sequence_001")
    try await again.sync(idle: true)
    #expect(try await states(again)["fresh"] == 6)
    await again.stopAndWait()
    // Used up: the same recipes made once more are another expense.
    folder.removeTree("sequences/sequence_001")
    folder.removeCache()
    let third = TestLoop(folder, engines: [engine])
    try await third.sync(idle: true)
    #expect(engine.calls.count == 6)
    #expect(try await states(third)["waiting"] == 6)
  }

  @Test func `with a limit of nothing every edit waits`() async throws {
    let folder = folder(shots: 1, burst: 0)
    let engine = ScriptedEngine()
    let loop = TestLoop(folder, engines: [engine])
    try await loop.sync(idle: true)
    #expect(engine.calls.isEmpty)
    #expect(waits(loop) == ["1 shot changed at once. Nothing queued: reel plan shows it, reel approve starts it."])
  }

  // MARK: Git

  @Test func `what came with git waits, a hand's edit afterwards does not, and back again nothing is left`()
    async throws
  {
    let folder = folder(shots: 5)
    try await git(
      folder,
      "git init -qb main; echo sequences/sequence_001/ >.gitignore; echo .reel >>.gitignore; git add -A; git commit -qm first; "
        + "git checkout -qb snow; sed -i 's/rain/snow/' sequences/sequence_001.json; git commit -qam snow; git checkout -q main"
    )
    let engine = ScriptedEngine()
    let loop = TestLoop(folder, engines: [engine])
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 5, "\(loop.lines())")
    let mark = loop.mark
    try await git(folder, "git checkout -q snow")
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 5)
    #expect(
      waits(loop, after: mark) == [
        "5 shots changed with git. Nothing queued: reel plan shows them, reel approve starts them."
      ])
    folder.edit("sequences/sequence_001.json", "snow 2", "hail")
    try await loop.sync(idle: true)
    #expect(engine.calls.map(\.prompt).last == "hail")
    #expect(engine.calls.count == 6)
    // A commit brings nothing, and what is edited after it is a hand's.
    try await git(folder, "git commit -qam hail")
    folder.edit("sequences/sequence_001.json", "snow 3", "fog")
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 7)
    #expect(try await states(loop)["waiting"] == 3)
    try await git(folder, "git stash -q; git checkout -q main")
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 7)
    #expect(try await states(loop)["fresh"] == 5)
    await loop.stopAndWait()

    // While nobody watches it is the same.
    try await git(folder, "git checkout -q snow")
    let again = TestLoop(folder, engines: [engine])
    try await again.sync(idle: true)
    #expect(engine.calls.count == 7)
    #expect(try await states(again)["waiting"] == 4)
    await again.stopAndWait()
    let third = TestLoop(folder, engines: [engine])
    try await third.sync(idle: true)
    #expect(engine.calls.count == 7, "HEAD did not move since, and they wait all the same")
    #expect(try await third.answer("approve")["admitted"]?.array?.count == 4)
    try await third.sync(idle: true)
    #expect(engine.calls.count == 11)
  }

  @Test func `a make of one shot lets nothing else of what came with git slip in`() async throws {
    let folder = folder(shots: 4)
    try await git(
      folder,
      "git init -qb main; echo sequences/sequence_001/ >.gitignore; git add -A; git commit -qm first; "
        + "git checkout -qb snow; sed -i 's/rain/snow/' sequences/sequence_001.json; git commit -qam snow; git checkout -q main"
    )
    let engine = ScriptedEngine()
    let first = await TestLoop(folder, .make(shots: []), engines: [engine]).ending()
    #expect(first.finished == 4)
    try await git(folder, "git checkout -q snow")
    let one = await TestLoop(folder, .make(shots: ["s101"]), engines: [engine]).ending()
    #expect(one.finished == 0)
    #expect(one.unapproved == 1)
    let all = await TestLoop(folder, .make(shots: []), engines: [engine]).ending()
    #expect(all.finished == 0)
    #expect(all.unapproved == 4)
    #expect(engine.calls.count == 4)
  }

  // MARK: Losses

  @Test func `a lost journal of a project with takes that cost lets nothing start before somebody approves`()
    async throws
  {
    let folder = folder(shots: 3)
    let engine = ScriptedEngine()
    let first = TestLoop(folder, engines: [engine])
    try await first.sync(idle: true)
    await first.stopAndWait()
    folder.removeState()
    folder.edit("sequences/sequence_001.json", "rain 1", "snow")
    let loop = TestLoop(folder, engines: [engine], isMadeHere: false)
    try await loop.sync(idle: true)
    let digest = try #require(try await loop.answer("trust")["engines"]?.array?.first?["digest"])
    _ = try await loop.answer("trust", ["accept": [["name": "scripted", "digest": digest]]])
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 3)
    #expect(try await states(loop)["waiting"] == 1)
    // So does what comes up afterwards.
    folder.edit("sequences/sequence_001.json", "rain 2", "snow 2")
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 3)
    #expect(try await loop.answer("approve")["admitted"]?.array?.count == 2)
    folder.edit("sequences/sequence_001.json", "rain 0", "snow 0")
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 6)
  }

  // MARK: Settling

  @Test func `what is sent far away stands for a while, and only the last of several edits is sent`() async throws {
    let folder = TestFolder([
      "project.json": Self.project(more: ", \"settle\": \"300 ms\""), "sequences/sequence_001.json": Self.sequence(1),
    ])
    let engine = ScriptedEngine()
    let loop = TestLoop(folder, engines: [engine])
    try await loop.sync()
    folder.edit("sequences/sequence_001.json", "rain 0", "snow")
    try await loop.sync()
    folder.edit("sequences/sequence_001.json", "snow", "hail")
    try await loop.sync(idle: true)
    #expect(engine.calls.last?.prompt == "hail")
    #expect(engine.calls.count <= 3)
  }

  @Test func `make does not wait for that`() async throws {
    let folder = TestFolder([
      "project.json": Self.project(more: ", \"settle\": \"1 h\""), "sequences/sequence_001.json": Self.sequence(1),
    ])
    let engine = ScriptedEngine(reach: .network)
    #expect(await TestLoop(folder, .make(shots: []), engines: [engine]).ending().finished == 1)
  }
}
