package import Basics
internal import JSONText
package import Planning
package import ProjectFiles

/// Something that happened, as the terminal and `--json` tell it.
package enum StudioEvent: Sendable {
  /// The loop holds the project; always the first.
  case hello(version: String, project: String)
  case loaded(Loaded)
  case problem(Diagnostic)
  case solved(Diagnostic)
  /// A plan was made that holds jobs; the changes by shot, in the order of the film.
  case planned(jobs: Int, changes: [Change])
  case queued(JobSummary)
  case started(JobSummary)
  case progress(JobSummary, fraction: Double, doing: String)
  case finished(JobSummary, take: ProjectPath, seconds: Double)
  /// What a recipe gave before is there again: no job.
  case restored(shot: ShotAddress, kind: Kind, fingerprint: Digest, take: ProjectPath, from: Origin)
  /// `retryIn` is nil when it failed for good.
  case failed(JobSummary, message: String, retryIn: Duration?)
  /// A job that runs was cancelled; its engine was told, and has not let go of it yet.
  case cancelling(JobSummary)
  case cancelled(JobSummary, why: String)
  /// Wants that cannot be worked on now, and why.
  case waiting(message: String)
  /// Something about the machine that is worth a line, such as the limit of watches.
  case notice(String)
  /// The project starts no job until it is resumed; also told at the start of a run.
  case paused
  case resumed
  /// The project can be looked at in a browser.
  case page(address: String)
  /// A stop was asked for; jobs that run are finishing, or were left.
  case stopping(running: [JobSummary], isLeaving: Bool)
  /// The loop came to rest: all that was seen is done.
  case idle(Counts)
  case bye(why: String)

  package struct Loaded: Sendable {
    package var name: String
    package var sequences: Int
    package var counts: Counts
    /// What is watched, by name, and in how many folders; none when nothing is watched.
    package var watched: [String]
    package var folders: Int

    package init(name: String, sequences: Int, counts: Counts, watched: [String] = [], folders: Int = 0) {
      self.name = name
      self.sequences = sequences
      self.counts = counts
      self.watched = watched
      self.folders = folders
    }
  }

  /// Where a take came from that nobody had to make.
  package enum Origin: Hashable, Sendable {
    /// A take of the project: another's, which was copied, or the shot's own of earlier.
    case take(ProjectPath)
    /// The user's cache.
    case cache

    /// As in `--json`: a path, or `cache`.
    package var text: String {
      switch self {
      case .take(let path): path.string
      case .cache: "cache"
      }
    }
  }

  package struct Change: Sendable {
    package var shot: ShotAddress
    package var kind: Kind
    package var reason: Reason

    package init(shot: ShotAddress, kind: Kind, reason: Reason) {
      self.shot = shot
      self.kind = kind
      self.reason = reason
    }
  }

  package struct JobSummary: Sendable {
    package var id: String
    package var shot: ShotAddress
    package var kind: Kind
    package var fingerprint: Digest
    package var engine: String
    package var reason: Reason
    /// An earlier run began it, and it is taken up.
    package var isAdopted = false

    package init(id: String, shot: ShotAddress, kind: Kind, fingerprint: Digest, engine: String, reason: Reason) {
      self.id = id
      self.shot = shot
      self.kind = kind
      self.fingerprint = fingerprint
      self.engine = engine
      self.reason = reason
    }

    init(_ job: JobBoard.Job) {
      self.init(
        id: job.id, shot: job.want.address, kind: job.want.kind, fingerprint: job.want.recipe.fingerprint,
        engine: job.want.engine, reason: job.reason)
      isAdopted = job.isAdopted
    }
  }
}

/// How many shots are in which state; each counts once.
package struct Counts: Hashable, Sendable {
  package var byState: [ShotState: Int] = [:]

  package init() {}

  package subscript(_ state: ShotState) -> Int {
    get { byState[state] ?? 0 }
    set { byState[state] = newValue == 0 ? nil : newValue }
  }

  package var total: Int { byState.values.reduce(0, +) }
}
