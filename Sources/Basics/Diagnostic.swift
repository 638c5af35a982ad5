/// A fault in the user's files: where it is, what is wrong and how it is put right.
///
/// Diagnostics are collected and the rest goes on; errors of our own operations are thrown. The two never mix.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: String, Hashable, Sendable, Comparable {
    case error
    case warning
    /// Something worth knowing that is no fault, such as a file that is not here yet.
    case note

    private var rank: Int {
      switch self {
      case .error: 0
      case .warning: 1
      case .note: 2
      }
    }

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
  }

  package var severity: Severity
  /// A stable kebab-case name of the kind of fault, such as `duplicate-key`: scripts may rely on it.
  package var code: String
  /// One sentence without a capital or a full stop; what a person wrote stands in backquotes.
  package var message: String
  package var file: ProjectPath
  /// Nil when the whole file is meant.
  package var place: Place?
  /// What follows from it, such as "the shots of this file are frozen until it reads again".
  package var notes: [String]

  package init(
    _ severity: Severity, _ code: String, _ message: String, file: ProjectPath, place: Place? = nil,
    notes: [String] = []
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.file = file
    self.place = place
    self.notes = notes
  }

  /// Where in the file, with the line itself, so that it can be shown when the file has changed already.
  package struct Place: Hashable, Sendable {
    /// From 1.
    package var line: Int
    /// From 1, in characters (Unicode scalars), as editors count.
    package var column: Int
    /// How many characters are meant, at least 1.
    package var length: Int
    /// The line, and the one after it where that helps.
    package var snippet: [String]
    /// The column of the snippet's first character: more than 1 when a long line was cut around the place.
    package var snippetColumn: Int
    /// What to do, shown beside the caret: "add a comma here". Empty when there is nothing short to say.
    package var label: String

    package init(
      line: Int, column: Int, length: Int = 1, snippet: [String], snippetColumn: Int = 1, label: String = ""
    ) {
      self.line = line
      self.column = column
      self.length = length
      self.snippet = snippet
      self.snippetColumn = snippetColumn
      self.label = label
    }
  }
}

extension Diagnostic.Place {
  /// No more characters of a line are shown, so that a one-line file of a megabyte shows as one line.
  private static let widest = 160
  /// How many of them stand before the place when the line is cut there.
  private static let lead = 60

  /// The place of a range of bytes in a text. A line break inside the range ends what is marked.
  ///
  /// Reads the text from its start; who asks for many places in one text asks `TextPlaces`.
  package init(of range: Range<Int>, in bytes: [UInt8], label: String = "") {
    self.init(of: range, in: bytes, from: TextPosition(), label: label)
  }

  /// - Parameter known: a position at or before the range.
  init(of range: Range<Int>, in bytes: [UInt8], from known: TextPosition, label: String) {
    var start = known
    start.advance(to: min(range.lowerBound, bytes.count), in: bytes)
    // A byte order mark is no character to an editor.
    let hasMark = start.lineStart == 0 && start.offset >= 3 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let before = start.charactersBefore - (hasMark ? 1 : 0)
    let lineStart = start.lineStart + (hasMark ? 3 : 0)

    let rest = Self.characters(bytes, from: start.offset, atMost: Self.widest)
    let marked = Self.characters(bytes, from: start.offset, atMost: Self.widest, before: range.upperBound)
    var first = lineStart
    var snippetColumn = 1
    if before + rest.count > Self.widest, before > Self.lead {
      first = Self.index(of: Self.lead, charactersBefore: start.offset, in: bytes)
      snippetColumn = before - Self.lead + 1
    }
    var snippet = [Self.shown(bytes, from: first, isCut: snippetColumn > 1)]
    // A range that ends the line is often followed by the token that surprised the reader: show it.
    if rest.isLineEnd, start.offset >= rest.end - 1, snippetColumn == 1,
      let lineBreak = bytes[rest.end...].firstIndex(of: UInt8(ascii: "\n"))
    {
      let following = Self.shown(bytes, from: lineBreak + 1, isCut: false)
      if !following.allSatisfy({ $0 == " " }) { snippet.append(following) }
    }
    self.init(
      line: start.line, column: before + 1, length: max(1, marked.count), snippet: snippet,
      snippetColumn: snippetColumn, label: label)
  }

  /// The characters from a byte to the end of its line, or as many as are wanted.
  private static func characters(
    _ bytes: [UInt8], from start: Int, atMost limit: Int, before end: Int = .max
  ) -> (count: Int, end: Int, isLineEnd: Bool) {
    var count = 0
    var index = start
    while index < bytes.count, index < end {
      if isLineBreak(bytes, at: index) { return (count, index, true) }
      if bytes[index] & 0xC0 != 0x80 {
        if count == limit { return (count, index, false) }
        count += 1
      }
      index += 1
    }
    return (count, index, index >= bytes.count)
  }

  private static func isLineBreak(_ bytes: [UInt8], at index: Int) -> Bool {
    if bytes[index] == UInt8(ascii: "\n") { return true }
    return bytes[index] == UInt8(ascii: "\r") && index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n")
  }

  /// The byte that begins the `count`-th character before another one.
  private static func index(of count: Int, charactersBefore end: Int, in bytes: [UInt8]) -> Int {
    var index = end
    var left = count
    while left > 0, index > 0 {
      index -= 1
      if bytes[index] & 0xC0 != 0x80 { left -= 1 }
    }
    return index
  }

  /// The line from a byte on, with `…` in place of its first and last shown character where it goes on beyond them.
  private static func shown(_ bytes: [UInt8], from start: Int, isCut: Bool) -> String {
    let rest = characters(bytes, from: start, atMost: widest)
    var text = String(decoding: bytes[start..<rest.end], as: UTF8.self).unicodeScalars
    if isCut, !text.isEmpty { text.replaceSubrange(text.startIndex...text.startIndex, with: ["…"]) }
    if !rest.isLineEnd, let last = text.indices.last { text.replaceSubrange(last...last, with: ["…"]) }
    return String(text)
  }
}

extension Diagnostic: Comparable {
  /// In the order in which a person would go through them: by file, by place, the worse first.
  package static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    if left.file != right.file { return left.file < right.file }
    let (leftLine, rightLine) = (left.place?.line ?? 0, right.place?.line ?? 0)
    if leftLine != rightLine { return leftLine < rightLine }
    let (leftColumn, rightColumn) = (left.place?.column ?? 0, right.place?.column ?? 0)
    if leftColumn != rightColumn { return leftColumn < rightColumn }
    if left.severity != right.severity { return left.severity < right.severity }
    if left.code != right.code { return left.code < right.code }
    return left.message < right.message
  }
}
