internal import Basics
internal import CCurl
internal import Synchronization

/// A WebSocket from the first look at its address to the end of its TCP connection.
///
/// Made by the task that asks; from then on all but what is a constant belongs to the thread of the `TransferLoop`, which is why it is
/// sendable. Curl makes the connection, through proxies and TLS as they are needed; what is said over it is ours (`WebSocketHandshake`,
/// `WebSocketCodec`).
final class WebSocketConnection: @unchecked Sendable {
  /// How long things may take.
  struct Pace: Sendable {
    var connecting: Duration = .seconds(5)
    /// Until the answer to the handshake.
    var answer: Duration = .seconds(10)
    /// After so much silence the peer is pinged, again and again.
    var ping: Duration = .seconds(20)
    /// After so much silence it is lost.
    var silence: Duration = .seconds(60)
    /// For the peer to answer a close and to close its end.
    var closing: Duration = .seconds(2)
  }

  private enum Phase {
    case connecting
    case handshake(WebSocketHandshake)
    case open
    /// A close was sent or has come; when the connection has ended, that is how.
    case closing(Result<Void, HTTPError>)
    case over
  }

  /// A frame on its way out.
  private struct Outgoing {
    var bytes: [UInt8]
    var sent = 0
    var isPong = false
    var reply: Reply<Void>?
  }

  let opened = Reply<Void>()
  let inbox = WebSocketInbox()
  let isCancelled = Atomic(false)
  /// Host and port, as far as they are known.
  private(set) var host = "the server"

  private let url: String
  private let headers: [(name: String, value: String)]
  private let pace: Pace

  private(set) var easy: EasyHandle?
  /// The descriptor that is polled; -1 before there is one.
  private(set) var socket: Int32 = -1
  private var phase = Phase.connecting
  private var codec: WebSocketCodec
  private var outgoing: [Outgoing] = []
  private var closers: [Reply<Void>] = []
  /// Whether the socket takes no more for now.
  private var isBlocked = false
  /// Whether nobody takes the messages that are there.
  private var isHeldUp = false
  /// Whether there may be more to read although the socket says nothing: TLS keeps what is left of a record.
  private(set) var hasMore = false
  private var lastHeard = SuspendingClock.now
  private var lastPing = SuspendingClock.now
  /// When the phase has to be over.
  private var phaseEnd: SuspendingClock.Instant?
  private var hasBegun = false

  init(_ url: String, headers: [(name: String, value: String)], messageLimit: Int, pace: Pace) {
    self.url = url
    self.headers = headers
    self.pace = pace
    codec = WebSocketCodec(messageLimit: messageLimit)
  }

  // MARK: Connecting

  /// Makes it ready for the loop's multi handle, which then only connects.
  func prepare(userAgent: String) throws(HTTPError) -> UnsafeMutableRawPointer {
    let address = try HostAddress(url)
    host = address.host
    var lines: [HeaderLine] = []
    for (name, value) in headers { lines.append(try HeaderLine(name: name, value: value)) }
    guard let easy = EasyHandle() else {
      throw HTTPError(.local, "there is no memory to ask \(host)", neverArrived: true)
    }
    self.easy = easy
    easy.set(address, userAgent: userAgent, connectLimit: pace.connecting)
    easy.set(CURLOPT_CONNECT_ONLY, 1)
    // Proxies do not know WebSockets; through a tunnel they need not.
    if !address.isLoopback { easy.set(CURLOPT_HTTPPROXYTUNNEL, 1) }
    if easy.refusal != CURLE_OK {
      throw HTTPError(.local, "\(host) cannot be asked: \(easy.text(of: easy.refusal))", neverArrived: true)
    }
    var random = SystemRandomNumberGenerator()
    let key = (0..<16).map { _ in UInt8.random(in: 0...UInt8.max, using: &random) }
    phase = .handshake(WebSocketHandshake(address, headers: lines, userAgent: userAgent, key: key))
    return easy.raw
  }

