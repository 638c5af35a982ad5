/// The habits of whoever wrote a document, so that what is added looks like theirs.
struct JSONStyle {
  private let document: JSONDocument
  private let lineBreak: [UInt8]
  /// What one level of indentation adds, seen at the first place where a line begins inside of another.
  private let unit: [UInt8]
  /// What stands between key and value at the first member of the document.
  private let colon: [UInt8]

  init(of document: JSONDocument) {
    self.document = document
    let bytes = document.bytes
    if let feed = bytes.firstIndex(of: ASCII.lineFeed), feed > 0, bytes[feed - 1] == ASCII.carriageReturn {
      lineBreak = [ASCII.carriageReturn, ASCII.lineFeed]
    } else {
      lineBreak = [ASCII.lineFeed]
    }
    var unit: [UInt8]?
    var colon: [UInt8]?
    for index in document.tape.indices {
      let node = JSONNode(document: document, index: index)
      guard node.count > 0, let first = Self.firstItem(of: node) else { continue }
      if colon == nil { colon = node.members.first { _ in true }.map { Self.colon(of: $0) } }
      if unit == nil, Self.hasLineBreak(bytes[node.range.lowerBound..<first.lowerBound]) {
        let outer = Self.indentation(at: node.range.lowerBound, in: bytes)
        let inner = Self.indentation(at: first.lowerBound, in: bytes)
        if inner.count > outer.count, inner.starts(with: outer) { unit = Array(inner[outer.count...]) }
      }
      if colon != nil, unit != nil { break }
    }
    self.unit = unit ?? [ASCII.space, ASCII.space]
    self.colon = colon ?? Array(": ".utf8)
  }

  /// How an item is put into an array or object.
  struct Layout {
    var printer: JSONPrinter
    /// What stands between two items, with the comma.
    var separator: [UInt8]
    /// What stands around the first item of an empty container.
    var opening: [UInt8]
    var closing: [UInt8]
  }

  /// The ranges of the elements or members of a container.
  static func items(of node: JSONNode) -> [Range<Int>] {
    node.kind == .array ? node.elements.map(\.range) : node.members.map(\.range)
  }

  private static func firstItem(of node: JSONNode) -> Range<Int>? {
    node.kind == .array ? node.elements.first { _ in true }?.range : node.members.first { _ in true }?.range
  }

  func layout(inside container: JSONNode) -> Layout {
    let bytes = document.bytes
    let items = Self.items(of: container)
    let start = container.range.lowerBound
    let colon = container.members.reversed().first.map { Self.colon(of: $0) } ?? self.colon
    guard let first = items.first, let last = items.last else { return emptyLayout(of: container) }

    let gap =
      items.count > 1 ? bytes[items[items.count - 2].upperBound..<last.lowerBound] : bytes[start + 1..<first.lowerBound]
    if Self.hasLineBreak(gap) {
      let indentation = Self.indentation(at: last.lowerBound, in: bytes)
      let lines = JSONPrinter.Lines(lineBreak: lineBreak, unit: unit, indentation: indentation)
      // A comma that leads its line stays there; blank lines between items are not repeated.
      let lineStart = Self.lineStart(of: last.lowerBound, in: bytes)
      let leads = items.count > 1 && bytes[lineStart..<last.lowerBound].contains(ASCII.comma)
      let separator =
        leads
        ? lineBreak + bytes[lineStart..<last.lowerBound]
        : [ASCII.comma] + lineBreak + bytes[lineStart..<last.lowerBound].filter { ASCII.isSpace($0) }
      return Layout(printer: JSONPrinter(colon: colon, lines: lines), separator: separator, opening: [], closing: [])
    }
    var printer = JSONPrinter(colon: colon)
    let spaced = items.count > 1 ? gap.last != ASCII.comma : colon.last != ASCII.colon
    printer.comma = spaced ? [ASCII.comma, ASCII.space] : [ASCII.comma]
    if container.kind == .object {
      printer.padding = Array(bytes[start + 1..<first.lowerBound].filter { $0 == ASCII.space })
    }
    let separator = items.count > 1 ? Array(gap) : printer.comma
    return Layout(printer: printer, separator: separator, opening: [], closing: [])
  }

