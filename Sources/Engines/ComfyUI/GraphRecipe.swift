internal import JSONText
internal import Planning
internal import ProjectFiles

/// The graph in a recipe: one that many shots share, and this shot's values in it.
struct GraphRecipe: RecipePart {
  let graph: WorkflowGraph
  /// For each binding; nil leaves the workflow's own.
  var values: [JSON?]

  let key = ComfyUIPrompt.key

  var json: JSON { graph.json(values) }
  var canonical: [UInt8] { graph.canonical(values) }

  func seeded(_ seed: UInt64) -> any RecipePart {
    var recipe = self
    for (index, binding) in graph.bindings.enumerated() where binding.key == .seed {
      recipe.values[index] = .number(JSONNumber(seed))
    }
    return recipe
  }

  /// Fields read `graph.ID.inputs.NAME`, and ids may have dots in them.
  func name(of field: String) -> String? {
    let inside = field.dropFirst(key.count + 1)
    guard let split = inside.firstRange(of: ".inputs.") else { return nil }
    let (id, rest) = (String(inside[..<split.lowerBound]), inside[split.upperBound...])
    let input = String(rest.prefix { $0 != "." && $0 != "[" })
    if let binding = graph.binding(node: id, input: input) { return binding.key.name }
    return graph.type(of: id).map { "\(key).\(id) \($0).\(rest)" }
  }

  func values(in part: JSON) -> [(name: String, value: JSON)] {
    graph.bindings.indices.compactMap { index in
      graph.value(of: index, in: part).map { (graph.bindings[index].key.name, $0) }
    }
  }
}
