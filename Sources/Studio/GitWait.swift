internal import Synchronization

/// Asks git before changes are looked at, and says once that it is waited for, when that takes long enough to be noticed.
///
/// The watcher asks when changes have settled, and the loop again when it is their turn: git may have begun while the loop was at work.
package final class GitWait: Sendable {
  private struct State {
    var since: ContinuousClock.Instant?
    var isTold = false
  }

  private let git: GitState
  private let limit: Duration
  private let patience: Duration
  private let tell: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// Longer than an operation that stopped is waited for to rest.
  package static let usualPatience = Duration.milliseconds(1500)

  /// - Parameters:
  ///   - limit: how long nothing is looked at, whatever git does.
  ///   - tell: takes a sentence for people; called on the thread that asks.
  package init(
    _ git: GitState, limit: Duration = .seconds(30), patience: Duration = GitWait.usualPatience,
    tell: @escaping @Sendable (String) -> Void
  ) {
    self.git = git
    self.limit = limit
    self.patience = patience
    self.tell = tell
  }

  /// Whether what changes now is to wait.
  package func isHeld(at now: ContinuousClock.Instant = .now) -> Bool {
    let isBusy = git.isBusy
    let (isHeld, isLong) = state.withLock { state in
      guard isBusy else {
        state = State()
        return (false, false)
      }
      let since = state.since ?? now
      state.since = since
      let isLong = !state.isTold && now >= since + patience
      if isLong { state.isTold = true }
      return (now < since + limit, isLong)
    }
    if isLong {
      let what = git.operation.map { " (a \($0.rawValue) is under way)" } ?? ""
      tell(
        "git is at work\(what): what changes is looked at when it rests, after \(GitState.patience / 1_000_000_000) s at the latest"
      )
    }
    return isHeld
  }
}
