/// Reads a text once, from the first byte to the last, and writes the tape.
///
/// It does not call itself for what is nested: the open arrays and objects lie on a stack of their own, so the depth of a
/// text is no danger to the thread. It also makes no messages. When the text is not JSON it says where it stood and what
/// it waited for (`JSONFault`), and `FaultyText` looks at the place again at leisure.
struct JSONScanner {
  private(set) var tape: [JSONTapeEntry] = []
  private var position = 0
  private var open: [OpenContainer] = []

  /// An array or object whose end has not been read.
  private struct OpenContainer {
    var index: Int
    var count: UInt32
    var closer: UInt8
  }

  static func tape(of bytes: [UInt8]) throws(JSONFault) -> [JSONTapeEntry] {
    var scanner = JSONScanner()
    // A value takes about ten bytes in the files that people write; growing once more costs little.
    scanner.tape.reserveCapacity(bytes.count / 10 + 4)
    scanner.open.reserveCapacity(16)
    try scanner.scan(bytes.span)
    return scanner.tape
  }

  private mutating func scan(_ text: Span<UInt8>) throws(JSONFault) {
    skipSpace(text)
    while true {
      // Here a value has to begin.
      guard position < text.count else { throw fault(.value) }
      switch text[position] {
      case ASCII.quote:
        try string(text)
      case ASCII.openBrace:
        try enter(closer: ASCII.closeBrace)
        skipSpace(text)
        if position < text.count, text[position] == ASCII.closeBrace {
          leave(count: 0)
        } else {
          try key(text)
          continue
        }
      case ASCII.openBracket:
        try enter(closer: ASCII.closeBracket)
        skipSpace(text)
        if position < text.count, text[position] == ASCII.closeBracket {
          leave(count: 0)
        } else {
          continue
        }
      case ASCII.minus, ASCII.zero...ASCII.nine:
        try number(text)
      case UInt8(ascii: "t"):
        try word("true", text)
      case UInt8(ascii: "f"):
        try word("false", text)
      case UInt8(ascii: "n"):
        try word("null", text)
      default:
        throw fault(.value)
      }
      if try !anotherValue(text) { return }
    }
  }

  /// Goes on after a value: closes what ends here and stops before the next value; false at the end of the text.
  private mutating func anotherValue(_ text: Span<UInt8>) throws(JSONFault) -> Bool {
    while true {
      skipSpace(text)
      guard let last = open.indices.last else {
        if position < text.count { throw fault(.end) }
        return false
      }
      guard position < text.count else { throw fault(.commaOrCloser) }
      let byte = text[position]
      let closer = open[last].closer
      if byte == ASCII.comma {
        open[last].count += 1
        position += 1
        skipSpace(text)
        if closer == ASCII.closeBrace { try key(text) }
        return true
      }
      guard byte == closer else { throw fault(.commaOrCloser) }
      leave(count: open[last].count)
    }
  }

  private mutating func enter(closer: UInt8) throws(JSONFault) {
    if open.count == JSONDocument.deepestNesting { throw fault(.lessDepth) }
    open.append(OpenContainer(index: tape.count, count: 1, closer: closer))
    tape.append(JSONTapeEntry(start: UInt32(truncatingIfNeeded: position), end: 0, next: 0, count: 0))
    position += 1
  }

  private mutating func leave(count: UInt32) {
    position += 1
    let index = open.removeLast().index
    tape[index].end = UInt32(truncatingIfNeeded: position)
    tape[index].next = UInt32(truncatingIfNeeded: tape.count)
    tape[index].count = count
  }

  private mutating func scalar(from start: Int, to end: Int, hasEscapes: Bool = false) {
    tape.append(
      JSONTapeEntry(
        start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
        next: UInt32(truncatingIfNeeded: tape.count + 1), count: hasEscapes ? 1 : 0))
    position = end
  }

  /// Reads a key and its colon and stops before the value.
  private mutating func key(_ text: Span<UInt8>) throws(JSONFault) {
    guard position < text.count, text[position] == ASCII.quote else { throw fault(.key) }
    try string(text)
    skipSpace(text)
    guard position < text.count, text[position] == ASCII.colon else { throw fault(.colon) }
    position += 1
    skipSpace(text)
  }

  @inline(__always)
  private mutating func skipSpace(_ text: Span<UInt8>) {
    var at = position
    while at < text.count, ASCII.isSpace(text[at]) { at += 1 }
    position = at
  }

  private mutating func word(_ word: StaticString, _ text: Span<UInt8>) throws(JSONFault) {
    let start = position
    let end = start + word.utf8CodeUnitCount
    let fits = word.withUTF8Buffer { expected in
      guard end <= text.count else { return false }
      for offset in expected.indices where text[start + offset] != expected[offset] { return false }
      return end == text.count || !ASCII.isWord(text[end])
    }
    if !fits { throw fault(.word) }
    scalar(from: start, to: end)
  }

