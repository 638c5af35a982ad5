package import JSONText
internal import ProjectFiles

/// Makes an API graph of what ComfyUI's editor saves, as the editor itself does it when it exports one.
///
/// The editor's files hold the values of a node's fields as a list without names. Which name belongs to which only a server
/// knows, by `GET /object_info`.
package struct EditorWorkflow: Sendable {
  private let root: EditorGraph
  private var nodes: [Working] = []
  private var graphs = 0

  private struct Working: Sendable {
    var graph: EditorGraph
    var node: EditorGraph.Node
  }

  /// So many nodes a graph may have, subgraphs counted as often as they are used.
  private static let most = 20_000

  /// Nil for what is no graph of the editor.
  package init?(_ json: JSON) {
    guard json["nodes"]?.array != nil, json["links"]?.array != nil || json["last_node_id"] != nil else { return nil }
    root = EditorGraph(json)
    collect(root)
    if nodes.count > Self.most || graphs > Self.most { return nil }
  }

  private mutating func collect(_ graph: EditorGraph) {
    graphs += 1
    // Subgraphs may stand in each other so often that nobody would see the end of it.
    if graphs > Self.most { return }
    for number in graph.order {
      guard nodes.count <= Self.most, let node = graph.nodes[number], node.mode == .works,
        !EditorGraph.isVirtual(node.type)
      else { continue }
      if let inside = graph.graph(in: number) {
        collect(inside)
      } else {
        nodes.append(Working(graph: graph, node: node))
      }
    }
  }

  /// The node classes that a server must be asked for.
  package var classes: Set<String> { Set(nodes.map(\.node.type)) }

  /// The graph in API format.
  /// - Returns: what could not be told, a sentence each, beside the graph as far as it could.
  package func graph(with info: ObjectInfo) -> (graph: JSONObject, faults: [String]) {
    var made: [(id: String, node: JSONObject, inputs: JSONObject)] = []
    var faults: [String] = []
    for working in nodes {
      let node = working.node
      var inputs: JSONObject = [:]
      if let known = info.classes[node.type] {
        inputs = Self.values(of: node, known)
      } else {
        faults.append(
          "the server has no node class `\(node.type)` (node \(node.id)), so the names of its values are not known")
      }
      for input in node.inputs {
        guard let link = input.link else { continue }
        switch working.graph.source(ofLink: link, type: input.type) {
        case .node(let id, let slot)?: inputs[input.name] = [.string(id), .number(JSONNumber(slot))]
        case .value(let value)?: inputs[input.name] = Self.wrapped(value)
        // The value in the field stays, if there is one.
        case nil: break
        }
      }
      let title = node.title ?? info.classes[node.type]?.title ?? node.type
      made.append((node.id, ["class_type": .string(node.type), "_meta": ["title": .string(title)]], inputs))
    }
    let ids = Set(made.map(\.id))
    var graph: JSONObject = [:]
    for (id, node, inputs) in made.sorted(by: { WorkflowNode.precedes($0.id, $1.id) }) {
      var inputs = inputs
      for (name, value) in inputs {
        // What a node that is not there would give.
        if let source = ComfyUIPrompt.link(value), !ids.contains(source) { inputs[name] = nil }
      }
      graph[id] = [
        "inputs": .object(inputs), "class_type": node["class_type"] ?? "", "_meta": node["_meta"] ?? [:],
      ]
    }
    return (graph, faults)
  }

  // MARK: Values

  /// A node's own values by name: in the order in which a server lists its fields, with what the editor puts between them left out.
  private static func values(of node: EditorGraph.Node, _ known: ObjectInfo.NodeClass) -> JSONObject {
    var inputs: JSONObject = [:]
    // Some packs save them with their names.
    if let named = node.values.object {
      for (name, value) in named where name != "videopreview" && name != "choose file to upload" {
        inputs[name] = wrapped(value)
      }
      return inputs
    }
    var values = (node.values.array ?? [])[...]
    for input in known.inputs where input.isWidget { take(input, named: input.name, from: &values, into: &inputs) }
    return inputs
  }

  private static func take(
    _ input: ObjectInfo.Input, named name: String, from values: inout ArraySlice<JSON>, into inputs: inout JSONObject
  ) {
    guard let value = values.popFirst() else { return }
    inputs[name] = wrapped(value)
    if input.hasControl, let next = values.first?.string, controls.contains(next) { values.removeFirst() }
    // What else there is to choose depends on the choice.
    for further in input.further(of: value) {
      if further.isWidget { take(further, named: "\(name).\(further.name)", from: &values, into: &inputs) }
    }
  }

  /// What happens to a seed after a run.
  private static let controls: Set<String> = ["fixed", "increment", "decrement", "randomize", "increment-wrap"]

  /// A list that is a value looks like a link to a server unless it says so.
  private static func wrapped(_ value: JSON) -> JSON {
    value.array == nil ? value : ["__value__": value]
  }
}