  /// How the first item is put into an empty container: on a line of its own if the container's own member has one.
  private func emptyLayout(of container: JSONNode) -> Layout {
    let bytes = document.bytes
    let start = container.range.lowerBound
    let outer = Self.indentation(at: start, in: bytes)
    let isRoot = container.index == 0
    let hasOwnLine =
      isRoot ? bytes.contains(ASCII.lineFeed) : bytes[..<start].contains(ASCII.lineFeed) && isOnOwnLine(container)
    if hasOwnLine || Self.hasLineBreak(bytes[container.range]) {
      let inner = outer + unit
      let lines = JSONPrinter.Lines(lineBreak: lineBreak, unit: unit, indentation: inner)
      return Layout(
        printer: JSONPrinter(colon: colon, lines: lines), separator: [], opening: lineBreak + inner,
        closing: lineBreak + outer)
    }
    var printer = JSONPrinter(colon: colon)
    printer.comma = colon.last == ASCII.colon ? [ASCII.comma] : [ASCII.comma, ASCII.space]
    if container.kind == .object { printer.padding = oneLinePadding(around: start) }
    return Layout(printer: printer, separator: [], opening: printer.padding, closing: printer.padding)
  }

  /// Whether the line on which a value begins holds, before it, nothing but its own key.
  private func isOnOwnLine(_ node: JSONNode) -> Bool {
    let bytes = document.bytes
    let lineStart = Self.lineStart(of: node.range.lowerBound, in: bytes)
    let content = bytes[lineStart..<node.range.lowerBound].firstIndex { !ASCII.isSpace($0) && $0 != ASCII.comma }
    guard let content else { return true }
    // The entry before a member's value on the tape is its key.
    let key = document.tape[node.index - 1]
    return Int(key.start) == content && bytes[content] == ASCII.quote
  }

  /// The space inside the braces of the innermost object around a place, if it is on one line.
  private func oneLinePadding(around place: Int) -> [UInt8] {
    let around = document.tape.indices.last { index in
      let entry = document.tape[index]
      return Int(entry.start) < place && place < Int(entry.end) && document.bytes[Int(entry.start)] == ASCII.openBrace
    }
    guard let around, let first = Self.firstItem(of: JSONNode(document: document, index: around)) else { return [] }
    return Array(document.bytes[Int(document.tape[around].start) + 1..<first.lowerBound].prefix { $0 == ASCII.space })
  }

  /// How a value is written in another's place: in as many lines as that had, or as its place allows.
  func printer(replacing node: JSONNode) -> JSONPrinter {
    var printer = layout(inside: node).printer
    printer.lines?.indentation = Self.indentation(at: node.range.lowerBound, in: document.bytes)
    return printer
  }

  private static func colon(of member: JSONMember) -> [UInt8] {
    let gap = member.keyNode.document.bytes[member.keyRange.upperBound..<member.value.range.lowerBound]
    return hasLineBreak(gap) ? [ASCII.colon, ASCII.space] : Array(gap)
  }

  private static func hasLineBreak(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.contains(ASCII.lineFeed) }

  private static func lineStart(of place: Int, in bytes: [UInt8]) -> Int {
    bytes[..<place].lastIndex(of: ASCII.lineFeed).map { $0 + 1 } ?? 0
  }

  /// The white space with which the line begins that holds a place.
  private static func indentation(at place: Int, in bytes: [UInt8]) -> [UInt8] {
    Array(bytes[lineStart(of: place, in: bytes)..<place].prefix { $0 == ASCII.space || $0 == ASCII.tab })
  }
}
