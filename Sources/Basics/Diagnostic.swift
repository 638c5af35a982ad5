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
    /// What to do, shown beside the caret: "add a comma here". Empty when there is nothing short to say.
    package var label: String

    package init(line: Int, column: Int, length: Int = 1, snippet: [String], label: String = "") {
      self.line = line
      self.column = column
      self.length = length
      self.snippet = snippet
      self.label = label
    }

    /// The place of a range of bytes in a text. A line break inside the range ends what is marked.
    /// Lines longer than 160 characters are cut around the place, so that a one-line file of a megabyte shows as one line.
    package init(of range: Range<Int>, in bytes: [UInt8], label: String = "") {
      let start = Swift.min(range.lowerBound, bytes.count)
      let lineStart = bytes[..<start].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      let lineEnd = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      var line = 1
      for byte in bytes[..<lineStart] where byte == UInt8(ascii: "\n") { line += 1 }
      var skipped = 0
      // A byte order mark is no character to an editor.
      if lineStart == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]), start >= 3 { skipped = 1 }
      let before = String(decoding: bytes[lineStart..<start], as: UTF8.self).unicodeScalars.count - skipped
      let end = Swift.max(start, Swift.min(range.upperBound, lineEnd))
      let length = String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars.count
      var text = Self.line(bytes[lineStart..<lineEnd])
      if skipped == 1 { text.unicodeScalars.removeFirst() }
      var snippet = [text]
      // A range that ends the line is often followed by the token that surprised the reader: show it.
      if start >= lineEnd - 1, lineEnd < bytes.count {
        let next = lineEnd + 1
        let nextEnd = bytes[next...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let following = Self.line(bytes[next..<nextEnd])
        if !following.allSatisfy({ $0 == " " }) { snippet.append(following) }
      }
      self.init(line: line, column: before + 1, length: Swift.max(1, length), snippet: snippet, label: label)
    }

    private static func line(_ bytes: ArraySlice<UInt8>) -> String {
      String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
    }
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
