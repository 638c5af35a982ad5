/// What could stand where the cursor is: what the table knows by itself, and what only the program or the shell can say.
package struct Completion: Hashable, Sendable {
  /// One word that could stand there, and what it means.
  package struct Candidate: Hashable, Sendable {
    /// The whole word: `--color=auto` where only `auto` is new.
    package let word: String
    /// One line; may be empty.
    package let says: String

    package init(_ word: String, says: String = "") {
      self.word = word
      self.says = says
    }
  }

  /// Those that begin with what is typed already.
  package var candidates: [Candidate] = []
  /// A value of this kind could stand there that the table cannot list, such as a shot or a file.
  package var kind: ValueKind?
  /// What stands before the value in the same word, such as `--directory=`.
  package var prefix = ""
  /// What is typed of the value.
  package var typed = ""
  /// The values of the options that were typed before the cursor, by name: whoever lists shots wants to know `--directory`.
  package var values: [String: String] = [:]
}

extension CommandTable {
  /// What could stand at the end of a line that is still being typed.
  ///
  /// Lenient where parsing is strict: a wrong word earlier in the line does not matter.
  /// - Parameters:
  ///   - words: the finished words after the program's name.
  ///   - last: the word at the cursor, as far as it is typed; may be empty.
  package func completion(after words: [String], typing last: String) -> Completion {
    var line = TypedLine(table: self)
    for word in words { line.read(word) }
    return line.completion(of: last)
  }
}

/// A line as far as it is typed.
private struct TypedLine {
  let table: CommandTable
  var command: CommandSpec?
  var isHelp = false
  var isAfterDashes = false
  /// The option whose value comes next.
  var awaiting: OptionSpec?
  var given: Set<String> = []
  var values: [String: String] = [:]
  var argumentCount = 0

  mutating func read(_ word: String) {
    if let option = awaiting {
      values[option.name] = word
      awaiting = nil
    } else if isAfterDashes || word == "-" || !word.hasPrefix("-") {
      readPositional(word)
    } else if word == "--" {
      isAfterDashes = true
    } else if word.hasPrefix("--") {
      readLong(word.dropFirst(2))
    } else {
      readShorts(word.dropFirst())
    }
  }

  private mutating func readPositional(_ word: String) {
    if command != nil || isHelp {
      argumentCount += 1
    } else if word == "help" {
      isHelp = true
    } else {
      command = table.command(word)
    }
  }

  private mutating func readLong(_ body: Substring) {
    let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let option = table.options(of: command).first(where: { $0.name == parts[0] }) else { return }
    given.insert(option.name)
    if option.value == nil { return }
    if parts.count == 2 { values[option.name] = String(parts[1]) } else { awaiting = option }
  }

  private mutating func readShorts(_ letters: Substring) {
    var rest = letters
    while let letter = rest.popFirst() {
      guard let option = table.options(of: command).first(where: { $0.short == letter }) else { return }
      given.insert(option.name)
      if option.value == nil { continue }
      if rest.isEmpty { awaiting = option } else { values[option.name] = String(rest) }
      return
    }
  }

  func completion(of last: String) -> Completion {
    var completion = Completion(values: values)
    if let option = awaiting {
      offer(option.value?.kind, last, prefix: "", &completion)
    } else if !isAfterDashes, last.hasPrefix("--"), let equals = last.firstIndex(of: "=") {
      let name = last[last.index(last.startIndex, offsetBy: 2)..<equals]
      let option = table.options(of: command).first { $0.name == name }
      let start = last.index(after: equals)
      offer(option?.value?.kind, String(last[start...]), prefix: String(last[..<start]), &completion)
    } else if !isAfterDashes, last.hasPrefix("-") {
      completion.candidates = options(beginningWith: last)
    } else if command == nil {
      offer(.command, last, prefix: "", &completion)
      if !isHelp, "help".hasPrefix(last) {
        completion.candidates.append(.init("help", says: "say more about a command"))
      }
    } else if let argument {
      offer(argument.kind, last, prefix: "", &completion)
    }
    return completion
  }

  /// The argument at whose place the cursor is.
  private var argument: ArgumentSpec? {
    guard let arguments = command?.arguments, let last = arguments.last else { return nil }
    if argumentCount < arguments.count { return arguments[argumentCount] }
    return last.count.isRepeated ? last : nil
  }

  private func offer(_ kind: ValueKind?, _ typed: String, prefix: String, _ completion: inout Completion) {
    completion.prefix = prefix
    completion.typed = typed
    let known: [Completion.Candidate]
    switch kind {
    case .choice(let choices): known = choices.map { .init($0) }
    case .command: known = isHelp && argumentCount > 0 ? [] : table.commands.map { .init($0.name, says: $0.summary) }
    case .file, .directory, .shot, .take:
      completion.kind = kind
      return
    case .text, .integer, nil: return
    }
    completion.candidates = known.filter { $0.word.hasPrefix(typed) }.map { .init(prefix + $0.word, says: $0.says) }
  }

  /// Those that may still be given: not twice, and none that excludes one that is there.
  private func options(beginningWith typed: String) -> [Completion.Candidate] {
    var refused: Set<String> = []
    for set in command?.exclusive ?? [] where !given.isDisjoint(with: set) { refused.formUnion(set) }
    var found: [Completion.Candidate] = []
    for option in table.options(of: command) + CommandTable.everywhere {
      if refused.contains(option.name) || (given.contains(option.name) && !option.isRepeatable) { continue }
      let name = "--\(option.name)"
      if name.hasPrefix(typed) { found.append(.init(name, says: option.help)) }
      if let short = option.short, typed == "-\(short)" { found.append(.init(typed, says: option.help)) }
    }
    return found
  }
}
