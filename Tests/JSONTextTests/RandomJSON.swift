import JSONText

/// Random values and random spellings of them, the same on every run for the same seed.
struct RandomJSON: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

  // MARK: Values

  mutating func value(depth: Int = 4) -> JSON {
    switch below(depth > 0 ? 9 : 5) {
    case 0: return .null
    case 1: return .bool(chance(50))
    case 2: return .number(number())
    case 3, 4: return .string(string())
    case 5, 6: return .array((0..<below(5)).map { _ in value(depth: depth - 1) })
    default: return .object(object(depth: depth))
    }
  }

  mutating func object(depth: Int = 4) -> JSONObject {
    var object = JSONObject()
    for _ in 0..<below(6) { object[string()] = value(depth: depth - 1) }
    return object
  }

  mutating func number() -> JSONNumber {
    var text = chance(30) ? "-" : ""
    text += chance(30) ? "0" : String(1 + below(9)) + digits(below(4))
    if chance(5) { text = "1" + digits(25) }
    if chance(30) { text += "." + digits(1 + below(3)) }
    if chance(20) { text += pick(["e", "E"]) + pick(["", "+", "-"]) + digits(1 + below(3)) }
    guard let number = JSONNumber(text: text) else { preconditionFailure("\(text) is no number") }
    return number
  }

  private mutating func digits(_ count: Int) -> String {
    var digits = ""
    for _ in 0..<count { digits += String(below(10)) }
    return digits
  }

  mutating func string() -> String {
    let alphabet: [Unicode.Scalar] = [
      "a", "b", "c", " ", "\"", "\\", "/", "\n", "\t", "\r", "\0", "\u{1F}", "\u{7F}", "é", "e", "\u{301}", "€", "😀",
      "\u{FFFF}", "\u{10FFFF}", "{", "}", "[", "]", ",", ":", "<", "'", "\u{FEFF}",
    ]
    var scalars = String.UnicodeScalarView()
    for _ in 0..<below(7) { scalars.append(pick(alphabet)) }
    return String(scalars)
  }

  // MARK: Spellings

  /// A text of this value, with space and escapes wherever they may stand.
  mutating func spelling(of value: JSON) -> String {
    space() + core(value) + space()
  }

  private mutating func core(_ value: JSON) -> String {
    switch value {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .number(let number): return number.text
    case .string(let string): return escaped(string)
    case .array(let elements):
      var parts: [String] = []
      for element in elements { parts.append(spelling(of: element)) }
      return "[" + (parts.isEmpty ? space() : parts.joined(separator: ",")) + "]"
    case .object(let members):
      var parts: [String] = []
      for (key, value) in members { parts.append(space() + escaped(key) + space() + ":" + spelling(of: value)) }
      return "{" + (parts.isEmpty ? space() : parts.joined(separator: ",")) + "}"
    }
  }

  private mutating func space() -> String {
    chance(60) ? "" : pick([" ", "\n", "\t", "\r\n", "  ", "\n\n  "])
  }

  private mutating func escaped(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
      if mustEscape || chance(10) {
        for unit in String(scalar).utf16 {
          var digits = String(unit, radix: 16, uppercase: chance(50))
          while digits.count < 4 { digits = "0" + digits }
          text += "\\u" + digits
        }
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
