package import Basics
package import JSONText

/// An output that this user's engines made once and that the cache holds: what its sidecar said, but for whom it was made.
package struct CachedOutput: Hashable, Sendable {
  package var fingerprint: Digest
  package var kind: Kind
  package var output: Sidecar.Output
  package var engine: Sidecar.EngineFacts
  package var created: String?
  package var seconds: Double?

  package init(_ sidecar: Sidecar) {
    fingerprint = sidecar.fingerprint
    kind = sidecar.kind
    output = sidecar.output
    engine = sidecar.engine
    created = sidecar.created
    seconds = sidecar.seconds
  }

  /// The sidecar of a take that is restored: who made it and when stays as it was.
  package func sidecar(for shot: String, recipe: JSONObject) -> Sidecar {
    Sidecar(
      kind: kind, shot: shot, fingerprint: fingerprint, recipe: recipe, output: output, engine: engine,
      created: created, seconds: seconds)
  }
}
