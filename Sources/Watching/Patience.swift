package import Basics

/// How long a file that cannot be used is waited for before that counts.
///
/// Editors truncate and then write, move a file away and then write it again; copies take their time. So a file that
/// reads as broken or empty is reported only when it has been left alone for a while, and one that is absent counts as
/// gone only later still. The owner notes what each reading found, and asks what has come due.
package struct Patience: Sendable {
  package typealias Instant = ContinuousClock.Instant

  package struct Times: Sendable, Hashable {
    /// VS Code's window between truncating and writing can last some 100 ms.
    package var broken: Duration
    /// A file that is broken and written again and again is reported by then: a program that writes it for ever must
    /// not keep its fault from being seen.
    package var brokenAtMost: Duration
    /// A picture that is copied over a slow network stands still between two pieces. However long the copy takes, it is not told to
    /// be cut off as long as it goes on.
    package var partial: Duration
    package var absent: Duration
    /// The same for a file that comes and goes without ever being found.
    package var absentAtMost: Duration

    package init(
      broken: Duration = .milliseconds(500), brokenAtMost: Duration = .seconds(3), partial: Duration = .seconds(2),
      absent: Duration = .seconds(2), absentAtMost: Duration = .seconds(6)
    ) {
      self.broken = broken
      self.brokenAtMost = brokenAtMost
      self.partial = partial
      self.absent = absent
      self.absentAtMost = absentAtMost
    }
  }

  /// What reading a file found.
  package enum Finding: Sendable, Hashable {
    case broken
    /// A picture whose end is missing, or all of it: it grows, or was cut off.
    case partial
    case absent
    /// It reads well, or is of no interest any more: nothing is waited for.
    case settled
  }

  /// What has been waited for in vain, in the order of the paths.
  package struct Due: Sendable, Hashable {
    package var reportBroken: [ProjectPath]
    package var gone: [ProjectPath]

    package init(reportBroken: [ProjectPath] = [], gone: [ProjectPath] = []) {
      self.reportBroken = reportBroken
      self.gone = gone
    }

    package var isEmpty: Bool { reportBroken.isEmpty && gone.isEmpty }
  }

  private struct Wait: Hashable {
    var isAbsent: Bool
    var deadline: Instant
    /// Since when it never read well; survives absence, for files that are broken and replaced by renaming in turns.
    var brokenSince: Instant?
    /// Since when it was never found; a broken file is there, so it ends with that.
    var absentSince: Instant?
  }

  private let times: Times
  private var waits: [ProjectPath: Wait] = [:]

  package init(_ times: Times = Times()) {
    self.times = times
  }

  /// Whether nothing is being waited for.
  package var isEmpty: Bool { waits.isEmpty }

  /// When `due` next has something to say. Absent files count even while git holds them back: ask again then.
  package var nextDeadline: Instant? { waits.values.map(\.deadline).min() }

  package func isWaiting(for path: ProjectPath) -> Bool { waits[path] != nil }

  /// Takes down what a reading found. Each reading comes from an event, so it starts the wait anew, up to the latest
  /// time.
  package mutating func note(_ path: ProjectPath, _ finding: Finding, at now: Instant) {
    let before = waits[path]
    switch finding {
    case .settled:
      waits[path] = nil
    case .broken:
      let since = before?.brokenSince ?? now
      waits[path] = Wait(
        isAbsent: false, deadline: min(now + times.broken, since + times.brokenAtMost), brokenSince: since,
        absentSince: nil)
    case .partial:
      waits[path] = Wait(
        isAbsent: false, deadline: now + times.partial, brokenSince: before?.brokenSince, absentSince: nil)
    case .absent:
      let since = before?.absentSince ?? now
      waits[path] = Wait(
        isAbsent: true, deadline: min(now + times.absent, since + times.absentAtMost),
        brokenSince: before?.brokenSince, absentSince: since)
    }
  }

  /// What has been waited for long enough; it is no longer waited for afterwards.
  ///
  /// - Parameter isHeld: git works (its lock is there): absent files may be about to be written, so their wait starts
  ///   again.
  package mutating func due(at now: Instant, isHeld: Bool = false) -> Due {
    var due = Due()
    for (path, wait) in waits where wait.deadline <= now {
      if !wait.isAbsent {
        due.reportBroken.append(path)
      } else if isHeld {
        waits[path] = Wait(
          isAbsent: true, deadline: now + times.absent, brokenSince: wait.brokenSince, absentSince: now)
        continue
      } else {
        due.gone.append(path)
      }
      waits[path] = nil
    }
    due.reportBroken.sort()
    due.gone.sort()
    return due
  }
}
