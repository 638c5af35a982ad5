extension JSONNumber {
  /// The number in canonical JSON: RFC 8785, with one deliberate difference.
  ///
  /// RFC 8785 reads every number as a `Double`. That would make one recipe of two whose seeds differ in the last digit, so a
  /// number *written as an integer* beyond ±(2^53-1) becomes a string of its digits: `"18446744073709551615"`. What is
  /// written with a point or an exponent is a `Double`, as in the RFC: `1E30` gives `1e+30`.
  ///
  /// What no `Double` can hold (`1e400`) becomes a string too, in a normal form no longer than what was written.
  package var canonicalText: String {
    let canonical = self.canonical
    return canonical.isQuoted ? "\"\(canonical.text)\"" : canonical.text
  }

  struct Canonical: Hashable {
    var text: String
    var isQuoted: Bool
  }

  var canonical: Canonical {
    if isCanonical { return Canonical(text: text, isQuoted: false) }
    let utf8 = text.utf8
    // Most numbers are spelled so already.
    if utf8.count <= 15, utf8.allSatisfy(ASCII.isDigit) { return Canonical(text: text, isQuoted: false) }
    if utf8.allSatisfy({ ASCII.isDigit($0) || $0 == ASCII.minus }) {
      if let value = Int(text), value.magnitude <= Self.largestExactInteger {
        return Canonical(text: String(value), isQuoted: false)
      }
      return Canonical(text: text, isQuoted: true)
    }
    let double = self.double
    if double.isFinite { return Canonical(text: Self.ecmaScriptText(of: double), isQuoted: false) }
    return Canonical(text: normalisedText, isQuoted: true)
  }

  /// Whether it can be seen without computing that the spelling is the canonical text. That is so for most numbers that people write:
  /// integers and plain decimals of up to fifteen digits.
  ///
  /// So many digits a `Double` always gives back, so no two such spellings mean the same value and none of it has a shorter one.
  var isCanonical: Bool {
    text.utf8.withContiguousStorageIfAvailable { Self.isCanonical($0) } ?? false
  }

  private static func isCanonical(_ spelling: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = spelling.first == ASCII.minus ? 1 : 0
    guard let last = spelling.last, spelling.count - start <= 16 else { return false }
    var point: Int?
    for place in start..<spelling.count where !ASCII.isDigit(spelling[place]) {
      guard spelling[place] == ASCII.point, point == nil else { return false }
      point = place
    }
    guard let point else { return spelling.count - start <= 15 && (start == 0 || spelling[start] != ASCII.zero) }
    // A zero at the end is not written, and before the sixth place behind the point there must be more than zeros: what is smaller
    // gets an exponent.
    if last == ASCII.zero { return false }
    return spelling[start] != ASCII.zero || spelling[(point + 1)...].prefix(6).contains { $0 != ASCII.zero }
  }

  /// 2^53-1, the last integer to which no other rounds.
  static let largestExactInteger: UInt = 1 << 53 - 1

  /// One spelling for each value, even if the exponent is too long to be counted with: then only its spelling is made
  /// uniform, not moved against the digits.
  private var normalisedText: String {
    let digits = DecimalDigits(of: text)
    if digits.pointPosition < DecimalDigits.largestExponent / 2 { return digits.exponentialText(plus: "+") }
    let parts = text.lowercased().split(separator: "e")
    guard parts.count == 2 else { return text }
    let isNegative = parts[1].hasPrefix("-")
    let power = parts[1].drop { "+-0".contains($0) }
    return "\(parts[0])e\(isNegative ? "-" : "+")\(power)"
  }

  /// `Number::toString` of ECMAScript for a finite value, which RFC 8785 (3.2.2.3) prescribes.
  static func ecmaScriptText(of value: Double) -> String {
    if value == 0 { return "0" }
    let decimal = DecimalDigits(of: value)
    let sign = decimal.isNegative ? "-" : ""
    let digits = String(decoding: decimal.digits, as: UTF8.self)
    let point = decimal.pointPosition
    // 21 and -6 are the standard's borders between plain and exponential notation.
    if point > 21 || point <= -6 { return decimal.exponentialText(plus: "+") }
    if point <= 0 { return "\(sign)0.\(String(repeating: "0", count: -point))\(digits)" }
    if decimal.exponent >= 0 { return sign + digits + String(repeating: "0", count: decimal.exponent) }
    return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
  }
}
