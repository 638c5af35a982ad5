package import Basics
internal import JSONText
package import Planning
internal import ProjectFiles

/// Something that makes takes. Its `EngineForm` half decides recipes without asking anyone; this half does the work.
///
/// How to add one is told in Documentation/Engines.md.
package protocol Engine: EngineForm {
  /// Written into sidecars, never into recipes: a new version makes nothing stale.
  var version: String { get }
  /// How many jobs it works on at a time.
  var capacity: Int { get }

  /// Makes the take of a job. Cancelling the task ends the work as soon as it can; what comes late is dropped.
  /// - Parameter progress: takes the share that is done, 0 to 1, and what is being done; may be called often.
  func make(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput

  /// Ends what the engine keeps running between jobs; called once, after the last one.
  func stop() async
}

extension Engine {
  package func stop() async {}
}

/// One job as an engine gets it.
package struct EngineJob: Sendable {
  /// Chosen by us and journaled before the engine hears of it.
  package var id: String
  package var recipe: Recipe
  package var request: ShotRequest
  /// The project folder; references lie beneath it.
  package var project: Folder

  package init(id: String, recipe: Recipe, request: ShotRequest, project: Folder) {
    self.id = id
    self.recipe = recipe
    self.request = request
    self.project = project
  }
}

/// What an engine made.
package struct EngineOutput: Sendable {
  package var bytes: [UInt8]
  /// A media type, such as `image/png`.
  package var type: String
  /// Pixels; nil for sound.
  package var width: Int?
  package var height: Int?

  package init(bytes: [UInt8], type: String, width: Int? = nil, height: Int? = nil) {
    self.bytes = bytes
    self.type = type
    self.width = width
    self.height = height
  }
}

/// Why a job came to nothing.
package struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sentence for the user without a full stop.
  package var message: String
  /// Whether trying again later may help: the network, a busy server, a helper that died.
  package var canPass: Bool

  package init(_ message: String, canPass: Bool) {
    self.message = message
    self.canPass = canPass
  }

  package var description: String { message }
}

/// The engines of this reel.
package struct EngineList: Sendable {
  package let byType: [String: any Engine]

  package init(_ engines: [any Engine]) {
    byType = Dictionary(engines.map { ($0.type, $0) }) { first, _ in first }
  }

  package var forms: EngineForms { EngineForms(byType.values.map { $0 as any EngineForm }) }
}
