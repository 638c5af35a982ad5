internal import JSONText
internal import ProjectFiles

/// A graph as ComfyUI's editor saves it: nodes with their widgets' values, and links beside them. One of these may stand in another, as
/// a subgraph.
final class EditorGraph: Sendable {
  struct Node: Sendable {
    /// Unique among all graphs of a file: ids of nodes in subgraphs have the id of the node around them and a colon before them.
    var id: String
    var type: String
    var title: String?
    var mode: Mode
    var inputs: [Input]
    /// The types of its outputs.
    var outputs: [String]
    var values: JSON
  }

  struct Input: Sendable {
    var name: String
    var type: String
    var link: Int?
    /// A field of the node that was made an input.
    var isWidget: Bool
  }

  /// What the editor does with a node.
  enum Mode: Sendable {
    case works
    /// Muted: it is not there, nor is what it would give.
    case muted
    /// Its inputs go on to its outputs of the same type.
    case bypassed
  }

  struct Link: Sendable {
    var origin: Int
    var slot: Int
    var target: Int
    var targetSlot: Int
    var type: String
  }

  /// What is outside of a subgraph: links that begin there come from its inputs, those that end there go to its outputs.
  enum Boundary {
    static let inputs = -10
    static let outputs = -20
  }

  let nodes: [Int: Node]
  /// In the order of the file.
  let order: [Int]
  let links: [Int: Link]
  /// The graph around it, and the node there that stands for it.
  let outer: (graph: EditorGraph, node: Int)?
  /// The graphs that nodes of this one stand for.
  let inner: Lazy

  /// Subgraphs by their ids, made graphs for the nodes that stand for them.
  struct Lazy: Sendable {
    var definitions: [String: JSON]
    var depth: Int
  }

  /// No more subgraphs in one another than that: one may hold itself.
  static let deepest = 20

  init(
    _ json: JSON, prefix: String = "", outer: (graph: EditorGraph, node: Int)? = nil, definitions: [String: JSON]? = nil
  ) {
    var nodes: [Int: Node] = [:]
    var order: [Int] = []
    for value in json["nodes"]?.array ?? [] {
      guard let number = Self.number(value["id"]), let type = value["type"]?.string, nodes[number] == nil else {
        continue
      }
      nodes[number] = Node(
        id: prefix + String(number), type: type, title: value["title"]?.string, mode: Self.mode(value["mode"]?.int),
        inputs: (value["inputs"]?.array ?? []).map(Self.input),
        outputs: (value["outputs"]?.array ?? []).map { $0["type"]?.string ?? "*" },
        values: value["widgets_values"] ?? .array([]))
      order.append(number)
    }
    var links: [Int: Link] = [:]
    for value in json["links"]?.array ?? [] {
      if let (id, link) = Self.link(value) { links[id] = link }
    }
    self.nodes = nodes
    self.order = order
    self.links = links
    self.outer = outer
    let found = definitions ?? Self.definitions(in: json)
    inner = Lazy(definitions: found, depth: (outer?.graph.inner.depth ?? 0) + 1)
  }

  private static func definitions(in json: JSON) -> [String: JSON] {
    var found: [String: JSON] = [:]
    for value in json["definitions"]?["subgraphs"]?.array ?? [] {
      if let id = value["id"]?.string { found[id] = value }
    }
    return found
  }

  /// The graph that a node stands for; nil for a node that is one itself.
  func graph(in number: Int) -> EditorGraph? {
    guard let node = nodes[number], let definition = inner.definitions[node.type], inner.depth < Self.deepest else {
      return nil
    }
    return EditorGraph(
      definition, prefix: "\(node.id):", outer: (self, number), definitions: inner.definitions)
  }

  // MARK: Reading

  private static func number(_ value: JSON?) -> Int? { value?.int ?? value?.string.flatMap { Int($0) } }

  private static func mode(_ number: Int?) -> Mode {
    switch number {
    case 2?: .muted
    case 4?: .bypassed
    default: .works
    }
  }

  private static func input(_ value: JSON) -> Input {
    // Some types are lists of choices.
    Input(
      name: value["name"]?.string ?? "", type: value["type"]?.string ?? "COMBO", link: value["link"]?.int,
      isWidget: value["widget"]?["name"]?.string != nil)
  }

