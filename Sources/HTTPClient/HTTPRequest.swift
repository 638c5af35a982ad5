/// What is asked of a server.
///
/// It is sent once, over HTTP/1.1, as it stands here: no redirect is followed, no cookie kept, no `Origin` added.
package struct HTTPRequest: Sendable {
  package enum Body: Sendable {
    case none
    case bytes([UInt8], type: String)
    /// As `multipart/form-data`, in this order.
    case form([FormPart])
  }

  package var method = "GET"
  /// `http://` or `https://`; a name and password in it are sent by the Basic scheme.
  package var url: String
  package var headers: [(name: String, value: String)] = []
  package var body: Body = .none
  /// No connection after that long, looking up the name and TLS included: unreachable.
  package var connectLimit: Duration = .seconds(5)
  /// No byte of it taken and none of the answer come for that long: given up.
  package var idleLimit: Duration = .seconds(30)
  /// Bytes of an answer's body that are taken; more is an error.
  package var bodyLimit = 64 << 20

  package init(_ method: String = "GET", _ url: String) {
    self.method = method
    self.url = url
  }
}

/// One field of a form.
package struct FormPart: Sendable {
  package enum Content: Sendable {
    case text(String)
    case bytes([UInt8], fileName: String, type: String)
    /// Read while it is sent, never held in memory; its size is that of the moment when the request starts.
    case file(path: String, fileName: String, type: String)
  }

  package var name: String
  package var content: Content

  package init(name: String, content: Content) {
    self.name = name
    self.content = content
  }
}
