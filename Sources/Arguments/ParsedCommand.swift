/// What a command line asks for.
package enum Invocation: Hashable, Sendable {
  case run(ParsedCommand)
  /// Help about one command, or the overview when nil; also what the bare program name means.
  case help(command: String?)
  case version
}

/// A command with its options and arguments, checked against the table.
///
/// Asking for an option or an argument that the command does not have is a fault of this program, not of its user, and ends it.
package struct ParsedCommand: Hashable, Sendable {
  package let name: String
  /// All words that are no options, in order.
  package let arguments: [String]
  private let flags: [String: Bool]
  private let values: [String: [String]]
  private let argumentsByName: [String: [String]]

  init(
    _ spec: CommandSpec, options: [OptionSpec], flags: Set<String>, values: [String: [String]], arguments: [String]
  ) {
    name = spec.name
    self.arguments = arguments
    self.flags = .init(
      uniqueKeysWithValues: options.filter { $0.value == nil }.map { ($0.name, flags.contains($0.name)) })
    self.values = .init(
      uniqueKeysWithValues: options.filter { $0.value != nil }.map { ($0.name, values[$0.name] ?? []) })
    var rest = arguments[...]
    argumentsByName = .init(
      uniqueKeysWithValues: spec.arguments.map { argument in
        let words = argument.count.isRepeated ? rest : rest.prefix(1)
        rest = rest.dropFirst(words.count)
        return (argument.name, Array(words))
      })
  }

  package func flag(_ name: String) -> Bool {
    guard let flag = flags[name] else { preconditionFailure(Self.unknown(name, of: self.name)) }
    return flag
  }

  /// All values of a repeatable option, in order.
  package func values(_ name: String) -> [String] {
    guard let values = values[name] else { preconditionFailure(Self.unknown(name, of: self.name)) }
    return values
  }

  package func value(_ name: String) -> String? {
    values(name).last
  }

  /// The value of an option of the kind `.integer`.
  package func integer(_ name: String) -> Int? {
    value(name).flatMap { Int($0) }
  }

  /// The words an argument stands for, none when it was left out.
  package func arguments(_ name: String) -> [String] {
    guard let words = argumentsByName[name] else { preconditionFailure(Self.unknown(name, of: self.name)) }
    return words
  }

  package func argument(_ name: String) -> String? {
    arguments(name).first
  }

  private static func unknown(_ name: String, of command: String) -> String {
    "Internal inconsistency: the command `\(command)` has nothing called `\(name)`"
  }
}
