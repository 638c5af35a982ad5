package import Basics
internal import JSONText
package import Planning
package import ProjectFiles

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

  /// Whether its jobs go on when this program ends, and are found again by their ids.
  ///
  /// A job that runs when the program is left, or dies, stays `running` in the journal then, and is taken up by `adopt` at the
  /// next start.
  var adopts: Bool { get }

  /// Goes on with a job that an earlier run of this program handed over, or was about to.
  /// - Returns: the output; nil when it is certain that nobody works on the job and nothing came of it: only then is it begun
  ///   anew.
  /// - Throws: why the job failed; with `isUnanswered` when that could not be found out.
  func adopt(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput?

  /// The job is over: its take is whole, it came to nothing, or nobody wants it any more. It is ended if it still runs, and what the
  /// engine keeps for it can go.
  func forget(_ id: String, in state: String) async

  /// At the start: forgets what earlier runs left of jobs that nobody knows any more. Returns at once.
  /// - Parameter ids: the jobs that are still open.
  func tidy(keeping ids: Set<String>, in state: String)

  /// What is known of how it stands, as an entry of `engines` configures it, without asking anybody. Nil when nothing is: it was not
  /// needed yet, or there is nothing to know.
  func condition(of definition: EngineDefinition) -> EngineCondition?

  /// The same, found out now: for a person who asks.
  func examine(_ definition: EngineDefinition) async -> EngineCondition?

  /// Ends what the engine keeps running between jobs; called once, after the last one.
  func stop() async
}

extension Engine {
  package var adopts: Bool { false }
  package func adopt(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput? { nil }
  package func forget(_ id: String, in state: String) async {}
  package func tidy(keeping ids: Set<String>, in state: String) {}
  package func condition(of definition: EngineDefinition) -> EngineCondition? { nil }
  package func examine(_ definition: EngineDefinition) async -> EngineCondition? { nil }
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
  /// The project's state folder, outside of it: where an engine may keep what it needs for jobs that run.
  package var state: String
  /// Takes pictures of how far it is, where somebody wants to see them and the engine has them.
  package var showPreview: (@Sendable (EnginePreview) -> Void)?

  package init(id: String, recipe: Recipe, request: ShotRequest, project: Folder, state: String = "") {
    self.id = id
    self.recipe = recipe
    self.request = request
    self.project = project
    self.state = state
  }
}

/// What an engine made.
package struct EngineOutput: Sendable {
  package var content: Content
  /// A media type, such as `image/png`.
  package var type: String
  /// Pixels; nil for sound.
  package var width: Int?
  package var height: Int?
  /// Of what made it, where that is another program whose version is known: written into the sidecar in place of the engine's own.
  package var engineVersion: String?

  package enum Content: Sendable {
    case bytes([UInt8])
    case file(File)

    /// The hash and the number of bytes.
    package var identity: (digest: Digest, bytes: Int) {
      switch self {
      case .bytes(let bytes): (Digest(of: bytes), bytes.count)
      case .file(let file): (file.digest, file.bytes)
      }
    }
  }

  /// An output too large to be held in memory. It lies outside the project, and stays there until its job is forgotten.
  package struct File: Hashable, Sendable {
    /// From the root of this machine.
    package var path: String
    package var digest: Digest
    package var bytes: Int

    package init(path: String, digest: Digest, bytes: Int) {
      self.path = path
      self.digest = digest
      self.bytes = bytes
    }
  }

  package init(content: Content, type: String, width: Int? = nil, height: Int? = nil) {
    self.content = content
    self.type = type
    self.width = width
    self.height = height
  }

  package init(bytes: [UInt8], type: String, width: Int? = nil, height: Int? = nil) {
    self.init(content: .bytes(bytes), type: type, width: width, height: height)
  }
}

/// Why a job came to nothing.
package struct EngineError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A sentence for the user without a full stop.
  package var message: String
  /// Whether trying again later may help: the network, a busy server, a helper that died.
  package var canPass: Bool
  /// Only of `adopt`: the engine could not be asked, so the job may be going on. It is asked again, and nothing is begun.
  package var isUnanswered = false
  /// Of a job that was not begun: the engine cannot be used, and the job has nothing to do with it. It is queued again, and the engine
  /// is let alone for a while.
  package var isAway = false
  /// Where in the project's files it lies, for faults that lie there.
  package var diagnostics: [Diagnostic] = []
  /// Of a job that was cancelled: what is worth telling of how it ended.
  package var note: String?

  package init(
    _ message: String, canPass: Bool, isUnanswered: Bool = false, isAway: Bool = false, diagnostics: [Diagnostic] = [],
    note: String? = nil
  ) {
    self.message = message
    self.canPass = canPass
    self.isUnanswered = isUnanswered
    self.isAway = isAway
    self.diagnostics = diagnostics
    self.note = note
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
