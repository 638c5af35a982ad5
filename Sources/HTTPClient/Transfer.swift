internal import Basics
internal import CCurl
internal import Synchronization

/// One request under way.
///
/// Made by the task that asks; from then on all but `reply` and `isCancelled` belongs to the thread of the `TransferLoop`, which is why
/// it is sendable.
final class Transfer: @unchecked Sendable {
  /// Where the body of a good answer goes.
  enum Destination: Sendable {
    case memory
    case file(path: String, limit: Int)
  }

  let request: HTTPRequest
  let destination: Destination
  let reply = Reply<HTTPResponse>()
  /// Set by the task that asked: it may be before the loop hears of the transfer.
  let isCancelled = Atomic(false)

  private(set) var easy: EasyHandle?
  /// Host and port, as far as they are known.
  private(set) var host = "the server"
  private var sources: [BodySource] = []
  /// Whether a byte of the request may have been sent. Once true it stays so, whatever connection comes after.
  private var hasBegun = false
  private var lastMove = SuspendingClock.now
  /// What the kernel still had to send when it was last asked.
  private var unsent: Int32 = -1
  /// Our own port, of the connection that is used.
  private var port: Int32 = 0
  /// Why the transfer is broken off by us, from inside curl.
  private var failure: HTTPError?

  private var response = HTTPResponse(status: 0)
  private var isHeaderWhole = false
  private var headerSize = 0
  private var received = 0
  private var file: DownloadFile?

  init(_ request: HTTPRequest, into destination: Destination) {
    self.request = request
    self.destination = destination
  }

  // MARK: The loop's view

  /// Makes it ready for the loop's multi handle.
  func prepare(userAgent: String) throws(HTTPError) -> UnsafeMutableRawPointer {
    let address = try HostAddress(request.url)
    host = address.host
    guard let easy = EasyHandle() else {
      throw HTTPError(.local, "there is no memory to ask \(host)", neverArrived: true)
    }
    self.easy = easy
    easy.set(address, userAgent: userAgent, connectLimit: request.connectLimit)
    easy.set(
      reel_curl_callbacks(header: Self.header, body: Self.body, before: Self.before),
      context: Unmanaged.passUnretained(self).toOpaque())
    if case .file = destination {
      easy.set(CURLOPT_BUFFERSIZE, 256 << 10)
    } else {
      easy.set(CURLOPT_BUFFERSIZE, 64 << 10)
    }
    try setHeaders(of: easy)
    try setBody(of: easy)
    if easy.refusal != CURLE_OK {
      throw HTTPError(.local, "\(host) cannot be asked: \(easy.text(of: easy.refusal))", neverArrived: true)
    }
    return easy.raw
  }

  /// When it has waited too long; nil while there is no connection, for which curl has its own limit.
  var deadline: SuspendingClock.Instant? { hasBegun ? lastMove + request.idleLimit : nil }

  /// Curl is done with it.
  func finish(_ code: CURLcode) {
    reply.give(Result { () throws(HTTPError) in try outcome(code) })
    release()
  }

  /// Looks closer when its limit is reached: megabytes that curl has given to the kernel may still be on their way to a slow server.
  /// - Returns: whether something has moved after all since it was last looked at; then the limit is a later one.
  func hasMoved() -> Bool {
    guard let easy else { return false }
    let left = easy.unsent(port: port)
    defer { unsent = left }
    // The last of it may have gone at any moment since the last look.
    if left < 0 || left == max(0, unsent) { return false }
    lastMove = .now
    return true
  }

  func expire() {
    end(.timedOut, "nothing moved between here and \(host) for \(request.idleLimit.words)")
  }

  func cancel() {
    end(.cancelled, "the request to \(host) was cancelled")
  }

  /// Ends it before curl does. Its handle must not be in use any more.
  func end(_ kind: HTTPError.Kind, _ message: String) {
    end(with: HTTPError(kind, message, neverArrived: !hasBegun))
  }

  func end(with error: HTTPError) {
    // The unfinished file goes before anyone hears of the end.
    release()
    reply.give(.failure(error))
  }

  private func release() {
    easy = nil
    sources = []
    file = nil
  }

  private func outcome(_ code: CURLcode) throws(HTTPError) -> HTTPResponse {
    defer { file = nil }
    if let failure { throw failure }
    if let source = sources.first(where: { $0.failure != nil }), let said = source.failure {
      throw HTTPError(.local, said, neverArrived: !hasBegun)
    }
    if code != CURLE_OK, let easy {
      throw HTTPError(code, of: easy, host: host, connectLimit: request.connectLimit, hasBegun: hasBegun)
    }
    // Curl takes a header that breaks off for a whole one.
    if !isHeaderWhole {
      throw HTTPError(.lost, "\(host) broke its answer off in the middle of the header", neverArrived: false)
    }
    if let file {
      do { try file.finish() } catch { throw HTTPError(.local, error.description, neverArrived: false) }
    }
    return response
  }
}

// MARK: - The request

extension Transfer {
  private func setHeaders(of easy: EasyHandle) throws(HTTPError) {
    // Curl would wait a second for the leave to send a large body.
    easy.addHeader("Expect:")
    for (name, value) in request.headers {
      easy.addHeader(try HeaderLine(name: name, value: value).forCurl)
    }
    if request.headers.contains(where: { $0.name.equalsIgnoringASCIICase("Content-Type") }) {
      // Said already; twice would be an error.
    } else if case .bytes(_, let type) = request.body {
      easy.addHeader(try HeaderLine(name: "Content-Type", value: type).forCurl)
    } else if case .none = request.body {
      // Curl would call an empty body a form.
      easy.addHeader("Content-Type:")
    }
    easy.setHeaders()
  }

