/// A word of a command that is no option, known by its place.
package struct ArgumentSpec: Hashable, Sendable {
  /// How many words it stands for.
  package enum Count: Hashable, Sendable {
    case one
    case optional
    case any
    case oneOrMore

    package var isRequired: Bool { self == .one || self == .oneOrMore }
    package var isRepeated: Bool { self == .any || self == .oneOrMore }
  }

  /// In capitals: `SHOT`.
  package let name: String
  package let count: Count
  package let kind: ValueKind
  package let help: String

  package init(_ name: String, _ count: Count = .one, kind: ValueKind = .text, help: String) {
    self.name = name
    self.count = count
    self.kind = kind
    self.help = help
  }

  /// As a usage line spells it: `SHOT`, `[SHOT]`, `[SHOT...]` or `SHOT...`.
  package var usage: String {
    switch count {
    case .one: name
    case .optional: "[\(name)]"
    case .any: "[\(name)...]"
    case .oneOrMore: "\(name)..."
    }
  }
}
