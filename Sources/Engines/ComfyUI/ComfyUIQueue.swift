internal import JSONText

/// What a server has to do: `GET /queue`.
struct ComfyUIQueue: Hashable, Sendable {
  /// Ids; one at a time as a rule.
  var running: [String]
  /// Ids in the order in which they come; the list itself is in the order of a heap.
  var pending: [String]

  enum Place: Hashable, Sendable {
    case running
    /// How many come before it, those that run among them.
    case pending(ahead: Int)
  }

  init(running: [String] = [], pending: [String] = []) {
    self.running = running
    self.pending = pending
  }

  /// Nil for what is no queue.
  init?(_ json: JSON) {
    guard let running = json["queue_running"]?.array, let pending = json["queue_pending"]?.array else { return nil }
    self.running = running.compactMap(Self.id)
    self.pending = pending.sorted { Self.number($0) < Self.number($1) }.compactMap(Self.id)
  }

  func place(of id: String) -> Place? {
    if running.contains(id) { return .running }
    return pending.firstIndex(of: id).map { .pending(ahead: running.count + $0) }
  }

  var count: Int { running.count + pending.count }

  /// An entry is `[number, id, graph, …]`.
  private static func id(_ entry: JSON) -> String? { entry.array.flatMap { $0.count > 1 ? $0[1].string : nil } }
  private static func number(_ entry: JSON) -> Double { entry.array?.first?.double ?? 0 }
}
