import Basics
import Engines
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

struct ComfyUIPromptTests {
  private func request(_ workflow: Workflow?, _ kind: Kind = .still) throws -> ShotRequest {
    var request = ShotRequest(address: try #require(ShotAddress("s/a")), kind: kind, prompt: "a pier")
    request.graph = workflow
    return request
  }

  private func picture(_ name: String) -> ShotRequest.Reference {
    ShotRequest.Reference(path: ProjectPath(trusted: "inbox/\(name).png"), digest: Digest(of: Array(name.utf8)))
  }

  private func recipe(_ request: ShotRequest) throws -> JSONObject {
    let definition = EngineDefinition(name: "c", type: "comfyui", definition: [:], origin: .project)
    return try ComfyUIForm().configured(by: definition).using(request.graph).recipe(for: request)
  }

  @Test func `what is sent is the recipe's graph with the server's names for pictures and the names that files get`()
    throws
  {
    let workflow = try SampleWorkflow.named("controlnet")
    var request = try request(workflow)
    request.references = [picture("pose")]
    let recipe = try recipe(request)
    let prompt = try ComfyUIPrompt(recipe: recipe, request: request)
    #expect(prompt.uploads == [picture("pose")])
    #expect(prompt.outputs == ["9"])
    #expect(prompt.classes.contains("ControlNetApplyAdvanced") && prompt.classes.count == 10)
    let graph = prompt.graph(names: [picture("pose").digest: "reel/abc.png"], prefix: "reel/job1")
    #expect(graph["11"]?["inputs"]?["image"] == "reel/abc.png")
    #expect(graph["9"]?["inputs"]?["filename_prefix"] == "reel/job1")
    #expect(graph["3"] == recipe["graph"]?["3"])
    #expect(graph.keys == ["3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"])
  }

  @Test func `a recipe is enough, without the workflow`() throws {
    let workflow = try SampleWorkflow.named("without-weights")
    let recipe = try recipe(try request(workflow))
    let prompt = try ComfyUIPrompt(recipe: recipe, request: try request(nil))
    #expect(prompt.outputs == ["4"] && prompt.uploads == [])
    #expect(prompt.graph(names: [:], prefix: "p")["4"]?["inputs"]?["filename_prefix"] == "p")
  }

  @Test func `one content that several loaders load is uploaded once`() throws {
    let workflow = try SampleWorkflow.named("inpaint")
    var request = try request(workflow)
    request.references = [picture("a"), ShotRequest.Reference(path: "inbox/copy.png", digest: picture("a").digest)]
    #expect(try ComfyUIPrompt(recipe: try recipe(request), request: request).uploads.count == 1)
  }

  @Test func `a picture that the shot does not have any more is refused`() throws {
    let workflow = try SampleWorkflow.named("controlnet")
    var request = try request(workflow)
    request.references = [picture("pose")]
    let recipe = try recipe(request)
    request.references = []
    #expect(throws: RecipeRefusal.self) { try ComfyUIPrompt(recipe: recipe, request: request) }
    #expect(throws: RecipeRefusal.self) { try ComfyUIPrompt(recipe: [:], request: request) }
  }

  // MARK: What a server says

  /// As ComfyUI 0.33.0 told it of the nodes that a plain text-to-picture graph has.
  private func info() throws -> ObjectInfo {
    ObjectInfo(try JSONDocument(parsing: SampleWorkflow.bytes("object_info.json")).root.value)
  }

  private func faults(_ name: String, _ change: (inout ShotRequest) -> Void = { _ in }) throws -> [ComfyUIFault] {
    var request = try request(SampleWorkflow.named(name))
    change(&request)
    let files: [ProjectPath: String] = [
      "sequences/s.json": "{ \"shots\": [\n{ \"id\": \"a\", \"model\": \"dreem\" } ] }"
    ]
    return try ComfyUIPrompt(recipe: recipe(request), request: request).faults(against: info()) { path in
      files[path].map { SourceText(file: path, bytes: Array($0.utf8)) }
    }
  }

  @Test func `a graph that the server can do has no faults`() throws {
    #expect(try faults("without-weights") == [])
    #expect(try faults("sd15-txt2img") { $0.model = "fake-sd15-tiny.safetensors" } == [])
  }

  @Test func `a model that is not there is told at the workflow's line, with those that are`() throws {
    let fault = try #require(faults("sd15-txt2img").first)
    #expect(fault.isMissingModel)
    #expect(
      fault.message
        == "the server has no `v1-5-pruned-emaonly-fp16.safetensors` (ckpt_name of CheckpointLoaderSimple); the nearest it has: "
        + "`fake-sd15-tiny.safetensors`, `fake-sd15-full.safetensors`")
    let diagnostic = try #require(fault.diagnostic)
    #expect(diagnostic.code == "missing-model" && diagnostic.file == "workflows/sd15-txt2img.json")
    #expect(
      diagnostic.place?.snippet.first?.contains("\"ckpt_name\": \"v1-5-pruned-emaonly-fp16.safetensors\"") == true)
  }

  @Test func `a model that a shot asks for is told at the shot's line`() throws {
    let fault = try #require(
      faults("sd15-txt2img") {
        $0.model = "dreem"
        $0.origins = [ShotRequest.Origin(key: "model", file: "sequences/s.json", range: 35..<42)]
      }.first)
    #expect(fault.diagnostic?.file == "sequences/s.json" && fault.diagnostic?.place?.line == 2)
    #expect(
      fault.diagnostic?.place.map { "\($0.snippet[0])|\($0.column)" }
        == "{ \"id\": \"a\", \"model\": \"dreem\" } ] }|23")
  }

  @Test func `a node class that is not there is told with the nearest`() throws {
    let text = try SampleWorkflow.text("without-weights").replacing("ImageAddNoise", with: "ImageAddNoises")
    let request = try request(SampleWorkflow.read(text))
    let faults = try ComfyUIPrompt(recipe: recipe(request), request: request).faults(against: info())
    #expect(faults.map(\.isMissingNode) == [true])
    #expect(faults[0].message == "the server has no node class `ImageAddNoises`; the nearest it has: `ImageAddNoise`")
    #expect(faults[0].diagnostic?.place?.label == "did you mean `ImageAddNoise`?")
  }

  @Test func `values out of a list or a range are told, and inputs that are missing`() throws {
    let said = try faults("sd15-txt2img") {
      $0.model = "fake-sd15-tiny.safetensors"
      $0.parameters = ["sampler": "eular", "steps": 0, "cfg": 101]
    }.map(\.message)
    #expect(said.count == 3)
    #expect(said.contains("`steps` of node 3 (KSampler) is 0, and the server takes it from 1 to 10000"))
    #expect(said.contains("`cfg` of node 3 (KSampler) is 101, and the server takes it from 0.0 to 100.0"))
    #expect(
      said.contains {
        $0.hasPrefix("`eular` is no sampler_name that the server knows (KSampler); the nearest it has: `euler`")
      })
    let text = try SampleWorkflow.text("without-weights").replacing("\"strength\": 0.5,", with: "")
    let request = try request(SampleWorkflow.read(text))
    #expect(
      try ComfyUIPrompt(recipe: recipe(request), request: request).faults(against: info()).map(\.message) == [
        "`strength` of node 2 (ImageAddNoise) is missing, which the server wants"
      ])
  }
}
