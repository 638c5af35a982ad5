internal import CCurl
internal import Glibc

extension HTTPError {
  /// What the end of a transfer means.
  /// - Parameter host: host and port.
  /// - Parameter hasBegun: whether a byte of the request may have been sent.
  init(_ code: CURLcode, of easy: EasyHandle, host: String, connectLimit: Duration, hasBegun: Bool) {
    let (kind, message) = Self.meaning(of: code, easy, host: host, connectLimit: connectLimit, hasBegun: hasBegun)
    self.init(kind, message, neverArrived: !hasBegun)
  }

  private static func meaning(
    of code: CURLcode, _ easy: EasyHandle, host: String, connectLimit: Duration, hasBegun: Bool
  ) -> (Kind, String) {
    // Where a proxy is named, the fault may be its own.
    let detail = easy.errorText.isEmpty ? easy.text(of: code) : easy.errorText
    switch code {
    case CURLE_URL_MALFORMAT: return (.badAddress, "the address of \(host) cannot be read: \(detail)")
    case CURLE_COULDNT_RESOLVE_HOST:
      return (.unresolved, "\(host) cannot be found: no address is known for that name")
    case CURLE_COULDNT_RESOLVE_PROXY: return (.unresolved, "the proxy on the way to \(host) cannot be found: \(detail)")
    case CURLE_COULDNT_CONNECT: return unconnected(easy, host: host, detail: detail)
    case CURLE_PROXY: return (.unreachable, "the proxy on the way to \(host) does not connect: \(detail)")
    case CURLE_OPERATION_TIMEDOUT where !hasBegun:
      return (.unreachable, "\(host) cannot be reached: no connection within \(connectLimit.words)")
    case CURLE_OPERATION_TIMEDOUT: return (.timedOut, "\(host) took too long: \(detail)")
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
      return (.insecure, "there is no secure connection to \(host): \(detail)")
    case CURLE_GOT_NOTHING: return (.lost, "\(host) closed the connection without an answer")
    case CURLE_PARTIAL_FILE: return (.lost, "\(host) broke its answer off: \(detail)")
    case CURLE_SEND_ERROR: return (.lost, "the connection to \(host) broke while it was being asked: \(detail)")
    case CURLE_RECV_ERROR: return (.lost, "the connection to \(host) broke before its answer was whole: \(detail)")
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
      return (.lost, "what \(host) answers is not HTTP: \(detail)")
    case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION:
      return (.local, "\(host) cannot be asked: \(detail)")
    default: return (hasBegun ? .lost : .unreachable, "\(host) does not answer: \(detail)")
    }
  }

  private static func unconnected(_ easy: EasyHandle, host: String, detail: String) -> (Kind, String) {
    if easy.socketError != 0 {
      let reason = String(cString: strerror(easy.socketError)).lowercased()
      return (.local, "no connection to \(host) can be opened on this machine: \(reason)")
    }
    let code = easy.number(CURLINFO_OS_ERRNO)
    // Curl's text names the host that it called. Where that is another one, it is a proxy.
    let name = host[..<(host.lastIndex(of: ":") ?? host.endIndex)].drop { $0 == "[" }.prefix { $0 != "]" }
    if detail.hasPrefix("Failed to connect to "), !detail.hasPrefix("Failed to connect to \(name) ") {
      return (.unreachable, "the proxy on the way to \(host) does not connect: \(detail)")
    }
    switch Int32(code) {
    case ECONNREFUSED: return (.refused, "\(host) refuses connections: nothing listens there")
    case EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL:
      return (.local, "no connection to \(host) can be opened on this machine: \(detail)")
    case 0: return (.unreachable, "\(host) cannot be reached: \(detail)")
    default:
      return (.unreachable, "\(host) cannot be reached: \(String(cString: strerror(Int32(code))).lowercased())")
    }
  }
}

extension Duration {
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(clamping: seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }

  /// "5 s" or "300 ms".
  var words: String { milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms" }
}
