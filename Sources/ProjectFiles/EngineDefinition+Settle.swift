internal import Basics
internal import JSONText

extension EngineDefinition {
  /// How long a recipe must stand before it is sent there: `"settle"`, as `"5 s"` or a number of seconds. Nil where nobody said so.
  package var settle: Duration? { Self.duration(definition["settle"]) }

  /// Longer than that is a slip of the hand.
  private static let longestSettle = 86_400.0

  private static func duration(_ value: JSON?) -> Duration? {
    let seconds: Double?
    switch value {
    case .number(let number)?: seconds = number.double
    case .string(let text)?:
      let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      let factors = ["ms": 0.001, "s": 1, "min": 60, "h": 3600]
      let unit = text[digits.endIndex...].filter { $0 != " " }
      seconds = Double(digits).flatMap { number in factors[unit].map { number * $0 } }
    default: seconds = nil
    }
    guard let seconds, (0...longestSettle).contains(seconds) else { return nil }
    return .milliseconds(Int64((seconds * 1000).rounded()))
  }

  /// Says when `settle` cannot be understood.
  static func checkSettle(_ entry: JSONMember, _ reader: FieldReader) {
    guard let value = entry.value["settle"], !value.isNull, duration(value.value) == nil else { return }
    reader.report(
      .error, "out-of-range", "`settle` must be a time, of a day at most", at: value.range,
      label: "such as \"5 s\", or 0 to send at once")
  }
}
