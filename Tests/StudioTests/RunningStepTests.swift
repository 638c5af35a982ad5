import Basics
import Engines
import JSONText
import Studio
import TestSupport
import Testing

/// What happens to jobs that run when the world changes, or they fail.
@Suite struct RunningStepTests {
  private let engine = ScriptedEngine()
  private let gate = Gate()
  private let shot = "sequence_001/a"

  private func watch(_ folder: TestFolder) -> TestLoop { TestLoop(folder, engines: [engine]) }

  private func started(_ loop: TestLoop, _ shot: String = "sequence_001/a", after mark: Int = 0) async throws {
    try await loop.event("start of \(shot)", after: mark) { $0.line == "started \(shot)" }
  }

  @Test func `a shot edited while it runs has its job cancelled and one current take`() async throws {
    engine.script(shot, [.neverEnd])
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = watch(folder)
    try await started(loop)
    folder.edit("sequences/sequence_001.json", "fog", "rain")
    try await loop.idle()
    #expect(loop.lines().contains("cancelled sequence_001/a the shot changed while it ran"))
    #expect(engine.calls.map(\.prompt) == ["fog", "rain"])
    #expect(folder.takes(of: "a").count == 1)
    await loop.stopAndWait()
  }

  @Test func `a result that comes too late is kept as an older take`() async throws {
    engine.script(shot, [.waitDeaf(gate), .make])
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = watch(folder)
    try await started(loop)
    folder.edit("sequences/sequence_001.json", "fog", "rain")
    try await loop.sync()
    gate.open()
    try await loop.sync(idle: true)
    #expect(folder.takes(of: "a").count == 2)
    let takes = try await loop.answer("takes")["takes"]?.array ?? []
    #expect(takes.count { $0["fresh"]?.bool == true } == 1)
    #expect(folder.faultsOfTakes() == [])
    await loop.stopAndWait()
  }

  @Test(arguments: [true, false])
  func `a change taken back while the job is being cancelled ends with that take`(_ isDeaf: Bool) async throws {
    engine.script(shot, isDeaf ? [.waitDeaf(gate), .make] : [.wait(Gate()), .make])
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = watch(folder)
    try await started(loop)
    folder.edit("sequences/sequence_001.json", "fog", "rain")
    try await loop.sync()
    folder.edit("sequences/sequence_001.json", "rain", "fog")
    try await loop.sync()
    gate.open()
    try await loop.sync(idle: true)
    #expect(try await loop.answer("status")["shots"]?["fresh"]?.int == 1)
    #expect(engine.calls.last?.prompt == "fog" || isDeaf)
    #expect(try await loop.answer("plan")["jobs"]?.array?.count == 0)
    await loop.stopAndWait()
  }

  @Test func `a shot deleted while it runs is cancelled`() async throws {
    engine.script(shot, [.neverEnd])
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = watch(folder)
    try await started(loop)
    folder.write("sequences/sequence_001.json", TestFolder.sequence(["b": "rain"]))
    try await loop.idle()
    #expect(loop.lines().contains("cancelled sequence_001/a the shot changed while it ran"))
    #expect(folder.takes(of: "a") == [])
    await loop.stopAndWait()
  }

  @Test func `one shot of fifty that fails for good leaves forty-nine takes and one failure`() async throws {
    let prompts = Dictionary(uniqueKeysWithValues: (100..<150).map { ("s\($0)", "prompt \($0)") })
    engine.script("sequence_001/s117", [.failForGood("the model refused it")])
    let folder = TestFolder(prompts: prompts)
    let loop = watch(folder)
    try await loop.idle()
    #expect(loop.lines().filter { $0.hasPrefix("failed") } == ["failed sequence_001/s117 the model refused it"])
    #expect(folder.tree("sequences/sequence_001").count == 98)
    #expect(try await loop.answer("status")["shots"]?["failed"]?.int == 1)
    // It stays down over a restart, until it changes.
    await loop.stopAndWait()
    let again = watch(folder)
    try await again.idle()
    #expect(again.planned() == [])
    folder.edit("sequences/sequence_001.json", "prompt 117", "prompt 117 again")
    try await again.sync(idle: true)
    #expect(try await again.answer("status")["shots"]?["fresh"]?.int == 50)
    await again.stopAndWait()
  }

  @Test func `a failure in passing is tried again after a while`() async throws {
    engine.script(shot, [.failInPassing("busy"), .make])
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = watch(folder)
    try await loop.idle()
    #expect(loop.lines().filter { $0.hasPrefix("failed") } == ["failed sequence_001/a busy, again"])
    #expect(folder.takes(of: "a").count == 1)
    await loop.stopAndWait()
  }

  @Test func `a shot just edited goes before a long queue`() async throws {
    let prompts = Dictionary(uniqueKeysWithValues: (10..<40).map { ("s\($0)", "prompt \($0)") })
    engine.usually([.wait(gate), .make])
    let folder = TestFolder(prompts: prompts)
    let loop = watch(folder)
    try await started(loop, "sequence_001/s11")
    folder.edit("sequences/sequence_001.json", "prompt 39", "something else")
    try await loop.sync()
    gate.open()
    try await loop.sync(idle: true)
    #expect(engine.calls.prefix(3).map(\.shot) == ["sequence_001/s10", "sequence_001/s11", "sequence_001/s39"])
    #expect(engine.calls.count == 30)
    #expect(engine.mostRunning == 2)
    await loop.stopAndWait()
  }

