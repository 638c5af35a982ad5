/// A check value over the columns of a row, kept in the row itself: SQLite finds torn pages, but a changed byte inside a
/// value it hands out as it is. A hash that is wrong by one bit would have a picture made again.
///
/// It guards against accidents, not against people. Each step is reversible in the state and in the word, so a row that
/// differs in a single word never passes; others pass once in 2^64.
package struct RowCheck {
  private var state: UInt64 = 0x243F_6A88_85A3_08D3  // the first bits of pi

  package init() {}

  /// The value to store and to compare.
  package var value: Int64 { Int64(bitPattern: state) }

  package mutating func add(_ integer: Int64?) {
    guard let integer else { return mix(absent) }
    mix(UInt64(bitPattern: integer))
  }

  package mutating func add(_ bytes: [UInt8]?) {
    guard let bytes else { return mix(absent) }
    bytes.withUnsafeBytes { add($0) }
  }

  package mutating func add(_ text: String?) {
    guard var text else { return mix(absent) }
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  package mutating func add(_ value: Value) {
    switch value {
    case .null: mix(absent)
    case .integer(let integer): add(integer)
    case .real(let real): mix(real.bitPattern)
    case .text(let text): add(text)
    case .bytes(let bytes): add(bytes)
    }
  }

  /// Stands for NULL, so that NULL and an empty value differ.
  private var absent: UInt64 { 0x1319_8A2E_0370_7344 }

  private mutating func add(_ buffer: UnsafeRawBufferPointer) {
    // The length first: it keeps "ab", "c" and "a", "bc" apart.
    mix(UInt64(buffer.count))
    var offset = 0
    while offset + 8 <= buffer.count {
      mix(UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset += 8
    }
    var rest: UInt64 = 0
    for byte in buffer[offset...] { rest = rest << 8 | UInt64(byte) }
    if offset < buffer.count { mix(rest) }
  }

  private mutating func mix(_ word: UInt64) {
    // An odd factor keeps the step reversible; this one (2^64 over the golden ratio) spreads neighbouring words best.
    state = (state ^ word) &* 0x9E37_79B9_7F4A_7C15
    state ^= state >> 32
  }
}
