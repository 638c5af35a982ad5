import Basics
import Engines
import Glibc
import JSONText
import Planning
import ProjectFiles
import Studio
import TestSupport
import Testing
import Watching

/// Takes that people drop in, edit, break and take away, with a loop at work; a cold look must always say the same.
@Suite struct HandStepTests {
  private let engine = ScriptedEngine()

  private func settled(_ folder: TestFolder) async throws -> TestLoop {
    let loop = TestLoop(folder, engines: [engine])
    try await loop.idle()
    return loop
  }

  private func take(_ folder: TestFolder, _ shot: String = "a") throws -> String {
    "sequences/sequence_001/" + (try #require(folder.takes(of: shot).first))
  }

  /// What `takes` says of a file.
  private func entry(_ loop: TestLoop, _ file: String) async throws -> JSON {
    let takes = try await loop.answer("takes")["takes"]?.array ?? []
    return try #require(takes.first { $0["file"]?.string == file }, "\(takes)")
  }

  @Test func `a file dropped in is a take that nothing is made for and nothing writes over`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = try await settled(folder)
    let mark = loop.mark
    let path = "sequences/sequence_001/a.painted.png"
    folder.write(path, bytes: TestImages.png("mine"))
    try await loop.sync(idle: true)
    let dropped = try await entry(loop, path)
    #expect(dropped["shot"]?.string == "sequence_001/a")
    #expect(dropped["kind"]?.string == "still")
    #expect(dropped["fingerprint"] == .null)
    #expect(dropped["used"]?.bool == false)
    #expect(dropped["presence"]?.string == "here")
    try await expectLikeCold(loop)
    folder.edit("sequences/sequence_001.json", "\"fog\"", "\"fog\", \"pick\": { \"still\": \"a.painted.png\" }")
    try await loop.sync(idle: true)
    #expect(try await entry(loop, path)["used"]?.bool == true)
    #expect(try await entry(loop, take(folder))["used"]?.bool == false)
    try await expectLikeCold(loop)
    #expect(loop.planned(after: mark) == [])
    #expect(folder.bytes(path) == TestImages.png("mine"))
    await loop.stopAndWait()
  }

