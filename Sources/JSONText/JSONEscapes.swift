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
    let isDone: Void? = string.utf8.withContiguousStorageIfAvailable { append($0, to: &text) }
    if isDone == nil { Array(string.utf8).withUnsafeBufferPointer { append($0, to: &text) } }
    text.append(ASCII.quote)
  }

  private static func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
    // What needs no escape is copied in runs.
    var start = 0
    while let at = endOfRun(in: bytes, from: start) {
      text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<at]))
      text.append(contentsOf: escape(of: bytes[at]).utf8)
      start = at + 1
    }
    text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
  }

  /// The next byte that must be escaped; nil if there is none.
  private static func endOfRun(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var at = start
    while at + 8 <= bytes.count {
      let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: at, as: UInt64.self)
      if holdsSpecial(word) { break }
      at += 8
    }
    while at < bytes.count {
      if bytes[at] < 0x20 || bytes[at] == ASCII.quote || bytes[at] == ASCII.backslash { return at }
      at += 1
    }
    return nil
  }

  /// Whether one of eight bytes must be escaped. Taking n from each byte borrows its highest bit where the byte is below n and has
  /// not got that bit itself; a byte that is equal to another is 0 after XOR, which is below 1.
  private static func holdsSpecial(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let (quote, backslash) = (word ^ ones &* UInt64(ASCII.quote), word ^ ones &* UInt64(ASCII.backslash))
    let below = (word &- ones &* 0x20) & ~word
    let equal = (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
    return (below | equal) & (ones << 7) != 0
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