  private mutating func number(_ text: Span<UInt8>) throws(JSONFault) {
    guard let end = Self.endOfNumber(text, from: position) else { throw fault(.number) }
    // "01", "1.5.2", "0x1F", "1_000": what runs on is one bad number and no second value.
    if end < text.count {
      let byte = text[end]
      if ASCII.isWord(byte) || byte == ASCII.point || byte == ASCII.plus || byte == ASCII.minus { throw fault(.number) }
    }
    scalar(from: position, to: end)
  }

  /// Where the number that begins at `start` ends by the grammar of RFC 8259; nil if none begins there.
  static func endOfNumber(_ text: Span<UInt8>, from start: Int) -> Int? {
    let count = text.count
    var at = start
    if at < count, text[at] == ASCII.minus { at += 1 }
    guard at < count, ASCII.isDigit(text[at]) else { return nil }
    if text[at] == ASCII.zero {
      at += 1
    } else {
      while at < count, ASCII.isDigit(text[at]) { at += 1 }
    }
    if at < count, text[at] == ASCII.point {
      at += 1
      guard at < count, ASCII.isDigit(text[at]) else { return nil }
      while at < count, ASCII.isDigit(text[at]) { at += 1 }
    }
    if at < count, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < count, text[at] == ASCII.plus || text[at] == ASCII.minus { at += 1 }
      guard at < count, ASCII.isDigit(text[at]) else { return nil }
      while at < count, ASCII.isDigit(text[at]) { at += 1 }
    }
    return at
  }

  private mutating func string(_ text: Span<UInt8>) throws(JSONFault) {
    let start = position
    var at = start + 1
    var hasEscapes = false
    while at < text.count {
      let byte = text[at]
      if byte == ASCII.quote {
        scalar(from: start, to: at + 1, hasEscapes: hasEscapes)
        return
      }
      if byte == ASCII.backslash {
        guard let end = Self.endOfEscape(text, from: at) else { break }
        hasEscapes = true
        at = end
      } else if byte >= 0x80 {
        guard let length = Self.lengthOfScalar(text, from: at) else { break }
        at += length
      } else if byte >= 0x20 {
        at += 1
      } else {
        break
      }
    }
    throw fault(.stringByte, at: at, from: start)
  }

  /// Where the escape that begins with the backslash at `start` ends; nil if it is none, or half a surrogate pair.
  static func endOfEscape(_ text: Span<UInt8>, from start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    switch text[start + 1] {
    case ASCII.quote, ASCII.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
      UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      guard let unit = hexadecimal(text, from: start + 2) else { return nil }
      switch unit {
      case 0xD800...0xDBFF:
        guard start + 12 <= text.count, text[start + 6] == ASCII.backslash, text[start + 7] == UInt8(ascii: "u"),
          let second = hexadecimal(text, from: start + 8), (0xDC00...0xDFFF).contains(second)
        else { return nil }
        return start + 12
      case 0xDC00...0xDFFF: return nil
      default: return start + 6
      }
    default: return nil
    }
  }

  /// The four hexadecimal digits of a `\u` escape as a number.
  static func hexadecimal(_ text: Span<UInt8>, from start: Int) -> UInt32? {
    guard start + 4 <= text.count else { return nil }
    var value: UInt32 = 0
    for at in start..<start + 4 {
      guard let digit = ASCII.hexValue(text[at]) else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  /// The length of the UTF-8 sequence that begins at `start`; nil if it is not well formed (Unicode, table 3-7: no overlong
  /// forms, no surrogates, nothing above U+10FFFF).
  static func lengthOfScalar(_ text: Span<UInt8>, from start: Int) -> Int? {
    func isContinuation(_ offset: Int) -> Bool {
      start + offset < text.count && text[start + offset] & 0xC0 == 0x80
    }
    let first = text[start]
    switch first {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: return isContinuation(1) ? 2 : nil
    case 0xE0...0xEF:
      guard isContinuation(1), isContinuation(2) else { return nil }
      let second = text[start + 1]
      if first == 0xE0 && second < 0xA0 || first == 0xED && second > 0x9F { return nil }
      return 3
    case 0xF0...0xF4:
      guard isContinuation(1), isContinuation(2), isContinuation(3) else { return nil }
      let second = text[start + 1]
      if first == 0xF0 && second < 0x90 || first == 0xF4 && second > 0x8F { return nil }
      return 4
    default: return nil
    }
  }

  private func fault(_ expectation: JSONFault.Expectation, at place: Int? = nil, from start: Int? = nil) -> JSONFault {
    let place = place ?? position
    return JSONFault(
      expectation: expectation, position: place, tokenStart: start ?? place,
      container: open.last.map { Int(tape[$0.index].start) })
  }
}
