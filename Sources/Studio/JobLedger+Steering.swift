internal import Basics
internal import Journal
internal import Planning
internal import ProjectFiles

/// What a person steers, and what waits for another attempt, as the journal keeps it.
extension JobLedger {
  /// Wants that a person cancelled: noted before anything else happens to their jobs, so that no restart takes them up again.
  mutating func standDown(_ keys: [WantKey]) {
    if keys.isEmpty { return }
    let now = FileStamp.now()
    keep([]) { journal throws(JournalError) in
      try journal.standDown(keys.map { StandingDown(cancelled: $0, at: now) })
    }
    for key in keys { forgetBackoff(key) }
  }

  /// A want stands down no more, since its take is there.
  mutating func letUp(_ key: WantKey) {
    keep([]) { journal throws(JournalError) in
      try journal.letUp(shot: key.address.description, kind: key.kind.name, fingerprint: key.fingerprint)
    }
  }

  mutating func backsOff(_ job: JobBoard.Job, after delay: Duration, _ message: String) {
    let key = job.want.key
    backingOff.insert(key)
    let entry = BackingOff(
      shot: key.address.description, kind: key.kind.name, fingerprint: key.fingerprint, attempt: job.attempt,
      nextAt: FileStamp.now() + delay.nanoseconds, message: message)
    keep([]) { journal throws(JournalError) in try journal.backOff(entry) }
  }

  /// The next attempt of a want counts as its first.
  mutating func forgetBackoff(_ key: WantKey) {
    guard backingOff.remove(key) != nil else { return }
    keep([]) { journal throws(JournalError) in
      try journal.forgetBackoff(shot: key.address.description, kind: key.kind.name, fingerprint: key.fingerprint)
    }
  }
}

extension StandingDown {
  /// A want that a person cancelled.
  init(cancelled key: WantKey, at time: Int64) {
    self.init(
      shot: key.address.description, kind: key.kind.name, fingerprint: key.fingerprint, state: .cancelled, message: nil,
      since: time)
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
