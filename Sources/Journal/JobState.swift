/// Where a job stands. The names are the ones in the journal.
package enum JobState: String, Hashable, Sendable, CaseIterable {
  /// Waits for its turn.
  case queued
  /// Was given to an engine, under the job's own id, or is about to be: on restart the engine is asked for it.
  case running
  /// The output is known, with its hash, and is being written with its sidecar. After a crash that goes on from here.
  case writing
  /// The take is there.
  case done
  /// Failed for good: trying again would fail again.
  case failed
  /// Stopped before it had an output.
  case cancelled

  /// Whether there is still something to do: a want has at most one open job.
  package var isOpen: Bool {
    switch self {
    case .queued, .running, .writing: true
    case .done, .failed, .cancelled: false
    }
  }

  /// Whether a job may go from this state to `next`.
  ///
  /// An ended job never moves again: whoever wants its take again queues a new one. A job that writes is not cancelled: its output
  /// is there and is kept, as an older take if the shot has moved on.
  package func canBecome(_ next: JobState) -> Bool {
    switch (self, next) {
    case (.queued, .running), (.queued, .failed), (.queued, .cancelled): true
    case (.running, .queued), (.running, .writing), (.running, .failed), (.running, .cancelled): true
    case (.writing, .queued), (.writing, .done), (.writing, .failed): true
    default: false
    }
  }
}
