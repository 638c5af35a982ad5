internal import Basics
internal import JSONText

/// What the StoryCore editor says of a shot, under its own keys. Ours win where both say something; that they differ is told.
extension Shot {
  /// Takes over what the editor's keys say, after ours were read.
  mutating func readEditorKeys(of node: JSONNode, _ reader: FieldReader) {
    let editor = EditorShot(node: node, reader: reader)
    name = editor.text("name", own: name.map { Written($0, at: node["name"]?.range ?? node.range) })?.value
    prompt = editor.text("prompt", own: prompt)
    settings.negativePrompt = editor.text("negativePrompt", own: settings.negativePrompt)
    settings.model = editor.text("model", own: settings.model)
    settings.workflow = editor.workflow(own: settings.workflow)
    settings.seed = editor.seed(own: settings.seed)
    settings.frame = editor.frame(own: settings.frame)
    settings.parameters = editor.parameters(own: settings.parameters)
    readReferences(editor)
    readDuration(node)
  }

  private mutating func readReferences(_ editor: EditorShot) {
    let (paths, others) = editor.references
    unusableReferences = others
    guard let first = paths.first else { return }
    if case .set(let own) = settings.references {
      if own.value.map(\.value) != paths.map(\.value) {
        editor.reportConflict(first.range, "a reference", "references")
      }
      return
    }
    settings.references = .set(Written(paths, at: first.range))
    editorReferences = Set(paths.map(\.value))
  }

  /// `timing.duration` is in frames by one writer and in seconds by another. Only one that is not whole tells which.
  private mutating func readDuration(_ node: JSONNode) {
    guard duration == nil, let timing = node.at(["timing", "duration"]), let number = timing.number, number.isFinite,
      number.double > 0, number.double <= 86_400
    else { return }
    if number.isInteger { ambiguousDuration = timing.range } else { duration = number.double }
  }
}

/// The object of a shot, looked at for the editor's keys.
private struct EditorShot {
  let node: JSONNode
  let reader: FieldReader

  /// A value with the name of its place, such as `generation.prompt`.
  struct Found<Value: Sendable> {
    var name: String
    var written: Written<Value>
  }

  // MARK: Texts

  func text(_ key: String, own: Written<String>?) -> Written<String>? {
    text(key, own: own.map { .set($0) } ?? .inherited).written ?? own
  }

  func text(_ key: String, own: Setting<String>) -> Setting<String> {
    var found: [Found<String>] = []
    for place in (StoryCoreKeys.shotPlaces[key] ?? []).dropFirst() {
      guard let value = node.at(place), !StoryCoreKeys.isSilent(value, as: key) else { continue }
      guard let text = value.string else {
        reportUnused(value.range, Self.name(place), "no text")
        continue
      }
      // What a shot is about in words need not be what an engine is told.
      if place == ["description"], !found.isEmpty || own.says(where: { !$0.isEmpty }) { continue }
      found.append(Found(name: Self.name(place), written: Written(text, at: value.range)))
    }
    // An empty text of ours is a wish, but not while another one stands beside it.
    return choose(key, own.says(where: { !$0.isEmpty }) || found.isEmpty ? own : .inherited, found)
  }

  func workflow(own: Setting<ProjectPath>) -> Setting<ProjectPath> {
    var found: [Found<ProjectPath>] = []
    for place in (StoryCoreKeys.shotPlaces["workflow"] ?? []).dropFirst() {
      // Most presets are names that only the editor knows.
      guard let value = node.at(place), let text = value.string, text.hasSuffix(".json"),
        let path = try? ProjectPath(written: text)
      else { continue }
      found.append(Found(name: Self.name(place), written: Written(path, at: value.range)))
    }
    return choose("workflow", own, found)
  }

  // MARK: Numbers

  func seed(own: Setting<UInt64>) -> Setting<UInt64> {
    var found: [Found<UInt64>] = []
    for place in (StoryCoreKeys.shotPlaces["seed"] ?? []).dropFirst() {
      guard let value = node.at(place), !StoryCoreKeys.isSilent(value, as: "seed") else { continue }
      guard let seed = value.number?.uint64 else {
        reportUnused(value.range, Self.name(place), "no whole number from 0 to 18446744073709551615")
        continue
      }
      found.append(Found(name: Self.name(place), written: Written(seed, at: value.range)))
    }
    return choose("seed", own, found)
  }

  func frame(own: Setting<FrameSettings>) -> Setting<FrameSettings> {
    let (width, height) = (side("width"), side("height"))
    if width.isEmpty, height.isEmpty { return own }
    var frame = own.value ?? FrameSettings()
    frame.width = choose("frame.width", frame.width, width)
    frame.height = choose("frame.height", frame.height, height)
    let range = own.written?.range ?? (width + height).first?.written.range
    return .set(Written(frame, at: range ?? node.range))
  }

