internal import Basics
internal import CCurl
internal import CShims

/// libcurl, loaded once for the whole process, by whoever needs it first.
enum CurlLibrary {
  /// What keeps it from being used; nil when it is there.
  static let fault: HTTPError? = {
    // OpenSSL is prepared by whoever comes first, and with its own way of ending it races threads that still use it: Basics, which leaves
    // that out, goes first.
    _ = Digest(of: [])
    guard let said = reel_curl_load() else { return nil }
    return HTTPError(
      .local, "libcurl cannot be used: \(String(cString: said)); on Debian and Ubuntu it is in the package libcurl4",
      neverArrived: true)
  }()
}
