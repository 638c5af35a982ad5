package import Planning
package import ProjectFiles

extension JobBoard {
  /// One want being worked on.
  package struct Job: Sendable {
    package var id: String
    package var want: Want
    package var reason: Reason
    package var state: State
    /// The round of planning that asked for it; the latest goes first, since its shot was just edited.
    package var round: Int
    /// The place in the film, within a round.
    package var rank: Int
    /// From 1; writing the output counts its own.
    package var attempt = 1
    package var fraction = 0.0
    /// A person asked for it although its want is met: it goes on as long as the shot wants that recipe.
    package var isAsked = false
    /// A person cancelled it while it ran.
    package var isCalledOff = false
    /// Its engine has it from an earlier run, or may have it: it is asked before anything is begun.
    package var isAdopted = false
    /// When an earlier run began it, in nanoseconds since 1970.
    package var startedAt: Int64?
  }

  package enum State: Hashable, Sendable {
    case queued
    /// It may not start yet: `JobBoard.admission` says why. Nothing of it is journaled as a job.
    case waiting
    /// To be queued again after a failure that can pass.
    case backingOff(until: ContinuousClock.Instant)
    case running
    /// No longer wanted; its engine was told.
    case cancelling
    /// Its output is being written.
    case writing
    /// Its output is there and could not be written; that is tried again.
    case unwritten(until: ContinuousClock.Instant)

    /// Whether it takes one of its engine's places.
    var isAtEngine: Bool {
      switch self {
      case .running, .cancelling: true
      case .queued, .waiting, .backingOff, .writing, .unwritten: false
      }
    }

    /// Whether something goes on for it now.
    var isBusy: Bool { isAtEngine || self == .writing }
  }

  /// What `ProjectLoop` is to do.
  package enum Action: Sendable {
    /// Journal it; it is queued.
    case enqueue(Job)
    /// It waited and is no longer wanted.
    case drop(Job)
    /// It was queued and may not start any more; it waits again.
    case withdraw(Job)
    /// Hand it to its engine.
    case start(Job)
    /// An earlier run handed it to its engine: go on with it.
    case adopt(Job)
    /// An earlier run began it, and nobody wants it any more.
    case abandon(LeftJob)
    /// Tell its engine to stop.
    case cancel(Job)
    /// A person cancelled it before it began, and its want stands down.
    case callOff(Job)
    /// A person cancelled what has no job, and it stands down.
    case standDown(Want)
    /// Copy a take that lies elsewhere.
    case copy(Want, from: Take)
    /// Put back what the cache holds.
    case restore(Want, CachedOutput)
    /// It failed, and its want stands down: for good, or until the next run when this machine is to blame.
    case giveUp(Job, message: String, isForGood: Bool)
    /// It failed, and is tried again.
    case retry(Job, message: String, after: Duration)
    /// Its output could not be written, which is tried again.
    case rewrite(Job, message: String, after: Duration)
    /// Write the output once more.
    case write(Job)
    /// Its engine cannot be used: it is queued again.
    case putBack(Job)
    /// Tell that an engine cannot be used, and for how long it is let alone; nil when it is not tried again in this run.
    case stayAway(engine: String, message: String, after: Duration?)
  }

  /// Why a want is not worked on though its take is missing.
  package enum Down: Hashable, Sendable {
    case failed(String)
    case cancelled
  }

  /// An attempt that failed in passing, and the one that comes after it.
  package struct Backoff: Hashable, Sendable {
    /// The number of the attempt that comes next.
    package var attempt: Int
    package var until: ContinuousClock.Instant
    /// What went wrong.
    package var message: String

    package init(attempt: Int, until: ContinuousClock.Instant, message: String) {
      self.attempt = attempt
      self.until = until
      self.message = message
    }
  }

  /// Why an attempt came to nothing.
  package struct Failure: Hashable, Sendable {
    package var message: String
    package var canPass: Bool
    /// A full disk and the like: the shot is not to blame.
    package var isOfThisMachine = false

    package init(message: String, canPass: Bool, isOfThisMachine: Bool = false) {
      self.message = message
      self.canPass = canPass
      self.isOfThisMachine = isOfThisMachine
    }
  }
}