  private func side(_ key: String) -> [Found<Int>] {
    let place = ["generation", "parameters", key]
    guard let value = node.at(place), !StoryCoreKeys.isSilent(value, as: key) else { return [] }
    guard let side = value.number?.int, FrameLimits.side.contains(side) else {
      let range = FrameLimits.side
      reportUnused(
        value.range, Self.name(place), "no whole number from \(range.lowerBound) to \(range.upperBound)")
      return []
    }
    return [Found(name: Self.name(place), written: Written(side, at: value.range))]
  }

  func parameters(own: Setting<[String: Setting<JSON>]>) -> Setting<[String: Setting<JSON>]> {
    var values = own.value ?? [:]
    var isAnyThere = false
    func take(_ key: String, _ places: [StoryCoreKeys.Place]) {
      let found = places.compactMap { place -> Found<JSON>? in
        guard let value = node.at(place), !StoryCoreKeys.isSilent(value, as: key) else { return nil }
        guard value.value.isFinite else {
          reportUnused(value.range, Self.name(place), "a number that no program can hold")
          return nil
        }
        return Found(name: Self.name(place), written: Written(value.value.withoutNotes, at: value.range))
      }
      if found.isEmpty { return }
      isAnyThere = true
      values[key] = choose("parameters.\(key)", values[key] ?? .inherited, found)
    }
    var known = StoryCoreKeys.framesAndSeeds
    for (key, places) in StoryCoreKeys.parameterPlaces {
      take(key, places)
      known.formUnion(places.compactMap(\.last))
    }
    let parameters = node.at(["generation", "parameters"])
    for member in parameters?.members.map({ $0 }) ?? [] where !known.contains(member.key) {
      take(member.key, [["generation", "parameters", member.key]])
    }
    if !isAnyThere { return own }
    return .set(Written(values, at: own.written?.range ?? parameters?.range ?? node.range))
  }

  // MARK: References

  /// The paths that can be files of the project, each once, and what cannot.
  var references: (paths: [Written<ProjectPath>], others: [Written<String>]) {
    var paths: [Written<ProjectPath>] = []
    var others: [Written<String>] = []
    for place in StoryCoreKeys.referencePlaces {
      guard let value = node.at(place) else { continue }
      for element in value.kind == .array ? value.elements.map({ $0 }) : [value] {
        guard let text = element.string, !StoryCoreKeys.isSilent(element, as: "references") else { continue }
        if let path = Self.picture(text) {
          if !paths.contains(where: { $0.value == path }) { paths.append(Written(path, at: element.range)) }
        } else {
          others.append(Written(TerminalText.shortened(text, to: 60), at: element.range))
        }
      }
    }
    return (paths, others)
  }

  /// The editor names pictures by URL, by their bytes in a `data:` text, by the path on one person's disk, and by ids of its own.
  private static func picture(_ text: String) -> ProjectPath? {
    let scheme = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    if !scheme.isEmpty, text[scheme.endIndex...].hasPrefix(":") { return nil }
    guard let path = try? ProjectPath(written: text), path.isImageName else { return nil }
    return path
  }

  // MARK: Choosing

  /// Our own word, else the first of the editor's.
  private func choose<Value: Equatable>(
    _ key: String, _ own: Setting<Value>, _ found: [Found<Value>]
  ) -> Setting<Value> {
    guard let first = found.first else { return own }
    let (chosen, name) = own.written.map { ($0, key) } ?? (first.written, first.name)
    for other in found where other.written.value != chosen.value {
      reportConflict(other.written.range, other.name, name)
    }
    return .set(chosen)
  }

  func reportConflict(_ range: Range<Int>, _ name: String, _ chosen: String) {
    reader.report(
      .warning, "conflicting-keys",
      "`\(TerminalText.shortened(name, to: 60))` says something else than `\(TerminalText.shortened(chosen, to: 60))`, which counts",
      at: range, label: "let both say the same, or take one out")
  }

  private func reportUnused(_ range: Range<Int>, _ name: String, _ what: String) {
    reader.report(
      .warning, "unused-value", "`\(TerminalText.shortened(name, to: 60))` is not used: it is \(what)", at: range)
  }

  private static func name(_ place: StoryCoreKeys.Place) -> String { place.joined(separator: ".") }
}

extension Setting {
  fileprivate var written: Written<Value>? {
    if case .set(let written) = self { written } else { nil }
  }

  fileprivate func says(where isSaid: (Value) -> Bool) -> Bool { value.map(isSaid) ?? false }
}

extension JSON {
  fileprivate var isFinite: Bool {
    switch self {
    case .number(let number): number.isFinite
    case .array(let elements): elements.allSatisfy(\.isFinite)
    case .object(let members): members.allSatisfy { $0.value.isFinite }
    default: true
    }
  }
}
