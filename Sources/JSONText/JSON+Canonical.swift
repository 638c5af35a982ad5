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
    case .number(let number): text += (number.isCanonicalInteger ? number.text : number.canonicalText).utf8
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
      var isFirst = true
      for member in members.inCanonicalOrder {
        if !isFirst { text.append(ASCII.comma) }
        isFirst = false
        JSONEscapes.append(member.key, to: &text)
        text.append(ASCII.colon)
        member.value.appendCanonical(to: &text)
      }
      text.append(ASCII.closeBrace)
    }
  }
}

extension JSONObject {
  /// The members in the order of their keys' UTF-16 code units, as RFC 8785 wants it.
  fileprivate var inCanonicalOrder: [(key: String, value: JSON)] {
    let list = Array(self)
    var isInOrder = true
    for index in list.indices.dropFirst() where !Self.isBefore(list[index - 1].key, list[index].key) {
      isInOrder = false
      break
    }
    return isInOrder ? list : list.sorted { Self.isBefore($0.key, $1.key) }
  }

  /// The order of UTF-8 bytes is that of UTF-16 code units, but for characters beyond U+FFFF beside ones from U+E000 on: these
  /// begin with bytes from 0xEE on.
  private static func isBefore(_ left: String, _ right: String) -> Bool {
    let (a, b) = (left.utf8, right.utf8)
    if a.contains(where: { $0 >= 0xEE }) || b.contains(where: { $0 >= 0xEE }) {
      return left.utf16.lexicographicallyPrecedes(right.utf16)
    }
    return a.lexicographicallyPrecedes(b)
  }
}

extension JSONNumber {
  /// Whether the spelling is that of an integer which is its own canonical text, as nearly all integers in files are.
  fileprivate var isCanonicalInteger: Bool {
    var digits = text.utf8[...]
    if digits.first == ASCII.minus {
      digits = digits.dropFirst()
      if digits.first == ASCII.zero { return false }
    }
    // Fifteen nines are less than 2^53.
    return digits.count <= 15 && digits.allSatisfy { ASCII.isDigit($0) }
  }
}
