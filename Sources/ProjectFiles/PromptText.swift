/// A prompt taken apart into plain text and `@names` of library entries.
///
/// A name is `[A-Za-z][A-Za-z0-9_-]*` behind an `@` that follows no word character, so that an address like `a@b` stays as it
/// is; `@@` is a literal `@` wherever it stands.
package struct PromptText: Hashable, Sendable {
  package enum Part: Hashable, Sendable {
    case text(String)
    case entry(String)
  }

  package var parts: [Part]

  package init(_ prompt: String) {
    // Most have none.
    if !prompt.utf8.contains(UInt8(ascii: "@")) {
      parts = prompt.isEmpty ? [] : [.text(prompt)]
      return
    }
    var parts: [Part] = []
    var text = String.UnicodeScalarView()
    let scalars = prompt.unicodeScalars
    var index = scalars.startIndex
    var isAfterWord = false

    func flush() {
      if !text.isEmpty { parts.append(.text(String(text))) }
      text = String.UnicodeScalarView()
    }

    while index < scalars.endIndex {
      let scalar = scalars[index]
      let next = scalars.index(after: index)
      if scalar == "@", next < scalars.endIndex {
        if scalars[next] == "@" {
          text.append("@")
          isAfterWord = false
          index = scalars.index(after: next)
          continue
        }
        if !isAfterWord, Self.isLetter(scalars[next]) {
          let end = scalars[next...].firstIndex { !Self.isNamePart($0) } ?? scalars.endIndex
          flush()
          parts.append(.entry(String(scalars[next..<end])))
          isAfterWord = true
          index = end
          continue
        }
      }
      text.append(scalar)
      isAfterWord = Self.isWordCharacter(scalar)
      index = next
    }
    flush()
    self.parts = parts
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }

  private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
    isLetter(scalar) || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-"
  }

  /// Letters and digits of any script, their accents, and `_`.
  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isNamePart(scalar) && scalar != "-" }
    let properties = scalar.properties
    return properties.isAlphabetic || properties.numericType != nil || properties.generalCategory == .nonspacingMark
  }

  /// The names in order of their first appearance.
  package var entries: [String] {
    var seen: [String] = []
    for case .entry(let name) in parts where !seen.contains(name) { seen.append(name) }
    return seen
  }

  /// The prompt with each name replaced by what `text` gives for it.
  package func expanded(_ text: (String) -> String) -> String {
    parts.map { part in
      switch part {
      case .text(let plain): plain
      case .entry(let name): text(name)
      }
    }.joined()
  }
}
