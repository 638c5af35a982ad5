internal import CCurl
internal import Glibc

/// One of curl's easy handles with what has to live as long: its headers, its form, room for its errors.
///
/// For the thread of its `TransferLoop` alone.
final class EasyHandle {
  let raw: UnsafeMutableRawPointer
  private let errors: UnsafeMutablePointer<CChar>
  private let opened: UnsafeMutablePointer<reel_curl_opened>
  private var headers: UnsafeMutablePointer<curl_slist>?
  private var form: OpaquePointer?
  /// The first option that was refused. They all have to be known to this curl; a mistake in one is a mistake of ours.
  private(set) var refusal: CURLcode = CURLE_OK

  /// Nil when there is no memory.
  init?() {
    guard let raw = reel_curl_easy_init() else { return nil }
    self.raw = raw
    errors = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errors.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    opened = .allocate(capacity: 1)
    opened.initialize(to: reel_curl_opened(error: 0, socket: -1))
    check(reel_curl_set_defaults(raw, opened))
    set(CURLOPT_ERRORBUFFER, pointer: errors)
  }

  deinit {
    reel_curl_easy_cleanup(raw)
    if let form { reel_curl_form_free(form) }
    reel_curl_list_free(headers)
    errors.deallocate()
    opened.deallocate()
  }

  /// What curl says of the last failure, in its own words; may be empty.
  var errorText: String { String(cString: errors) }

  /// The errno with which no socket could be opened; 0 when that is not what went wrong.
  var socketError: Int32 { opened.pointee.error }

  /// Bytes that the kernel has of the request and not yet got across; -1 where that is not known.
  /// - Parameter port: our own, of the connection that is used.
  func unsent(port: Int32) -> Int32 { reel_curl_unsent(opened.pointee.socket, port) }

  func text(of code: CURLcode) -> String { String(cString: reel_curl_easy_strerror(code)) }

  private func check(_ code: CURLcode) {
    if refusal == CURLE_OK { refusal = code }
  }

  func set(_ option: CURLoption, _ number: Int) { check(reel_curl_set_number(raw, option, number)) }
  func set(_ option: CURLoption, size: Int) { check(reel_curl_set_size(raw, option, curl_off_t(size))) }
  func set(_ option: CURLoption, _ text: String) { check(reel_curl_set_text(raw, option, text)) }
  func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer) {
    check(reel_curl_set_pointer(raw, option, pointer))
  }

  func set(_ callbacks: reel_curl_callbacks, context: UnsafeMutableRawPointer) {
    check(reel_curl_set_callbacks(raw, callbacks, context))
  }

  /// Where the request's body comes from; the source has to outlive the handle.
  func set(_ source: BodySource) {
    check(reel_curl_set_source(raw, BodySource.read, BodySource.seek, source.context))
  }

  /// The address, and how to get there.
  func set(_ address: HostAddress, userAgent: String, connectLimit: Duration) {
    set(CURLOPT_URL, address.url)
    set(CURLOPT_USERAGENT, userAgent)
    set(CURLOPT_CONNECTTIMEOUT_MS, max(1, min(connectLimit.milliseconds, Int(Int32.max))))
    // An empty name is no proxy, whatever the environment says; a proxy cannot reach our loopback.
    if address.isLoopback { set(CURLOPT_PROXY, "") }
    // As the program curl does it: for servers whose certificate is signed by nobody that the system knows.
    for name in ["CURL_CA_BUNDLE", "SSL_CERT_FILE"] {
      guard let value = getenv(name), value.pointee != 0 else { continue }
      set(CURLOPT_CAINFO, String(cString: value))
      break
    }
  }

  /// Adds a line of the request's header, such as `Accept: image/png`; `Expect:` takes one away that curl would send.
  func addHeader(_ line: String) {
    guard let longer = reel_curl_list_append(headers, line) else { return check(CURLE_OUT_OF_MEMORY) }
    headers = longer
  }

  /// Hands the lines added to curl.
  func setHeaders() {
    if let headers { set(CURLOPT_HTTPHEADER, pointer: headers) }
  }

  /// The request's body is a form; add its parts.
  func addPart(named name: String, _ fill: (OpaquePointer) -> CURLcode) {
    if form == nil { form = reel_curl_form(raw) }
    guard let form, let part = reel_curl_form_add(form, name) else { return check(CURLE_OUT_OF_MEMORY) }
    check(fill(part))
  }

  func setForm() {
    if form == nil { form = reel_curl_form(raw) }
    if let form { set(CURLOPT_MIMEPOST, pointer: UnsafeMutableRawPointer(form)) }
  }

  func size(_ fact: CURLINFO) -> Int {
    var value: curl_off_t = 0
    reel_curl_get_size(raw, fact, &value)
    return Int(value)
  }

  func number(_ fact: CURLINFO) -> Int {
    var value = 0
    reel_curl_get_number(raw, fact, &value)
    return value
  }
}
