internal import Basics
internal import JSONText
internal import Journal
internal import Planning
internal import ProjectFiles

/// The same for commands that hold the project themselves, since nobody works on it: what they change is for the next run.
extension Session {
  /// - Returns: nil for calls that do not steer.
  package func steer(_ call: ControlCall) throws(SessionError) -> ControlReply? {
    guard ["cancel", "retry", "pause", "resume"].contains(call.name) else { return nil }
    guard let journal else {
      preconditionFailure("Internal inconsistency: `\(call.name)` steers a project that is not held")
    }
    let shots: [ShotAddress]?
    do throws(Standing.NameError) {
      shots = try standing.addresses(of: call)
    } catch {
      return .failure(code: "no-shot", message: error.description)
    }
    do throws(JournalError) {
      switch call.name {
      case "cancel":
        let actions = standing.board.cancel(standing.plans(of: shots))
        let now = FileStamp.now()
        let keys = actions.compactMap { $0.wantStandingDown?.key }
        try journal.standDown(keys.map { StandingDown(cancelled: $0, at: now) })
        return .success(Standing.cancelAnswer(actions))
      case "retry":
        let chosen = shots.map { Set($0) }
        let keys = standing.board.retry(chosen)
        try journal.letUpAll(shots: chosen.map { Set($0.map(\.description)) })
        for key in keys {
          try journal.forgetBackoff(
            shot: key.address.description, kind: key.kind.name, fingerprint: key.fingerprint)
        }
        return .success(standing.retryAnswer(keys, areQueued: false))
      case "pause": try journal.pause(at: FileStamp.now())
      default: try journal.resume()
      }
    } catch {
      throw SessionError(.unusable, "\(error)")
    }
    standing.board.isPaused = call.name == "pause"
    return .success(standing.pauseAnswer())
  }

  /// What an earlier run left: wants that failed for good or were cancelled stay down, those that failed in passing go on counting
  /// their attempts, and a paused project stays so.
  package func readJournal() throws(SessionError) {
    guard let journal else { return }
    do throws(JournalError) {
      for entry in try journal.standingDown() {
        guard let key = WantKey(entry.shot, entry.kind, entry.fingerprint) else { continue }
        standing.board.standDown(key, entry.state == .failed ? .failed(entry.message ?? "it failed") : .cancelled)
      }
      let now = FileStamp.now()
      for entry in try journal.backingOff() where entry.nextAt > now - Self.backoffMemory {
        guard let key = WantKey(entry.shot, entry.kind, entry.fingerprint) else { continue }
        standing.board.remember(JobBoard.Backoff(entry, now: now), of: key)
      }
      standing.board.isPaused = try journal.isPaused()
    } catch {
      throw SessionError(.unusable, "\(error)")
    }
  }

  /// How long attempts are counted after the time of their next one, in nanoseconds: a server that was busy an hour ago is
  /// another matter.
  package static let backoffMemory: Int64 = 3_600_000_000_000
}

extension WantKey {
  /// As the journal names it; nil for what this reel cannot read.
  init?(_ shot: String, _ kind: String, _ fingerprint: Digest) {
    guard let address = ShotAddress(shot), let kind = Kind(kind) else { return nil }
    self.init(address: address, kind: kind, fingerprint: fingerprint)
  }
}

extension JobBoard.Backoff {
  /// - Parameter now: nanoseconds since 1970. A clock that was set back lets nothing wait longer than it ever would.
  init(_ entry: BackingOff, now: Int64) {
    let longest = JobBoard.backoff(after: .max)
    let left = Duration.nanoseconds(max(0, entry.nextAt - now))
    self.init(attempt: entry.attempt, until: .now + min(left, longest), message: entry.message)
  }
}
