import JSONText
import Studio
import TestSupport
import Testing
import Watching

/// A project, an edit, and exactly these jobs because of this.
@Suite struct EditStepTests {
  private let engine = ScriptedEngine()

  /// A loop that has made all there was to make.
  private func settled(_ folder: TestFolder, settling: Settling.Times = Settling.Times()) async throws -> TestLoop {
    let loop = TestLoop(folder, engines: [engine], settling: settling)
    try await loop.idle()
    return loop
  }

  @Test func `a new project has every shot made, once, in the order of the film`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain", "c": "sun"])
    let loop = try await settled(folder)
    #expect(
      loop.planned() == [
        "sequence_001/a: no take yet", "sequence_001/b: no take yet", "sequence_001/c: no take yet",
      ])
    #expect(loop.lines().first == "hello")
    #expect(loop.lines().filter { $0.hasPrefix("planned") } == ["planned 3"])
    #expect(Set(loop.lines().filter { $0.hasPrefix("finished") }).count == 3)
    #expect(folder.takes(of: "a").count == 1)
    #expect(folder.faultsOfTakes() == [])
    await loop.stopAndWait()
    #expect(loop.lines().last == "bye stopped")
  }

  @Test func `an edited prompt gives exactly one job, with the reason`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = try await settled(folder)
    let mark = loop.mark
    folder.edit("sequences/sequence_001.json", "rain", "heavy rain")
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == ["sequence_001/b: changed: prompt \"rain\" -> \"heavy rain\""])
    #expect(engine.calls.count == 3)
    #expect(folder.takes(of: "b").count == 2)
    await loop.stopAndWait()
  }

  @Test func `saves that change no recipe start nothing`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = try await settled(folder)
    let mark = loop.mark
    let text = try #require(folder.read("sequences/sequence_001.json"))
    folder.write("sequences/sequence_001.json", text)
    try await loop.sync(idle: true)
    folder.replace("sequences/sequence_001.json", text.split(separator: "\n").joined(separator: "\r\n"))
    try await loop.sync(idle: true)
    folder.edit("sequences/sequence_001.json", "\"prompt\": \"fog\"", "\"note\": \"?\", \"prompt\": \"fog\"")
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == [])
    #expect(loop.lines(after: mark).filter { $0.hasPrefix("problem") } == [])
    #expect(engine.calls.count == 2)
    await loop.stopAndWait()
  }

  @Test func `several files saved in one go are planned in one go`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    for number in 2...5 {
      folder.write("sequences/sequence_00\(number).json", TestFolder.sequence(["a": "fog \(number)"]))
    }
    let loop = try await settled(
      folder, settling: Settling.Times(quiet: .seconds(1), latest: .seconds(10)))
    let mark = loop.mark
    for number in 2...5 { folder.edit("sequences/sequence_00\(number).json", "fog", "rain") }
    try await loop.sync(idle: true)
    #expect(loop.lines(after: mark).filter { $0.hasPrefix("planned") } == ["planned 4"])
    #expect(
      loop.planned(after: mark).map { $0.prefix(12) } == [
        "sequence_002", "sequence_003", "sequence_004", "sequence_005",
      ])
    await loop.stopAndWait()
  }

  @Test func `a second start makes nothing again`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    await (try settled(folder)).stopAndWait()
    let again = try await settled(folder)
    #expect(again.planned() == [])
    #expect(engine.calls.count == 2)
    await again.stopAndWait()
  }

  @Test func `a held shot is not made until it is released`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    folder.write("sequences/sequence_001.json", TestFolder.sequence(["a": "fog"], more: ", \"hold\": true"))
    let loop = try await settled(folder)
    #expect(engine.calls == [])
    #expect(try await loop.answer("status")["shots"]?["held"]?.int == 1)
    folder.write("sequences/sequence_001.json", TestFolder.sequence(["a": "fog"]))
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 1)
    await loop.stopAndWait()
  }

  @Test func `a shot moved to another sequence keeps its take and needs no job`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = try await settled(folder)
    let mark = loop.mark
    let take = try #require(folder.takes(of: "a").first)
    folder.write("sequences/sequence_002.json", TestFolder.sequence(["a": "fog"]))
    // Its seed hangs on its id, so the recipe is the same one there.
    try await loop.event("restored", after: mark) { $0.line == "restored sequence_002/a" }
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == [])
    #expect(folder.bytes("sequences/sequence_002/\(take)") == folder.bytes("sequences/sequence_001/\(take)"))
    #expect(folder.faultsOfTakes() == [])
    #expect(try await loop.answer("status")["shots"]?["fresh"]?.int == 3)
    await loop.stopAndWait()
  }

  @Test func `a copied take that was edited by hand is named after what it holds`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder)
    let take = try #require(folder.takes(of: "a").first)
    folder.write("sequences/sequence_001/\(take)", bytes: TestImages.png("painted over"))
    try await loop.sync(idle: true)
    folder.write("sequences/sequence_002.json", TestFolder.sequence(["a": "fog"]))
    try await loop.sync(idle: true)
    let copy = try #require(folder.takes(of: "a", in: "sequence_002").first)
    #expect(copy != take)
    #expect(folder.faultsOfTakes() == ["sequences/sequence_001/\(take) is torn"])
    #expect(engine.calls.count == 1)
    await loop.stopAndWait()
  }

  @Test func `a take deleted by hand is made again where there is no cache, with the reason`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    folder.configure(#"{ "cache": { "size": 0 } }"#)
    let loop = try await settled(folder)
    let mark = loop.mark
    let take = try #require(folder.takes(of: "a").first)
    folder.remove("sequences/sequence_001/\(take)")
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == ["sequence_001/a: its output \(take) was deleted"])
    #expect(folder.faultsOfTakes() == [])
    await loop.stopAndWait()
  }

  @Test(arguments: [true, false], [true, false])
  func `an output cut to nothing, or a sidecar that is broken, is restored or made once more and not for ever`(
    _ isOutput: Bool, _ hasCache: Bool
  ) async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    if !hasCache { folder.configure(#"{ "cache": { "size": 0 } }"#) }
    let loop = try await settled(folder)
    let mark = loop.mark
    let take = try #require(folder.takes(of: "a").first)
    folder.write("sequences/sequence_001/\(take)" + (isOutput ? "" : ".json"), isOutput ? "" : "<<<<<<< mine")
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark).count == (hasCache ? 0 : 1))
    #expect(engine.calls.count == (hasCache ? 1 : 2))
    #expect(folder.faultsOfTakes() == [])
    #expect(try await loop.answer("status")["shots"]?["fresh"]?.int == 1)
    await loop.stopAndWait()
  }

  @Test func `retake names the next seed that no take has had, and again makes the same recipe once more`() async throws
  {
    let folder = TestFolder(prompts: ["a": "fog"])
    folder.write("sequences/sequence_001.json", TestFolder.sequence(["a": "fog"], more: ", \"seed\": 41"))
    let loop = try await settled(folder)
    let answer = try await loop.answer("retake", ["shot": "a"])
    #expect(answer["file"]?.string == "sequences/sequence_001.json")
    #expect(answer["key"]?.string == "seed")
    #expect(answer["before"]?.int == 41)
    #expect(answer["value"]?.int == 42)
    folder.edit("sequences/sequence_001.json", "41", "42")
    try await loop.sync(idle: true)
    folder.edit("sequences/sequence_001.json", "42", "7")
    try await loop.sync(idle: true)
    #expect(try await loop.answer("retake", ["shot": "a"])["value"]?.int == 43)
    let mark = loop.mark
    #expect(try await loop.answer("retake", ["shot": "a", "sameSeed": true])["again"]?.string == "sequence_001/a")
    _ = try await loop.answer("again", ["shot": "a"])
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == ["sequence_001/a: asked for once more"])
    #expect(engine.calls.count == 4)
    await loop.stopAndWait()
  }

  @Test func `calls that make no sense are refused and the loop goes on`() async throws {
    let folder = TestFolder(prompts: ["shot_001": "fog"])
    let loop = try await settled(folder)
    #expect(try await loop.ask(ControlCall("dance")) == .failure(code: "bad-call", message: "there is no call `dance`"))
    #expect(
      try await loop.ask(ControlCall("why", ["shot": "shot_010"]))
        == .failure(code: "no-shot", message: "there is no shot `shot_010`; did you mean `shot_001`?"))
    #expect(
      try await loop.ask(ControlCall("again", ["shot": "x"]))
        == .failure(code: "no-shot", message: "there is no shot `x`"))
    #expect(try await loop.answer("why", ["shot": "shot_001"])["state"]?.string == "fresh")
    await loop.stopAndWait()
  }
}
