internal import Basics

/// Where changes of a project's files come from: from a person's hand, or with git.
///
/// A value that is told where HEAD is (`GitState.Head` looks) and when what a look found was written. The first look of a run takes
/// everything for git's when HEAD moved since the last run, for nobody saw what happened meanwhile. Later looks tell by time: git
/// writes files first and moves HEAD afterwards.
struct Provenance: Sendable {
  enum Origin: Hashable, Sendable {
    case hand
    case git
  }

  /// The commit that HEAD was at when wants were last looked at; nil outside of git and before the first commit.
  private(set) var commit: String?
  /// When HEAD last moved in this run and brought files.
  private var lastMove: Int64?
  private var hasBegun = false

  /// What is written within this time after a move may be part of the same batch as what git wrote: two seconds hold the slowest
  /// settling of a batch, and a person who edits sooner after a checkout is asked once too often, no more.
  private static let margin: Int64 = 2_000_000_000

  init(commit: String?) {
    self.commit = commit
  }

  /// - Parameters:
  ///   - head: nil outside of git.
  ///   - oldest: when the oldest change that the look found was made.
  mutating func origin(of oldest: Int64?, head: GitState.Head?) -> Origin {
    defer { hasBegun = true }
    let now = head?.commit
    var margin: Int64 = 0
    if now != commit, let head {
      let brought = head.broughtFiles(since: commit)
      commit = now
      if brought {
        if !hasBegun { return .git }
        lastMove = head.lastMove
        margin = Self.margin
      }
    } else {
      commit = now
    }
    if head?.isMidway == true { return .git }
    guard let oldest, let lastMove else { return .hand }
    return oldest <= lastMove + margin ? .git : .hand
  }

  /// When the move that may still follow has come: git writes its index, lets its lock go, and moves HEAD only then.
  static func settled(after head: GitState.Head?, at now: Int64) -> Duration? {
    guard let written = head?.indexWritten else { return nil }
    let left = written + grace - now
    return (1...grace).contains(left) ? .nanoseconds(left) : nil
  }

  /// Between the two lie microseconds; a second is enough for a machine that is very busy.
  static let grace: Int64 = 1_000_000_000
}