  /// Curl has connected, or has not.
  /// - Throws: why not.
  func connected(_ code: CURLcode) throws(HTTPError) {
    guard let easy, case .handshake(let handshake) = phase else { return }
    if code == CURLE_OK { reel_curl_get_socket(easy.raw, &socket) }
    if code != CURLE_OK || socket < 0 {
      throw HTTPError(
        code == CURLE_OK ? CURLE_COULDNT_CONNECT : code, of: easy, host: host, connectLimit: pace.connecting,
        hasBegun: false)
    }
    outgoing = [Outgoing(bytes: handshake.request)]
    phaseEnd = .now + pace.answer
    hasMore = true
  }

  // MARK: What is asked of it

  func send(_ frame: [UInt8], _ reply: Reply<Void>) {
    guard case .open = phase, !codec.isClosing else {
      return reply.give(.failure(lost("the connection to \(host) is closed", neverArrived: true)))
    }
    outgoing.append(Outgoing(bytes: frame, reply: reply))
  }

  func close(_ reply: Reply<Void>) {
    if case .over = phase { return reply.give(.success(())) }
    closers.append(reply)
    isHeldUp = false
    hasMore = true
    inbox.end(.success(()), isDropping: true)
    if case .open = phase { startClosing(1000, .success(()), within: pace.closing) }
  }

  func resume() {
    isHeldUp = false
    hasMore = true
    // It was us who did not listen.
    lastHeard = .now
  }

  /// - Parameter limit: how long the peer has to close its end.
  private func startClosing(_ code: UInt16?, _ end: Result<Void, HTTPError>, within limit: Duration) {
    if let frame = codec.close(code) { outgoing.append(Outgoing(bytes: frame)) }
    phase = .closing(end)
    phaseEnd = .now + limit
  }

  // MARK: The loop's view

  /// What its socket is watched for. Nothing at all while it is held up: a socket whose peer has gone would wake the loop for ever.
  var interest: (reading: Bool, writing: Bool) {
    isHeldUp || socket < 0 ? (false, !outgoing.isEmpty && socket >= 0) : (true, isBlocked)
  }

  /// When it has to be looked at, whatever the socket does.
  var deadline: SuspendingClock.Instant? {
    switch phase {
    case .connecting, .over: return nil
    case .handshake, .closing: return phaseEnd
    // Nothing is heard while nothing is read.
    case .open: return isHeldUp ? nil : min(max(lastHeard, lastPing) + pace.ping, lastHeard + pace.silence)
    }
  }

  /// Reads and writes what can be read and written now.
  /// - Returns: how it has ended; nil while it has not.
  func pump(_ buffer: UnsafeMutableRawBufferPointer) -> Result<Void, HTTPError>? {
    if socket < 0 { return nil }
    return read(buffer) ?? write()
  }

  /// Does what is due by the clock.
  func tick(_ now: SuspendingClock.Instant) -> Result<Void, HTTPError>? {
    guard let deadline, deadline <= now else { return nil }
    switch phase {
    case .handshake:
      return .failure(
        HTTPError(
          .timedOut, "\(host) opened no WebSocket within \(pace.answer.words)", neverArrived: !hasBegun))
    case .closing(let end): return end
    case .open where lastHeard + pace.silence <= now:
      return .failure(lost("\(host) has said nothing for \(pace.silence.words), not even when it was asked to"))
    case .open:
      lastPing = now
      outgoing.append(Outgoing(bytes: codec.ping()))
      return write()
    case .connecting, .over: return nil
    }
  }

  /// It has ended; its handle must not be in use any more.
  func end(_ result: Result<Void, HTTPError>) {
    // The connection is closed before anyone hears of it: whoever connects again finds the old one gone.
    easy = nil
    socket = -1
    phase = .over
    let error: HTTPError =
      switch result {
      case .success: lost("the connection to \(host) is closed")
      case .failure(let error): error
      }
    opened.give(.failure(error))
    inbox.end(result)
    for frame in outgoing {
      var error = error
      error.neverArrived = frame.sent == 0
      frame.reply?.give(.failure(error))
    }
    outgoing = []
    for closer in closers { closer.give(.success(())) }
    closers = []
  }

  func cancel() {
    end(.failure(HTTPError(.cancelled, "the WebSocket to \(host) was cancelled", neverArrived: !hasBegun)))
  }

  private func lost(_ message: String, neverArrived: Bool = false) -> HTTPError {
    HTTPError(.lost, message, neverArrived: neverArrived)
  }

