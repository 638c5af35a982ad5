internal import Basics
internal import JSONText

/// Finds out what a workflow makes: its outputs, the nodes that each of them needs, and what of a shot goes where.
///
/// No server is asked: classes are known by their names, and by the names of their inputs.
struct WorkflowAnalysis {
  let source: SourceText
  let nodes: [WorkflowNode]
  let places: [String: Int]
  private(set) var faults: [Diagnostic] = []
  private(set) var remarks: [Diagnostic] = []

  init(_ source: SourceText, nodes: [WorkflowNode], places: [String: Int]) {
    self.source = source
    self.nodes = nodes
    self.places = places
  }

  /// The graphs of all kinds that it can serve. Those that it makes by itself are told by `kinds`.
  mutating func graphs() -> (all: [Kind: WorkflowGraph], kinds: Set<Kind>) {
    let marks = nodes.map { WorkflowMark.marks(in: $0.title) }
    let outputs = WorkflowOutputs(nodes, marks: marks, places: places)
    if outputs.isEmpty {
      refuse(
        "no-output", "nothing in this workflow saves what it makes", at: nodes[0].range, label: "add a Save Image node")
      return ([:], [])
    }
    var graphs: [Kind: WorkflowGraph] = [:]
    var made: Set<Kind> = []
    var unused: Set<WorkflowMark.Use> = []
    var used: Set<WorkflowMark.Use> = []
    for kind in [Kind.still, .clip, .voice, .talk] {
      guard let output = outputs.output(for: kind) else { continue }
      let kept = reachable(from: output)
      if graphs.isEmpty, let fault = circle(among: kept) {
        faults.append(fault)
        return ([:], [])
      }
      var binder = WorkflowBinder(kind, nodes: nodes, places: places, kept: kept, marks: marks)
      var bindings = binder.bindings()
      // What would make a seed is not needed where the shot gives one.
      let replaced = bindings.filter { $0.key == .seed && nodes[$0.node].inputs[$0.input].value.literal == nil }
      let needed = replaced.isEmpty ? kept : reachable(from: output, without: replaced)
      bindings.removeAll { !needed.contains($0.node) }
      let graph = WorkflowGraph(
        kind, output: output, kept: needed.sorted(), bindings: bindings, timing: binder.timing, nodes: nodes)
      graphs[kind] = graph
      if outputs.makes(kind, loadsSound: binder.loadsSound) { made.insert(kind) }
      unused.formUnion(binder.unplaced)
      used.formUnion(binder.placed)
    }
    for use in unused.subtracting(used).sorted() { remark(on: use) }
    return (graphs, made)
  }

  /// The nodes that one needs, itself among them.
  private func reachable(from start: Int, without replaced: [WorkflowBinding] = []) -> Set<Int> {
    var found: Set<Int> = [start]
    var waiting = [start]
    while let next = waiting.popLast() {
      for (index, input) in nodes[next].inputs.enumerated() where input.name != WorkflowGraph.prefix {
        guard case .link(let id, _) = input.value, let place = places[id] else { continue }
        if replaced.contains(where: { $0.node == next && $0.input == index }) { continue }
        if found.insert(place).inserted { waiting.append(place) }
      }
    }
    return found
  }

  /// A node that needs itself, if there is one.
  private func circle(among kept: Set<Int>) -> Diagnostic? {
    var needed = Dictionary(kept.map { ($0, 0) }) { first, _ in first }
    for place in kept {
      for source in links(of: place) { needed[source, default: 0] += 1 }
    }
    var free = kept.filter { needed[$0] == 0 }.sorted()
    var count = 0
    while let next = free.popLast() {
      count += 1
      for source in links(of: next) {
        needed[source, default: 0] -= 1
        if needed[source] == 0 { free.append(source) }
      }
    }
    guard count < kept.count, let place = kept.filter({ needed[$0, default: 0] > 0 }).min() else { return nil }
    return diagnostic(
      .error, "circular-workflow", "node \(shown(nodes[place].id)) needs what is made of its own output",
      at: nodes[place].range, label: "take one of the links out")
  }

  private func links(of place: Int) -> [Int] {
    nodes[place].inputs.compactMap { input in
      guard input.name != WorkflowGraph.prefix, case .link(let id, _) = input.value else { return nil }
      return places[id]
    }
  }

  // MARK: What is wrong

  private mutating func remark(on use: WorkflowMark.Use) {
    let node = nodes[use.node]
    remarks.append(
      diagnostic(
        .warning, "unused-title", "the title `@\(shown(use.word))` of node \(shown(node.id)) fits no input of it",
        at: node.titleRange ?? node.range, label: "name an input that stands in the node itself"))
  }

  private mutating func refuse(_ code: String, _ message: String, at range: Range<Int>, label: String) {
    faults.append(diagnostic(.error, code, message, at: range, label: label))
  }

  private func diagnostic(
    _ severity: Diagnostic.Severity, _ code: String, _ message: String, at range: Range<Int>, label: String
  ) -> Diagnostic {
    Diagnostic(
      severity, code, message, file: source.file, place: source.place(range, label: label),
      notes: severity == .error ? [Workflow.consequence] : [])
  }

  private func shown(_ text: String) -> String { TerminalText.shortened(text, to: 40) }
}
