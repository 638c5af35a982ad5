internal import Basics
internal import Engines
internal import Imaging
internal import JSONText
internal import Planning
internal import ProjectFiles

/// The storyboard engine without the drawing: the same recipes, so that its takes count as the real one's, and a small picture at once.
struct InstantEngine: Engine {
  private let real = StoryboardEngine(helper: ImagingHelper(executable: ""), version: "0", capacity: 1)

  var type: String { real.type }
  var isBuiltIn: Bool { real.isBuiltIn }
  var kinds: Set<Kind> { real.kinds }
  var seeding: Seeding { real.seeding }
  var reads: Set<String>? { real.reads }
  var version: String { real.version }
  /// So many that the engine is never what is waited for.
  let capacity = 16

  func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject {
    try real.recipe(for: request)
  }

  func make(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput {
    EngineOutput(
      bytes: SmallPicture.png(saying: job.recipe.fingerprint.hex), type: "image/png", width: SmallPicture.side,
      height: SmallPicture.side)
  }
}