  // MARK: Bytes

  /// So many buffers are read before others have their turn.
  private static let readsAtOnce = 32

  private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Result<Void, HTTPError>? {
    hasMore = false
    for _ in 0..<Self.readsAtOnce {
      guard !isHeldUp, let easy else { return nil }
      var count = 0
      let code = reel_curl_easy_recv(easy.raw, buffer.baseAddress, buffer.count, &count)
      if code == CURLE_AGAIN { return nil }
      if code != CURLE_OK || count == 0 {
        if case .closing(let end) = phase { return end }
        let detail = easy.errorText.isEmpty ? easy.text(of: code) : easy.errorText
        return .failure(
          lost(
            code == CURLE_OK
              ? "\(host) closed the connection without a word" : "the connection to \(host) broke: \(detail)"))
      }
      lastHeard = .now
      if let end = take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { return end }
    }
    hasMore = true
    return nil
  }

  private func take(_ bytes: UnsafeRawBufferPointer) -> Result<Void, HTTPError>? {
    switch phase {
    case .connecting, .over: return nil
    case .open, .closing: carryOut(codec.handle(bytes))
    case .handshake(var handshake):
      // So that there is one owner, and no copy with every piece.
      phase = .connecting
      let outcome = handshake.handle(bytes)
      phase = .handshake(handshake)
      switch outcome {
      case .incomplete: break
      case .refused(let reason, let status):
        return .failure(
          HTTPError(.lost, "\(host) opens no WebSocket: \(reason)", neverArrived: false, status: status))
      case .opened(let rest):
        phase = .open
        phaseEnd = nil
        lastPing = .now
        opened.give(.success(()))
        carryOut(codec.handle(rest))
      }
    }
    return nil
  }

  private func carryOut(_ actions: [WebSocketCodec.Action]) {
    for action in actions {
      switch action {
      case .message(let message):
        // Nobody takes what comes after we have closed.
        if case .open = phase, !inbox.offer(message) { isHeldUp = true }
      case .pong(let frame):
        if let last = outgoing.indices.last, outgoing[last].isPong, outgoing[last].sent == 0 {
          outgoing[last].bytes = frame
        } else {
          outgoing.append(Outgoing(bytes: frame, isPong: true))
        }
      case .send(let frame): outgoing.append(Outgoing(bytes: frame))
      case .close(let code, let reason):
        // A close that answers ours ends it as we wanted.
        if case .open = phase { startClosing(nil, outcome(code, reason), within: pace.closing) }
        isHeldUp = false
      case .fail(let fault):
        if case .open = phase {
          let kind: HTTPError.Kind = if case .tooLarge = fault { .tooLarge } else { .lost }
          let message = "\(host) breaks the rules of WebSockets: \(fault.words)"
          // It is told why, and then there is nothing to wait for.
          startClosing(nil, .failure(HTTPError(kind, message, neverArrived: false)), within: .zero)
        }
        isHeldUp = false
      }
    }
  }

  private func outcome(_ code: UInt16?, _ reason: String) -> Result<Void, HTTPError> {
    guard let code, code != 1000, code != 1001 else { return .success(()) }
    let words = reason.isEmpty ? "" : ": \(reason)"
    return .failure(lost("\(host) closed the WebSocket with the code \(code)\(words)"))
  }

  private func write() -> Result<Void, HTTPError>? {
    isBlocked = false
    while let frame = outgoing.first, let easy {
      var count = 0
      let code = frame.bytes.withUnsafeBytes { bytes in
        reel_curl_easy_send(easy.raw, bytes.baseAddress.map { $0 + frame.sent }, bytes.count - frame.sent, &count)
      }
      if code == CURLE_AGAIN {
        isBlocked = true
        return nil
      }
      if code != CURLE_OK {
        if case .closing(let end) = phase { return end }
        let detail = easy.errorText.isEmpty ? easy.text(of: code) : easy.errorText
        return .failure(lost("the connection to \(host) broke: \(detail)"))
      }
      hasBegun = true
      outgoing[0].sent += count
      if outgoing[0].sent == frame.bytes.count {
        frame.reply?.give(.success(()))
        outgoing.removeFirst()
      }
    }
    return nil
  }
}
