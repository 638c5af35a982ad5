internal import Synchronization

/// Finds line and column of bytes in one text, in constant time after the first question.
///
/// A file may hold thousands of faults, and all of it may stand on one line: counting from the start each time would cost the
/// file's size for each of them. So line and column are noted every 4 KB, in one pass, when the first place is asked for.
package final class TextPlaces: Sendable {
  package let bytes: [UInt8]
  private let notes = Mutex<[TextPosition]?>(nil)

  private static let stride = 4096

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  package func place(_ range: Range<Int>, label: String = "") -> Diagnostic.Place {
    let start = min(range.lowerBound, bytes.count)
    let nearest = notes.withLock { notes in
      let known = notes ?? Self.positions(in: bytes)
      notes = known
      return known[start / Self.stride]
    }
    return Diagnostic.Place(of: range, in: bytes, from: nearest, label: label)
  }

  /// The positions of bytes 0, 4096, 8192, …
  private static func positions(in bytes: [UInt8]) -> [TextPosition] {
    var positions = [TextPosition()]
    positions.reserveCapacity(bytes.count / stride + 1)
    var position = TextPosition()
    while position.offset + stride <= bytes.count {
      position.advance(to: position.offset + stride, in: bytes)
      positions.append(position)
    }
    return positions
  }
}

/// A byte of a text with its line and column.
struct TextPosition: Hashable, Sendable {
  var offset = 0
  /// From 1.
  var line = 1
  /// Where the line begins.
  var lineStart = 0
  /// Characters (Unicode scalars) between the line's begin and the byte.
  var charactersBefore = 0

  mutating func advance(to end: Int, in bytes: [UInt8]) {
    let span = bytes.span
    while offset < end {
      let byte = span[offset]
      offset += 1
      if byte == UInt8(ascii: "\n") {
        line += 1
        lineStart = offset
        charactersBefore = 0
      } else if byte & 0xC0 != 0x80 {
        // Every byte but the second to fourth of a character.
        charactersBefore += 1
      }
    }
  }
}
