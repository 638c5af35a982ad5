/// The words of a line as it is typed in a shell: quotes and backslashes taken away, the last word as far as it goes.
///
/// What a shell would put in for `$variables` and `*` is not: completion has to do without.
enum ShellLine {
  /// There is always a last word, at the cursor; it is empty after a space.
  static func words(_ line: String) -> [String] {
    var words = [""]
    var quote: Character?
    var isEscaped = false
    var isInWord = false
    for character in line {
      if isEscaped {
        words[words.count - 1].append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        (isEscaped, isInWord) = (true, true)
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "\"" || character == "'" {
        (quote, isInWord) = (character, true)
      } else if quote == nil, character == " " || character == "\t" {
        if isInWord { words.append("") }
        isInWord = false
      } else {
        words[words.count - 1].append(character)
        isInWord = true
      }
    }
    // `NAME=value` before a program sets a variable for it.
    let start = words.dropLast().firstIndex { !isAssignment($0) } ?? words.count - 1
    return Array(words[start...])
  }

  private static func isAssignment(_ word: String) -> Bool {
    guard let equals = word.firstIndex(of: "="), let first = word.first, first.isLetter || first == "_" else {
      return false
    }
    return word[..<equals].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }
}
