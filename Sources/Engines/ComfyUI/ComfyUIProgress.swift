internal import JSONText

/// How far a prompt is, from what its server tells: a share that never falls, and words.
///
/// Nobody knows how long a node takes. A sampler, and whatever else goes by steps, counts as much as twenty other nodes, which is the order
/// of things on a GPU; nodes whose results the server still has count nothing.
struct ComfyUIProgress: Sendable {
  private var weights: [String: Double] = [:]
  private var titles: [String: String] = [:]
  private var done: Set<String> = []
  private var current: String?
  private var currentShare = 0.0
  private(set) var fraction = 0.0
  private(set) var doing = ""

  private static let steppedWeight = 20.0

  /// - Parameter graph: the nodes as they were sent.
  init(graph: JSONObject) {
    for (id, node) in graph {
      let type = node["class_type"]?.string ?? ""
      weights[id] = type.contains("Sampler") && !type.contains("Select") ? Self.steppedWeight : 1
      titles[id] = type
    }
  }

  /// - Returns: whether something of it is new. Events of other prompts must not come here.
  mutating func heard(_ event: ComfyUIEvent) -> Bool {
    let before = (fraction, doing)
    switch event {
    case .cached(_, let nodes): for node in nodes { weights[node] = nil }
    case .executing(_, let node):
      if let current, current != node { done.insert(current) }
      begin(node)
      doing = titles[node] ?? ""
    case .progress(_, let node, let value, let whole):
      if let node, node != current { begin(node) }
      if whole > 1, let current, let weight = weights[current] { weights[current] = max(weight, Self.steppedWeight) }
      currentShare = min(1, max(0, value / whole))
      doing = whole > 1 ? "step \(Self.plain(value)) of \(Self.plain(whole))" : current.flatMap { titles[$0] } ?? ""
    case .executed(_, let node): done.insert(node)
    case .remaining, .started, .ended, .broken, .preview: return false
    }
    let whole = weights.values.reduce(0, +)
    if whole > 0 {
      let share = current.map { done.contains($0) ? 0 : (weights[$0] ?? 0) * currentShare } ?? 0
      fraction = max(fraction, min(1, (done.reduce(0) { $0 + (weights[$1] ?? 0) } + share) / whole))
    }
    return before != (fraction, doing)
  }

  private mutating func begin(_ node: String) {
    current = node
    currentShare = 0
  }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e9 ? "\(Int(number))" : "\((number * 10).rounded() / 10)"
  }
}
