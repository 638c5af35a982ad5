internal import CShims
internal import Glibc

/// Turns of those who read a file of a project, change something in it and write it again: processes and threads of reel go one
/// after the other, so that none writes over what another just wrote.
package enum EditTurn {
  /// For strangers that keep the folder locked.
  private static let patience = Duration.seconds(5)

  /// Does the work when its turn comes.
  ///
  /// The turn is flock(2) on the project's folder itself, which leaves nothing behind; the kernel lets go when the holder dies.
  /// Where a file system has no locks, or somebody else keeps the folder locked, the turn comes all the same: then only the look just
  /// before the rename tells of others.
  package static func taken<Result, Fault: Error>(
    in folder: Folder, _ work: () throws(Fault) -> Result
  ) throws(Fault) -> Result {
    // Opened for this turn: two threads that share an opened folder would share its lock.
    guard let opened = try? folder.open(.root, O_RDONLY | O_DIRECTORY) else { return try work() }
    let deadline = ContinuousClock.now + patience
    while flock(opened.raw, LOCK_EX | LOCK_NB) != 0 {
      let code = reel_errno()
      if code != EINTR, code != EWOULDBLOCK || ContinuousClock.now > deadline { break }
      usleep(1000)
    }
    // A process that is being started has a copy of the descriptor until its program runs: closing ours would leave the lock to it.
    defer { _ = flock(opened.raw, LOCK_UN) }
    return try work()
  }
}
