package import JSONText

/// How an engine stands: whether it can be used, and why not.
package struct EngineCondition: Hashable, Sendable {
  package enum State: String, Hashable, Sendable {
    case ready
    /// It can be used, but not all of it.
    case partly
    /// It cannot be reached, or does not work.
    case away
  }

  /// One server.
  package struct Worker: Hashable, Sendable {
    package var name: String
    package var state: State
    /// Such as what it runs on, or why it cannot be used.
    package var detail: String

    package init(name: String, state: State, detail: String) {
      self.name = name
      self.state = state
      self.detail = detail
    }
  }

  package var workers: [Worker]

  package init(workers: [Worker]) {
    self.workers = workers
  }

  package var state: State {
    let ready = workers.count { $0.state == .ready }
    return ready == workers.count ? .ready : ready > 0 ? .partly : .away
  }

  /// In one line: why what is away is away, or what there is.
  package var detail: String {
    let away = workers.filter { $0.state != .ready }
    if away.isEmpty {
      return workers.count == 1 ? workers[0].detail : "\(workers.count) workers"
    }
    let reasons = away.map(\.detail).joined(separator: "; ")
    return away.count == workers.count
      ? reasons : "\(workers.count - away.count) of \(workers.count) workers; \(reasons)"
  }

  /// `[{"name","state","detail"}]`
  package var json: JSON {
    .array(
      workers.map { ["name": .string($0.name), "state": .string($0.state.rawValue), "detail": .string($0.detail)] })
  }
}

/// A picture of how far a job is.
package struct EnginePreview: Hashable, Sendable {
  /// `image/jpeg` or `image/png`.
  package var type: String
  package var bytes: [UInt8]

  package init(type: String, bytes: [UInt8]) {
    self.type = type
    self.bytes = bytes
  }
}
