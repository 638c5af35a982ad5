import Basics
import JSONText
import ProjectFiles
import Studio
import TestSupport
import Testing

/// Pictures that come and go under a template while it is watched.
@Suite struct TemplateStepTests {
  private let engine = ScriptedEngine()

  /// With a seed: else each shot has its own, and no two have the same recipe.
  private func film(_ more: String = #", "prompt": "on white", "seed": 1"#) -> TestFolder {
    let folder = TestFolder([
      "project.json": TestFolder.project,
      "sequences/sequence_001.json":
        "{ \"shots\": [\n  { \"id\": \"shot\", \"each\": \"inbox/products/*\"\(more) }\n] }\n",
    ])
    for name in ["chair", "table"] { folder.write("inbox/products/\(name).png", bytes: TestImages.png(name)) }
    return folder
  }

  private func settled(_ folder: TestFolder) async throws -> TestLoop {
    let loop = TestLoop(folder, engines: [engine])
    try await loop.idle()
    return loop
  }

  private func made(_ loop: TestLoop, after mark: Int) -> [String] {
    loop.lines(after: mark).filter { $0.hasPrefix("finished") || $0.hasPrefix("restored") }
  }

  @Test func `a picture dropped, replaced, renamed and removed`() async throws {
    let folder = film()
    let loop = try await settled(folder)
    #expect(
      loop.planned().sorted() == ["sequence_001/shot--chair: no take yet", "sequence_001/shot--table: no take yet"])
    var mark = loop.mark
    folder.write("inbox/products/lamp.png", bytes: TestImages.png("lamp"))
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == ["sequence_001/shot--lamp: no take yet"])
    mark = loop.mark
    folder.write("inbox/products/lamp.png", bytes: TestImages.png("another"))
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == ["sequence_001/shot--lamp: inbox/products/lamp.png has new content"])
    mark = loop.mark
    folder.move("inbox/products/lamp.png", to: "inbox/products/lantern.png")
    try await loop.sync(idle: true)
    #expect(made(loop, after: mark) == ["restored sequence_001/shot--lantern"])
    #expect(folder.takes(of: "shot--lantern").count == 1)
    #expect(folder.takes(of: "shot--lamp").count == 2, "takes stay")
    mark = loop.mark
    folder.remove("inbox/products/lantern.png")
    try await loop.sync(idle: true)
    #expect(made(loop, after: mark) == [])
    #expect(try await loop.answer("status")["shots"]?["total"]?.int == 2)
    #expect(engine.calls.count == 4)
    try await expectLikeCold(loop)
    await loop.stopAndWait()
  }

  @Test func `a picture that is being copied makes nothing before it is whole`() async throws {
    let folder = film()
    let loop = try await settled(folder)
    let mark = loop.mark
    folder.write("inbox/products/lamp.png", bytes: TestImages.beginning("half"))
    try await loop.sync()
    #expect(loop.planned(after: mark) == [])
    folder.write("inbox/products/lamp.png", bytes: TestImages.png("half and half"))
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == ["sequence_001/shot--lamp: no take yet"])
    #expect(engine.calls.count == 3)
    try await expectLikeCold(loop)
    await loop.stopAndWait()
  }

  @Test func `a running job is cancelled when its picture goes`() async throws {
    engine.script("sequence_001/shot--chair", [.neverEnd])
    let folder = film()
    let loop = TestLoop(folder, engines: [engine])
    try await loop.event("start") { $0.line == "started sequence_001/shot--chair" }
    folder.remove("inbox/products/chair.png")
    try await loop.sync(idle: true)
    #expect(loop.lines().contains { $0.hasPrefix("cancelled sequence_001/shot--chair") })
    await loop.stopAndWait()
  }

  @Test func `a pattern that breaks while a job runs cancels nothing`() async throws {
    engine.script("sequence_001/shot--chair", [.neverEnd])
    let folder = film()
    let loop = TestLoop(folder, engines: [engine])
    try await loop.event("start") { $0.line == "started sequence_001/shot--chair" }
    folder.edit("sequences/sequence_001.json", "inbox/products/*", "inbox/**")
    try await loop.sync()
    #expect(loop.lines().contains("problem bad-pattern sequences/sequence_001.json"))
    #expect(!loop.lines().contains { $0.hasPrefix("cancelled") })
    await loop.stopAndWait()
  }

  @Test func `the template's name means all of its shots, theirs each one`() async throws {
    let folder = film()
    folder.write("sequences/empty.json", #"{ "shots": [ { "id": "none", "each": "inbox/none/*" } ] }"#)
    let loop = try await settled(folder)
    for name in ["shot", "sequence_001/shot", "sequence_001"] {
      let shots = try await loop.answer("why", ["shot": .string(name)])["shots"]?.array?.compactMap {
        $0["shot"]?.string
      }
      #expect(shots == ["sequence_001/shot--chair", "sequence_001/shot--table"], "\(name)")
    }
    for name in ["shot--chair", "sequence_001/shot--chair"] {
      #expect(try await loop.answer("why", ["shot": .string(name)])["shot"]?.string == "sequence_001/shot--chair")
      #expect(try await loop.answer("takes", ["shot": .string(name)])["takes"]?.array?.count == 1)
    }
    #expect(try await loop.answer("takes", ["shot": "shot"])["takes"]?.array?.count == 2)
    guard case .failure(_, let message) = try await loop.ask(ControlCall("why", ["shot": "none"])) else {
      Issue.record("a template without pictures has shots")
      return
    }
    #expect(message == "`empty/none` is a template, and no picture fits `inbox/none/*`: it makes no shot")
    let codes = try await loop.answer("check")["problems"]?.array?.compactMap { $0["code"]?.string }
    #expect(codes == ["no-picture"])
    await loop.stopAndWait()
  }

  @Test func `what writes into the file refuses a shot that has no place there`() async throws {
    let folder = film()
    let loop = try await settled(folder)
    let text = folder.read("sequences/sequence_001.json")
    let sentence =
      "sequence_001/shot--chair is made by the template shot and has no place of its own in sequences/sequence_001.json: "
      + "change the template, which means all of its shots, or write a shot with \"id\": \"shot--chair\" beside it, which then "
      + "stands in its place; nothing was changed"
    let retake = try await loop.ask(ControlCall("retake", ["shot": "shot--chair"]))
    #expect(retake == .failure(code: "made-by-template", message: sentence))
    let address = try #require(ShotAddress("sequence_001/shot--chair"))
    let error = #expect(throws: SequenceEditError.self) {
      try SequenceEdit(folder: try SequenceEdit.open(folder.path), address: address).set("hold", to: true, from: .null)
    }
    #expect(error?.description == sentence)
    #expect(folder.read("sequences/sequence_001.json") == text)
    let template = try #require(ShotAddress("sequence_001/shot"))
    try SequenceEdit(folder: try SequenceEdit.open(folder.path), address: template).set("hold", to: true, from: .null)
    try await loop.sync(idle: true)
    #expect(try await loop.answer("status")["shots"]?["total"]?.int == 2)
    #expect(folder.read("sequences/sequence_001.json")?.contains("\"hold\": true") == true)
    await loop.stopAndWait()
  }
}
