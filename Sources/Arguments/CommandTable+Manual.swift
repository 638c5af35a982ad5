/// The manual page, for `man`: everything that help says of all commands, in one page.
///
/// In the man macros, as man-db, mandoc and others read them.
extension CommandTable {
  /// - Parameters:
  ///   - version: stands at the foot of each page.
  ///   - date: of that version, as `2026-11-21`.
  ///   - files: places that the program reads or writes, with what lies there.
  package func manual(version: String, date: String, files: [(path: String, says: String)] = []) -> String {
    var page = ManualPage()
    page.title(program.uppercased(), date: date, version: "\(program) \(version)")
    page.macro("SH", "NAME")
    page.text("\(program) \\- \(ManualPage.escaped(Self.lowered(summary)))", isEscaped: true)
    page.macro("SH", "SYNOPSIS")
    page.text("\\fB\(program)\\fR [\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR...]", isEscaped: true)
    page.macro("SH", "COMMANDS")
    var group = ""
    for command in commands {
      if command.group != group {
        group = command.group
        page.macro("SS", group)
      }
      write(command, to: &page)
    }
    page.macro("SH", "OPTIONS")
    page.text("With every command:")
    for option in globalOptions + Self.everywhere { page.tagged(label(of: option), description(of: option)) }
    page.macro("SH", "EXIT STATUS")
    for status in exitStatuses { page.tagged("\\fB\(status.code)\\fR", status.says) }
    if !files.isEmpty {
      page.macro("SH", "FILES")
      for file in files { page.tagged("\\fI\(ManualPage.escaped(file.path))\\fR", file.says) }
    }
    page.macro("SH", "EXAMPLES")
    for example in examples + commands.flatMap(\.examples) {
      page.tagged("\\fB\(ManualPage.escaped(example.line))\\fR", example.says)
    }
    return page.source
  }

  private func write(_ command: CommandSpec, to page: inout ManualPage) {
    page.macro("TP")
    var usage = "\\fB\(program) \(command.name)\\fR"
    for option in command.options { usage += " [\(label(of: option, isLongOnly: true))]" }
    for argument in command.arguments { usage += " \\fI\(ManualPage.escaped(argument.usage))\\fR" }
    page.text(usage, isEscaped: true)
    page.text(command.summary)
    for paragraph in command.discussion.split(separator: "\n\n") {
      page.macro("IP")
      page.text(String(paragraph))
    }
    if command.arguments.isEmpty, command.options.isEmpty, command.exitStatuses.isEmpty { return }
    page.macro("RS")
    for argument in command.arguments { page.tagged("\\fI\(argument.name)\\fR", argument.help) }
    for option in command.options { page.tagged(label(of: option), description(of: option)) }
    for status in command.exitStatuses { page.tagged("exit status \\fB\(status.code)\\fR", status.says) }
    page.macro("RE")
  }

  private func label(of option: OptionSpec, isLongOnly: Bool = false) -> String {
    let short = isLongOnly ? "" : option.short.map { "\\fB\\-\($0)\\fR, " } ?? ""
    let name = "\\fB\\-\\-\(ManualPage.escaped(option.name))\\fR"
    return short + name + (option.value.map { " \\fI\($0.name)\\fR" } ?? "")
  }

  private func description(of option: OptionSpec) -> String {
    var text = option.help
    if case .choice(let choices) = option.value?.kind { text += ": \(choices.joined(separator: ", "))" }
    return option.isRepeatable ? "\(text) (may be repeated)" : text
  }

  /// A summary goes on after "reel - " and is no sentence of its own there.
  private static func lowered(_ sentence: String) -> String {
    let text = sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}

/// The source of a page, built line by line.
private struct ManualPage {
  private(set) var source = ""

  /// The date as it is: readers look for its dashes.
  mutating func title(_ name: String, date: String, version: String) {
    source += ".TH \"\(name)\" \"1\" \"\(date)\" \"\(version)\" \"User Commands\"\n"
  }

  mutating func macro(_ name: String, _ arguments: String...) {
    let quoted = arguments.map { " \"\(Self.escaped($0).replacing("\"", with: "\\(dq"))\"" }
    source += ".\(name)\(quoted.joined())\n"
  }

  mutating func text(_ text: String, isEscaped: Bool = false) {
    for line in TextLayout.wrapped(isEscaped ? text : Self.escaped(text), to: 78) {
      // A line that begins with a dot or a quote would be read as a macro.
      source += (line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" : "") + line + "\n"
    }
  }

  /// A label (with its fonts in it) and what it means, indented.
  mutating func tagged(_ label: String, _ says: String) {
    macro("TP")
    text(label, isEscaped: true)
    text(says)
  }

  /// Backslashes and dashes mean themselves: a dash that is copied from the page must be one.
  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("`", with: "").replacing("\n", with: " ")
  }
}
