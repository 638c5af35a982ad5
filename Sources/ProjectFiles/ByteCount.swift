/// Sizes as people write them: `2 GB`, `500 MB`, `1.5GiB`.
package enum ByteCount {
  /// The number of bytes; nil for anything but a number and a unit.
  package static func read(_ text: String) -> Int64? {
    let digits = text.drop { $0 == " " }.prefix { $0.isASCII && $0.isNumber || $0 == "." }
    guard let number = Double(digits), number.isFinite, digits.first != ".", digits.last != "." else { return nil }
    let words = text[digits.endIndex...].split(separator: " ")
    guard words.count == 1, let factor = factors[words[0].lowercased()] else { return nil }
    let bytes = number * factor
    return bytes < 0x1p63 ? Int64(bytes) : nil
  }

  private static let factors: [String: Double] = [
    "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 0x1p10, "mib": 0x1p20, "gib": 0x1p30, "tib": 0x1p40,
  ]
}
