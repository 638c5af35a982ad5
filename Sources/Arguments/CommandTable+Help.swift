extension CommandTable {
  /// The overview: what there is, a first session, how it ends.
  package func help(width: Int = 80) -> String {
    var layout = TextLayout(width: width)
    layout.paragraphs("\(program): \(summary)")
    layout.line()
    layout.line("Usage: \(usage(of: nil))")
    write(examples, to: &layout)
    var rest = commands[...]
    // One width for all groups, so that the summaries stand in one column.
    let widest = commands.map(\.name.count).max() ?? 0
    while let group = rest.first?.group {
      let members = rest.prefix { $0.group == group }
      rest = rest.dropFirst(members.count)
      layout.heading(group)
      layout.columns(members.map { (Self.padded($0.name, to: widest), $0.summary) })
    }
    write(globalOptions + Self.everywhere, under: "Options", to: &layout)
    write(exitStatuses, to: &layout)
    layout.line()
    layout.paragraphs("`\(program) help COMMAND` says more about one command.")
    return layout.text
  }

  /// All about one command.
  package func help(of command: CommandSpec, width: Int = 80) -> String {
    var layout = TextLayout(width: width)
    layout.paragraphs("\(program) \(command.name): \(command.summary)")
    layout.line()
    layout.line("Usage: \(usage(of: command))")
    write(command.examples, to: &layout)
    if !command.discussion.isEmpty {
      layout.line()
      layout.paragraphs(command.discussion)
    }
    if !command.arguments.isEmpty {
      layout.heading("Arguments")
      layout.columns(command.arguments.map { ($0.name, $0.help) })
    }
    write(command.options, under: "Options", to: &layout)
    write(globalOptions + Self.everywhere, under: "Options of every command", to: &layout)
    write(command.exitStatuses, to: &layout)
    return layout.text
  }

  /// The line that shows how a command is written, such as `reel why [OPTIONS] SHOT`.
  package func usage(of command: CommandSpec?) -> String {
    guard let command else { return "\(program) [OPTIONS] COMMAND [ARGUMENTS...]" }
    // Options that exclude each other are what a command is about: they are spelled out.
    var words = [program, command.name]
    let spelled = Set(command.exclusive.joined())
    if command.options.contains(where: { !spelled.contains($0.name) }) { words.append("[OPTIONS]") }
    for set in command.exclusive {
      let alternatives = command.options.filter { set.contains($0.name) }.map { option in
        "--\(option.name)" + (option.value.map { " \($0.name)" } ?? "")
      }
      words.append("[\(alternatives.joined(separator: " | "))]")
    }
    return (words + command.arguments.map(\.usage)).joined(separator: " ")
  }

  private func write(_ examples: [Example], to layout: inout TextLayout) {
    guard !examples.isEmpty else { return }
    layout.heading("Examples")
    // Beside each other where that leaves room to read, else one below the other.
    let widest = examples.map(\.line.count).max() ?? 0
    if widest + 4 + 30 <= layout.width {
      layout.columns(examples.map { (Self.padded($0.line, to: widest), $0.says) }, widestLabel: widest)
    } else {
      for example in examples {
        layout.line("  \(example.line)")
        layout.columns([("", example.says)])
      }
    }
  }

  private func write(_ options: [OptionSpec], under heading: String, to layout: inout TextLayout) {
    guard !options.isEmpty else { return }
    layout.heading(heading)
    layout.columns(options.map { (Self.label(of: $0), Self.description(of: $0)) })
  }

  private func write(_ statuses: [ExitStatus], to layout: inout TextLayout) {
    guard !statuses.isEmpty else { return }
    layout.heading("Exit status")
    let widest = statuses.map { String($0.code).count }.max() ?? 0
    layout.columns(statuses.map { (Self.padded(String($0.code), to: widest), $0.says) })
  }

  /// What the parser understands without a row in the table.
  package static let everywhere: [OptionSpec] = [
    .flag("help", short: "h", help: "show this help"),
    .flag("version", help: "show the version"),
  ]

  private static func label(of option: OptionSpec) -> String {
    let short = option.short.map { "-\($0), " } ?? "    "
    return "\(short)--\(option.name)" + (option.value.map { " \($0.name)" } ?? "")
  }

  private static func description(of option: OptionSpec) -> String {
    var text = option.help
    if case .choice(let choices) = option.value?.kind { text += ": \(choices.joined(separator: ", "))" }
    if option.isRepeatable { text += " (may be repeated)" }
    return text
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
