internal import Basics

extension CommandTable {
  /// Reads a command line.
  ///
  /// - Parameter words: what follows the program's name.
  package func parse(_ words: [String]) throws(UsageError) -> Invocation {
    var reading = Reading(table: self, words: words[...])
    return try reading.invocation()
  }
}

/// One command line on its way through: what is left of it and what was understood so far.
private struct Reading {
  let table: CommandTable
  var words: ArraySlice<String>
  var command: CommandSpec?
  var isHelp = false
  var flags: Set<String> = []
  var values: [String: [String]] = [:]
  var arguments: [String] = []

  mutating func invocation() throws(UsageError) -> Invocation {
    while let word = words.popFirst() {
      if word == "--" {
        // A command named after "--" is still a command: only its options have ended.
        while let word = words.popFirst() { try positional(word) }
      } else if word == "--help" {
        return .help(command: command?.name)
      } else if word == "--version" {
        return .version
      } else if word.hasPrefix("--") {
        try long(word)
      } else if word.hasPrefix("-"), word != "-" {
        if try shorts(word) == .help { return .help(command: command?.name) }
      } else {
        try positional(word)
      }
    }
    if isHelp { return .help(command: try helpTopic()) }
    guard let command else {
      if flags.isEmpty, values.isEmpty { return .help(command: nil) }
      throw error("a command is missing", hint: "usage: \(table.usage(of: nil))")
    }
    try check(command)
    return .run(
      ParsedCommand(
        command, options: table.options(of: command), flags: flags, values: values, arguments: arguments))
  }

  // MARK: Words that are no options

  private mutating func positional(_ word: String) throws(UsageError) {
    if command != nil || isHelp {
      arguments.append(word)
    } else if word == "help" {
      isHelp = true
    } else if let found = table.command(word) {
      command = found
    } else {
      throw unknownCommand(word)
    }
  }

  private func helpTopic() throws(UsageError) -> String? {
    guard let topic = arguments.first else { return nil }
    if arguments.count > 1 {
      throw error("`help` takes one command: \(UsageError.quoted(arguments[1])) is too many")
    }
    if topic == "help" { return nil }
    guard table.command(topic) != nil else { throw unknownCommand(topic) }
    return topic
  }

  private func unknownCommand(_ word: String) -> UsageError {
    let likely = Likeness.likely(word, among: table.commands.map(\.name) + ["help"])
    return error("there is no command \(UsageError.quoted(word))", hint: likely.map { "did you mean `\($0)`?" })
  }

  /// What can be said only at the end: are all arguments there and of the right kind, do the options go together?
  private func check(_ command: CommandSpec) throws(UsageError) {
    for set in command.exclusive {
      let given = set.filter { flags.contains($0) || values[$0] != nil }
      if given.count > 1 { throw error("`--\(given[0])` and `--\(given[1])` do not go together") }
    }
    let usage = "usage: \(table.usage(of: command))"
    let required = command.arguments.filter(\.count.isRequired)
    if arguments.count < required.count {
      throw error("`\(command.name)` needs \(required[arguments.count].name)", hint: usage)
    }
    let isOpenEnded = command.arguments.last?.count.isRepeated ?? false
    if !isOpenEnded, arguments.count > command.arguments.count {
      let extra = UsageError.quoted(arguments[command.arguments.count])
      let says =
        switch command.arguments.count {
        case 0: "takes no arguments"
        case 1: "takes one \(command.arguments[0].name)"
        default: "takes \(command.arguments.count) arguments"
        }
      throw error("`\(command.name)` \(says): \(extra) is too much", hint: usage)
    }
    for (index, word) in arguments.enumerated() {
      let spec = command.arguments[min(index, command.arguments.count - 1)]
      if let fault = spec.kind.fault(of: word) {
        throw error("\(spec.name) \(UsageError.quoted(word)) \(fault.says)", hint: fault.hint)
      }
    }
  }

  // MARK: Options

  private mutating func long(_ word: String) throws(UsageError) {
    let body = word.dropFirst(2)
    let equals = body.firstIndex(of: "=")
    let name = String(body[..<(equals ?? body.endIndex)])
    let attached = equals.map { String(body[body.index(after: $0)...]) }
    guard let option = table.options(of: command).first(where: { $0.name == name }) else { throw unknownOption(name) }
    if option.value != nil {
      try set(option, to: attached, written: "--\(name)")
    } else if attached != nil {
      throw error("`--\(name)` takes no value")
    } else {
      flags.insert(name)
    }
  }

  private enum Shorts { case understood, help }

  /// Reads `-qv`, `-C dir` and `-Cdir`.
  private mutating func shorts(_ word: String) throws(UsageError) -> Shorts {
    var rest = word.dropFirst()
    while let short = rest.popFirst() {
      guard let option = table.options(of: command).first(where: { $0.short == short }) else {
        if short == "h" { return .help }
        throw unknownShort(short, in: word)
      }
      if option.value == nil {
        flags.insert(option.name)
      } else {
        try set(option, to: rest.isEmpty ? nil : String(rest), written: "-\(short)")
        return .understood
      }
    }
    return .understood
  }

  private mutating func set(_ option: OptionSpec, to attached: String?, written: String) throws(UsageError) {
    guard let spec = option.value else { preconditionFailure("Internal inconsistency: a flag was given a value") }
    let value: String
    if let attached {
      value = attached
    } else if let next = words.first, !isOption(next) {
      value = next
      words.removeFirst()
    } else {
      throw error("`\(written)` needs a value: \(written) \(spec.name)")
    }
    if let fault = spec.kind.fault(of: value) {
      throw error("`\(written)`: \(UsageError.quoted(value)) \(fault.says)", hint: fault.hint)
    }
    if values[option.name] != nil, !option.isRepeatable { throw error("`\(written)` was given twice") }
    values[option.name, default: []].append(value)
  }

  /// Whether a word that stands where a value should is an option of its own: then the value was forgotten.
  /// Anything else with a dash in front may be a value, a negative number for one.
  private func isOption(_ word: String) -> Bool {
    if ["--", "--help", "-h", "--version"].contains(word) { return true }
    return table.options(of: command).contains { option in
      word == "--\(option.name)" || word.hasPrefix("--\(option.name)=")
        || option.short.map { word == "-\($0)" } ?? false
    }
  }

  private func unknownOption(_ name: String) -> UsageError {
    let message = "there is no option \(UsageError.quoted("--" + name))"
    if command == nil, table.commands.contains(where: { $0.options.contains { $0.name == name } }) {
      return error(message, hint: "`--\(name)` belongs behind its command")
    }
    let known = table.options(of: command).map(\.name) + ["help", "version"]
    let likely = Likeness.likely(name, among: known).map { "did you mean `--\($0)`?" }
    return error("\(message)\(command.map { " of `\($0.name)`" } ?? "")", hint: likely)
  }

  private func unknownShort(_ short: Character, in word: String) -> UsageError {
    let name = String(word.dropFirst())
    let known = table.options(of: command).map(\.name) + ["help", "version"]
    // Several letters behind one dash were probably meant as a long name.
    let likely = name.count > 1 ? Likeness.likely(name, among: known).map { "did you mean `--\($0)`?" } : nil
    let place = command.map { " of `\($0.name)`" } ?? ""
    return error("there is no option \(UsageError.quoted("-\(short)"))\(place)", hint: likely)
  }

  private func error(_ message: String, hint: String? = nil) -> UsageError {
    UsageError(message, hint: hint, command: command?.name)
  }
}
