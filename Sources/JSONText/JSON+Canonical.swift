extension JSON {
  /// The one spelling of this value, to be hashed: RFC 8785, except for large integers (see `JSONNumber.canonicalText`).
  ///
  /// Keys stand in the order of their UTF-16 code units, there is no white space, and equal values give equal bytes.
  package var canonical: [UInt8] {
    var text: [UInt8] = []
    appendCanonical(to: &text)
    return text
  }

  package var canonicalText: String { String(decoding: canonical, as: UTF8.self) }

  private func appendCanonical(to text: inout [UInt8]) {
    switch self {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .number(let number): text += number.canonicalText.utf8
    case .string(let string): JSONEscapes.append(string, to: &text)
    case .array(let elements):
      text.append(ASCII.openBracket)
      for (index, element) in elements.enumerated() {
        if index > 0 { text.append(ASCII.comma) }
        element.appendCanonical(to: &text)
      }
      text.append(ASCII.closeBracket)
    case .object(let members):
      text.append(ASCII.openBrace)
      let sorted = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
      for (index, member) in sorted.enumerated() {
        if index > 0 { text.append(ASCII.comma) }
        JSONEscapes.append(member.key, to: &text)
        text.append(ASCII.colon)
        member.value.appendCanonical(to: &text)
      }
      text.append(ASCII.closeBrace)
    }
  }
}
