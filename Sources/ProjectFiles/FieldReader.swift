internal import Basics
internal import JSONText

/// Reads the fields of one file's objects and collects what is wrong with them.
///
/// A class because the readers of nested objects share one list; it lives only while a file is read.
final class FieldReader {
  let source: SourceText
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var errorCount = 0
  /// What follows from an error in what is being read now, said with each of them.
  var consequence: String

  init(_ source: SourceText, consequence: String) {
    self.source = source
    self.consequence = consequence
  }

  func report(
    _ severity: Diagnostic.Severity, _ code: String, _ message: String, at range: Range<Int>, label: String = ""
  ) {
    if severity == .error { errorCount += 1 }
    diagnostics.append(
      Diagnostic(
        severity, code, message, file: source.file, place: source.place(range, label: label),
        notes: severity == .error ? [consequence] : []))
  }

  /// A field of the wrong type: what is there, what belongs there.
  func wrongType(_ member: JSONMember, expected: String, example: String) {
    report(
      .error, "wrong-type", "`\(Self.shown(member.key))` must be \(expected), not \(Self.described(member.value.kind))",
      at: member.value.range, label: "such as \(example)")
  }

  private static func described(_ kind: JSONKind) -> String {
    switch kind {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// A key, which is strangers' text and may be of any length.
  private static func shown(_ key: String) -> String { TerminalText.shortened(key, to: 40) }

  /// An unknown key: kept and ignored, but a slip of the hand is worth a word.
  func unknown(_ member: JSONMember, known: Set<String>) {
    if member.key.hasPrefix("$") || member.key == "note" { return }
    guard let likely = Likeness.likely(member.key, among: known.sorted()) else { return }
    report(
      .warning, "unknown-key", "`\(Self.shown(member.key))` is no key that reel knows, and is ignored",
      at: member.keyRange,
      label: "did you mean `\(likely)`?")
  }

  // MARK: Typed values

  func string(_ member: JSONMember, example: String) -> Setting<String> {
    if member.value.isNull { return .unset }
    guard let text = member.value.string else {
      wrongType(member, expected: "a text", example: example)
      return .inherited
    }
    return .set(Written(text, at: member.value.range))
  }

  func bool(_ member: JSONMember) -> Setting<Bool> {
    if member.value.isNull { return .unset }
    guard let value = member.value.bool else {
      wrongType(member, expected: "true or false", example: "true")
      return .inherited
    }
    return .set(Written(value, at: member.value.range))
  }

  func integer(_ member: JSONMember, in range: ClosedRange<Int>, example: String) -> Setting<Int> {
    if member.value.isNull { return .unset }
    guard let number = member.value.number else {
      wrongType(member, expected: "a whole number", example: example)
      return .inherited
    }
    guard let value = number.int, range.contains(value) else {
      report(
        .error, "out-of-range",
        "`\(member.key)` must be a whole number from \(range.lowerBound) to \(range.upperBound)",
        at: member.value.range, label: "such as \(example)")
      return .inherited
    }
    return .set(Written(value, at: member.value.range))
  }

  func seed(_ member: JSONMember) -> Setting<UInt64> {
    if member.value.isNull { return .unset }
    guard let number = member.value.number else {
      wrongType(member, expected: "a whole number", example: "42")
      return .inherited
    }
    guard let value = number.uint64 else {
      report(
        .error, "out-of-range", "`\(member.key)` must be a whole number from 0 to 18446744073709551615",
        at: member.value.range, label: "such as 42")
      return .inherited
    }
    return .set(Written(value, at: member.value.range))
  }

  func number(_ member: JSONMember, example: String) -> Setting<JSONNumber> {
    number(member, over: -.greatestFiniteMagnitude, to: .greatestFiniteMagnitude, example: example)
  }

  func number(_ member: JSONMember, over lower: Double, to upper: Double, example: String) -> Setting<JSONNumber> {
    if member.value.isNull { return .unset }
    guard let number = member.value.number else {
      wrongType(member, expected: "a number", example: example)
      return .inherited
    }
    guard number.isFinite else {
      report(
        .error, "out-of-range", "`\(member.key)` is a number that no program can hold", at: member.value.range,
        label: "such as \(example)")
      return .inherited
    }
    guard number.double > lower, number.double <= upper else {
      report(
        .error, "out-of-range",
        "`\(member.key)` must be more than \(Self.plain(lower)) and at most \(Self.plain(upper))",
        at: member.value.range, label: "such as \(example)")
      return .inherited
    }
    return .set(Written(number, at: member.value.range))
  }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
  }

  func path(_ node: JSONNode, key: String) -> ProjectPath? {
    guard let text = node.string else {
      report(
        .error, "wrong-type", "`\(key)` must hold paths as texts, not \(Self.described(node.kind))", at: node.range,
        label: "such as \"inbox/harbour.jpg\"")
      return nil
    }
    do throws(ProjectPath.Refusal) {
      return try ProjectPath(written: text)
    } catch {
      report(
        .error, "bad-path", "`\(key)`: `\(TerminalText.shortened(text, to: 80))` \(error.predicate)", at: node.range,
        label: "write a path inside the project, such as \"inbox/harbour.jpg\"")
      return nil
    }
  }

  func paths(_ member: JSONMember) -> Setting<[Written<ProjectPath>]> {
    if member.value.isNull { return .unset }
    guard member.value.kind == .array else {
      wrongType(member, expected: "a list of paths", example: "[\"inbox/harbour.jpg\"]")
      return .inherited
    }
    let paths = member.value.elements.compactMap { node in
      path(node, key: member.key).map { Written($0, at: node.range) }
    }
    return .set(Written(paths, at: member.value.range))
  }

  func parameters(_ member: JSONMember) -> Setting<[String: Setting<JSON>]> {
    if member.value.isNull { return .unset }
    guard member.value.kind == .object else {
      wrongType(member, expected: "an object", example: "{ \"steps\": 20 }")
      return .inherited
    }
    var values: [String: Setting<JSON>] = [:]
    for parameter in member.value.members where parameter.key != "note" {
      checkFinite(parameter)
      checkUsual(parameter)
      values[parameter.key] =
        parameter.value.isNull ? .unset : .set(Written(parameter.value.value.withoutNotes, at: parameter.value.range))
    }
    return .set(Written(values, at: member.value.range))
  }

  func checkFinite(_ member: JSONMember) {
    if Self.isFinite(member.value) { return }
    report(
      .error, "out-of-range", "`\(Self.shown(member.key))` holds a number that no program can hold",
      at: member.value.range, label: "write a smaller one")
  }

  /// Whether all numbers in a value are such that a program can hold them: `1e400` is not.
  private static func isFinite(_ node: JSONNode) -> Bool {
    switch node.kind {
    case .number: node.number?.isFinite ?? true
    case .array: node.elements.allSatisfy { isFinite($0) }
    case .object: node.members.allSatisfy { isFinite($0.value) }
    default: true
    }
  }

  func frame(_ member: JSONMember) -> Setting<FrameSettings> {
    if member.value.isNull { return .unset }
    guard member.value.kind == .object else {
      wrongType(member, expected: "an object", example: "{ \"width\": 1280, \"height\": 720, \"fps\": 24 }")
      return .inherited
    }
    var frame = FrameSettings()
    for field in member.value.members {
      switch field.key {
      case "width": frame.width = integer(field, in: FrameLimits.side, example: "1280")
      case "height": frame.height = integer(field, in: FrameLimits.side, example: "720")
      case "fps": frame.fps = number(field, over: 0, to: 240, example: "24")
      default: unknown(field, known: FrameSettings.keys)
      }
    }
    return .set(Written(frame, at: member.value.range))
  }

  /// The same for settings that are there only once one of their keys is.
  func generation(_ member: JSONMember, into settings: inout GenerationSettings?) -> Bool {
    guard GenerationSettings.keys.contains(member.key) else { return false }
    var read = settings ?? GenerationSettings()
    let isRead = generation(member, into: &read)
    settings = read
    return isRead
  }

  /// Reads one of the keys that decide results; false if `member` is none of them.
  func generation(_ member: JSONMember, into settings: inout GenerationSettings) -> Bool {
    switch member.key {
    case "engine":
      settings.engine = string(member, example: "\"storyboard\"")
      if settings.engine.value == "" {
        report(.error, "bad-name", "`engine` names no engine", at: member.value.range, label: "such as \"storyboard\"")
      }
    case "workflow":
      if member.value.isNull {
        settings.workflow = .unset
      } else if let path = path(member.value, key: "workflow") {
        settings.workflow = .set(Written(path, at: member.value.range))
      }
    case "model": settings.model = string(member, example: "\"flux-dev\"")
    case "style":
      settings.style = string(member, example: "\"noir\", the name of a library entry")
      if let name = settings.style.value, !FileRole.isEntryName(name) {
        report(
          .error, "bad-name", "`style`: `\(TerminalText.shortened(name, to: 60))` is no name of a library entry",
          at: member.value.range, label: "letters, digits, `-` and `_`, beginning with a letter")
      }
    case "negativePrompt": settings.negativePrompt = string(member, example: "\"text, watermark\"")
    case "parameters": settings.parameters = parameters(member)
    case "frame": settings.frame = frame(member)
    case "references": settings.references = paths(member)
    case "seed": settings.seed = seed(member)
    case "takes": settings.takes = integer(member, in: 1...64, example: "2")
    default: return false
    }
    return true
  }
}
