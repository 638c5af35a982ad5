import Basics
import Engines
import Imaging
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

struct StoryboardEngineTests {
  private func engine() -> StoryboardEngine {
    StoryboardEngine(
      helper: ImagingHelper(executable: BuiltProgram.path("reel-imaging")), version: "1", capacity: 1)
  }

  private func request(_ prompt: String = "rain") throws -> ShotRequest {
    let sequence = try #require(SequenceName("sequence_001"))
    var request = ShotRequest(address: ShotAddress(sequence, ShotID("shot_002")), kind: .still, prompt: prompt)
    request.width = 320
    request.height = 180
    return request
  }

  @Test func `the recipe holds what is drawn and nothing else`() throws {
    var request = try request()
    request.shotName = "Rain"
    request.negativePrompt = "sun"
    request.model = "flux-dev"
    request.parameters = ["steps": 20]
    request.fps = JSONNumber(24)
    request.camera = ["move": "dolly-in", "amount": 0.25, "speed": 3]
    request.references = [ShotRequest.Reference(path: "inbox/a.png", digest: Digest(of: [1]))]
    #expect(
      try engine().recipe(for: request) == [
        "shot": ["id": "shot_002", "name": "Rain"], "prompt": "rain", "frame": ["width": 320, "height": 180],
        "references": [.string(Digest(of: [1]).description)], "camera": ["move": "dolly-in", "amount": 0.25],
      ])
  }

  @Test func `a shot with nothing written gets the usual frame`() throws {
    var request = try request("")
    (request.width, request.height) = (nil, nil)
    let recipe = try engine().recipe(for: request)
    #expect(recipe == ["shot": ["id": "shot_002"], "prompt": "", "frame": ["width": 1280, "height": 720]])
  }

  @Test func `a frame too large to draw is refused with a sentence`() throws {
    var request = try request()
    request.width = 8000
    let error = #expect(throws: RecipeRefusal.self) { try engine().recipe(for: request) }
    #expect(
      error?.message == "the storyboard engine draws frames of 64 to 4096 pixels a side, not 8000 x 180")
  }

  @Test func `the same recipe gives the same bytes, another prompt others`() async throws {
    let scratch = ScratchFolder()
    let folder = try Folder(opening: scratch.path)
    var outputs: [[UInt8]] = []
    for prompt in ["rain", "rain", "heavy rain"] {
      // A new helper each time: nothing may depend on what it drew before.
      let engine = engine()
      let request = try request(prompt)
      let recipe = Recipe(try engine.recipe(for: request))
      let output = try await engine.make(EngineJob(id: "1", recipe: recipe, request: request, project: folder)) {
        _, _ in
      }
      #expect(output.type == "image/png")
      #expect((output.width, output.height) == (320, 180))
      guard case .bytes(let bytes) = output.content else { throw EngineError("no bytes", canPass: false) }
      #expect(ImageFormat(head: bytes) == .png)
      outputs.append(bytes)
      await engine.stop()
    }
    #expect(outputs[0] == outputs[1])
    #expect(outputs[0] != outputs[2])
  }

  @Test func `a reference that is no picture fails for good, one that changed is tried again`() async throws {
    let scratch = ScratchFolder()
    let folder = try Folder(opening: scratch.path)
    try AtomicFile.write(Array("<html></html>".utf8), to: "a.jpg", in: folder, existing: .keep)
    let engine = engine()
    for (digest, canPass) in [(Digest(of: Array("<html></html>".utf8)), false), (Digest(of: [1]), true)] {
      var request = try request()
      request.references = [ShotRequest.Reference(path: "a.jpg", digest: digest)]
      let recipe = Recipe(try engine.recipe(for: request))
      let job = EngineJob(id: "1", recipe: recipe, request: request, project: folder)
      let error = await #expect(throws: EngineError.self) { try await engine.make(job) { _, _ in } }
      #expect(error?.canPass == canPass)
      #expect(error?.message.contains("a.jpg") == true)
    }
    await engine.stop()
  }
}
