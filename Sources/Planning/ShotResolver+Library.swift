internal import Basics
internal import JSONText
internal import ProjectFiles

extension ShotResolver {
  /// The library entries of a shot: those that its prompt names, in order, and its style.
  struct Library {
    var prompt: PromptText
    var entries: [LibraryEntry]
    var style: LibraryEntry?
  }

  mutating func library(_ settings: ResolvedSettings) -> Library {
    let prompt = shot.promptText
    var entries: [LibraryEntry] = []
    for name in prompt.entries {
      let origin = Origin(file: shot.file, range: shot.prompt?.range)
      if let entry = entry(name, as: "@\(name)", origin) { entries.append(entry) }
    }
    let style = settings.style.flatMap { entry($0.value, as: $0.value, Origin($0)) }
    return Library(prompt: prompt, entries: entries, style: style)
  }

  /// The entry of a name, or nil after having said what is wrong.
  mutating func entry(_ name: String, as written: String, _ origin: Origin?) -> LibraryEntry? {
    uses.entries.insert(name)
    guard let reading = view.project.library[name] else {
      // Another entry may come that is likelier.
      uses.paths.insert("library")
      let likely = guesses.likely(name, in: "library") { [view] in view.project.library.keys.sorted() }
      let shown = TerminalText.shortened(written, to: 60)
      let isMention = written.hasPrefix("@")
      let remedy =
        !FileRole.isEntryName(name)
        ? "an entry's name is made of letters, digits, `-` and `_`, beginning with a letter"
        : "write library/\(TerminalText.shortened(name, to: 60)).json" + (isMention ? ", or @@ for a plain @" : "")
      report(
        .error, "unknown-entry", "there is no library entry `\(shown)`",
        isMention ? mention(of: name, in: origin) : origin,
        label: likely.map { "did you mean `\(isMention ? "@" : "")\($0)`?" } ?? remedy)
      return nil
    }
    guard let entry = reading.model, !entry.isFaulty else {
      // What is wrong with it is said at the entry itself.
      freeze()
      return nil
    }
    return entry
  }

  /// Where in a prompt's bytes an `@name` stands, so that the caret points at it and not at the whole prompt; the prompt where it
  /// is written with escapes.
  private func mention(of name: String, in origin: Origin?) -> Origin? {
    guard let origin, let range = origin.range, let bytes = view.project.source(of: origin.file)?.bytes,
      range.upperBound <= bytes.count
    else { return origin }
    let needle = Array("@\(name)".utf8)
    for start in range where start + needle.count < range.upperBound && bytes[start...].starts(with: needle) {
      let (before, after) = (bytes[start - 1], bytes[start + needle.count])
      if before == UInt8(ascii: "@") || Self.isInWord(before) || Self.isInWord(after) || after == UInt8(ascii: "-") {
        continue
      }
      return Origin(file: origin.file, range: start..<(start + needle.count))
    }
    return origin
  }

  /// A byte of a letter, a digit or `_`; of other scripts any, as they have letters for the most part.
  private static func isInWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte != UInt8(ascii: "-") && SequenceName(String(UnicodeScalar(byte))) != nil
  }

  /// Puts the entries' texts into the request: `@names` are replaced, the style's text follows after `, `, what is not to be seen
  /// is joined in the same order. The style's parameters lie under those that the shot has, inherited ones among them.
  func expand(_ request: inout ShotRequest, _ settings: ResolvedSettings, _ library: Library) {
    let texts = Dictionary(library.entries.map { ($0.name, $0.prompt) }) { first, _ in first }
    let prompt = library.prompt.expanded { texts[$0] ?? "@\($0)" }
    request.prompt = [prompt, library.style?.prompt ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")

    var negatives = [settings.negativePrompt?.value ?? ""]
    if let style = library.style { negatives.append(style.negativePrompt) }
    negatives += library.entries.filter { $0.name != library.style?.name }.map(\.negativePrompt)
    let negative = negatives.filter { !$0.isEmpty }.joined(separator: ", ")
    // An empty text that somebody wrote is a wish; nothing written leaves the engine's own.
    request.negativePrompt = negative.isEmpty && settings.negativePrompt == nil ? nil : negative

    for (key, setting) in library.style?.parameters ?? [:] where request.parameters[key] == nil {
      if let value = setting.value { request.parameters[key] = value }
    }
  }
}
