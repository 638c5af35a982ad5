/// A decimal number taken apart: `digits` as a whole number, times ten to the power of `exponent`.
///
/// The digits have zeros at neither end, so equal numbers have equal parts; zero has no digits. Nothing is ever multiplied
/// out, so an exponent of a thousand digits costs no more than reading it.
struct DecimalDigits: Hashable {
  var isNegative: Bool
  /// ASCII digits.
  var digits: [UInt8]
  var exponent: Int

  /// Where counting with exponents ends: far beyond any `Double`, and far enough from `Int`'s own end that the sums here
  /// cannot overflow. A larger exponent counts as this.
  static let largestExponent = 1_000_000_000_000_000

  /// Takes a text that follows JSON's grammar, or Swift's description of a finite `Double`.
  init(of text: String) {
    var rest = Array(text.utf8)[...]
    isNegative = rest.first == ASCII.minus
    if isNegative { rest.removeFirst() }
    var exponent = 0
    if let mark = rest.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
      let written = rest[(mark + 1)...]
      let limit = written.first == ASCII.minus ? -Self.largestExponent : Self.largestExponent
      exponent = Int(String(decoding: written, as: UTF8.self)) ?? limit
      if exponent.magnitude > limit.magnitude { exponent = limit }
      rest = rest[..<mark]
    }
    if let point = rest.firstIndex(of: ASCII.point) {
      exponent -= rest.endIndex - point - 1
      rest.remove(at: point)
    }
    let end = rest.lastIndex { $0 != ASCII.zero }.map { $0 + 1 } ?? rest.startIndex
    self.exponent = end == rest.startIndex ? 0 : exponent + rest.endIndex - end
    self.digits = Array(rest[..<end].drop { $0 == ASCII.zero })
  }

  /// The fewest digits that read back as this value, which must be finite.
  init(of value: Double) {
    // Swift's description is the shortest that reads back, and of several the nearest, as ECMAScript demands.
    self.init(of: value.description)
  }

  /// The sign and the exact magnitude, if this is a whole number below 2^64.
  var whole: (isNegative: Bool, magnitude: UInt)? {
    if digits.isEmpty { return (isNegative, 0) }
    guard exponent >= 0, exponent <= 19 else { return nil }
    let text = String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: exponent)
    return UInt(text).map { (isNegative, $0) }
  }

  /// The power of ten just above the number: 1 for 1 to 9.99, 0 for 0.1 to 0.99.
  var pointPosition: Int { digits.count + exponent }

  /// As `-1.25e30`, with one digit before the point.
  var exponentialText: String { exponentialText(plus: "") }

  func exponentialText(plus: String) -> String {
    guard let first = digits.first else { return "0" }
    var text = isNegative ? "-" : ""
    text.unicodeScalars.append(Unicode.Scalar(first))
    if digits.count > 1 { text += "." + String(decoding: digits.dropFirst(), as: UTF8.self) }
    let power = pointPosition - 1
    return text + "e" + (power < 0 ? "" : plus) + String(power)
  }
}
