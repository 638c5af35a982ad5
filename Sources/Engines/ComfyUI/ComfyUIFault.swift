package import Basics
internal import JSONText
internal import Planning
package import ProjectFiles

/// Something that a server cannot do for a prompt.
package struct ComfyUIFault: Hashable, Sendable {
  /// A sentence for the user without a full stop.
  package var message: String
  /// The same at the line of the workflow or the shot that asks for it; nil when nobody knows where that is.
  package var diagnostic: Diagnostic?
  package var cause: Cause

  package enum Cause: Hashable, Sendable {
    /// The server has no such node class.
    case missingNode
    /// It has no such file of a model.
    case missingModel
    /// A value that is none of a list, or out of its range; or one that is not there.
    case badValue
  }

  package var isMissingNode: Bool { cause == .missingNode }
  package var isMissingModel: Bool { cause == .missingModel }
}

extension ComfyUIPrompt {
  /// What this server cannot do: node classes, models and other values that it does not have, each with the nearest names there are.
  /// - Parameter source: gives the text of a file of the project, to show the line; the workflow's own is known.
  package func faults(
    against info: ObjectInfo, reading source: (ProjectPath) -> SourceText? = { _ in nil }
  ) -> [ComfyUIFault] {
    nodes.flatMap { node -> [ComfyUIFault] in
      guard let known = info.classes[node.type] else { return [missingClass(node, info)] }
      return known.inputs.compactMap { fault(in: node, $0, source) }
    }
  }

  private func missingClass(_ node: Node, _ info: ObjectInfo) -> ComfyUIFault {
    let likely = Nearest.names(to: node.type, among: info.classes.keys, isStrict: true)
    let message = "the server has no node class `\(TerminalText.shortened(node.type, to: 60))`"
    return ComfyUIFault(
      message: message + Nearest.sentence(likely),
      diagnostic: diagnostic(
        "missing-node", message,
        likely.isEmpty ? "install what brings it, or take the node out" : Nearest.question(likely),
        in: ownNode(node).map { ($0.source, $0.node.typeRange) }),
      cause: .missingNode)
  }

  private func fault(
    in node: Node, _ input: ObjectInfo.Input, _ source: (ProjectPath) -> SourceText?
  ) -> ComfyUIFault? {
    let name = TerminalText.shortened(input.name, to: 40)
    let place = "node \(TerminalText.shortened(node.id, to: 20)) (\(TerminalText.shortened(node.type, to: 40)))"
    guard let value = node.inputs[input.name] else {
      // Names of files are put in when it is sent; parts of a choice that depend on it have names of their own.
      if !input.isRequired || input.name == WorkflowGraph.prefix || input.type.hasPrefix("COMFY_") { return nil }
      let message = "`\(name)` of \(place) is missing, which the server wants"
      return ComfyUIFault(
        message: message,
        diagnostic: diagnostic(
          "missing-input", message, "export the workflow again", in: ownNode(node).map { ($0.source, $0.node.range) }),
        cause: .badValue)
    }
    if Self.link(value) != nil || Self.digest(value) != nil { return nil }
    if let options = input.options {
      if options.isEmpty && input.isUpload || Self.contains(options, value) { return nil }
      return unknownValue(value, options, node, input, source)
    }
    guard input.type == "INT" || input.type == "FLOAT", let number = value.double else { return nil }
    let (least, most) = (input.settings["min"]?.double, input.settings["max"]?.double)
    guard number < least ?? number || number > most ?? number else { return nil }
    let range = "from \(Self.plain(input.settings["min"])) to \(Self.plain(input.settings["max"]))"
    let message = "`\(name)` of \(place) is \(value.compactText), and the server takes it \(range)"
    return ComfyUIFault(
      message: message,
      diagnostic: diagnostic("out-of-range", message, "write a number \(range)", in: asker(node, input.name, source)),
      cause: .badValue)
  }

  private func unknownValue(
    _ value: JSON, _ options: [JSON], _ node: Node, _ input: ObjectInfo.Input,
    _ source: (ProjectPath) -> SourceText?
  ) -> ComfyUIFault {
    let text = value.string ?? value.compactText
    let shown = TerminalText.shortened(text, to: 80)
    let isModel = Self.isModel(input.name) || options.contains { $0.string.map(Self.isModelFile) ?? false }
    let nearest = Nearest.names(to: text, among: options.compactMap(\.string), isStrict: false)
    let message =
      isModel
      ? "the server has no `\(shown)` (\(TerminalText.shortened(input.name, to: 40)) of \(TerminalText.shortened(node.type, to: 40)))"
      : "`\(shown)` is no \(TerminalText.shortened(input.name, to: 40)) that the server knows "
        + "(\(TerminalText.shortened(node.type, to: 40)))"
    let label =
      nearest.isEmpty
      ? (isModel
        ? "there is none at all: put the file into the server's models folder" : "there is nothing to choose from")
      : Nearest.question(nearest)
    return ComfyUIFault(
      message: message + Nearest.sentence(nearest),
      diagnostic: diagnostic(
        isModel ? "missing-model" : "unknown-value", message, label, in: asker(node, input.name, source)),
      cause: isModel ? .missingModel : .badValue)
  }

