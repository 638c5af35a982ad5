/// `{stem}` in a template's prompt and name, which stands for the name of the picture without its extension; `{{stem}}` is a plain
/// `{stem}`. All other braces stay as they are.
enum StemText {
  static func filled(_ text: String, with stem: String) -> String {
    let bytes = Array(text.utf8)
    var filled: [UInt8] = []
    var place = 0
    while place < bytes.count {
      let rest = bytes[place...]
      if rest.starts(with: "{{stem}}".utf8) {
        filled += "{stem}".utf8
        place += "{{stem}}".utf8.count
      } else if rest.starts(with: "{stem}".utf8) {
        filled += stem.utf8
        place += "{stem}".utf8.count
      } else {
        filled.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: filled, as: UTF8.self)
  }
}

extension PromptText {
  /// The prompt of one of a template's shots. The stem is put in as it is: an `@` in a file's name names no entry.
  package func filled(stem: String) -> PromptText {
    var prompt = self
    prompt.parts = parts.map { part in
      if case .text(let text) = part { .text(StemText.filled(text, with: stem)) } else { part }
    }
    return prompt
  }
}
