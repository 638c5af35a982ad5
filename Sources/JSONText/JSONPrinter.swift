/// Writes values as text in a given layout.
struct JSONPrinter {
  /// What stands between key and value, such as `: `.
  var colon: [UInt8] = [ASCII.colon]
  /// What stands between elements that are on one line, such as `, `.
  var comma: [UInt8] = [ASCII.comma]
  /// What stands inside the braces of an object on one line: mostly nothing, or a space.
  var padding: [UInt8] = []
  /// How deeper lines are set in; nil for everything on one line.
  var lines: Lines?

  struct Lines {
    var lineBreak: [UInt8] = [ASCII.lineFeed]
    /// What one level adds.
    var unit: [UInt8] = [ASCII.space, ASCII.space]
    /// What the line begins with on which the value begins.
    var indentation: [UInt8] = []
  }

  /// Two spaces, `"key": value`: how this program writes files of its own.
  static let pretty = JSONPrinter(colon: Array(": ".utf8), lines: Lines())

  /// No byte more than needed.
  static let compact = JSONPrinter()

  /// `{ "value": 1, "note": "the fog!" }`: how people write a short value.
  static let line = JSONPrinter(colon: Array(": ".utf8), comma: Array(", ".utf8), padding: [ASCII.space])

  func text(_ value: JSON) -> [UInt8] {
    var text: [UInt8] = []
    append(value, to: &text)
    return text
  }

  func append(_ value: JSON, to text: inout [UInt8]) {
    switch value {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .number(let number): text += number.text.utf8
    case .string(let string): JSONEscapes.append(string, to: &text)
    case .array(let elements):
      appendList(elements, "[", "]", padding: [], to: &text) { printer, element, text in
        printer.append(element, to: &text)
      }
    case .object(let members):
      appendList(members, "{", "}", padding: padding, to: &text) { printer, member, text in
        printer.appendMember(member.key, member.value, to: &text)
      }
    }
  }

  func appendMember(_ key: String, _ value: JSON, to text: inout [UInt8]) {
    JSONEscapes.append(key, to: &text)
    text += colon
    append(value, to: &text)
  }

  private func appendList<List: Sequence>(
    _ list: List, _ opener: Unicode.Scalar, _ closer: Unicode.Scalar, padding: [UInt8], to text: inout [UInt8],
    _ appendItem: (JSONPrinter, List.Element, inout [UInt8]) -> Void
  ) {
    text.append(UInt8(ascii: opener))
    let inner = deeper
    var isFirst = true
    for item in list {
      if let lines = inner.lines {
        if !isFirst { text.append(ASCII.comma) }
        text += lines.lineBreak
        text += lines.indentation
      } else {
        text += isFirst ? padding : comma
      }
      appendItem(inner, item, &text)
      isFirst = false
    }
    if !isFirst {
      if let lines {
        text += lines.lineBreak
        text += lines.indentation
      } else {
        text += padding
      }
    }
    text.append(UInt8(ascii: closer))
  }

  /// The same layout one level further in.
  var deeper: JSONPrinter {
    guard var lines else { return self }
    lines.indentation += lines.unit
    var printer = self
    printer.lines = lines
    return printer
  }
}

extension JSON {
  /// The members in their order, one to a line, two spaces to a level, numbers as they were written, one line break at the
  /// end.
  package var pretty: [UInt8] { JSONPrinter.pretty.text(self) + [ASCII.lineFeed] }

  package var prettyText: String { String(decoding: pretty, as: UTF8.self) }

  /// The members in their order, all on one line and without spaces, no line break at the end: a line of JSON lines.
  package var compact: [UInt8] { JSONPrinter.compact.text(self) }

  package var compactText: String { String(decoding: compact, as: UTF8.self) }

  /// The same with spaces, as people write it: `{ "value": 1, "note": "the fog!" }`.
  package var lineText: String { String(decoding: JSONPrinter.line.text(self), as: UTF8.self) }
}
