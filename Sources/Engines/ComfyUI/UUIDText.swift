/// Random ids in the one form that all servers take: RFC 9562 version 4, in lower case with hyphens.
enum UUIDText {
  static func random() -> String {
    var random = SystemRandomNumberGenerator()
    return make(random.next(), random.next())
  }

  static func make(_ high: UInt64, _ low: UInt64) -> String {
    let high = high & ~0xF000 | 0x4000
    let low = low & ~(0b11 << 62) | 0b10 << 62
    let digits = Array(hex(high) + hex(low))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
  }

  private static func hex(_ number: UInt64) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
