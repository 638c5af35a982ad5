/// Plain text in columns, for help on a terminal of any width.
struct TextLayout {
  /// Characters in a line, at least 40: what is narrower wraps by itself better than we could.
  let width: Int
  private(set) var text = ""

  init(width: Int) {
    self.width = max(40, width)
  }

  /// A line that stands as it is, such as one to be copied.
  mutating func line(_ line: String = "") {
    text += line + "\n"
  }

  /// An empty line, then a heading.
  mutating func heading(_ heading: String) {
    text += "\n\(heading):\n"
  }

  /// Running text; an empty line in it separates paragraphs.
  mutating func paragraphs(_ paragraphs: String) {
    for (index, paragraph) in paragraphs.split(separator: "\n\n").enumerated() {
      if index > 0 { text += "\n" }
      for line in Self.wrapped(String(paragraph), to: width) { text += line + "\n" }
    }
  }

  /// Labels with what they mean, indented by two, the meanings aligned. A label longer than `widestLabel` has its meaning on the
  /// next line, so that one long label does not push all meanings to the right.
  mutating func columns(_ rows: [(label: String, says: String)], widestLabel: Int = 26) {
    let widest = rows.map(\.label.count).filter { $0 <= widestLabel }.max() ?? 0
    let indent = 2 + widest + 2
    for row in rows {
      let lines = Self.wrapped(row.says, to: width - indent)
      var start = "  " + row.label
      if row.label.count > widest, !lines.isEmpty {
        text += start + "\n"
        start = ""
      }
      if lines.isEmpty { text += start + "\n" }
      for line in lines {
        text += start + String(repeating: " ", count: indent - start.count) + line + "\n"
        start = ""
      }
    }
  }

  /// The words of a text in lines no longer than `width`, unless a single word is.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
