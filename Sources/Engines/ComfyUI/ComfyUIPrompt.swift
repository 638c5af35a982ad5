package import Basics
package import JSONText
package import Planning
internal import ProjectFiles

/// What goes to a server for a recipe: made of the recipe alone, so that nothing read later can decide.
package struct ComfyUIPrompt: Sendable {
  /// Where the graph stands in a recipe.
  package static let key = "graph"

  /// The files to upload, each content once: references, and takes of other kinds.
  package private(set) var uploads: [ShotRequest.Reference] = []
  /// The nodes whose outputs are expected.
  package private(set) var outputs: [String] = []
  /// The node classes that the server must have.
  package private(set) var classes: Set<String> = []

  let request: ShotRequest
  /// In the order of their ids.
  private(set) var nodes: [Node] = []
  /// The nodes that name the files they save.
  private var saving: Set<String> = []

  struct Node: Sendable {
    var id: String
    var type: String
    var inputs: JSONObject
  }

  /// - Throws: when the recipe holds no graph, or asks for a picture that the request does not have.
  package init(recipe: JSONObject, request: ShotRequest) throws(RecipeRefusal) {
    self.request = request
    guard let graph = recipe[Self.key]?.object, !graph.isEmpty else { throw RecipeRefusal("the recipe holds no graph") }
    var files: [Digest: ShotRequest.Reference] = [:]
    for file in request.references + request.entries.values.joined() + request.inputs.values {
      files[file.digest] = files[file.digest] ?? file
    }
    var linked: Set<String> = []
    var known: Set<Digest> = []
    for (id, node) in graph {
      guard let type = node["class_type"]?.string, let inputs = node["inputs"]?.object else {
        throw RecipeRefusal("the node \(TerminalText.shortened(id, to: 40)) of the recipe's graph is no node")
      }
      nodes.append(Node(id: id, type: type, inputs: inputs))
      classes.insert(type)
      for (_, value) in inputs {
        if let source = Self.link(value) {
          linked.insert(source)
        } else if let digest = Self.digest(value), known.insert(digest).inserted {
          guard let file = files[digest] else {
            throw RecipeRefusal("the recipe asks for a file that the shot does not have any more: \(digest)")
          }
          uploads.append(file)
        }
      }
    }
    nodes.sort { WorkflowNode.precedes($0.id, $1.id) }
    // A recipe's graph holds what its output needs, so only that is used by no other.
    outputs = nodes.map(\.id).filter { !linked.contains($0) }
    saving = Set(nodes.filter { savesByName($0) }.map(\.id))
  }

  private func savesByName(_ node: Node) -> Bool {
    if let own = request.graph?.node(node.id), own.type == node.type {
      return own.index(of: WorkflowGraph.prefix) != nil
    }
    return node.type.hasPrefix("Save") || node.type == "VHS_VideoCombine"
  }

  static func link(_ value: JSON) -> String? {
    guard let pair = value.array, pair.count == 2, pair[1].int != nil else { return nil }
    return pair[0].string
  }

  /// The content that a loader is to load, as it stands in recipes: `sha256:` and 64 digits.
  static func digest(_ value: JSON) -> Digest? {
    guard let text = value.string, text.hasPrefix("sha256:") else { return nil }
    return Digest(hex: text.dropFirst("sha256:".count))
  }

  /// The value of `prompt` in `POST /prompt`.
  /// - Parameters:
  ///   - names: what the server called each upload, by content.
  ///   - prefix: what the names of the output's files begin with. Where a graph saves something on its way, the node's id follows.
  package func graph(names: [Digest: String], prefix: String) -> JSONObject {
    var graph: JSONObject = [:]
    for node in nodes {
      var inputs = node.inputs
      for (name, value) in node.inputs {
        if let file = Self.digest(value).flatMap({ names[$0] }) { inputs[name] = .string(file) }
      }
      if saving.contains(node.id) {
        let isOutput = outputs.contains(node.id)
        let id = String(node.id.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        inputs[WorkflowGraph.prefix] = .string(isOutput ? prefix : "\(prefix)-node\(id)")
      }
      graph[node.id] = ["class_type": .string(node.type), "inputs": .object(inputs)]
    }
    return graph
  }
}
