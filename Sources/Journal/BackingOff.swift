package import Basics

/// A want whose last attempt failed in a way that can pass, and which waits for its next one.
package struct BackingOff: Hashable, Sendable {
  package var shot: String
  package var kind: String
  package var fingerprint: Digest
  /// The number of the attempt that comes next, from 2.
  package var attempt: Int
  /// When it comes, nanoseconds since 1970.
  package var nextAt: Int64
  /// What went wrong.
  package var message: String

  package init(shot: String, kind: String, fingerprint: Digest, attempt: Int, nextAt: Int64, message: String) {
    self.shot = shot
    self.kind = kind
    self.fingerprint = fingerprint
    self.attempt = attempt
    self.nextAt = nextAt
    self.message = message
  }
}
