internal import Basics
internal import Journal
internal import ProjectFiles

/// Which definitions of engines a person trusts, by the hash of all that they say; kept in the journal, outside of the project.
struct TrustBook: Sendable {
  /// Made by `reel init` in this place: what a person writes into it here is the person's own.
  var isMadeHere = false
  private var known: [Digest: Bool] = [:]
  /// What the journal does not have yet.
  private(set) var unwritten: [TrustRow] = []

  mutating func remember(_ row: TrustRow) { known[row.definition] = row.isTrusted }

  /// Whether an engine may run as it is defined now. A definition that is seen for the first time is trusted when it was written
  /// here by hand into a project that was made here; once it had to be asked for, being seen again does not change that.
  mutating func isTrusted(_ facts: TrustFacts, from origin: Provenance.Origin) -> Bool {
    if facts.origin == .user { return true }
    if let known = known[facts.digest] { return known }
    let isOwn = isMadeHere && origin == .hand
    set(facts, isTrusted: isOwn)
    return isOwn
  }

  mutating func trust(_ facts: TrustFacts) { set(facts, isTrusted: true) }

  func isTrusted(_ facts: TrustFacts) -> Bool { facts.origin == .user || known[facts.digest] == true }

  private mutating func set(_ facts: TrustFacts, isTrusted: Bool) {
    known[facts.digest] = isTrusted
    unwritten.append(TrustRow(definition: facts.digest, engine: facts.engine, isTrusted: isTrusted))
  }

  mutating func takeUnwritten() -> [TrustRow] {
    defer { unwritten = [] }
    return unwritten
  }
}
