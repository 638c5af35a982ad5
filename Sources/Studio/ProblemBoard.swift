package import Basics
package import ProjectFiles

/// The problems that stand, by where they come from, so that a change tells which are new and which are solved.
package struct ProblemBoard: Sendable {
  /// What a problem was found in.
  package enum Origin: Hashable, Sendable {
    case file(ProjectPath)
    case shot(ShotAddress)
  }

  private var byOrigin: [Origin: [Diagnostic]] = [:]
  /// Several shots may have the same one, as when all inherit an engine that is not there.
  private var counts: [Diagnostic: Int] = [:]

  package init() {}

  /// Replaces what was found in one place.
  package mutating func set(_ diagnostics: [Diagnostic], of origin: Origin) -> Difference {
    let before = byOrigin[origin] ?? []
    var difference = Difference()
    if before == diagnostics { return difference }
    for diagnostic in before {
      let count = (counts[diagnostic] ?? 1) - 1
      counts[diagnostic] = count == 0 ? nil : count
      if count == 0 { difference.note(diagnostic, -1) }
    }
    for diagnostic in diagnostics {
      let count = (counts[diagnostic] ?? 0) + 1
      counts[diagnostic] = count
      if count == 1 { difference.note(diagnostic, 1) }
    }
    byOrigin[origin] = diagnostics.isEmpty ? nil : diagnostics
    return difference
  }

  /// All that stand, by file and place.
  package var all: [Diagnostic] { counts.keys.sorted() }

  /// What came and what went. What was solved in one place and found in another is neither.
  package struct Difference: Hashable, Sendable {
    /// 1 for what was found, -1 for what was solved.
    private var balance: [Diagnostic: Int] = [:]

    package init() {}

    package var found: [Diagnostic] { balance.filter { $0.value > 0 }.keys.sorted() }
    package var solved: [Diagnostic] { balance.filter { $0.value < 0 }.keys.sorted() }

    package mutating func form(_ other: Difference) {
      for (diagnostic, sign) in other.balance { note(diagnostic, sign) }
    }

    fileprivate mutating func note(_ diagnostic: Diagnostic, _ sign: Int) {
      let sum = balance[diagnostic, default: 0] + sign
      balance[diagnostic] = sum == 0 ? nil : sum
    }
  }
}