  @Test func `stopping finishes what runs and starts nothing more`() async throws {
    engine.usually([.wait(gate), .make])
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain", "c": "sun"])
    let loop = watch(folder)
    try await started(loop, "sequence_001/b")
    loop.stop(.finishing)
    try await loop.event("stopping") { $0.line == "stopping 2" }
    gate.open()
    let ending = await loop.ending()
    #expect(ending.cause == .stopped)
    #expect(ending.finished == 2)
    #expect(folder.takes(of: "c") == [])
    #expect(folder.faultsOfTakes() == [])
  }

  @Test func `stopping twice leaves what runs, which is made next time`() async throws {
    engine.script(shot, [.neverEnd])
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = watch(folder)
    try await started(loop)
    loop.stop(.finishing)
    loop.stop(.finishing)
    #expect(await loop.ending().cause == .stopped)
    #expect(loop.lines().suffix(3) == ["stopping 1", "stopping 1 leaving", "bye stopped"])
    let again = watch(folder)
    try await again.idle()
    #expect(folder.takes(of: "a").count == 1)
    await again.stopAndWait()
  }

  @Test func `a second watcher is refused and told who holds the project`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = watch(folder)
    try await loop.idle()
    let second = await TestLoop(folder, engines: [engine]).ending()
    guard case .failed(let error) = second.cause, case .held(let pid?) = error.code else {
      Issue.record("the second ended with \(second.cause)")
      return
    }
    #expect(error.description == "another reel is at work on this project (process \(pid))")
    await loop.stopAndWait()
  }

  @Test func `a call that comes while the project is read is answered when it is`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = watch(folder)
    try await loop.event("hello") { $0.line == "hello" }
    var shots: JSON?
    // The socket is there a moment after the greeting.
    while shots == nil { shots = (try? await loop.answer("status"))?["shots"] }
    #expect(shots?["total"]?.int == 1)
    await loop.stopAndWait()
  }
}

/// `make`: works off what is missing, and ends.
@Suite struct MakeStepTests {
  private let engine = ScriptedEngine()

  @Test func `make ends when all is made`() async {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let ending = await TestLoop(folder, .make(shots: []), engines: [engine]).ending()
    #expect(ending.cause == .done)
    #expect((ending.finished, ending.failed, ending.waiting) == (2, 0, 0))
    #expect(ending.counts[.fresh] == 2)
    #expect(folder.faultsOfTakes() == [])
  }

  @Test func `make of some shots makes these`() async {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain", "c": "sun"])
    let ending = await TestLoop(folder, .make(shots: ["b"]), engines: [engine]).ending()
    #expect(engine.calls.map(\.shot) == ["sequence_001/b"])
    #expect((ending.finished, ending.failed, ending.unknown) == (1, 0, 0))
  }

  @Test func `make of a shot that is not there makes nothing, whatever else was asked for`() async {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = TestLoop(folder, .make(shots: ["b", "nobody"]), engines: [engine])
    let ending = await loop.ending()
    #expect(engine.calls.isEmpty)
    #expect((ending.cause, ending.finished, ending.unknown) == (.done, 0, 1))
    #expect(loop.lines().contains("notice there is no shot `nobody`"))
  }

  @Test func `make counts what failed and what cannot be read, and the next one tries failures again`() async {
    engine.script("sequence_001/a", [.failForGood("no")])
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    folder.write("sequences/sequence_002.json", "{ \"shots\": [")
    let first = await TestLoop(folder, .make(shots: []), engines: [engine]).ending()
    #expect((first.finished, first.failed, first.counts[.unreadable]) == (1, 1, 1))
    let second = await TestLoop(folder, .make(shots: ["b"]), engines: [engine]).ending()
    #expect((second.finished, second.failed) == (0, 0))
    let third = await TestLoop(folder, .make(shots: []), engines: [engine]).ending()
    #expect((third.finished, third.failed) == (1, 0))
  }

  @Test func `make of a take once more makes it though it is there`() async {
    let folder = TestFolder(prompts: ["a": "fog"])
    _ = await TestLoop(folder, .make(shots: []), engines: [engine]).ending()
    let ending = await TestLoop(folder, .make(shots: ["a"]), engines: [engine]) { $0.again = "a" }.ending()
    #expect(ending.finished == 1)
    #expect(engine.calls.count == 2)
  }

  @Test func `make reads large references before it ends, and counts what waits for the rest of one`() async {
    let folder = TestFolder(prompts: ["a": "fog"])
    folder.write(
      "sequences/sequence_001.json", TestFolder.sequence(["a": "fog"], more: ", \"references\": [\"inbox/x.png\"]"))
    folder.write("inbox/x.png", bytes: TestImages.beginning(String(repeating: "x", count: 5 << 20)))
    let first = await TestLoop(folder, .make(shots: []), engines: [engine]).ending()
    #expect((first.finished, first.waiting) == (0, 1))
    folder.write("inbox/x.png", bytes: TestImages.png(String(repeating: "x", count: 5 << 20)))
    let second = await TestLoop(folder, .make(shots: []), engines: [engine]).ending()
    #expect((second.finished, second.waiting) == (1, 0))
  }

  @Test func `a folder without a project is refused`() async {
    let ending = await TestLoop(TestFolder(), .make(shots: []), engines: [engine]).ending()
    guard case .failed(let error) = ending.cause else {
      Issue.record("it ended with \(ending.cause)")
      return
    }
    #expect(error.code == .noProject)
  }
}
