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
    if before == diagnostics { return Difference() }
    var difference = Difference()
    for diagnostic in before {
      let count = (counts[diagnostic] ?? 1) - 1
      counts[diagnostic] = count == 0 ? nil : count
      if count == 0 { difference.solved.append(diagnostic) }
    }
    for diagnostic in diagnostics {
      let count = (counts[diagnostic] ?? 0) + 1
      counts[diagnostic] = count
      if count == 1 { difference.found.append(diagnostic) }
    }
    byOrigin[origin] = diagnostics.isEmpty ? nil : diagnostics
    difference.cancelOut()
    return difference
  }

  /// All that stand, by file and place.
  package var all: [Diagnostic] { counts.keys.sorted() }

  package struct Difference: Hashable, Sendable {
    package var found: [Diagnostic] = []
    package var solved: [Diagnostic] = []

    package init() {}

    package mutating func form(_ other: Difference) {
      found += other.found
      solved += other.solved
      cancelOut()
    }

    /// What was solved in one place and found in another is neither.
    fileprivate mutating func cancelOut() {
      let both = Set(found).intersection(solved)
      if both.isEmpty { return }
      found.removeAll { both.contains($0) }
      solved.removeAll { both.contains($0) }
    }
  }
}
