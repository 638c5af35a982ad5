import Basics
import Engines
import JSONText
import ProjectFiles
import Studio
import TestSupport
import Testing

/// A loop that is steered: cancel, retry, pause, resume, and what of it a restart keeps.
@Suite struct SteeringStepTests {
  private let engine = ScriptedEngine()
  private let gate = Gate()
  private let a = "sequence_001/a"
  private let b = "sequence_001/b"

  private func watch(_ folder: TestFolder) -> TestLoop { TestLoop(folder, engines: [engine]) }

  private func started(_ loop: TestLoop, _ shot: String, after mark: Int = 0) async throws {
    try await loop.event("start of \(shot)", after: mark) { $0.line == "started \(shot)" }
  }

  private func state(_ loop: TestLoop, _ shot: String) async throws -> (state: String, detail: String) {
    let listed = try await loop.answer("status")["listed"]?.array ?? []
    let entry = listed.first { $0["shot"]?.string == shot }
    return (entry?["state"]?.string ?? "fresh", entry?["detail"]?.string ?? "")
  }

  @Test func `a cancelled job that runs is stopped and stays down over a restart, until a retry`() async throws {
    engine.script(a, [.neverEnd])
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = watch(folder)
    try await started(loop, a)
    let answer = try await loop.answer("cancel", ["shot": .string(a)])
    #expect(answer["cancelling"]?.array?.compactMap { $0["shot"]?.string } == [a])
    #expect(answer["cancelled"]?.array?.isEmpty == true)
    try await loop.sync(idle: true)
    #expect(loop.lines().contains("cancelling \(a)"))
    #expect(loop.lines().contains("cancelled \(a) by you; reel retry \(a) makes it"))
    let held = try await state(loop, a)
    #expect(held == ("held", "cancelled by you; reel retry \(a) makes it"))
    #expect(try await loop.answer("plan")["jobs"]?.array?.count == 0)
    await loop.stopAndWait()

    let again = watch(folder)
    try await again.idle()
    #expect(again.planned() == [])
    #expect(try await state(again, a).state == "held")
    // A note is no new recipe; another prompt is.
    folder.edit("sequences/sequence_001.json", "\"fog\"", "\"fog\", \"note\": \"x\"")
    try await again.sync(idle: true)
    #expect(engine.calls.count == 2)
    let retried = try await again.answer("retry", ["shot": .string(a)])
    #expect(retried["retried"]?.array?.count == 1)
    #expect(retried["queued"]?.bool == true)
    try await again.sync(idle: true)
    #expect(folder.takes(of: "a").count == 1)
    await again.stopAndWait()
  }

  @Test func `a new recipe of a cancelled shot is made`() async throws {
    engine.script(a, [.neverEnd, .make])
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = watch(folder)
    try await started(loop, a)
    _ = try await loop.answer("cancel")
    try await loop.sync(idle: true)
    folder.edit("sequences/sequence_001.json", "fog", "snow")
    try await loop.sync(idle: true)
    #expect(folder.takes(of: "a").count == 1)
    #expect(engine.calls.map(\.prompt) == ["fog", "snow"])
    await loop.stopAndWait()
  }

