internal import Basics
package import Imaging
package import JSONText
package import Planning
package import ProjectFiles

/// The built-in engine: draws each shot as a storyboard frame, at once, with nothing but this machine.
///
/// It reads the shot's id and name, the prompt, the frame's size, the references and the camera move, so these are its recipe.
/// It has no use for a seed, a negative prompt, a model or parameters: they make none of its takes stale.
package struct StoryboardEngine: Engine {
  package let type = "storyboard"
  package let isBuiltIn = true
  package let kinds: Set<Kind> = [.still]
  package let seeding = Seeding.none
  package let reads: Set<String>? = ["frame", "references"]
  package let version: String
  package let capacity: Int
  private let helper: ImagingHelper

  /// - Parameter capacity: how many frames are drawn at a time, each in a helper process of its own.
  package init(helper: ImagingHelper, version: String, capacity: Int) {
    self.helper = helper
    self.version = version
    self.capacity = capacity
  }

  package func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject {
    let width = request.width ?? FrameLimits.standard.width
    let height = request.height ?? FrameLimits.standard.height
    guard StoryboardFrame.sides.contains(width), StoryboardFrame.sides.contains(height) else {
      throw RecipeRefusal(
        "the storyboard engine draws frames of \(StoryboardFrame.sides.lowerBound) to \(StoryboardFrame.sides.upperBound) "
          + "pixels a side, not \(width) x \(height)")
    }
    var shot: JSONObject = ["id": .string(request.address.shot?.text ?? request.address.sequence.text)]
    if let name = request.shotName { shot["name"] = .string(name) }
    var recipe: JSONObject = [
      "shot": .object(shot), "prompt": .string(request.prompt),
      "frame": ["width": .number(JSONNumber(width)), "height": .number(JSONNumber(height))],
    ]
    if !request.references.isEmpty {
      recipe["references"] = .array(request.references.map { .string($0.digest.description) })
    }
    if let camera = Self.camera(request.camera) {
      recipe["camera"] = ["move": .string(camera.move), "amount": .number(JSONNumber(camera.amount))]
    }
    return recipe
  }

  package func make(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput {
    let request = job.request
    let frame = StoryboardFrame(
      width: request.width ?? FrameLimits.standard.width, height: request.height ?? FrameLimits.standard.height,
      shotID: request.address.shot?.text ?? request.address.sequence.text, shotName: request.shotName ?? "",
      prompt: request.prompt,
      references: request.references.map { StoryboardFrame.Reference(path: $0.path, sha256: $0.digest) },
      camera: Self.camera(request.camera))
    do throws(ImagingError) {
      let bytes = try await helper.frame(frame, project: job.project.path)
      return EngineOutput(bytes: bytes, type: "image/png", width: frame.width, height: frame.height)
    } catch {
      throw EngineError(error.message, canPass: Self.canPass(error.code))
    }
  }

  package func stop() async { helper.stop() }

  /// The move with its amount; half the way when none is written. A camera that stands still by default is no move.
  private static func camera(_ camera: JSON?) -> CameraMove? {
    guard let move = camera?["move"]?.string else { return nil }
    return CameraMove(move: move, amount: camera?["amount"]?.double ?? 0.5)
  }

  private static func canPass(_ code: ImagingError.Code) -> Bool {
    switch code {
    case .died, .changedFile, .cancelled: true
    case .unreadableImage, .tooLarge, .unreadableFile, .badRequest, .notInstalled: false
    }
  }
}
