package import Basics
package import JSONText
package import Planning
package import ProjectFiles

/// What ComfyUI engines decide: which kinds a workflow makes, what of a shot goes into it, and the recipe, which is the graph as it is sent.
///
/// Asks no server. Whether a server can do it is found out before it is sent there (`ComfyUIPrompt.faults`).
package struct ComfyUIForm: EngineForm {
  package let type = "comfyui"
  package let isBuiltIn = false
  package let usesWorkflows = true
  private(set) package var entry: ComfyUIEntry?
  private var graphs: Workflow?

  package init() {}

  package func configured(by definition: EngineDefinition) throws(RecipeRefusal) -> any EngineForm {
    var form = self
    form.entry = try ComfyUIEntry(definition)
    return form
  }

  package func using(_ workflow: Workflow?) -> any EngineForm {
    var form = self
    form.graphs = workflow
    return form
  }

  package var workflow: ProjectPath? { entry?.workflow }
  /// Each server works on one and has another one ready.
  package var jobLimit: Int? { entry?.jobs ?? entry.map { $0.urls.count * ComfyUIWorker.places } }
  package var reach: EngineReach { entry?.isLoopback ?? true ? .loopback : .network }

  /// Told by what a workflow saves, unless the entry says it. Without a workflow stills, so that somebody is told what is missing.
  package var kinds: Set<Kind> {
    guard let graphs, graphs.faults.isEmpty else { return entry?.kinds ?? [.still] }
    return entry?.kinds?.filter { graphs.graphs[$0] != nil } ?? graphs.kinds
  }

  /// A graph without a seed gives the same for the same.
  package var seeding: Seeding {
    guard let graphs else { return .seed }
    let isSeeded = kinds.contains { graphs.graphs[$0]?.isSeeded ?? false }
    return isSeeded ? .seed : .none
  }

  package var reads: Set<String>? {
    guard let graphs, graphs.faults.isEmpty else { return nil }
    return kinds.reduce(into: ["workflow"]) { $0.formUnion(graphs.graphs[$1]?.reads ?? []) }
  }

  /// The node classes that its servers may be asked to run: a class is a program.
  package func trustFacts(
    of definition: EngineDefinition, nodeClasses: [String], reading read: (ProjectPath) -> [UInt8]?
  ) -> [TrustFact] {
    nodeClasses.isEmpty ? [] : [TrustFact("node classes", nodeClasses.joined(separator: ", "))]
  }

  // MARK: Recipes

  package func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject {
    let parts = try parts(for: request)
    return Recipe(parts.fields, large: parts.large).fields
  }

  package func parts(for request: ShotRequest) throws(RecipeRefusal) -> RecipeParts {
    guard let workflow = request.graph, let graph = workflow.graphs[request.kind] else {
      throw RecipeRefusal("there is no workflow for a \(request.kind)")
    }
    try check(request, graph, workflow)
    var request = request
    request.model = request.model ?? entry?.model
    for (name, value) in entry?.parameters ?? [:] where request.parameters[name] == nil {
      request.parameters[name] = value
    }
    var values: [JSON?] = []
    values.reserveCapacity(graph.bindings.count)
    for binding in graph.bindings { values.append(ComfyUIValue.value(of: binding, in: request, graph)) }
    return RecipeParts([:], large: GraphRecipe(graph: graph, values: values))
  }

  /// Refuses what would leave the sample picture of an export in its place, or a reference without one.
  private func check(
    _ request: ShotRequest, _ graph: WorkflowGraph, _ workflow: Workflow
  ) throws(RecipeRefusal) {
    var name: String { "the workflow `\(workflow.file.string)`" }
    for kind in graph.inputKinds.sorted() where !request.madeOf.contains(kind) {
      throw RecipeRefusal("\(name) is made for a \(kind), which this \(request.kind) is not made of")
    }
    for binding in graph.bindings {
      guard case .entry(let entry, let index) = binding.key else { continue }
      let count = request.entries[entry]?.count ?? 0
      if index >= count {
        throw RecipeRefusal(
          "\(name) wants \(Self.pictures(index + 1)) of the library entry `\(entry)`, which has \(count)")
      }
    }
    let wanted = graph.referenceCount
    // A text-only workflow has no use for references.
    if wanted == 0 { return }
    let count = ComfyUIValue.references(of: request, graph).count
    if count < wanted {
      throw RecipeRefusal(
        "\(name) wants \(Self.pictures(wanted)), and the shot has \(count == 0 ? "none" : "\(count)"): name one more in "
          + "`references`, or drop it into inbox/ under the shot's name")
    }
    if count > wanted {
      throw RecipeRefusal(
        "the shot has \(Self.pictures(count)), and \(name) has image loaders for \(wanted): take one out of `references`, "
          + "or say \"inbox\": false")
    }
  }

  private static func pictures(_ count: Int) -> String { count == 1 ? "1 picture" : "\(count) pictures" }
}
