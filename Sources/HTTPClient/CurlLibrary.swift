package import Basics
internal import CCurl

/// libcurl, loaded once for the whole process, by whoever needs it first.
package enum CurlLibrary {
  /// What keeps it from being used; nil when it is there.
  package static let missing: MissingLibrary? = reel_curl_load().map {
    MissingLibrary("libcurl", package: "libcurl4", reason: String(cString: $0))
  }

  /// The same as the end of a request.
  static let fault: HTTPError? = missing.map {
    HTTPError(
      .local,
      "libcurl cannot be used: \($0.reason); on Debian and Ubuntu it is in the package \($0.package)",
      neverArrived: true)
  }
}
