/// Why there is no answer, or no connection any more.
package struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// The URL, or a header of the request, is not one.
    case badAddress
    /// No address is known for the host's name.
    case unresolved
    /// The host refuses connections to this port.
    case refused
    /// No connection came about in time, or there is no way to the host.
    case unreachable
    /// TLS does not come about, or the certificate is not to be trusted.
    case insecure
    /// The connection broke, or what came over it is not what was to come.
    case lost
    /// Nothing moved for too long.
    case timedOut
    /// The answer, or a message, is larger than what is taken.
    case tooLarge
    case cancelled
    /// This machine's disk, descriptors, memory or libraries.
    case local
  }

  package var kind: Kind
  /// A sentence for the user without a full stop. It names host and port, never a password or a query.
  package var message: String
  /// Whether the server has certainly seen nothing of the request: no byte of it was sent.
  package var neverArrived: Bool
  /// The status with which a WebSocket was refused.
  package var status: Int?

  package init(_ kind: Kind, _ message: String, neverArrived: Bool, status: Int? = nil) {
    self.kind = kind
    self.message = message
    self.neverArrived = neverArrived
    self.status = status
  }

  package var description: String { message }
}