  private func setBody(of easy: EasyHandle) throws(HTTPError) {
    if !HeaderLine.isToken(request.method) {
      throw HTTPError(.badAddress, "'\(request.method)' is no method of HTTP", neverArrived: true)
    }
    switch request.body {
    case .none where request.method == "GET": break
    case .none where request.method == "HEAD": easy.set(CURLOPT_NOBODY, 1)
    case .none where ["POST", "PUT", "PATCH"].contains(request.method): post(BodySource([]), easy)
    case .none: easy.set(CURLOPT_CUSTOMREQUEST, request.method)
    case .bytes(let bytes, _): post(BodySource(bytes), easy)
    case .form(let parts):
      for part in parts { try add(part, easy) }
      easy.setForm()
      if request.method != "POST" { easy.set(CURLOPT_CUSTOMREQUEST, request.method) }
    }
    // On a connection that was kept, curl sends a request again when the server closes it without a word. What changes something must
    // not be sent twice: it gets a connection of its own, on which nothing is repeated.
    if !["GET", "HEAD", "OPTIONS"].contains(request.method) { easy.set(CURLOPT_FRESH_CONNECT, 1) }
  }

  private func post(_ source: BodySource, _ easy: EasyHandle) {
    easy.set(CURLOPT_POST, 1)
    if request.method != "POST" { easy.set(CURLOPT_CUSTOMREQUEST, request.method) }
    easy.set(CURLOPT_POSTFIELDSIZE_LARGE, size: source.count)
    hold(source)
    easy.set(source)
  }

  private func add(_ part: FormPart, _ easy: EasyHandle) throws(HTTPError) {
    switch part.content {
    case .text(let text):
      easy.addPart(named: part.name) { field in
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { reel_curl_part_text(field, $0.baseAddress, $0.count) }
      }
    case .bytes(let bytes, let name, let type): add(BodySource(bytes), part.name, fileName: name, type: type, easy)
    case .file(let path, let name, let type):
      do throws(FileError) {
        add(try BodySource(path: path), part.name, fileName: name, type: type, easy)
      } catch {
        throw HTTPError(.local, error.description, neverArrived: true)
      }
    }
  }

  private func add(_ source: BodySource, _ name: String, fileName: String, type: String, _ easy: EasyHandle) {
    hold(source)
    easy.addPart(named: name) { field in
      let code = reel_curl_part_source(
        field, curl_off_t(source.count), BodySource.read, BodySource.seek, source.context)
      return code == CURLE_OK ? reel_curl_part_file(field, fileName, type) : code
    }
  }

  private func hold(_ source: BodySource) {
    source.moved = { [unowned self] in lastMove = .now }
    sources.append(source)
  }
}

// MARK: - What curl calls

extension Transfer {
  /// The most that a header may have, all lines together.
  private static let headerLimit = 256 << 10

  private static func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  private static let before:
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?, Int32, Int32
    ) -> Int32 = { context, _, _, _, port in
      let transfer = transfer(context)
      transfer?.hasBegun = true
      transfer?.port = port
      transfer?.lastMove = .now
      return CURL_PREREQFUNC_OK
    }

  private static let header: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int =
    {
      bytes, size, count, context in
      guard let transfer = transfer(context) else { return 0 }
      let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return transfer.take(headerLine: line) ? line.count : 0
    }

  private static let body: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    bytes, size, count, context in
    guard let transfer = transfer(context) else { return 0 }
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return transfer.take(body: piece) ? piece.count : 0
  }

  private func fail(_ kind: HTTPError.Kind, _ message: String) -> Bool {
    failure = HTTPError(kind, message, neverArrived: false)
    return false
  }

  private func take(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
    lastMove = .now
    // What comes after a body in pieces is of no use here.
    if isHeaderWhole { return true }
    headerSize += bytes.count
    if headerSize > Self.headerLimit { return fail(.tooLarge, "the header of the answer of \(host) is too large") }
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // Another one may have come before: "100 Continue".
      response = HTTPResponse(status: easy?.number(CURLINFO_RESPONSE_CODE) ?? 0)
      return true
    }
    let content = line.trimmed
    if content.isEmpty { return beginBody() }
    if line.utf8.first == UInt8(ascii: " ") || line.utf8.first == UInt8(ascii: "\t") {
      if !response.headers.isEmpty { response.headers[response.headers.count - 1].value += " \(content)" }
    } else if let colon = content.firstIndex(of: ":") {
      let name = content[..<colon].trimmed
      response.headers.append((name: name, value: content[content.index(after: colon)...].trimmed))
    }
    return true
  }

  /// The header is over.
  private func beginBody() -> Bool {
    if response.status < 200, response.status != 101 { return true }
    isHeaderWhole = true
    guard case .file(let path, _) = destination, response.isSuccess else { return true }
    do throws(FileError) {
      file = try DownloadFile(path: path)
    } catch {
      return fail(.local, error.description)
    }
    return true
  }

  private func take(body piece: UnsafeRawBufferPointer) -> Bool {
    lastMove = .now
    var limit = request.bodyLimit
    if file != nil, case .file(_, let fileLimit) = destination { limit = fileLimit }
    let announced = received == 0 ? max(0, easy?.size(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T) ?? 0) : 0
    received += piece.count
    if max(received, announced) > limit {
      return fail(.tooLarge, "the answer of \(host) is larger than the \(limit) bytes that are taken")
    }
    guard let file else {
      // Not more at once than what is soon there: a length is easily said.
      if announced > 0 { response.body.reserveCapacity(min(announced, 16 << 20)) }
      response.body.append(contentsOf: piece)
      return true
    }
    do throws(FileError) {
      try file.append(piece)
    } catch {
      return fail(.local, error.description)
    }
    return true
  }
}
