import Basics
import JSONText
import Studio
import TestSupport
import Testing

/// Workflows in a folder that is watched: who is made again, who is frozen, and what is trusted.
@Suite(.timeLimit(.minutes(2))) struct WorkflowStepTests {
  private static let project = """
    { "name": "Test", "engine": "graph", "engines": { "graph": { "type": "comfyui", "workflow": "workflows/a.json" } } }
    """

  private func folder() throws -> TestFolder {
    TestFolder([
      "project.json": Self.project, "workflows/a.json": try SampleWorkflow.text("without-weights"),
      "workflows/b.json": try SampleWorkflow.text("sd15-txt2img"),
      "sequences/s.json":
        "{ \"shots\": [ { \"id\": \"a\" }, { \"id\": \"b\", \"prompt\": \"rain\", \"workflow\": \"workflows/b.json\" } ] }",
    ])
  }

  @Test func `a saved workflow makes the shots that use it again, and no others`() async throws {
    let folder = try folder()
    let loop = TestLoop(folder, engines: [GraphEngine()])
    try await loop.sync(idle: true)
    #expect(try await loop.answer("status")["shots"]?["fresh"] == 2)
    let mark = loop.mark
    folder.replace(
      "workflows/b.json", try SampleWorkflow.text("sd15-txt2img").replacing("\"steps\": 20", with: "\"steps\": 25"))
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == ["s/b: changed: parameters.steps 20 -> 25"])
    #expect(try await loop.answer("status")["shots"]?["fresh"] == 2)
    try await expectLikeCold(loop)
    let why = try await loop.answer("why", ["shot": "s/b"])
    let fields = why["kinds"]?.array?.first?["fields"]?.array ?? []
    #expect(fields.contains { $0["field"] == "parameters.steps" && $0["now"] == 25 && $0["take"] == 25 })
    #expect(fields.contains { $0["field"] == "graph" && $0["now"] == "7 nodes" })
    await loop.stopAndWait()
  }

  @Test func `a workflow that is broken, or gone, freezes its shots and nothing is queued or cancelled`() async throws {
    let folder = try folder()
    let loop = TestLoop(folder, engines: [GraphEngine()])
    try await loop.sync(idle: true)
    let mark = loop.mark
    folder.write("workflows/b.json", "{ \"3\": { \"class_type\": ")
    try await loop.event("problem", after: mark) { if case .problem = $0 { true } else { false } }
    try await loop.sync(idle: true)
    #expect(try await loop.answer("status")["shots"]?["unreadable"] == 1)
    try await expectLikeCold(loop)
    folder.remove("workflows/b.json")
    try await loop.event("another problem", after: mark) {
      if case .problem(let problem) = $0 { problem.code == "missing-workflow" } else { false }
    }
    try await loop.sync(idle: true)
    try await expectLikeCold(loop)
    folder.write("workflows/b.json", try SampleWorkflow.text("sd15-txt2img"))
    try await loop.sync(idle: true)
    #expect(try await loop.answer("status")["shots"]?["fresh"] == 2)
    #expect(loop.planned(after: mark) == [])
    await loop.stopAndWait()
  }

  @Test func `a node class that nobody trusted is not run`() async throws {
    let folder = try folder()
    let loop = TestLoop(folder, engines: [GraphEngine()], isMadeHere: false)
    try await loop.sync(idle: true)
    #expect(try await loop.answer("status")["shots"]?["waiting"] == 2)
    func trust() async throws {
      let shown = try #require(try await loop.answer("trust")["engines"]?.array?.first)
      _ = try await loop.answer("trust", ["accept": [["name": "graph", "digest": shown["digest"] ?? .null]]])
      try await loop.sync(idle: true)
    }
    let facts = try await loop.answer("trust")["engines"]?.array?.first?["facts"]?.array ?? []
    #expect(
      facts.contains {
        $0["name"] == "node classes"
          && $0["value"]
            == "CLIPTextEncode, CheckpointLoaderSimple, EmptyImage, EmptyLatentImage, ImageAddNoise, ImageBlur, KSampler, SaveImage, VAEDecode"
      }, "\(facts)")
    try await trust()
    #expect(try await loop.answer("status")["shots"]?["fresh"] == 2)
    let text = try SampleWorkflow.text("without-weights")
    folder.replace("workflows/a.json", text.replacing("\"sigma\": 1", with: "\"sigma\": 2"))
    try await loop.sync(idle: true)
    #expect(try await loop.answer("status")["shots"]?["fresh"] == 2, "other values are no other program")
    folder.replace("workflows/a.json", text.replacing("ImageBlur", with: "RunAnything"))
    try await loop.sync(idle: true)
    #expect(try await loop.answer("status")["shots"]?["waiting"] == 1)
    try await trust()
    #expect(try await loop.answer("status")["shots"]?["fresh"] == 2)
    await loop.stopAndWait()
  }

  @Test func `takes tell their whole graph, and a shot that moves takes its take along`() async throws {
    let folder = try folder()
    let loop = TestLoop(folder, engines: [GraphEngine()])
    try await loop.sync(idle: true)
    let sidecar = try #require(folder.tree("sequences/s").first { $0.contains("/b.still-") && $0.hasSuffix(".json") })
    let recipe = try JSONDocument(parsing: folder.bytes(sidecar) ?? []).root.value["recipe"]
    #expect(recipe?["engine"] == "comfyui" && recipe?["graph"]?["6"]?["inputs"]?["text"] == "rain")
    #expect(recipe?["graph"]?["9"]?["inputs"] == ["images": ["8", 0]])
    let mark = loop.mark
    folder.write("sequences/s.json", "{ \"shots\": [ { \"id\": \"a\" } ] }")
    folder.write(
      "sequences/t.json",
      "{ \"shots\": [ { \"id\": \"b\", \"prompt\": \"rain\", \"workflow\": \"workflows/b.json\" } ] }")
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == [])
    #expect(try await loop.answer("status")["shots"]?["fresh"] == 2)
    await loop.stopAndWait()
  }
}
