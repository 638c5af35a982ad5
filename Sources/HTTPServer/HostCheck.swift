/// Whether a request comes from our own page, or from whoever opened it, and not from another page in the same browser.
///
/// Any page on the net can make a browser ask 127.0.0.1, by a form, a picture, a script, or a name of its own that it lets point there (DNS
/// rebinding). What such a request cannot do is bear our `Host` and our `Origin`.
package struct HostCheck: Sendable {
  private let hosts: [String]

  package init(port: UInt16) {
    hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
  }

  /// Nil when the request may be looked at further.
  package func refusal(of head: RequestHead) -> HTTPFault? {
    let foreignHost = HTTPFault(
      403, "foreign-host", "this page is only there for this computer, under the address that reel says")
    let foreignOrigin = HTTPFault(403, "foreign-origin", "this page answers its own requests only")
    guard head.version == "HTTP/1.1" else { return foreignHost }
    let names = head.values(of: "host")
    guard names.count == 1, hosts.contains(names[0]) else { return foreignHost }
    // What stands twice is read by one as the first and by another as the last.
    for name in ["origin", "cookie", "content-length", "content-type", "transfer-encoding", "sec-fetch-site", "range"]
    where head.values(of: name).count > 1 {
      return HTTPFault(400, "bad-call", "the header \(name) stands there twice")
    }
    let origin = head.value(of: "origin")
    if let origin {
      if origin != "http://\(names[0])" { return foreignOrigin }
    } else if head.method != "GET", head.method != "HEAD" {
      return foreignOrigin
    }
    switch head.value(of: "sec-fetch-site") {
    case nil, "same-origin"?, "none"?: return nil
    default:
      // Somebody followed a link to the page: that shows the page and nothing else.
      let isVisit = head.value(of: "sec-fetch-mode") == "navigate" && head.value(of: "sec-fetch-dest") == "document"
      return isVisit && head.path == "/" && head.method == "GET" ? nil : foreignOrigin
    }
  }
}
