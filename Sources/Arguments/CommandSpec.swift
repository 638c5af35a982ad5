/// One command: what it is for, what it takes, how it ends.
package struct CommandSpec: Hashable, Sendable {
  package let name: String
  /// The heading under which the overview lists it.
  package let group: String
  /// One line without a full stop, as it stands in the overview: "show what would be generated and why".
  package let summary: String
  /// Whole sentences for who wants to know more. An empty line starts a paragraph.
  package let discussion: String
  package let arguments: [ArgumentSpec]
  package let options: [OptionSpec]
  /// Sets of options, by name, of which at most one may be given.
  package let exclusive: [[String]]
  package let examples: [Example]
  /// The statuses that mean something particular after this command; the table holds what all have in common.
  package let exitStatuses: [ExitStatus]

  package init(
    _ name: String, group: String = "Commands", summary: String, discussion: String = "",
    arguments: [ArgumentSpec] = [],
    options: [OptionSpec] = [], exclusive: [[String]] = [], examples: [Example] = [], exitStatuses: [ExitStatus] = []
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.discussion = discussion
    self.arguments = arguments
    self.options = options
    self.exclusive = exclusive
    self.examples = examples
    self.exitStatuses = exitStatuses
  }
}

/// A line that works as it stands, and what it does.
package struct Example: Hashable, Sendable {
  /// As it would be typed, the program's name included.
  package let line: String
  package let says: String

  package init(_ line: String, says: String) {
    self.line = line
    self.says = says
  }
}

/// What a script may conclude from how the program ended.
package struct ExitStatus: Hashable, Sendable {
  package let code: Int32
  package let says: String

  package init(_ code: Int32, says: String) {
    self.code = code
    self.says = says
  }
}