  // MARK: Where

  /// The node in the workflow, while that is still the one that the recipe was made of.
  private func ownNode(_ node: Node) -> (source: SourceText, node: WorkflowNode)? {
    guard let workflow = request.graph, let own = workflow.node(node.id), own.type == node.type else { return nil }
    return (workflow.source, own)
  }

  /// Who asks for a value: the shot, or what it inherits from; the engine's entry; else the workflow itself.
  private func asker(
    _ node: Node, _ input: String, _ source: (ProjectPath) -> SourceText?
  ) -> (source: SourceText, range: Range<Int>?)? {
    let own = ownNode(node)
    if let key = request.graph?.graphs[request.kind]?.binding(node: node.id, input: input)?.key,
      own?.node.literal(input) != node.inputs[input]
    {
      if let origin = request.origins.first(where: { $0.key == key.name }) {
        return (
          source(origin.file) ?? SourceText(file: origin.file, bytes: []), source(origin.file).map { _ in origin.range }
        )
      }
      if let entry = request.engine, entry.origin == .project, let text = source(ProjectFile.path) {
        return (text, entry.range)
      }
    }
    return own.map { own in (own.source, own.node.index(of: input).map { own.node.inputs[$0].range } ?? own.node.range)
    }
  }

  private func diagnostic(
    _ code: String, _ message: String, _ label: String, in place: (source: SourceText, range: Range<Int>?)?
  ) -> Diagnostic? {
    place.map { place in
      Diagnostic(
        .error, code, message, file: place.source.file,
        place: place.range.map { place.source.place($0, label: label) },
        notes: place.range == nil && !label.isEmpty ? [label] : [])
    }
  }

  // MARK: Values

  /// Numbers and texts of the same look are the same to a server.
  private static func contains(_ options: [JSON], _ value: JSON) -> Bool {
    options.contains { $0 == value || ($0.string ?? $0.compactText) == (value.string ?? value.compactText) }
  }

  private static func isModel(_ input: String) -> Bool {
    ["ckpt_name", "unet_name", "vae_name", "lora_name", "clip_name", "control_net_name", "model_name"].contains(input)
      || input.hasPrefix("clip_name") || input.hasSuffix("_model")
  }

  private static func isModelFile(_ name: String) -> Bool {
    [".safetensors", ".ckpt", ".pt", ".pth", ".gguf", ".bin", ".sft"].contains { name.hasSuffix($0) }
  }

  private static func plain(_ limit: JSON?) -> String { limit?.compactText ?? "anything" }
}

/// The names that are nearest to one that is not there.
enum Nearest {
  /// So many are told.
  private static let most = 3

  /// - Parameter isStrict: only those that may be a slip of the hand; else the best there are, as somebody has to choose one.
  static func names(to word: String, among names: some Sequence<String>, isStrict: Bool) -> [String] {
    let wanted = folded(word)
    let ranked = names.map { name -> (name: String, slips: Int) in
      let other = folded(name)
      // What begins with the word, or holds it, is nearer than its letters say.
      let isInside = !wanted.isEmpty && !other.isEmpty && (other.contains(wanted) || wanted.contains(other))
      return (name, isInside ? 0 : Likeness.distance(wanted, other))
    }
    let near = isStrict ? ranked.filter { $0.slips <= max(2, wanted.count / 3) } : ranked
    return near.sorted { ($0.slips, $0.name) < ($1.slips, $1.name) }.prefix(most).map(\.name)
  }

  /// Models are told by the name of their file, not by its folder or format.
  private static func folded(_ word: String) -> String {
    let file = word.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? word
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    return String(stem.lowercased().filter { $0.isLetter || $0.isNumber }.prefix(100))
  }

  static func sentence(_ names: [String]) -> String { names.isEmpty ? "" : "; the nearest it has: \(listed(names))" }

  static func question(_ names: [String]) -> String {
    names.count == 1 ? "did you mean \(listed(names))?" : "one of \(listed(names))?"
  }

  private static func listed(_ names: [String]) -> String {
    names.map { "`\(TerminalText.shortened($0, to: 60))`" }.joined(separator: ", ")
  }
}