  /// `[id, origin, slot, target, slot, type]`, or an object of the same.
  private static func link(_ value: JSON) -> (Int, Link)? {
    if let parts = value.array, parts.count >= 5 {
      guard let id = parts[0].int, let origin = number(parts[1]), let slot = number(parts[2]),
        let target = number(parts[3]), let targetSlot = number(parts[4])
      else { return nil }
      let type = parts.count > 5 ? parts[5].string ?? "*" : "*"
      return (id, Link(origin: origin, slot: slot, target: target, targetSlot: targetSlot, type: type))
    }
    guard let id = value["id"]?.int, let origin = number(value["origin_id"]),
      let slot = number(value["origin_slot"]), let target = number(value["target_id"]),
      let targetSlot = number(value["target_slot"])
    else { return nil }
    return (
      id, Link(origin: origin, slot: slot, target: target, targetSlot: targetSlot, type: value["type"]?.string ?? "*")
    )
  }
}

extension EditorGraph {
  /// What an input gets.
  enum Source: Sendable {
    case node(id: String, slot: Int)
    /// The value of a node that only holds one, or of a field of the node around a subgraph.
    case value(JSON)
  }

  /// Where a link comes from, through nodes that only hand on; nil when it leads nowhere.
  func source(ofLink number: Int, type: String) -> Source? {
    var graph = self
    var number = number
    // A file may hold a circle of links.
    for _ in 0..<1000 {
      guard let link = graph.links[number] else { return nil }
      if link.origin == Boundary.inputs {
        guard let (around, place) = graph.outer, let node = around.nodes[place], node.inputs.indices.contains(link.slot)
        else {
          return nil
        }
        let input = node.inputs[link.slot]
        guard let next = input.link else { return Self.fieldValue(of: node, link.slot).map { .value($0) } }
        (graph, number) = (around, next)
        continue
      }
      guard let node = graph.nodes[link.origin], node.mode != .muted else { return nil }
      if node.mode == .bypassed {
        // That of the output's own place first, if it fits, else the first that does.
        let places = [link.slot] + node.inputs.indices
        let wanted = type == "*" ? link.type : type
        guard
          let place = places.first(where: { node.inputs.indices.contains($0) && node.inputs[$0].type == wanted }),
          let next = node.inputs[place].link
        else { return nil }
        number = next
        continue
      }
      if let inside = graph.graph(in: link.origin) {
        guard
          let next = inside.links.first(where: {
            $0.value.target == Boundary.outputs && $0.value.targetSlot == link.slot
          })?.key
        else { return nil }
        (graph, number) = (inside, next)
        continue
      }
      switch node.type {
      case "PrimitiveNode": return (node.values.array?.first).map { .value($0) }
      case "GetNode":
        guard let name = node.values.array?.first?.string,
          let setter = graph.order.lazy.compactMap({ graph.nodes[$0] }).first(where: {
            $0.type == "SetNode" && $0.values.array?.first?.string == name && $0.mode == .works
          }), let next = setter.inputs.first?.link
        else { return nil }
        number = next
      case "SetNode":
        guard let next = node.inputs.first?.link else { return nil }
        number = next
      case let type where type.contains("Reroute"):
        guard let next = node.inputs.first?.link else { return nil }
        number = next
      default: return .node(id: node.id, slot: link.slot)
      }
    }
    return nil
  }

  /// The value in a field of a node that stands for a subgraph: its fields have theirs in the order of the inputs that are fields.
  private static func fieldValue(of node: Node, _ place: Int) -> JSON? {
    guard node.inputs[place].isWidget else { return nil }
    let number = node.inputs[..<place].count(where: \.isWidget)
    let values = node.values.array ?? []
    // Not as one expression: `nil` may also be JSON's.
    guard number < values.count, !values[number].isNull else { return Optional.none }
    return values[number]
  }

  /// Whether the editor has a node only for itself.
  static func isVirtual(_ type: String) -> Bool {
    ["PrimitiveNode", "Note", "MarkdownNote", "GetNode", "SetNode"].contains(type) || type.contains("Reroute")
      || type.hasPrefix("Label (") || type.hasPrefix("Fast Groups")
  }
}
