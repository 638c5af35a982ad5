package import JSONText

/// A workflow as it is sent for one kind: the nodes that its output needs, and the inputs that a shot decides.
///
/// Recipes of shots are made of one such graph and a list of values each. What is the same in all of them stands here once, as
/// JSON and in the canonical text that fingerprints are made of.
package final class WorkflowGraph: Sendable {
  package let kind: Kind
  /// The node whose output is the take.
  package let output: Int
  /// The places of the nodes that are sent, in the order of their ids.
  package let kept: [Int]
  package let bindings: [WorkflowBinding]
  /// Rates and lengths of a video graph, as far as they stand in it.
  package let timing: WorkflowTiming
  /// What a shot must have so that nothing of the export is left in its place.
  package let referenceCount: Int
  package let inputKinds: Set<Kind>
  /// The keys of a shot that it uses.
  package let reads: Set<String>
  /// Whether it can be told a seed.
  package let isSeeded: Bool

  /// The nodes as they are sent, in the order of `kept`.
  private let template: [(id: String, type: String, inputs: JSONObject)]
  /// For each binding, the node's place in `template` and the input's name.
  private let slots: [(node: Int, input: String)]
  /// The canonical text around the bound inputs, and the bindings in the order in which they stand there.
  private let segments: [[UInt8]]
  private let order: [Int]
  /// The canonical texts of the bound inputs' own values.
  private let own: [[UInt8]]

  init(
    _ kind: Kind, output: Int, kept: [Int], bindings: [WorkflowBinding], timing: WorkflowTiming, nodes: [WorkflowNode]
  ) {
    self.kind = kind
    self.output = output
    self.kept = kept
    self.bindings = bindings
    self.timing = timing
    var references = 0
    var inputs: Set<Kind> = []
    for binding in bindings {
      switch binding.key {
      case .reference(let index): references = max(references, index + 1)
      case .input(let kind): inputs.insert(kind)
      default: break
      }
    }
    reads = Set(bindings.flatMap { $0.key.reads + ($0.alternative?.reads ?? []) })
    isSeeded = bindings.contains { $0.key == .seed }
    referenceCount = references
    inputKinds = inputs
    let template = kept.map { place -> (id: String, type: String, inputs: JSONObject) in
      let node = nodes[place]
      var inputs: JSONObject = [:]
      for input in node.inputs where input.name != Self.prefix { inputs[input.name] = input.value.json }
      return (node.id, node.type, inputs)
    }
    let places = Dictionary(kept.enumerated().map { ($1, $0) }) { first, _ in first }
    let slots = bindings.map { (node: places[$0.node] ?? 0, input: nodes[$0.node].inputs[$0.input].name) }
    self.template = template
    self.slots = slots
    own = bindings.map { nodes[$0.node].inputs[$0.input].value.json.canonical }

    var bound: [Int: [String: Int]] = [:]
    for (index, slot) in slots.enumerated() { bound[slot.node, default: [:]][slot.input] = index }
    var text: [UInt8] = []
    var segments: [[UInt8]] = []
    var order: [Int] = []
    func append(_ literal: String) { text += literal.utf8 }
    append("{")
    let sorted = template.indices.sorted { Self.precedes(template[$0].id, template[$1].id) }
    for (index, place) in sorted.enumerated() {
      if index > 0 { append(",") }
      text += JSON.string(template[place].id).canonical
      append(#":{"class_type":"#)
      text += JSON.string(template[place].type).canonical
      append(#","inputs":{"#)
      let members = template[place].inputs.sorted { Self.precedes($0.key, $1.key) }
      for (index, member) in members.enumerated() {
        if index > 0 { append(",") }
        text += JSON.string(member.key).canonical
        append(":")
        if let binding = bound[place]?[member.key] {
          segments.append(text)
          text = []
          order.append(binding)
        } else {
          text += member.value.canonical
        }
      }
      append("}}")
    }
    append("}")
    segments.append(text)
    self.segments = segments
    self.order = order
  }

  /// What names the files that a node saves: it decides nothing of them.
  package static let prefix = "filename_prefix"

  /// The order of keys in canonical JSON.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf16.lexicographicallyPrecedes(right.utf16)
  }

  // MARK: Filled in

  /// The graph with values in the places of the bindings; nil leaves the workflow's own.
  package func json(_ values: [JSON?]) -> JSON {
    var inputs = template.map(\.inputs)
    for (slot, value) in zip(slots, values) {
      if let value { inputs[slot.node][slot.input] = value }
    }
    var graph: JSONObject = [:]
    for (node, inputs) in zip(template, inputs) {
      graph[node.id] = ["class_type": .string(node.type), "inputs": .object(inputs)]
    }
    return .object(graph)
  }

  /// The same in canonical JSON, put together of texts that are there.
  package func canonical(_ values: [JSON?]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(segments.reduce(1024) { $0 + $1.count })
    for (index, binding) in order.enumerated() {
      text += segments[index]
      if let value = values[binding] { text += value.canonical } else { text += own[binding] }
    }
    text += segments[order.count]
    return text
  }

  /// What of a shot decides an input, by where the input stands in a recipe: `graph.3.inputs.seed`.
  package func binding(node id: String, input: String) -> WorkflowBinding? {
    for (index, slot) in slots.enumerated() where slot.input == input && template[slot.node].id == id {
      return bindings[index]
    }
    return nil
  }

  /// The value of a binding in a graph that was made of this one, or of another.
  package func value(of binding: Int, in graph: JSON) -> JSON? {
    graph[template[slots[binding].node].id]?["inputs"]?[slots[binding].input]
  }

  package func type(of id: String) -> String? { template.first { $0.id == id }?.type }
}

/// What a video graph says of rate and length.
package struct WorkflowTiming: Hashable, Sendable {
  /// Frames a second of what it writes.
  package var fps: Double?
  /// What a number of frames is one more than a whole multiple of: models make so many at once.
  package var stride: Int = 1

  package init(fps: Double? = nil, stride: Int = 1) {
    self.fps = fps
    self.stride = stride
  }

  /// How many frames last for a duration, in seconds.
  package func frames(for duration: Double, at fps: Double) -> Int? {
    let exact = duration * fps
    guard exact.isFinite, exact < 1e6 else { return nil }
    if stride <= 1 { return max(1, Int(exact.rounded())) }
    return max(1, Int((exact / Double(stride)).rounded())) * stride + 1
  }
}
