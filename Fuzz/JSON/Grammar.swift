/// The grammar of RFC 8259, read a second time and in the plainest way, to agree with `JSONDocument` on what is JSON.
///
/// It knows nothing of how that one works: a function for each rule, one level of the text in one call.
struct Grammar {
  /// How a text stands to the grammar.
  enum Verdict {
    case valid
    case invalid
    /// It may be valid, and is nested deeper than is looked at here.
    case tooDeep
  }

  private let text: [Unicode.Scalar]
  private var at = 0
  private var isTooDeep = false
  private let deepest: Int

  static func verdict(on bytes: [UInt8], deepest: Int) -> Verdict {
    // The standard library's own check of UTF-8 is the third opinion.
    guard let string = String(validating: bytes, as: UTF8.self) else { return .invalid }
    var grammar = Grammar(text: Array(string.unicodeScalars), deepest: deepest)
    let isValid = grammar.value(depth: 0) && grammar.at == grammar.text.count
    return grammar.isTooDeep ? .tooDeep : isValid ? .valid : .invalid
  }

  private init(text: [Unicode.Scalar], deepest: Int) {
    self.text = text
    self.deepest = deepest
  }

  private var next: Unicode.Scalar? { at < text.count ? text[at] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    if next != scalar { return false }
    at += 1
    return true
  }

  private mutating func takeAll(_ word: String) -> Bool { word.unicodeScalars.allSatisfy { take($0) } }

  private mutating func space() {
    while let scalar = next, [" ", "\t", "\n", "\r"].contains(scalar) { at += 1 }
  }

  private mutating func value(depth: Int) -> Bool {
    space()
    defer { space() }
    switch next {
    case "{"?: return list(depth, from: "{", to: "}") { $0.member(depth: depth + 1) }
    case "["?: return list(depth, from: "[", to: "]") { $0.value(depth: depth + 1) }
    case "\""?: return string()
    case "t"?: return takeAll("true")
    case "f"?: return takeAll("false")
    case "n"?: return takeAll("null")
    default: return number()
    }
  }

  private mutating func list(
    _ depth: Int, from opener: Unicode.Scalar, to closer: Unicode.Scalar, _ item: (inout Grammar) -> Bool
  ) -> Bool {
    guard take(opener) else { return false }
    if depth == deepest {
      isTooDeep = true
      return false
    }
    space()
    if take(closer) { return true }
    repeat {
      if !item(&self) { return false }
    } while take(",")
    return take(closer)
  }

  private mutating func member(depth: Int) -> Bool {
    space()
    guard string() else { return false }
    space()
    return take(":") && value(depth: depth)
  }

  private mutating func digits() -> Bool {
    let start = at
    while let scalar = next, ("0"..."9").contains(scalar) { at += 1 }
    return at > start
  }

  private mutating func number() -> Bool {
    _ = take("-")
    if !take("0"), !digits() { return false }
    if take("."), !digits() { return false }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      return digits()
    }
    return true
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    while let scalar = next {
      at += 1
      if scalar == "\"" { return true }
      if scalar.value < 0x20 { return false }
      if scalar == "\\", !escape() { return false }
    }
    return false
  }

  private mutating func escape() -> Bool {
    guard let kind = next else { return false }
    at += 1
    if kind != "u" { return ["\"", "\\", "/", "b", "f", "n", "r", "t"].contains(kind) }
    guard let unit = unit() else { return false }
    // Half a pair is text of no encoding, which this program refuses (RFC 8259, 8.2, leaves it open).
    if (0xDC00...0xDFFF).contains(unit) { return false }
    guard (0xD800...0xDBFF).contains(unit) else { return true }
    guard take("\\"), take("u"), let low = self.unit() else { return false }
    return (0xDC00...0xDFFF).contains(low)
  }

  private mutating func unit() -> UInt32? {
    guard at + 4 <= text.count else { return nil }
    let hex = String(String.UnicodeScalarView(text[at..<at + 4]))
    guard hex.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }), let unit = UInt32(hex, radix: 16) else {
      return nil
    }
    at += 4
    return unit
  }
}
