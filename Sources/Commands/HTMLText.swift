/// Strangers' text on its way into a page: whatever stands in it, it is read as text, and it does not reach beyond its element.
enum HTMLText {
  /// For the content of elements and for attributes in double quotes.
  ///
  /// Control characters, which HTML does not allow, and the marks that turn the direction of all that follows are left out. What
  /// people need to write any script, such as the marks beside letters, stays.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x26: result += "&amp;"
      case 0x3C: result += "&lt;"
      case 0x3E: result += "&gt;"
      case 0x22: result += "&quot;"
      case 0x27: result += "&#39;"
      case 0x09, 0x0A: result.unicodeScalars.append(scalar)
      case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xE0000...0xE007F: continue
      // Noncharacters: the last two of each plane, and a block of the first.
      case 0xFDD0...0xFDEF: continue
      case let value where value & 0xFFFE == 0xFFFE: continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// On one line, for attributes: assistive programs read it in one go.
  static func attribute(_ text: String) -> String {
    escaped(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
  }
}

/// Bytes as text of 64 letters (RFC 4648), for `data:` addresses.
enum Base64 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func text(of bytes: [UInt8]) -> String {
    let length = (bytes.count + 2) / 3 * 4
    return String(unsafeUninitializedCapacity: length) { buffer in
      var out = 0
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let rest = bytes.count - start
        let group =
          Int(bytes[start]) << 16 | (rest > 1 ? Int(bytes[start + 1]) << 8 : 0) | (rest > 2 ? Int(bytes[start + 2]) : 0)
        buffer[out] = letters[group >> 18]
        buffer[out + 1] = letters[group >> 12 & 63]
        buffer[out + 2] = rest > 1 ? letters[group >> 6 & 63] : UInt8(ascii: "=")
        buffer[out + 3] = rest > 2 ? letters[group & 63] : UInt8(ascii: "=")
        out += 4
      }
      return length
    }
  }
}
