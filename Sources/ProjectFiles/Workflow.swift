package import Basics
internal import JSONText

/// `workflows/NAME.json`: a graph of ComfyUI in API format, as exported, with what of a shot goes where in it.
///
/// Read and analysed once for each content of the file, and shared by all shots that use it.
package final class Workflow: Sendable {
  package let source: SourceText
  /// In the order of their ids.
  package let nodes: [WorkflowNode]
  /// Why nothing can be made with it. Told to the shots that use it: a file that nobody uses may be what it likes.
  package let faults: [Diagnostic]
  /// What is worth knowing and stops nothing, such as an `@` title that means nothing.
  package let remarks: [Diagnostic]
  /// What is sent for a kind, of all that it can be asked for.
  package let graphs: [Kind: WorkflowGraph]
  /// The kinds that it makes unless somebody says otherwise, told by the nodes that save something.
  package let kinds: Set<Kind>
  /// Whether it is the format that ComfyUI's editor saves, which its server does not take.
  package let isEditors: Bool

  /// The library entries that titles name, as `@reference:NAME`, each with where.
  package let entries: [(name: String, range: Range<Int>)]

  private let places: [String: Int]

  package var file: ProjectPath { source.file }

  init(_ source: SourceText, nodes: [WorkflowNode], faults: [Diagnostic], isEditors: Bool = false) {
    self.source = source
    self.nodes = nodes.sorted { WorkflowNode.precedes($0.id, $1.id) }
    self.isEditors = isEditors
    places = Dictionary(self.nodes.enumerated().map { ($1.id, $0) }) { first, _ in first }
    if !faults.isEmpty {
      (self.faults, remarks, graphs, kinds, entries) = (faults, [], [:], [], [])
      return
    }
    var analysis = WorkflowAnalysis(source, nodes: self.nodes, places: places)
    (graphs, kinds) = analysis.graphs()
    entries = Self.entries(named: graphs, self.nodes)
    self.faults = analysis.faults
    remarks = analysis.remarks
  }

  private static func entries(
    named graphs: [Kind: WorkflowGraph], _ nodes: [WorkflowNode]
  ) -> [(name: String, range: Range<Int>)] {
    var names: [String: Range<Int>] = [:]
    for binding in graphs.values.flatMap(\.bindings) {
      guard case .entry(let name, _) = binding.key else { continue }
      let node = nodes[binding.node]
      names[name] = names[name] ?? node.titleRange ?? node.range
    }
    return names.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The place of a node in `nodes`.
  package func place(of id: String) -> Int? { places[id] }

  package func node(_ id: String) -> WorkflowNode? { places[id].map { nodes[$0] } }

  /// Paths where workflows lie.
  package static func isPlace(_ path: ProjectPath) -> Bool {
    FileRole(of: path) == .workflow
  }
}

// MARK: Reading

extension Workflow {
  static let consequence = "the shots that use it are frozen until then; nothing was queued or cancelled"

  package static func read(_ source: SourceText) -> Reading<Workflow> {
    let (document, faults) = JSONFile.parse(source, consequence: consequence)
    guard let document else { return Reading(model: nil, diagnostics: faults, source: source) }
    return Reading(model: made(of: document.root, source), diagnostics: [], source: source)
  }

  private static func made(of root: JSONNode, _ source: SourceText) -> Workflow {
    func refused(_ code: String, _ message: String, at range: Range<Int>, label: String) -> Diagnostic {
      Diagnostic(
        .error, code, message, file: source.file, place: source.place(range, label: label), notes: [consequence])
    }
    let brace = root.range.lowerBound..<(root.range.lowerBound + 1)
    if root["nodes"]?.kind == .array, root["links"] != nil || root["last_node_id"] != nil {
      let fault = refused(
        "editor-workflow", "this is a workflow as ComfyUI's editor saves it, which its server does not take", at: brace,
        label: "export it with File > Export (API), or let `reel workflow --convert` make one")
      return Workflow(source, nodes: [], faults: [fault], isEditors: true)
    }
    // What was sent to a server holds the graph in `prompt`.
    let graph = root["prompt"].flatMap { $0.kind == .object && $0["class_type"] == nil ? $0 : nil } ?? root
    guard graph.kind == .object else {
      let fault = refused(
        "not-a-workflow", "a workflow is an object that holds nodes", at: brace,
        label: "export one from ComfyUI with File > Export (API)")
      return Workflow(source, nodes: [], faults: [fault])
    }
    var nodes: [WorkflowNode] = []
    var faults: [Diagnostic] = []
    for member in graph.members where !member.key.hasPrefix("$") && member.key != "note" {
      guard member.value.kind == .object, let type = member.value["class_type"], let name = type.string else {
        faults.append(
          refused(
            "not-a-node", "`\(TerminalText.shortened(member.key, to: 40))` is no node: it has no `class_type`",
            at: member.keyRange, label: "export the workflow from ComfyUI with File > Export (API)"))
        continue
      }
      let title = member.value["_meta"]?["title"]
      nodes.append(
        WorkflowNode(
          id: member.key, type: name, title: title?.string,
          inputs: (member.value["inputs"]?.members).map { $0.map(input) } ?? [], range: member.keyRange,
          typeRange: type.range, titleRange: title?.range))
    }
    if nodes.isEmpty, faults.isEmpty {
      faults.append(
        refused("not-a-workflow", "there are no nodes in it", at: brace, label: "export one from ComfyUI"))
    }
    let ids = Set(nodes.map(\.id))
    for node in nodes {
      for input in node.inputs {
        guard case .link(let id, _) = input.value, !ids.contains(id) else { continue }
        faults.append(
          refused(
            "dangling-link",
            "`\(TerminalText.shortened(input.name, to: 40))` of node \(TerminalText.shortened(node.id, to: 40)) comes from "
              + "node \(TerminalText.shortened(id, to: 40)), which is not there",
            at: input.range, label: "export the workflow again"))
      }
    }
    // One is enough to see what is wrong; all of a file that is something else would be a flood.
    return Workflow(source, nodes: nodes, faults: Array(faults.prefix(20)))
  }

  private static func input(_ member: JSONMember) -> WorkflowNode.Input {
    var value = WorkflowNode.Value.literal(member.value.value)
    let elements = Array(member.value.elements.prefix(3))
    if elements.count == 2, let slot = elements[1].number?.int, slot >= 0 {
      if let id = elements[0].string {
        value = .link(node: id, slot: slot)
      } else if let id = elements[0].number?.int, member.value.kind == .array {
        value = .link(node: String(id), slot: slot)
      }
    }
    return WorkflowNode.Input(name: member.key, value: value, range: member.value.range)
  }
}
