internal import Basics
internal import JSONText
internal import Studio

/// What happened in this run of the watcher, the last of it.
final class PageHistory: Sendable {
  private struct State {
    var events: [(number: Int, text: [UInt8])] = []
    var last = 0
    /// When jobs that run were begun, seconds since 1970, by their shot's key and kind.
    var starts: [String: Int64] = [:]
    /// When the progress of a job was told last.
    var told: [String: ContinuousClock.Instant] = [:]
  }

  private let state = Monitor(State())
  private static let limit = 5000

  /// - Returns: the event as it is told; nil for those that are not.
  func add(_ event: StudioEvent, _ time: Int64) -> [UInt8]? {
    switch event {
    case .progress, .idle, .bye: return nil
    default: break
    }
    var fields: JSONObject = [:]
    for (key, value) in event.json(time: Timestamp.rfc3339(time)).object ?? [:] { fields[key] = value }
    let key = fields["shot"]?.string.map { PageKey.of(shot: $0) }
    if let key { fields["key"] = .string(key) }
    if let take = fields["take"]?.string { fields["takeKey"] = .string(PageKey.of(ProjectPath(trusted: take))) }
    let name = "\(key ?? "") \(fields["kind"]?.string ?? "")"
    return state.look { state in
      switch event {
      case .started(let job):
        state.starts[name] = time / 1_000_000_000
        state.told[job.id] = nil
      case .finished(let job, _, _), .failed(let job, _, _), .cancelled(let job, _):
        state.starts[name] = nil
        state.told[job.id] = nil
      default: break
      }
      state.last += 1
      var whole: JSONObject = ["n": .number(JSONNumber(state.last))]
      for (key, value) in fields { whole[key] = value }
      let text = JSON.object(whole).compact
      state.events.append((state.last, text))
      if state.events.count > Self.limit { state.events.removeFirst(Self.limit / 10) }
      return text
    }
  }

  /// The newest first.
  func texts(before: Int?, count: Int) -> [[UInt8]] {
    state.look { state in
      let older = state.events.reversed().drop { entry in before.map { entry.number >= $0 } ?? false }
      return older.prefix(count).map(\.text)
    }
  }

  func start(of shot: String, _ kind: String) -> Int64? { state.look { $0.starts["\(shot) \(kind)"] } }

  func mayTell(progressOf job: String, every pause: Duration) -> Bool {
    let now = ContinuousClock.now
    return state.look { state in
      if let last = state.told[job], last.duration(to: now) < pause { return false }
      state.told[job] = now
      return true
    }
  }
}
