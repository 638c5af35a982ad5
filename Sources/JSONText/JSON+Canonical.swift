extension JSON {
  /// The one spelling of this value, to be hashed: RFC 8785, except for large integers (see `JSONNumber.canonicalText`).
  ///
  /// Keys stand in the order of their UTF-16 code units, there is no white space, and equal values give equal bytes.
  package var canonical: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(512)
    appendCanonical(to: &text)
    return text
  }

  package var canonicalText: String { String(decoding: canonical, as: UTF8.self) }

  /// Whether a key stands before another one: by UTF-16 code units. Their order is that of the bytes but for what lies beyond the first
  /// plane, against the end of that plane.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    var (left, right) = (left, right)
    let known = left.withUTF8 { left in
      right.withUTF8 { right -> Bool? in
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
          return left[index] >= 0xEE && right[index] >= 0xEE ? nil : left[index] < right[index]
        }
        return left.count < right.count
      }
    }
    return known ?? left.utf16.lexicographicallyPrecedes(right.utf16)
  }

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
      let sorted = members.sorted { Self.precedes($0.key, $1.key) }
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
