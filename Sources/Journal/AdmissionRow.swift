package import Basics

/// A want on an engine that costs, and whether it was let in or held back.
package struct AdmissionRow: Hashable, Sendable {
  package var shot: String
  package var kind: String
  package var fingerprint: Digest
  /// The engine's name in the project: the same recipe on another engine is another expense.
  package var engine: String
  /// Nil takes the row out.
  package var mark: String?

  package init(shot: String, kind: String, fingerprint: Digest, engine: String, mark: String?) {
    self.shot = shot
    self.kind = kind
    self.fingerprint = fingerprint
    self.engine = engine
    self.mark = mark
  }
}

/// A definition of an engine that was seen.
package struct TrustRow: Hashable, Sendable {
  /// Over all that the definition says.
  package var definition: Digest
  package var engine: String
  package var isTrusted: Bool

  package init(definition: Digest, engine: String, isTrusted: Bool) {
    self.definition = definition
    self.engine = engine
    self.isTrusted = isTrusted
  }
}
