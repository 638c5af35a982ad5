/// Strangers' text on its way to a terminal: names, prompts and engine messages come from other people's repositories.
package enum TerminalText {
  /// The text with everything that could steer a terminal made visible: control characters, escapes, and the marks that turn the
  /// direction of writing, all as `\u{…}`. Line breaks and tabs become `\n` and `\t`. What people write stays as it is, in any script.
  package static func escaped(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A: result += "\\n"
      case 0x09: result += "\\t"
      case 0x0D: result += "\\r"
      case _ where isSteering(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whether a character could steer a terminal, or change what a reader sees without being seen.
  package static func isSteering(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F,  // C0, DEL and C1: escape sequences
      0x200B, 0x200E, 0x200F, 0x061C,  // invisible and direction marks
      0x2028, 0x2029,  // line and paragraph separators
      0x202A...0x202E, 0x2066...0x2069,  // direction embeddings, overrides and isolates
      0xFEFF, 0xE0000...0xE007F:  // BOM inside a text, tag characters
      true
    default: false
    }
  }

  /// The text on one line, at most `width` characters, with `…` where it was cut.
  package static func shortened(_ text: String, to width: Int) -> String {
    let line = escaped(text)
    guard line.count > width, width > 1 else { return line }
    return line.prefix(width - 1) + "…"
  }
}
