/// Everything a command line understands, said once: parsing, help, and whatever else is drawn from it (completions, man pages)
/// read this one table, so they cannot disagree.
///
/// What a line means, in the order in which it is read:
/// - Global options may stand anywhere before `--`. The first word that is no option is the command.
/// - The command's own options and its arguments may follow in any order. `--` ends the options.
/// - `--name value` and `--name=value` are the same; so are `-n value` and `-nvalue`. Short flags combine: `-qv`.
/// - `-h` and `--help` work everywhere, `PROGRAM help COMMAND` too; `--version` says the version. These are not in the table.
/// - Names are never guessed from their beginning: a script must not change its meaning because an option was added.
package struct CommandTable: Sendable {
  package let program: String
  /// One line without a full stop: what the program is.
  package let summary: String
  /// In the order in which help lists them. Neighbours with the same `group` stand under one heading.
  package let commands: [CommandSpec]
  package let globalOptions: [OptionSpec]
  /// A first session, for the top of the overview.
  package let examples: [Example]
  /// The statuses that every command may end with.
  package let exitStatuses: [ExitStatus]

  /// Stops the program when the table contradicts itself: two things of one name, or arguments that could be read in two ways.
  package init(
    program: String, summary: String, commands: [CommandSpec], globalOptions: [OptionSpec] = [],
    examples: [Example] = [],
    exitStatuses: [ExitStatus] = []
  ) {
    self.program = program
    self.summary = summary
    self.commands = commands
    self.globalOptions = globalOptions
    self.examples = examples
    self.exitStatuses = exitStatuses
    let contradictions = self.contradictions
    precondition(contradictions.isEmpty, "Internal inconsistency: \(contradictions.joined(separator: "; "))")
  }

  package func command(_ name: String) -> CommandSpec? {
    commands.first { $0.name == name }
  }

  /// The options that may be given to a command: its own, then the global ones.
  package func options(of command: CommandSpec?) -> [OptionSpec] {
    (command?.options ?? []) + globalOptions
  }

  private var contradictions: [String] {
    var found: [String] = []
    for name in Self.repeated(commands.map(\.name) + ["help"]) {
      found.append("two commands are called `\(name)`")
    }
    for command in [nil] + commands.map(Optional.some) {
      let place = command?.name ?? program
      let options = options(of: command)
      for name in Self.repeated(options.map(\.name) + ["help", "version"]) {
        found.append("`\(place)` has two options `--\(name)`")
      }
      for short in Self.repeated(options.compactMap(\.short).map(String.init) + ["h"]) {
        found.append("`\(place)` has two options `-\(short)`")
      }
      for name in Set((command?.exclusive ?? []).joined()).sorted() where !options.contains(where: { $0.name == name })
      {
        found.append("`\(place)` has no option `--\(name)`, which it calls exclusive")
      }
      let arguments = command?.arguments ?? []
      if arguments.dropLast().contains(where: \.count.isRepeated) {
        found.append("`\(place)` takes more after an argument that may repeat")
      }
      if zip(arguments, arguments.dropFirst()).contains(where: { !$0.count.isRequired && $1.count.isRequired }) {
        found.append("`\(place)` requires an argument after an optional one")
      }
    }
    return found
  }

  private static func repeated(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { !seen.insert($0).inserted }
  }
}