  @Test func `cancelling all takes the queue out, and a deaf engine's late result is kept and wanted`() async throws {
    engine.usually([.waitDeaf(gate), .make])
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain", "c": "sun", "d": "snow"])
    // What is deleted later is not to come from there.
    folder.configure(#"{ "cache": { "size": 0 } }"#)
    let loop = watch(folder)
    try await started(loop, b)
    let answer = try await loop.answer("cancel")
    #expect(answer["cancelled"]?.array?.compactMap { $0["shot"]?.string } == ["sequence_001/c", "sequence_001/d"])
    #expect(answer["cancelling"]?.array?.count == 2)
    #expect(try await state(loop, a) == ("running", "cancelling: its engine has not let go of it yet"))
    gate.open()
    try await loop.sync(idle: true)
    #expect(folder.takes(of: "a").count == 1 && folder.takes(of: "b").count == 1)
    #expect(engine.calls.count == 2)
    let shots = try await loop.answer("status")["shots"]
    #expect((shots?["fresh"]?.int, shots?["held"]?.int) == (2, 2))
    await loop.stopAndWait()
    // What arrived all the same stands down no more: deleted, it is made again.
    for name in folder.takes(of: "a") {
      folder.remove("sequences/sequence_001/\(name)")
      folder.remove("sequences/sequence_001/\(name).json")
    }
    let again = watch(folder)
    try await again.idle()
    #expect(again.planned() == ["\(a): no take yet"])
    await again.stopAndWait()
  }

  @Test func `what failed for good is tried again by a retry, and how many is said`() async throws {
    engine.script(a, [.failForGood("no"), .make])
    engine.script(b, [.failForGood("no"), .failForGood("still no")])
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = watch(folder)
    try await loop.idle()
    #expect(try await loop.answer("retry", ["shots": ["a", "b"]])["retried"]?.array?.count == 2)
    try await loop.sync(idle: true)
    #expect(try await state(loop, b) == ("failed", "still no"))
    #expect(folder.takes(of: "a").count == 1)
    #expect(try await loop.answer("retry", ["shot": "a"])["retried"]?.array?.count == 0)
    guard case .failure(let code, _) = try await loop.ask(ControlCall("retry", ["shot": "nobody"])) else {
      Issue.record("a shot that is not there was retried")
      return
    }
    #expect(code == "no-shot")
    await loop.stopAndWait()
  }

  @Test func `attempts are counted on over restarts, and the next one waits for its time`() async throws {
    engine.usually([.failInPassing("busy")])
    let folder = TestFolder(prompts: ["a": "fog"])
    // Four in all, however they fall: on a slow machine one run comes to several. How often the engine was asked says nothing, since an
    // attempt that is cut off by the end of a run has not failed and is made again.
    var failures: [String] = []
    while failures.count < 3 {
      let loop = watch(folder)
      try await loop.event("a failure") { $0.line == "failed \(a) busy, again" }
      let (word, detail) = try await state(loop, a)
      if word == "waiting" { #expect(detail.hasPrefix("busy; attempt "), "\(detail)") }
      await loop.stopAndWait()
      failures += loop.lines().filter { $0.hasPrefix("failed") }
    }
    if failures.count == 3 {
      let last = watch(folder)
      try await last.event("the end of trying") { $0.line == "failed \(a) busy" }
      await last.stopAndWait()
      failures += last.lines().filter { $0.hasPrefix("failed") }
    }
    #expect(failures == Array(repeating: "failed \(a) busy, again", count: 3) + ["failed \(a) busy"])
    let after = watch(folder)
    try await after.idle()
    #expect(after.planned() == [])
    #expect(try await state(after, a) == ("failed", "busy"))
    await after.stopAndWait()
  }

  @Test func `a retry does not wait for the next attempt`() async throws {
    engine.script(a, [.failInPassing("busy"), .failInPassing("busy"), .failInPassing("busy"), .make])
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = watch(folder)
    var mark = 0
    for _ in 1...3 {
      try await loop.event("a failure", after: mark) { $0.line == "failed \(a) busy, again" }
      mark = loop.mark
      #expect(try await loop.answer("retry")["retried"]?.array?.count == 1)
    }
    try await loop.sync(idle: true)
    #expect(folder.takes(of: "a").count == 1)
    await loop.stopAndWait()
  }

  @Test func `a paused project finishes what runs and starts nothing, over a restart too`() async throws {
    engine.usually([.wait(gate), .make])
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain", "c": "sun"])
    let loop = watch(folder)
    try await started(loop, b)
    let answer = try await loop.answer("pause")
    #expect((answer["paused"]?.bool, answer["running"]?.int) == (true, 2))
    gate.open()
    try await loop.sync(idle: true)
    #expect(loop.lines().contains("paused"))
    #expect(engine.calls.count == 2)
    #expect(try await state(loop, "sequence_001/c").state == "queued")
    #expect(try await loop.answer("status")["paused"]?.bool == true)
    await loop.stopAndWait()

    let again = watch(folder)
    try await again.idle()
    #expect(again.lines().contains("paused"))
    folder.edit("sequences/sequence_001.json", "fog", "snow")
    try await again.sync(idle: true)
    #expect(engine.calls.count == 2)
    let mark = again.mark
    #expect(try await again.answer("resume")["paused"]?.bool == false)
    try await again.idle(after: mark)
    #expect(again.lines(after: mark).first == "resumed")
    #expect(engine.calls.map(\.prompt).suffix(2).sorted() == ["snow", "sun"])
    await again.stopAndWait()
  }

  @Test func `make of a paused project begins nothing and says what waits`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = watch(folder)
    try await loop.idle()
    _ = try await loop.answer("pause")
    await loop.stopAndWait()
    #expect(await TestLoop(folder, .make(shots: []), engines: [engine]).ending().waiting == 0)
    folder.edit("sequences/sequence_001.json", "fog", "snow")
    let ending = await TestLoop(folder, .make(shots: []), engines: [engine]).ending()
    #expect((ending.cause, ending.isPaused, ending.waiting, ending.finished) == (.done, true, 1, 0))
    #expect(engine.calls.count == 2)
  }

  @Test func `a shot that is held while it runs is stopped, and goes on when it is released`() async throws {
    engine.script(a, [.neverEnd])
    let folder = TestFolder(prompts: ["a": "fog"])
    let text = folder.read("sequences/sequence_001.json")
    let loop = watch(folder)
    try await started(loop, a)
    let address = try #require(ShotAddress(a))
    let project = try SequenceEdit.open(folder.path)
    #expect(try SequenceEdit.setHold(true, of: [(address, false)], in: project) == [address])
    try await loop.sync(idle: true)
    #expect(try await state(loop, a) == ("held", "`hold` stands in its file; reel release \(a) goes on"))
    #expect(try SequenceEdit.setHold(false, of: [(address, true)], in: project) == [address])
    #expect(folder.read("sequences/sequence_001.json") == text)
    try await loop.sync(idle: true)
    #expect(folder.takes(of: "a").count == 1)
    await loop.stopAndWait()
  }
}
