internal import Glibc

/// What git does in several steps, with commits checked out in between that nobody wants takes of.
///
/// Each step checks out, commits and moves HEAD: the folder of the repository and the operation's own folder change with it. So an
/// operation that goes on is one whose files moved in the last second. One that has stopped, for a conflict or because a person
/// asked for it, rests: then what lies in the project is what that person works on, however long that takes, and nothing is held up.
/// (A bisect rests at each of its commits for as long as a person looks at it, and is not waited for.)
extension GitState {
  package enum Operation: String, Sendable, CaseIterable {
    case merge
    case rebase
    case cherryPick = "cherry-pick"
    case revert
    /// `git am`
    case mailbox = "patch series"

    /// What lies in the repository's folder while it is under way.
    fileprivate var traces: [String] {
      switch self {
      case .merge: ["MERGE_HEAD"]
      case .rebase: ["rebase-merge", "rebase-apply/rebasing"]
      case .cherryPick: ["CHERRY_PICK_HEAD"]
      case .revert: ["REVERT_HEAD"]
      case .mailbox: ["rebase-apply/applying"]
      }
    }
  }

  /// What is under way, moving or stopped.
  package var operation: Operation? { gitFolder.flatMap(Self.operation) }

  private static func operation(_ gitFolder: String) -> Operation? {
    // A rebase picks commits: it comes before what it is made of.
    for operation in [.rebase, .mailbox, .merge, .cherryPick, .revert] as [Operation]
    where operation.traces.contains(where: { access("\(gitFolder)/\($0)", F_OK) == 0 }) {
      return operation
    }
    return nil
  }

  /// How long an operation must have left its files alone to count as stopped. From one commit to the next it takes some
  /// hundredths of a second, with hooks more.
  static let rest: Int64 = 1_000_000_000

  static func isMoving(_ gitFolder: String) -> Bool {
    guard operation(gitFolder) != nil else { return false }
    return ["", "/rebase-merge", "/rebase-apply", "/sequencer"].contains { part in
      age(of: gitFolder + part).map { (-tolerance..<rest).contains($0) } ?? false
    }
  }
}
