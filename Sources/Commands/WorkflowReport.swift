internal import Basics
internal import JSONText
internal import ProjectFiles
internal import Studio

/// What `reel workflow` says of a file: what is bound for each kind, what is not, and what is wrong. Text and JSON are made of the
/// same values.
struct WorkflowReport {
  let file: ProjectPath
  let problems: [Diagnostic]
  private let workflow: Workflow?

  init(_ reading: Reading<Workflow>) {
    file = reading.source.file
    workflow = reading.model
    problems = (reading.diagnostics + (reading.model?.faults ?? []) + (reading.model?.remarks ?? [])).sorted()
  }

  /// An input of a node, bound or not.
  private struct Row {
    var node: WorkflowNode
    var input: WorkflowNode.Input
    var binding: WorkflowBinding?

    /// `prompt`, `parameters.guidance, else parameters.cfg`, `parameters.steps x 20/25`.
    var gets: String {
      guard let binding else { return "" }
      let other = binding.alternative.map { ", else \($0.name)" } ?? ""
      let scale = binding.scale.map { " x \(Self.plain($0.own))/\(Self.plain($0.base))" } ?? ""
      return binding.key.name + other + scale
    }

    /// The workflow's own value.
    var own: String {
      switch input.value {
      case .link(let node, let slot): "output \(slot) of node \(node)"
      case .literal(let value): value.compactText
      }
    }

    private static func plain(_ number: Double) -> String { JSON.number(JSONNumber(number)).compactText }
  }

  private func bound(_ graph: WorkflowGraph) -> [Row] {
    graph.bindings.compactMap { binding in
      workflow.map { workflow in
        let node = workflow.nodes[binding.node]
        return Row(node: node, input: node.inputs[binding.input], binding: binding)
      }
    }
  }

  /// Values that stay as they are, of nodes that are sent.
  private func unbound(_ graph: WorkflowGraph) -> [Row] {
    guard let workflow else { return [] }
    let bound = Set(graph.bindings.map { [$0.node, $0.input] })
    return graph.kept.flatMap { place -> [Row] in
      let node = workflow.nodes[place]
      return node.inputs.enumerated().compactMap { index, input in
        if input.value.literal == nil || input.name == WorkflowGraph.prefix || bound.contains([place, index]) {
          return nil
        }
        return Row(node: node, input: input)
      }
    }
  }

  private func unsent(_ graph: WorkflowGraph) -> [WorkflowNode] {
    let kept = Set(graph.kept)
    return (workflow?.nodes ?? []).enumerated().filter { !kept.contains($0.offset) }.map(\.element)
  }

  private var graphs: [WorkflowGraph] {
    guard let workflow else { return [] }
    return workflow.kinds.sorted().compactMap { workflow.graphs[$0] }
  }

  // MARK: As text

  var lines: [String] {
    guard let workflow, workflow.faults.isEmpty else { return [] }
    return graphs.enumerated().flatMap { index, graph in (index > 0 ? [""] : []) + lines(graph, workflow) }
  }

  private func lines(_ graph: WorkflowGraph, _ workflow: Workflow) -> [String] {
    let output = workflow.nodes[graph.output]
    var lines = [
      "\(TerminalText.escaped(file.string)) makes a \(graph.kind): what node \(shown(output.id)) (\(shown(output.type))) saves, "
        + "of \(graph.kept.count) nodes",
      "",
    ]
    let bound = bound(graph)
    if bound.isEmpty {
      lines.append("No input gets anything from a shot.")
    } else {
      lines += TextTable.lines(
        [["node", "title", "class", "input", "gets", "its own value"]]
          + bound.map { row in
            cells(of: row) + [TerminalText.escaped(row.gets), TerminalText.shortened(row.own, to: 48)]
          })
    }
    let unbound = unbound(graph)
    if !unbound.isEmpty {
      lines += ["", "Not bound; these stay as they are (a title such as @NAME binds one to parameters.NAME):", ""]
      lines += TextTable.lines(unbound.map { cells(of: $0) + [TerminalText.shortened($0.own, to: 48)] })
    }
    let unsent = unsent(graph)
    if !unsent.isEmpty {
      let names = unsent.map { "\(shown($0.id)) (\(shown($0.type)))" }.joined(separator: ", ")
      lines += ["", "Not sent, as what is saved does not need it: \(names)"]
    }
    return lines
  }

  private func cells(of row: Row) -> [String] {
    // Without a word of its author a node's title is its class.
    let title = row.node.title.flatMap { $0 == row.node.type ? nil : shown($0) } ?? ""
    return [shown(row.node.id), title, shown(row.node.type), shown(row.input.name)]
  }

  private func shown(_ text: String) -> String { TerminalText.shortened(text, to: 40) }

  // MARK: As JSON

  var json: JSON {
    [
      "version": 1, "file": .string(file.string),
      "format": .string(workflow == nil ? "unreadable" : workflow?.isEditors == true ? "editor" : "api"),
      "kinds": .array(graphs.map(json)), "problems": .array(problems.map { .object($0.fullJSON) }),
    ]
  }

  private func json(_ graph: WorkflowGraph) -> JSON {
    let nodes = workflow?.nodes ?? []
    return [
      "kind": .string(graph.kind.name), "output": .string(nodes[graph.output].id),
      "nodes": .array(graph.kept.map { .string(nodes[$0].id) }),
      "references": .number(JSONNumber(graph.referenceCount)),
      "reads": .array(graph.reads.sorted().map { .string($0) }),
      "bindings": .array(bound(graph).map(json)), "unbound": .array(unbound(graph).map(json)),
      "unsent": .array(unsent(graph).map { .string($0.id) }),
    ]
  }

  private func json(_ row: Row) -> JSON {
    var object: JSONObject = [
      "node": .string(row.node.id), "title": row.node.title.map { .string($0) } ?? .null,
      "class": .string(row.node.type), "input": .string(row.input.name), "value": row.input.value.json,
    ]
    if let binding = row.binding {
      object["gets"] = .string(binding.key.name)
      if let other = binding.alternative { object["else"] = .string(other.name) }
      if let scale = binding.scale { object["factor"] = .number(JSONNumber(scale.own / scale.base)) }
    }
    return .object(object)
  }
}
