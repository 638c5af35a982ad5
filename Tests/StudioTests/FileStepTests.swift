import Basics
import JSONText
import Studio
import TestSupport
import Testing
import Watching

/// Files that are broken, on their way, or gone.
@Suite struct FileStepTests {
  private let engine = ScriptedEngine()

  /// Longer than a busy machine takes between two steps of a save.
  private let long = Patience.Times(
    broken: .seconds(3), brokenAtMost: .seconds(30), partial: .seconds(3), absent: .seconds(3),
    absentAtMost: .seconds(30))

  private func settled(
    _ folder: TestFolder, patience: Patience.Times = TestLoop.patience
  ) async throws -> TestLoop {
    let loop = TestLoop(folder, engines: [engine], patience: patience)
    try await loop.idle()
    return loop
  }

  private func problems(_ loop: TestLoop, after mark: Int) -> [String] {
    loop.lines(after: mark).filter { $0.hasPrefix("problem") || $0.hasPrefix("solved") }
  }

  @Test func `a broken file freezes its shots with one error, and a fix releases them`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = try await settled(folder)
    let mark = loop.mark
    let text = try #require(folder.read("sequences/sequence_001.json"))
    folder.write("sequences/sequence_001.json", String(text.dropLast(5)))
    try await loop.sync(idle: true)
    folder.write("sequences/sequence_001.json", String(text.dropLast(6)))
    try await loop.sync(idle: true)
    let codes = problems(loop, after: mark)
    #expect(codes.count { $0.hasPrefix("problem") } == codes.count { $0.hasPrefix("solved") } + 1)
    #expect(try await loop.answer("status")["shots"]?["unreadable"]?.int ?? 0 > 0)
    #expect(engine.calls.count == 2)
    let fix = loop.mark
    folder.write("sequences/sequence_001.json", text)
    try await loop.sync(idle: true)
    #expect(problems(loop, after: fix).count == 1)
    #expect(problems(loop, after: fix).first?.hasPrefix("solved") == true)
    #expect(try await loop.answer("status")["shots"]?["fresh"]?.int == 2)
    #expect(loop.planned(after: mark) == [])
    await loop.stopAndWait()
  }

  @Test func `a file written in pieces shows no error and gives one job`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder, patience: long)
    let mark = loop.mark
    let text = TestFolder.sequence(["a": "rain"])
    folder.write("sequences/sequence_001.json", "")
    for part in 1...4 {
      folder.write("sequences/sequence_001.json", String(text.prefix(text.count * part / 4)))
    }
    try await loop.sync(idle: true)
    #expect(loop.lines(after: mark).filter { $0.hasPrefix("planned") } == ["planned 1"])
    #expect(problems(loop, after: mark) == [])
    await loop.stopAndWait()
  }

  @Test func `a file that is away for a moment is not gone`() async throws {
    engine.script("sequence_001/a", [.neverEnd])
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = TestLoop(folder, engines: [engine], patience: long)
    try await loop.event("start") { $0.line == "started sequence_001/a" }
    let text = try #require(folder.read("sequences/sequence_001.json"))
    folder.move("sequences/sequence_001.json", to: "sequences/sequence_001.json~")
    // In the same burst, as vim does; `sync` then waits until nothing is waited for.
    folder.write("sequences/sequence_001.json", text)
    folder.remove("sequences/sequence_001.json~")
    try await loop.sync()
    #expect(!loop.lines().contains { $0.hasPrefix("cancelled") })
    folder.remove("sequences/sequence_001.json")
    try await loop.sync(idle: true)
    #expect(loop.lines().contains { $0.hasPrefix("cancelled sequence_001/a") })
    #expect(try await loop.answer("status")["shots"]?["total"]?.int == 0)
    await loop.stopAndWait()
  }

  @Test func `project json deleted freezes everything, and put back nothing has happened`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder)
    let mark = loop.mark
    folder.remove("project.json")
    try await loop.sync(idle: true)
    #expect(problems(loop, after: mark) == ["problem no-project project.json"])
    #expect(try await loop.answer("status")["shots"]?["unreadable"]?.int == 1)
    folder.write("project.json", TestFolder.project)
    try await loop.sync(idle: true)
    #expect(problems(loop, after: mark) == ["problem no-project project.json", "solved no-project project.json"])
    #expect(try await loop.answer("status")["shots"]?["fresh"]?.int == 1)
    #expect(loop.planned(after: mark) == [])
    await loop.stopAndWait()
  }

  @Test func `the project folder gone ends the watcher and deletes nothing in its picture`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder)
    let mark = loop.mark
    folder.moveRoot(to: "elsewhere")
    let ending = await loop.ending()
    #expect(ending.cause == .rootGone)
    #expect(ending.counts[.fresh] == 1)
    #expect(loop.lines(after: mark) == ["bye the project folder is gone"])
  }

  @Test func `a large reference is hashed beside, and changes of it are seen`() async throws {
    let size = 5 << 20
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    folder.write("inbox/a.png", bytes: TestImages.png(String(repeating: "1", count: size)))
    let loop = try await settled(folder)
    #expect(engine.calls.count == 2)
    let mark = loop.mark
    for version in ["2", "3", "4"] {
      folder.write("inbox/a.png", bytes: TestImages.png(String(repeating: version, count: size)))
    }
    try await loop.sync(idle: true)
    // How many of the three were met depends on the machine, but the last one was, and only its shot was made.
    let made = loop.lines(after: mark).filter { $0.hasPrefix("finished") }
    #expect(Set(made) == ["finished sequence_001/a"])
    try await expectLikeCold(loop)
    await loop.stopAndWait()
  }

  @Test func `an image that is being copied is waited for`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = try await settled(folder)
    let mark = loop.mark
    folder.write("inbox/a.png", bytes: TestImages.beginning("half"))
    try await loop.sync()
    #expect(problems(loop, after: mark).allSatisfy { $0.hasSuffix("incomplete-image inbox/a.png") })
    #expect(try await loop.answer("status")["shots"]?["waiting"]?.int == 1)
    folder.write("inbox/a.png", bytes: TestImages.png("half and half"))
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark).count == 1)
    #expect(try await loop.answer("status")["problems"]?.array?.isEmpty == true)
    #expect(engine.calls.count == 3)
    await loop.stopAndWait()
  }

  @Test func `an image whose name fits two shots is told of until it fits one`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    folder.write("sequences/sequence_002.json", TestFolder.sequence(["a": "rain"]))
    let loop = try await settled(folder)
    let mark = loop.mark
    folder.write("inbox/a.png", bytes: TestImages.png("x"))
    try await loop.sync(idle: true)
    #expect(problems(loop, after: mark) == ["problem ambiguous-image inbox/a.png"])
    folder.write("sequences/sequence_002.json", TestFolder.sequence(["b": "rain"]))
    try await loop.sync(idle: true)
    #expect(problems(loop, after: mark).last == "solved ambiguous-image inbox/a.png")
    #expect(engine.calls.filter { $0.shot == "sequence_001/a" }.count == 2)
    await loop.stopAndWait()
  }

  @Test func `what a dead process left is removed, what a living one writes is not`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let left = ["sequences/sequence_001", ".reel", ".reel/schemas"].map { "\($0)/.reel-999999999-x.tmp" }
    for path in left { folder.write(path, "left") }
    folder.write("sequences/.reel-1-x.tmp", "being written by process 1")
    folder.write(".reel/sync/999999999-x", "")
    let loop = try await settled(folder)
    await loop.stopAndWait()
    #expect(folder.names(in: "sequences") == [".reel-1-x.tmp", "sequence_001", "sequence_001.json"])
    #expect(folder.names(in: ".reel/sync") == [])
    #expect(folder.names(in: "sequences/sequence_001").count == 2)
    #expect(left.filter { folder.bytes($0) != nil } == [])
  }

  @Test func `while git works nothing is planned, and then all at once`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    folder.write(".git/HEAD", "ref: refs/heads/main\n")
    let loop = try await settled(folder, patience: long)
    // What the loop's own takes had moved is looked at by now, and not together with what follows.
    try await loop.sync(idle: true)
    let mark = loop.mark
    folder.write(".git/index.lock", "")
    let text = try #require(folder.read("sequences/sequence_001.json"))
    folder.remove("sequences/sequence_001.json")
    folder.write("sequences/sequence_001.json", text.replacing("fog", with: "sun"))
    folder.edit("sequences/sequence_001.json", "rain", "snow")
    // A call is answered meanwhile, from what was before.
    #expect(try await loop.answer("plan")["jobs"]?.array?.count == 0)
    // On a busy machine git is waited for long enough to be said.
    #expect(loop.lines(after: mark).filter { !$0.hasPrefix("notice git is at work") } == [])
    folder.remove(".git/index.lock")
    try await loop.sync(idle: true)
    #expect(loop.lines(after: mark).filter { $0.hasPrefix("planned") } == ["planned 2"])
    await loop.stopAndWait()
  }

  @Test func `what had settled before git began waits too, when the loop comes to it only then`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    folder.write(".git/HEAD", "ref: refs/heads/main\n")
    let gate = Monitor((isOpen: true, isReached: false))
    let loop = TestLoop(folder, engines: [engine], patience: long) { options in
      options.follower = { _ in
        gate.change { $0.isReached = true }
        _ = gate.wait { $0.isOpen ? true : nil }
      }
      // What waits is not looked at by itself before the sync comes.
      options.settling.heldCheck = .seconds(1)
    }
    try await loop.idle()
    try await loop.sync(idle: true)
    let mark = loop.mark
    // The loop stands still while it tells of this, which makes no job.
    gate.change { $0 = (isOpen: false, isReached: false) }
    folder.edit("sequences/sequence_001.json", #""id": "a""#, #""id": "a", "name": "First""#)
    _ = await Task.detached { gate.wait { $0.isReached ? true : nil } }.value
    folder.edit("sequences/sequence_001.json", "rain", "snow")
    // For as long as an edit takes to settle; where that takes longer, it waits with the watcher.
    try await Task.sleep(for: .milliseconds(200))
    folder.write(".git/index.lock", "")
    gate.change { $0.isOpen = true }
    _ = try await loop.answer("plan")
    #expect(loop.lines(after: mark).filter { $0.hasPrefix("planned") } == [])
    folder.remove(".git/index.lock")
    try await loop.sync(idle: true)
    #expect(loop.lines(after: mark).filter { $0.hasPrefix("planned") } == ["planned 1"])
    await loop.stopAndWait()
  }

  @Test func `what the index remembers is used, and without it all is the same`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    folder.write("inbox/a.png", bytes: TestImages.png(String(repeating: "1", count: 5 << 20)))
    await (try settled(folder)).stopAndWait()
    let again = try await settled(folder)
    #expect(again.planned() == [])
    try await expectLikeCold(again)
    await again.stopAndWait()
    folder.forgetIndex()
    let fresh = try await settled(folder)
    #expect(fresh.planned() == [])
    try await expectLikeCold(fresh)
    await fresh.stopAndWait()
    #expect(engine.calls.count == 1)
  }

  @Test func `a folder that tells nothing in time is looked at every second, and said to be`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = TestLoop(folder, engines: [engine]) { $0.probeLimit = .zero }
    try await loop.idle()
    // The cookie of this call comes by polling, so the poller is at work when it returns.
    try await loop.sync(idle: true)
    #expect(
      loop.lines().filter { $0.hasPrefix("notice") } == [
        "notice this file system does not tell of changes; the project folder is looked at every second instead"
      ])
    folder.write("sequences/sequence_001.json", TestFolder.sequence(["a": "rain"]))
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 2)
    await loop.stopAndWait()
  }

  @Test func `a save that leads back to an earlier take is answered with it, and nothing is made`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder)
    folder.write("sequences/sequence_001.json", TestFolder.sequence(["a": "rain"]))
    try await loop.sync(idle: true)
    let mark = loop.mark
    folder.write("sequences/sequence_001.json", TestFolder.sequence(["a": "fog"]))
    try await loop.sync(idle: true)
    let told = loop.events.dropFirst(mark).compactMap { event -> Bool? in
      if case .restored(_, _, _, let take, let source) = event { return source == .take(take) } else { return nil }
    }
    #expect(told == [true])
    #expect(engine.calls.count == 2)
    await loop.stopAndWait()
  }
}
