package import Basics

/// Collects what is noticed into batches: a burst of events becomes one batch, endless events still come through.
///
/// A batch is delivered once it has been quiet for `Times.quiet` and no file of it is being written any more, and at the latest
/// `Times.latest` after its first event. While git works (the owner says so when asked) it is held, since half a checkout is no state anyone meant.
/// Quiet is counted from the moment an event was handed in, so events must be drained before the clock is asked: time
/// spent working is no quiet.
package struct Settling: Sendable {
  package typealias Instant = ContinuousClock.Instant

  package struct Times: Sendable, Hashable {
    /// Programs that write many files (git, sed, rsync) leave far less than a millisecond between two of them.
    package var quiet: Duration
    /// Still below what a person notices, and enough to make tens of thousands of events into a few batches.
    package var latest: Duration
    /// A git operation that takes longer, or a lock left by one that died, no longer holds anything up.
    package var heldAtMost: Duration
    /// How often the owner is asked whether git still works.
    package var heldCheck: Duration

    package init(
      quiet: Duration = .milliseconds(1), latest: Duration = .milliseconds(20), heldAtMost: Duration = .seconds(30),
      heldCheck: Duration = .milliseconds(20)
    ) {
      self.quiet = quiet
      self.latest = latest
      self.heldAtMost = heldAtMost
      self.heldCheck = heldCheck
    }
  }

  package enum Event: Sendable, Hashable {
    case noticed(DirtyPaths, at: Instant)
    /// A file was written to, and whoever wrote has not closed it: there may be more to come.
    case written(ProjectPath, at: Instant)
    /// It was closed, or another one was put in its place.
    case completed(ProjectPath, at: Instant)
    /// The time asked for by the last `.wake` has come. `isHeld`: git works, as found out now.
    case woke(at: Instant, isHeld: Bool)
  }

  package enum Action: Sendable, Hashable {
    case deliver(DirtyPaths)
    /// Send `.woke` at this time; replaces what was said before.
    case wake(at: Instant)
  }

  private let times: Times
  private var batch = DirtyPaths()
  /// The files of the batch that are being written.
  private var unfinished: Set<ProjectPath> = []
  private var first: Instant?
  /// Since when every answer was "held"; kept over batches, so that a lock left by a dead git costs 30 s once and not
  /// every save.
  private var heldSince: Instant?
  /// Whether this batch was found held: then only the next look counts, whatever else is noticed.
  private var isHeldBack = false
  /// When `.woke` does something; nil while nothing is collected.
  private var deadline: Instant?

  package init(_ times: Times = Times()) {
    self.times = times
  }

  package mutating func handle(_ event: Event) -> [Action] {
    switch event {
    case .noticed(let dirty, let now):
      return dirty.isEmpty ? [] : collect(dirty, at: now)
    case .written(let path, let now):
      unfinished.insert(path)
      return collect(DirtyPaths(files: [path]), at: now)
    case .completed(let path, let now):
      unfinished.remove(path)
      return collect(DirtyPaths(files: [path]), at: now)
    case .woke(let now, let isHeld):
      guard let deadline else { return [] }
      if deadline > now { return [.wake(at: deadline)] }
      if isHeld {
        let since = heldSince ?? now
        heldSince = since
        if now < since + times.heldAtMost {
          let next = min(now + times.heldCheck, since + times.heldAtMost)
          self.deadline = next
          isHeldBack = true
          return [.wake(at: next)]
        }
      } else {
        heldSince = nil
      }
      let done = batch
      batch = DirtyPaths()
      unfinished = []
      first = nil
      isHeldBack = false
      self.deadline = nil
      return [.deliver(done)]
    }
  }

  private mutating func collect(_ dirty: DirtyPaths, at now: Instant) -> [Action] {
    batch.formUnion(dirty)
    let start = first ?? now
    first = start
    if isHeldBack, let deadline { return [.wake(at: deadline)] }
    let due = unfinished.isEmpty ? min(now + times.quiet, start + times.latest) : start + times.latest
    deadline = due
    return [.wake(at: due)]
  }
}
