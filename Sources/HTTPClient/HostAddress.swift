internal import CCurl

/// A URL taken apart by curl, whose idea of it is the one that counts.
struct HostAddress: Sendable {
  /// As curl is given it: `http` or `https`.
  let url: String
  /// Host and port for people, IPv6 in brackets: `127.0.0.1:8188`.
  let host: String
  /// What a `Host` header says: without the port where it is the scheme's own.
  let hostHeader: String
  /// Path and query, as they stand in a request's first line.
  let target: String
  /// Name and password as they stand in the URL, decoded; nil without a name.
  let credentials: String?
  let isLoopback: Bool
  let isSecure: Bool

  /// For the client's thread: curl has to be loaded.
  /// - Throws: `.badAddress`. The message does not repeat the address, which may hold a password.
  init(_ text: String) throws(HTTPError) {
    if text.utf8.contains(0) { throw Self.bad("it holds a NUL") }
    var text = text
    // wss, http and https have a colon where ws:// has none.
    for (scheme, real) in [("ws://", "http://"), ("wss://", "https://")]
    where text.prefix(scheme.count).equalsIgnoringASCIICase(scheme) {
      text = real + text.dropFirst(scheme.count)
    }
    guard let scheme = text.firstIndex(of: ":").map({ text[..<$0] }), text[scheme.endIndex...].hasPrefix("://"),
      scheme.equalsIgnoringASCIICase("http") || scheme.equalsIgnoringASCIICase("https")
    else { throw Self.bad("it does not begin with http:// or https://") }
    guard let parts = reel_curl_url() else { throw Self.bad("there is no memory") }
    defer { reel_curl_url_free(parts) }
    let code = reel_curl_url_set(parts, CURLUPART_URL, text, 0)
    if code != CURLUE_OK { throw Self.bad(String(cString: reel_curl_url_strerror(code)).lowercased()) }
    func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
      var value: UnsafeMutablePointer<CChar>?
      guard reel_curl_url_get(parts, part, &value, flags) == CURLUE_OK, let value else { return nil }
      defer { reel_curl_free(value) }
      return String(cString: value)
    }
    guard let url = part(CURLUPART_URL), let name = part(CURLUPART_HOST), !name.isEmpty,
      let port = part(CURLUPART_PORT, reel_curl_default_port), port != "0"
    else { throw Self.bad("it names no host") }
    self.url = url
    isSecure = part(CURLUPART_SCHEME) == "https"
    host = "\(name):\(port)"
    hostHeader = port == (isSecure ? "443" : "80") ? name : host
    target = (part(CURLUPART_PATH) ?? "/") + (part(CURLUPART_QUERY).map { "?\($0)" } ?? "")
    credentials = part(CURLUPART_USER, UInt32(CURLU_URLDECODE)).map { user in
      "\(user):\(part(CURLUPART_PASSWORD, UInt32(CURLU_URLDECODE)) ?? "")"
    }
    isLoopback = Self.isLoopback(name)
  }

  private static func bad(_ reason: String) -> HTTPError {
    HTTPError(.badAddress, "the address of the server cannot be read: \(reason)", neverArrived: true)
  }

  /// Whether it names this machine itself.
  private static func isLoopback(_ name: String) -> Bool {
    let name = name.lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") || ["[::1]", "[::]", "0.0.0.0"].contains(name) {
      return true
    }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }
}
