/// How text stands in a JSON string.
enum JSONEscapes {
  /// The text of the bytes between the quotes of a string that the scanner has accepted.
  static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    bytes.withUnsafeBufferPointer { buffer in
      let source = buffer.span
      var at = 0
      while at < source.count {
        let byte = source[at]
        guard byte == ASCII.backslash, at + 1 < source.count else {
          text.append(byte)
          at += 1
          continue
        }
        let kind = source[at + 1]
        at += 2
        switch kind {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(ASCII.lineFeed)
        case UInt8(ascii: "r"): text.append(ASCII.carriageReturn)
        case UInt8(ascii: "t"): text.append(ASCII.tab)
        case UInt8(ascii: "u"):
          var value = JSONScanner.hexadecimal(source, from: at) ?? 0xFFFD
          at += 4
          if (0xD800...0xDBFF).contains(value), let low = JSONScanner.hexadecimal(source, from: at + 2) {
            value = 0x10000 + (value - 0xD800) << 10 + (low & 0x3FF)
            at += 6
          }
          text.append(contentsOf: (Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
        default: text.append(kind)
        }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends the string with its quotes, escaping only what must be: quote, backslash and control characters, in the forms
  /// that RFC 8785 prescribes.
  static func append(_ string: String, to text: inout [UInt8]) {
    var string = string
    text.append(ASCII.quote)
    string.withUTF8 { bytes in
      // What needs no escape is copied in runs.
      var start = 0
      for at in bytes.indices where bytes[at] < 0x20 || bytes[at] == ASCII.quote || bytes[at] == ASCII.backslash {
        text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<at]))
        text.append(contentsOf: escape(of: bytes[at]).utf8)
        start = at + 1
      }
      text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
    }
    text.append(ASCII.quote)
  }

  private static func escape(of byte: UInt8) -> String {
    switch byte {
    case ASCII.quote: return "\\\""
    case ASCII.backslash: return "\\\\"
    case 0x08: return "\\b"
    case 0x0C: return "\\f"
    case ASCII.lineFeed: return "\\n"
    case ASCII.carriageReturn: return "\\r"
    case ASCII.tab: return "\\t"
    default:
      let digits = String(byte, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }
  }
}
