internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

/// What a shot puts into an input of a workflow.
enum ComfyUIValue {
  /// Nil leaves the workflow's own.
  static func value(of binding: WorkflowBinding, in request: ShotRequest, _ graph: WorkflowGraph) -> JSON? {
    let found =
      value(of: binding.key, in: request, graph) ?? binding.alternative.flatMap { value(of: $0, in: request, graph) }
    guard let scale = binding.scale else { return found }
    return found?.double.flatMap { scale.value(of: $0) }.map { .number(JSONNumber($0)) }
  }

  private static func value(of key: WorkflowKey, in request: ShotRequest, _ graph: WorkflowGraph) -> JSON? {
    switch key {
    case .prompt: text(of: request).map { .string($0) }
    case .negativePrompt: request.negativePrompt.map { .string($0) }
    // Comes with each of a shot's takes.
    case .seed: nil
    case .model: request.model.map { .string($0) }
    case .width: request.width.map { .number(JSONNumber($0)) }
    case .height: request.height.map { .number(JSONNumber($0)) }
    case .fps: request.fps.map { .number($0) }
    case .duration: request.duration.map { .number(JSONNumber($0)) }
    case .frames: frames(of: request, graph).map { .number(JSONNumber($0)) }
    // One job makes one take: what else a run would make is thrown away.
    case .batch: request.parameters["batch"].map { wrapped($0) } ?? .number(1)
    case .parameter(let name): (request.parameters[name] ?? request.fields[name]).map { wrapped($0) }
    case .reference(let index): picture(index, of: references(of: request, graph))
    case .entry(let name, let index): picture(index, of: request.entries[name] ?? [])
    case .input(let kind): request.inputs[kind].map { .string($0.digest.description) }
    }
  }

  /// What is shown, or said: nobody speaks the prompt of a picture.
  private static func text(of request: ShotRequest) -> String? {
    let text = request.kind == .voice ? request.fields["text"]?.string ?? "" : request.prompt
    return text.isEmpty ? nil : text
  }

  /// A list that is a value looks like a link to a server unless it says so.
  private static func wrapped(_ value: JSON) -> JSON {
    value.array == nil ? value : ["__value__": value]
  }

  /// How long a clip lasts, in frames: at the rate that the film has where the workflow is told it, else at its own.
  private static func frames(of request: ShotRequest, _ graph: WorkflowGraph) -> Int? {
    if let frames = request.parameters["frames"]?.int { return frames }
    guard let duration = request.duration else { return nil }
    let isTold = graph.bindings.contains { $0.key == .fps }
    guard let fps = (isTold ? request.fps?.double : nil) ?? graph.timing.fps ?? request.fps?.double else { return nil }
    return graph.timing.frames(for: duration, at: fps)
  }

  /// The references in order, without those of entries that have loaders of their own.
  static func references(of request: ShotRequest, _ graph: WorkflowGraph) -> [ShotRequest.Reference] {
    if request.entries.isEmpty { return request.references }
    let named = Set(request.entries.values.joined().map(\.path))
    return request.references.filter { !named.contains($0.path) }
  }

  private static func picture(_ index: Int, of references: [ShotRequest.Reference]) -> JSON? {
    guard index < references.count else { return Optional.none }
    return .string(references[index].digest.description)
  }
}
