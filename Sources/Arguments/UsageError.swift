/// A command line that cannot be understood: what is wrong with it and what was probably meant.
package struct UsageError: Error, Hashable, Sendable {
  /// EX_USAGE of sysexits.h: no status that a command gives means the same.
  package static let exitStatus: Int32 = 64

  /// One sentence without a capital or a full stop. Words of the command line stand in it in backquotes, made harmless for terminals.
  package let message: String
  /// What to do about it, such as "did you mean `status`?".
  package let hint: String?
  /// The command it happened in, once that was known.
  package let command: String?

  package init(_ message: String, hint: String? = nil, command: String? = nil) {
    self.message = message
    self.hint = hint
    self.command = command
  }

  /// The error as it goes to a terminal, ending with the way to more help.
  package func text(program: String) -> String {
    let hint = hint.map { "  \($0)\n" } ?? ""
    let help = command.map { "\(program) help \($0)" } ?? "\(program) help"
    return "error: \(message)\n\(hint)see `\(help)`\n"
  }

  /// A word of the command line for use in a message: in backquotes, with everything that could steer a terminal made visible.
  static func quoted(_ word: String) -> String {
    var result = "`"
    for scalar in word.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "`"
  }
}
