package import Basics
package import JSONText

/// Everything that decides a take's bytes, and nothing else, as JSON; its hash is the fingerprint.
///
/// Every recipe holds `version` (of its own form), `kind` and `engine` (the type); the rest is the engine's. What is not in it
/// makes nothing stale: paths, notes, order, server addresses, spelling.
package struct Recipe: Hashable, Sendable {
  package let fields: JSONObject
  package let fingerprint: Digest

  package init(_ fields: JSONObject) {
    self.fields = fields
    self.fingerprint = Self.fingerprint(of: fields)
  }

  /// SHA-256 over the canonical JSON (RFC 8785) of the recipe.
  package static func fingerprint(of fields: JSONObject) -> Digest {
    Digest(of: JSON.object(fields).canonical)
  }

  /// The text that was hashed.
  package var canonicalText: String { JSON.object(fields).canonicalText }
}
