/// Whether bytes that come in pieces are UTF-8, said at the first byte that cannot be.
///
/// Surrogates, overlong forms and what lies above U+10FFFF are none. A word of plain ASCII is one step.
struct UTF8Check {
  /// How many bytes of the character at hand are still to come.
  private var missing: UInt8 = 0
  /// Between which two the next of them has to be; after the first of these it is always 80 to BF.
  private var lowest: UInt8 = 0x80
  private var highest: UInt8 = 0xBF

  /// Whether no character is broken off.
  var isComplete: Bool { missing == 0 }

  /// Takes some more; false when they cannot be UTF-8 after those that came before. After that it must not be asked again.
  mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var at = 0
    while at < bytes.count {
      if missing == 0 {
        while at + 8 <= bytes.count,
          bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        { at += 8 }
        if at == bytes.count { break }
        if !begin(bytes[at]) { return false }
      } else {
        guard lowest...highest ~= bytes[at] else { return false }
        missing -= 1
        (lowest, highest) = (0x80, 0xBF)
      }
      at += 1
    }
    return true
  }

  private mutating func begin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x00...0x7F: break
    case 0xC2...0xDF: missing = 1
    case 0xE0: (missing, lowest) = (2, 0xA0)
    case 0xED: (missing, highest) = (2, 0x9F)
    case 0xE1...0xEF: missing = 2
    case 0xF0: (missing, lowest) = (3, 0x90)
    case 0xF1...0xF3: missing = 3
    case 0xF4: (missing, highest) = (3, 0x8F)
    default: return false
    }
    return true
  }
}