  @Test(arguments: ["longer by far", "sh", ""]) func `an edited take is kept and marked`(more: String) async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder)
    let path = try take(folder)
    #expect(try await entry(loop, path)["edited"]?.bool == false)
    var bytes = try #require(folder.bytes(path))
    bytes.insert(contentsOf: Array(more.utf8), at: 8)
    // The same number of bytes, others.
    if more.isEmpty { bytes[8] ^= 1 }
    let mark = loop.mark
    folder.write(path, bytes: bytes)
    try await loop.sync(idle: true)
    let edited = try await entry(loop, path)
    #expect(edited["edited"]?.bool == true)
    #expect(edited["fresh"]?.bool == true)
    #expect(edited["used"]?.bool == true)
    let why = try await loop.answer("why", ["shot": "a"])
    #expect(why["kinds"]?.array?.first?["edited"]?.bool == true)
    try await expectLikeCold(loop)
    #expect(loop.planned(after: mark) == [])
    #expect(folder.bytes(path) == bytes)
    await loop.stopAndWait()
    // Another start, which knows the file by its stamp or reads it again.
    let again = try await settled(folder)
    #expect(try await entry(again, path)["edited"]?.bool == true)
    #expect(again.planned() == [])
    try await expectLikeCold(again)
    #expect(folder.bytes(path) == bytes)
    await again.stopAndWait()
  }

  @Test func `a take emptied in the course of being saved is not made anew`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let patience = Patience.Times(
      broken: .seconds(3), brokenAtMost: .seconds(30), partial: .seconds(3), absent: .seconds(3),
      absentAtMost: .seconds(30))
    let loop = TestLoop(folder, engines: [engine], patience: patience)
    try await loop.idle()
    let mark = loop.mark
    let path = try take(folder)
    let bytes = try #require(folder.bytes(path)) + [7]
    folder.write(path, "")
    // What came before this was seen when this is planned.
    folder.edit("sequences/sequence_001.json", "\"rain\"", "\"snow\"")
    try await loop.event("b planned", after: mark) { $0.line == "queued sequence_001/b" }
    folder.write(path, bytes: bytes)
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == [#"sequence_001/b: changed: prompt "rain" -> "snow""#])
    #expect(folder.bytes(path) == bytes)
    #expect(try await entry(loop, path)["edited"]?.bool == true)
    await loop.stopAndWait()
  }

  @Test func `an output without a sidecar, or with one that cannot be read, is a file that can be picked`() async throws
  {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = try await settled(folder)
    await loop.stopAndWait()
    let (bare, broken) = try (take(folder), take(folder, "b"))
    let bytes = try (#require(folder.bytes(bare)), #require(folder.bytes(broken)))
    folder.remove("\(bare).json")
    folder.write("\(broken).json", "{")
    // Other recipes, so that nothing makes these again.
    folder.write("sequences/sequence_001.json", TestFolder.sequence(["a": "sun", "b": "snow"]))
    let again = try await settled(folder)
    for path in [bare, broken] {
      let found = try await entry(again, path)
      #expect(found["fingerprint"] == .null)
      #expect(found["shot"]?.string != nil)
    }
    try await expectLikeCold(again)
    let name = try #require(bare.split(separator: "/").last)
    folder.edit("sequences/sequence_001.json", "\"sun\"", "\"sun\", \"pick\": { \"still\": \"\(name)\" }")
    try await again.sync(idle: true)
    #expect(try await entry(again, bare)["used"]?.bool == true)
    #expect(
      try await again.answer("status")["problems"]?.array?.compactMap { $0["code"]?.string } == ["unexpected-end"])
    try await expectLikeCold(again)
    #expect(folder.bytes(bare) == bytes.0)
    #expect(folder.bytes(broken) == bytes.1)
    await again.stopAndWait()
  }

  @Test func `ratings are read, followed and never plan anything`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder)
    let mark = loop.mark
    let path = try take(folder)
    let name = try #require(path.split(separator: "/").last)
    folder.write("ratings/mara@x.json", "{ \"\(name)\": { \"value\": 1, \"note\": \"fog\" } }")
    folder.write("ratings/tom@x.json", "{ \"\(name)\": { \"value\": -1 }, \"gone.png\": { \"value\": 1 } }")
    try await loop.sync(idle: true)
    let takes = try await loop.answer("takes", ["person": "mara@x"])["takes"]?.array ?? []
    #expect(takes.first?["rating"]?.int == 1)
    #expect(
      takes.first?["ratings"] == [
        ["person": "mara@x", "value": 1, "note": "fog"], ["person": "tom@x", "value": -1],
      ])
    for filter in ["liked", "disliked"] {
      #expect(try await loop.answer("takes", [filter: true])["takes"]?.array?.count == 1)
    }
    try await expectLikeCold(loop)
    folder.write("ratings/mara@x.json", "<<<<<<< HEAD\n{}")
    folder.remove("ratings/tom@x.json")
    try await loop.sync(idle: true)
    #expect(try await loop.answer("takes", ["liked": true])["takes"]?.array == [])
    let problems = try await loop.answer("status")["problems"]?.array ?? []
    #expect(problems.map { $0["severity"]?.string } == ["warning"])
    #expect(problems.first?["file"]?.string == "ratings/mara@x.json")
    try await expectLikeCold(loop)
    #expect(loop.planned(after: mark) == [])
    await loop.stopAndWait()
  }

  @Test func `takes are filtered by shot, sequence and kind, and unknown names are refused`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    folder.write("sequences/sequence_002.json", TestFolder.sequence(["c": "sun"]))
    folder.write("sequences/sequence_001/a.cut.mp4", "film")
    let loop = try await settled(folder)
    func shots(_ fields: JSONObject) async throws -> [String] {
      try await loop.answer("takes", fields)["takes"]?.array?.map {
        "\($0["shot"]?.string ?? "") \($0["kind"]?.string ?? "")"
      } ?? []
    }
    #expect(
      try await shots(["shots": ["a", "c"]]) == ["sequence_001/a clip", "sequence_001/a still", "sequence_002/c still"])
    #expect(try await shots(["sequence": "sequence_002"]) == ["sequence_002/c still"])
    #expect(try await shots(["kind": "clip"]) == ["sequence_001/a clip"])
    #expect(try await shots(["removed": true]) == [])
    for fields in [["sequence": "sequence_02"], ["shots": ["a", "x"]], ["kind": "No"]] as [JSONObject] {
      guard case .failure("no-shot", _) = try await loop.ask(ControlCall("takes", fields)) else {
        Issue.record("\(fields) was answered")
        continue
      }
    }
    await loop.stopAndWait()
  }

  // MARK: What is made of takes

  /// Makes clips of the bytes of stills.
  private struct Mover: Engine {
    let type = "mover"
    let isBuiltIn = true
    let kinds: Set<Kind> = [.clip]
    let seeding = Seeding.none
    let version = "1"
    let capacity = 1

    func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject { [:] }

    func make(
      _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws(EngineError) -> EngineOutput {
      EngineOutput(bytes: Array(JSON.object(job.recipe.fields).compactText.utf8), type: "video/mp4")
    }
  }

  /// Makes outputs that take a while to be read.
  private struct Painter: Engine {
    let type = "painter"
    let isBuiltIn = true
    let kinds: Set<Kind> = [.still]
    let seeding = Seeding.none
    let version = "1"
    let capacity = 1

    func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject { [:] }

    func make(
      _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
    ) async throws(EngineError) -> EngineOutput {
      EngineOutput(bytes: TestImages.png(String(repeating: "p", count: 48 << 20)), type: "image/png")
    }
  }

  @Test func `a take that is told of while another is read for the same answer is still said to be edited`()
    async throws
  {
    let folder = TestFolder([
      "project.json": TestFolder.project,
      "sequences/sequence_001.json":
        "{ \"shots\": [ { \"id\": \"a\", \"prompt\": \"fog\" }, { \"id\": \"b\", \"prompt\": \"p\", \"engine\": \"painter\" } ] }",
    ])
    let loop = TestLoop(folder, engines: [engine, Painter()])
    try await loop.idle()
    let path = try take(folder)
    var bytes = try #require(folder.bytes(path))
    bytes[8] ^= 1
    folder.write(path, bytes: bytes)
    try await loop.sync(idle: true)
    // The small one is read at once; while the large one is, the small one is touched again and again.
    async let answer = loop.answer("takes")
    for _ in 0..<100 {
      utimes(folder.file(path), nil)
      try await Task.sleep(for: .milliseconds(5))
    }
    let takes = try await answer["takes"]?.array ?? []
    #expect(takes.first { $0["file"]?.string == path }?["edited"]?.bool == true, "\(takes)")
    await loop.stopAndWait()
  }

  @Test(arguments: [1, 5 << 20]) func `a clip follows the bytes of its still`(size: Int) async throws {
    let folder = TestFolder([
      "project.json": TestFolder.project,
      "sequences/sequence_001.json": TestFolder.sequence(["a": "fog"], more: ", \"clip\": { \"engine\": \"mover\" }"),
    ])
    let kinds = KindList([KindDefinition(.still) { _ in true }, KindDefinition(.clip, inputs: ["still"]) { _ in true }])
    // Longer than a busy machine takes between emptying a file and writing five megabytes: an empty still is none, and made again.
    let patience = Patience.Times(partial: .seconds(5))
    let loop = TestLoop(folder, engines: [engine, Mover()], patience: patience) { $0.kinds = kinds }
    try await loop.idle()
    func clips() -> [String] { folder.takes(of: "a").filter { $0.hasSuffix(".mp4") } }
    #expect(clips().count == 1)
    let still = "sequences/sequence_001/" + (try #require(folder.takes(of: "a").first { $0.hasSuffix(".png") }))
    let mark = loop.mark
    // Small ones are read at once, large ones on a thread beside.
    for (count, letter) in ["1", "2"].enumerated() {
      folder.write(still, bytes: TestImages.png(String(repeating: letter, count: size)))
      try await loop.sync(idle: true)
      #expect(clips().count == count + 2)
    }
    #expect(
      loop.planned(after: mark).filter { $0.contains("no take") || $0.contains("deleted") } == [],
      "the still is not made again")
    await loop.stopAndWait()
    // All of it again, with and without what the index remembers.
    for round in 1...2 {
      if round == 2 { folder.forgetIndex() }
      let again = TestLoop(folder, engines: [engine, Mover()]) { $0.kinds = kinds }
      try await again.idle()
      #expect(again.planned() == [])
      await again.stopAndWait()
    }
    #expect(engine.calls.count == 1)
  }
}
