package import Basics

/// A want that is not tried again by itself, since its job failed for good or was cancelled by a person.
///
/// It is known by shot, kind and fingerprint: a changed recipe is another want.
package struct StandingDown: Hashable, Sendable {
  package var shot: String
  package var kind: String
  package var fingerprint: Digest
  /// `failed` or `cancelled`.
  package var state: JobState
  /// What went wrong.
  package var message: String?
  /// Nanoseconds since 1970.
  package var since: Int64

  package init(
    shot: String, kind: String, fingerprint: Digest, state: JobState, message: String?, since: Int64
  ) {
    self.shot = shot
    self.kind = kind
    self.fingerprint = fingerprint
    self.state = state
    self.message = message
    self.since = since
  }
}
