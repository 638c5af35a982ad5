/// A flag, or an option with a value.
package struct OptionSpec: Hashable, Sendable {
  /// What an option expects after its name.
  package struct Value: Hashable, Sendable {
    /// In capitals, as help shows it: `PORT`.
    package let name: String
    package let kind: ValueKind
  }

  /// The long name without its dashes. The option is asked for by it, also where only the short one was typed.
  package let name: String
  package let short: Character?
  /// Nil makes it a flag.
  package let value: Value?
  /// Given more than once, all values count. Of any other option a second value is refused, since one of the two would be lost in silence.
  package let isRepeatable: Bool
  package let help: String

  private init(name: String, short: Character?, value: Value?, isRepeatable: Bool, help: String) {
    self.name = name
    self.short = short
    self.value = value
    self.isRepeatable = isRepeatable
    self.help = help
  }

  package static func flag(_ name: String, short: Character? = nil, help: String) -> OptionSpec {
    OptionSpec(name: name, short: short, value: nil, isRepeatable: false, help: help)
  }

  package static func value(
    _ name: String, short: Character? = nil, _ valueName: String, kind: ValueKind = .text, isRepeatable: Bool = false,
    help: String
  ) -> OptionSpec {
    OptionSpec(
      name: name, short: short, value: Value(name: valueName, kind: kind), isRepeatable: isRepeatable, help: help)
  }
}
