internal import Basics

/// A diagnostic as people read it: what, where, the line with a caret and the fix, and what follows. The form is rustc's.
struct DiagnosticText {
  let output: Output

  func text(_ diagnostic: Diagnostic) -> String {
    let severity = diagnostic.severity
    let head = output.coloured(
      "\(severity.rawValue):", severity == .error ? .red : severity == .warning ? .yellow : .blue, .bold)
    // Sentences quote names from files; whoever wrote them need not have thought of terminals.
    let notes = diagnostic.notes.map { TerminalText.escaped($0) }
    var lines = ["\(head) \(output.coloured(TerminalText.escaped(diagnostic.message), .bold))"]
    let file = TerminalText.escaped(diagnostic.file.string)
    guard let place = diagnostic.place else {
      lines.append("  --> \(file)")
      lines += notes.map { "   = \($0)" }
      return lines.joined(separator: "\n")
    }
    lines.append("  --> \(file):\(place.line):\(place.column)")
    let label = TerminalText.escaped(place.label)
    let width = String(place.line + max(0, place.snippet.count - 1)).count
    let margin = String(repeating: " ", count: width)
    if !place.snippet.isEmpty {
      lines.append("\(margin) |")
      for (offset, line) in place.snippet.enumerated() {
        let number = String(place.line + offset)
        let (shown, column) = Self.cut(line, around: place.column - place.snippetColumn + 1)
        lines.append("\(String(repeating: " ", count: width - number.count))\(number) | \(shown)")
        if offset == 0 {
          let room = max(1, shown.unicodeScalars.count - column + 1)
          let carets = String(repeating: "^", count: max(1, min(place.length, room)))
          let caret = output.coloured("\(carets) \(label)".trimmingEnd(), .red)
          lines.append("\(margin) | \(String(repeating: " ", count: column - 1))\(caret)")
        }
      }
    } else if !label.isEmpty {
      lines.append("\(margin) = \(label)")
    }
    lines += notes.map { "\(margin) = \($0)" }
    return lines.joined(separator: "\n")
  }

  /// The part of a line that is shown, safe for a terminal, and the column of the place in it.
  ///
  /// Long lines are cut to 100 characters around the place; tabs become single spaces, so that the caret stands where it should.
  private static func cut(_ line: String, around column: Int) -> (String, Int) {
    let scalars = Array(line.unicodeScalars)
    let start = scalars.count > 100 ? max(0, min(column - 40, scalars.count - 100)) : 0
    let end = min(scalars.count, start + 100)
    var shown = ""
    var position = 0
    var shift = 0
    for (index, scalar) in scalars[start..<end].enumerated() {
      let text = scalar == "\t" ? " " : TerminalText.escaped(String(scalar))
      if start + index + 1 < column { shift += text.unicodeScalars.count - 1 }
      shown += text
      position += 1
    }
    let front = start > 0 ? "…" : ""
    return (front + shown + (end < scalars.count ? "…" : ""), max(1, column - start + shift + front.count))
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
