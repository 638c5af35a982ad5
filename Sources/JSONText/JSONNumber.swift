/// A number as it was written.
///
/// JSON's numbers have no size and no precision of their own, and a person's spelling is not ours to change: `2.50` stays
/// `2.50`, and a seed of 18446744073709551615 keeps all its digits. What it means is computed when asked for.
///
/// Two numbers are equal when their canonical texts are (`JSONNumber+Canonical.swift`): `1`, `1.0` and `10e-1` are equal, and
/// so are two spellings that round to the same `Double`.
package struct JSONNumber: Sendable {
  /// The spelling.
  package let text: String

  /// Takes a spelling that is known to follow the grammar.
  init(verbatim text: String) {
    self.text = text
  }

  /// Nil if the text is no number by RFC 8259's grammar.
  package init?(text: String) {
    let bytes = Array(text.utf8)
    guard JSONScanner.endOfNumber(bytes.span, from: 0) == bytes.count else { return nil }
    self.text = text
  }

  package init(_ value: Int) {
    self.text = String(value)
  }

  package init(_ value: UInt64) {
    self.text = String(value)
  }

  /// The shortest spelling that reads back as the same value. From 2^53 on it has an exponent, as the digits of a large
  /// `Double` are not all meant.
  ///
  /// JSON has no word for NaN and the infinities: `value` must be finite.
  package init(_ value: Double) {
    guard value.isFinite else { preconditionFailure("Internal inconsistency: \(value) cannot be written as JSON") }
    if value == 0 {
      self.text = value.sign == .minus ? "-0" : "0"
    } else if value.magnitude < 0x1p53 {
      self.text = Self.ecmaScriptText(of: value)
    } else {
      self.text = DecimalDigits(of: value).exponentialText
    }
  }

  /// The nearest `Double`; infinite if the number is too large for one.
  package var double: Double { Double(text) ?? .nan }

  /// Whether the number can be had as a `Double` at all: false for `1e400`.
  package var isFinite: Bool { double.isFinite }

  /// The exact value, however it was spelled (`1.0` and `1e2` too); nil if it is not whole or does not fit.
  package var int: Int? {
    if let value = Int(text) { return value }
    guard let (isNegative, magnitude) = DecimalDigits(of: text).whole else { return nil }
    if isNegative { return magnitude == Int.min.magnitude ? Int.min : Int(exactly: magnitude).map { -$0 } }
    return Int(exactly: magnitude)
  }

  /// The exact value as `int` has it, up to 2^64-1.
  package var uint64: UInt64? {
    if let value = UInt64(text) { return value }
    guard let (isNegative, magnitude) = DecimalDigits(of: text).whole, !isNegative || magnitude == 0 else {
      return nil
    }
    return UInt64(magnitude)
  }

  /// Whether the number is whole by its value, of any size: true for `1e2` and `1.0`.
  package var isInteger: Bool {
    DecimalDigits(of: text).exponent >= 0
  }
}

extension JSONNumber: Hashable {
  package static func == (left: JSONNumber, right: JSONNumber) -> Bool {
    left.text == right.text || left.canonical == right.canonical
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}

extension JSONNumber: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  package init(integerLiteral value: Int) { self.init(value) }
  package init(floatLiteral value: Double) { self.init(value) }
}
