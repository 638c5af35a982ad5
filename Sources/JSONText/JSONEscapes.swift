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
    text.append(ASCII.quote)
    for byte in string.utf8 {
      switch byte {
      case ASCII.quote, ASCII.backslash: text += [ASCII.backslash, byte]
      case 0x08: text += [ASCII.backslash, UInt8(ascii: "b")]
      case 0x0C: text += [ASCII.backslash, UInt8(ascii: "f")]
      case ASCII.lineFeed: text += [ASCII.backslash, UInt8(ascii: "n")]
      case ASCII.carriageReturn: text += [ASCII.backslash, UInt8(ascii: "r")]
      case ASCII.tab: text += [ASCII.backslash, UInt8(ascii: "t")]
      case 0x00..<0x20:
        text += Array("\\u00".utf8)
        text += [ASCII.zero + byte >> 4, Array("0123456789abcdef".utf8)[Int(byte & 0xF)]]
      default: text.append(byte)
      }
    }
    text.append(ASCII.quote)
  }
}
