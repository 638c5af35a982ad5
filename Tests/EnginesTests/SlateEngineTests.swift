import Basics
import Engines
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// The engine that Documentation/Engines.md builds up: a slate in plain text for each shot.
struct SlateEngine: Engine {
  let type = "slate"
  let isBuiltIn = true
  let kinds: Set<Kind> = [.still]
  let seeding = Seeding.none
  let version = "1"
  let capacity = 4

  func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject {
    if request.prompt.isEmpty { throw RecipeRefusal("a slate needs a prompt") }
    return ["shot": .string(request.address.shot?.text ?? ""), "prompt": .string(request.prompt)]
  }

  func make(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput {
    // From the recipe and nothing else: what is not in it cannot decide the result.
    guard let shot = job.recipe.fields["shot"]?.string, let prompt = job.recipe.fields["prompt"]?.string else {
      throw EngineError("the recipe holds no shot and prompt", canPass: false)
    }
    progress(0.5, "writing")
    if Task.isCancelled { throw EngineError("cancelled", canPass: true) }
    return EngineOutput(bytes: Array("\(shot)\n\(prompt)\n".utf8), type: "text/plain")
  }
}

struct SlateEngineTests {
  private func request(_ prompt: String) throws -> ShotRequest {
    let sequence = try #require(SequenceName("sequence_001"))
    return ShotRequest(address: ShotAddress(sequence, ShotID("shot_001")), kind: .still, prompt: prompt)
  }

  @Test func `the recipe holds what is written on the slate and nothing else`() throws {
    var request = try request("rain")
    request.shotName = "Rain"
    request.model = "flux-dev"
    request.parameters = ["steps": 20]
    #expect(try SlateEngine().recipe(for: request) == ["shot": "shot_001", "prompt": "rain"])
  }

  @Test func `a shot without a prompt is refused with a sentence`() throws {
    let request = try request("")
    let error = #expect(throws: RecipeRefusal.self) { try SlateEngine().recipe(for: request) }
    #expect(error?.message == "a slate needs a prompt")
  }

  @Test func `a changed prompt is made anew, a changed seed is not`() async throws {
    let shot = #"{ "shots": [ { "id": "shot_001", "prompt": "rain", "seed": 1 } ] }"#
    let folder = TestFolder(["project.json": #"{ "engine": "slate" }"#, "sequences/sequence_001.json": shot])
    let loop = TestLoop(folder, engines: [SlateEngine()])
    try await loop.idle()
    #expect(loop.planned() == ["sequence_001/shot_001: no take yet"])
    var mark = loop.mark
    folder.edit("sequences/sequence_001.json", #""seed": 1"#, #""seed": 2"#)
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == [])
    mark = loop.mark
    folder.edit("sequences/sequence_001.json", "rain", "snow")
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == [#"sequence_001/shot_001: changed: prompt "rain" -> "snow""#])
    await loop.stopAndWait()
  }

  @Test func `a cancelled job ends without a slate`() async throws {
    let engine = SlateEngine()
    let request = try request("rain")
    let scratch = ScratchFolder()
    let job = EngineJob(
      id: "1", recipe: Recipe(try engine.recipe(for: request)), request: request,
      project: try Folder(opening: scratch.path))
    let task = Task {
      // Begins only once it has been cancelled.
      while !Task.isCancelled { await Task.yield() }
      return try await engine.make(job) { _, _ in }
    }
    task.cancel()
    let error = await #expect(throws: EngineError.self) { try await task.value }
    #expect(error?.canPass == true)
  }
}
