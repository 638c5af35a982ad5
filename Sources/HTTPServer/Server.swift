package import Basics
internal import CMicrohttpd
internal import CShims
internal import Glibc
internal import Synchronization

/// An HTTP server on 127.0.0.1, by libmicrohttpd: one thread waits for all connections, a few others answer what takes time.
///
/// It answers what its router knows, and only to who is let in. What a client can take up is bounded: connections, headers, bodies, event
/// streams, and the time in which a request must have come.
package final class Server: Sendable {
  package struct Limits: Sendable {
    package var connections = 640
    /// Seconds without a byte after which a connection is closed.
    package var silence = 60
    /// Seconds for a request to come, from its first byte (or the connection's beginning) to its last.
    package var receiving = 30
    /// The same for files.
    package var uploading = 600
    /// Bytes for a request's headers, and what is read and written at once.
    package var memory = 24 << 10

    /// As many connections as leave the rest of the program enough files to open.
    package init() {
      var files = rlimit()
      if getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &files) == 0, files.rlim_cur < 4096 {
        connections = min(connections, max(32, Int(files.rlim_cur) - 384))
      }
    }
  }

  /// Says who is let in, before anything of the body is read. It looks at headers only, so that it holds nobody up.
  package typealias Gate = @Sendable (RequestHead) throws(HTTPFault) -> Void

  package let port: UInt16
  private let core: ServerCore

  /// What keeps any server from being started, which is a missing libmicrohttpd; nil when it is there. It is loaded by the first who asks.
  package static let missing: MissingLibrary? = reel_mhd_load().map {
    MissingLibrary("libmicrohttpd", package: "libmicrohttpd12", reason: String(cString: $0))
  }

  /// - Parameters:
  ///   - listener: bound and listening; see `listen`.
  ///   - gate: called for every request, after `HostCheck`.
  ///   - decorate: puts in what every answer has, refusals too.
  package init(
    on listener: consuming Listener, router: Router, limits: Limits = Limits(), gate: @escaping Gate,
    refuse: @escaping @Sendable (HTTPFault, RequestHead) -> Response,
    decorate: @escaping @Sendable (Response) -> Response
  ) throws(HTTPServerError) {
    if let missing = Self.missing {
      throw HTTPServerError("libmicrohttpd is not there: \(missing.reason)", hint: missing.hint)
    }
    let port = listener.port
    self.port = port
    core = ServerCore(port: port, router: router, limits: limits, gate: gate, refuse: refuse, decorate: decorate)
    try core.start(on: listener.release())
  }

  /// Answers what is under way, ends all streams, and closes all connections.
  package func stop() { core.stop() }

  /// How many connections there are, for tests.
  package var connectionCount: Int { core.connections.count }

  /// Listens on a port of 127.0.0.1; on 0, any that is free.
  package static func listen(on port: UInt16) throws(HTTPServerError) -> Listener {
    let raw = socket(
      AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    if raw < 0 { throw HTTPServerError("no socket: \(FileError.last("open", "127.0.0.1"))") }
    let listener = Descriptor(owning: raw)
    // Connections of a server that just ended do not stand in the way of the next one.
    var yes: Int32 = 1
    setsockopt(raw, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Int32 in
        if bind(raw, generic, size) != 0 || Glibc.listen(raw, 256) != 0 { return reel_errno() }
        return getsockname(raw, generic, &size) == 0 ? 0 : reel_errno()
      }
    }
    if code != 0 {
      throw HTTPServerError(
        "port \(port): \(FileError(code: code, action: "listen on", path: "127.0.0.1").reason)", code: code)
    }
    return Listener(socket: listener, port: UInt16(bigEndian: address.sin_port))
  }
}

/// A socket that listens on a port of 127.0.0.1.
package struct Listener: ~Copyable {
  let socket: Descriptor
  package let port: UInt16

  init(socket: consuming Descriptor, port: UInt16) {
    self.socket = socket
    self.port = port
  }

  consuming func release() -> Int32 { socket.release() }
}

/// Why there is no server.
package struct HTTPServerError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
  package let hint: String?
  /// What the kernel said; 0 when it was not the kernel.
  package let code: Int32

  package var isTaken: Bool { code == EADDRINUSE || code == EACCES }

  init(_ description: String, hint: String? = nil, code: Int32 = 0) {
    self.description = description
    self.hint = hint
    self.code = code
  }
}

/// What the library calls back into.
final class ServerCore: Sendable {
  let router: Router
  let limits: Server.Limits
  let hosts: HostCheck
  let gate: Server.Gate
  let refuse: @Sendable (HTTPFault, RequestHead) -> Response
  let decorate: @Sendable (Response) -> Response
  let connections: Connections
  private let work = WorkThreads("page work", count: 6)
  private let slow = WorkThreads("page slow", count: 8)

  private struct State {
    var daemon: OpaquePointer?
    var isStopping = false
    /// Requests whose connections sleep until somebody has an answer.
    var asleep: Set<Exchange> = []
    var streams: [ObjectIdentifier: ByteStream] = [:]
  }

  private struct Guarded: @unchecked Sendable {
    var state = State()
  }

  private let guarded = Monitor(Guarded())

  init(
    port: UInt16, router: Router, limits: Server.Limits, gate: @escaping Server.Gate,
    refuse: @escaping @Sendable (HTTPFault, RequestHead) -> Response,
    decorate: @escaping @Sendable (Response) -> Response
  ) {
    self.router = router
    self.limits = limits
    self.gate = gate
    self.refuse = refuse
    self.decorate = decorate
    hosts = HostCheck(port: port)
    connections = Connections(limits)
  }

  func start(on listener: Int32) throws(HTTPServerError) {
    var setup = reel_mhd_setup(
      listener: listener, connections: UInt32(limits.connections), timeout: UInt32(limits.silence),
      memory: limits.memory,
      // Given back when the library has stopped and calls no more.
      context: Unmanaged.passRetained(self).toOpaque(),
      begin: { context, target, connection in
        guard let core = ServerCore.at(context) else { return nil }
        return core.begin(String(cString: target), connection)
      },
      answer: { context, connection, _, method, version, data, size, request in
        guard let core = ServerCore.at(context), let exchange = Exchange.at(request.pointee) else { return 0 }
        return core.answer(
          exchange, connection, method: method, version: version, data: data, size: size) ? 1 : 0
      },
      end: { context, connection, request in
        guard let core = ServerCore.at(context), let pointer = request.pointee else { return }
        request.pointee = nil
        core.end(Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue(), connection)
      },
      connection: { context, connection, code in
        guard let core = ServerCore.at(context) else { return }
        if code != 0 {
          core.connections.open(connection, reel_mhd_socket(connection))
        } else {
          core.connections.close(connection)
        }
      })
    guard let daemon = reel_mhd_start(&setup) else {
      close(listener)
      Unmanaged.passUnretained(self).release()
      throw HTTPServerError("libmicrohttpd could not be started (errno \(reel_errno()))")
    }
    guarded.change { $0.state.daemon = daemon }
  }

  private static func at(_ pointer: UnsafeMutableRawPointer?) -> ServerCore? {
    pointer.map { Unmanaged<ServerCore>.fromOpaque($0).takeUnretainedValue() }
  }

  func stop() {
    let daemon = guarded.change { guarded -> OpaquePointer? in
      defer { guarded.state.daemon = nil }
      guarded.state.isStopping = true
      return guarded.state.daemon
    }
    guard let daemon else { return }
    let listener = reel_mhd_quiesce(daemon)
    if listener >= 0 { close(listener) }
    for stream in guarded.change({ Array($0.state.streams.values) }) { stream.end() }
    // No connection may sleep when the library stops. Whoever is at work on an answer gives it to nobody.
    for exchange in guarded.change({ Array($0.state.asleep) }) {
      finish(exchange, with: refuse(Self.stopping, exchange.head))
    }
    // What was said last is sent, if its reader reads.
    _ = guarded.wait(atMost: 1) { $0.state.streams.isEmpty ? true : nil }
    reel_mhd_stop(daemon)
    connections.stop()
    work.stop()
    slow.stop()
    Unmanaged.passUnretained(self).release()
  }

  private static let stopping = HTTPFault(503, "busy", "the watcher is stopping")
}

// MARK: A request's way

extension ServerCore {
  private func begin(_ target: String, _ connection: OpaquePointer) -> UnsafeMutableRawPointer {
    connections.note(connection, .receiving(seconds: limits.receiving))
    return Unmanaged.passRetained(Exchange(target: target)).toOpaque()
  }

  /// Called once when the headers are in, for each piece of the body, and when all of it has come; and again after it slept.
  private func answer(
    _ exchange: Exchange, _ connection: OpaquePointer, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>,
    data: UnsafePointer<CChar>?, size: UnsafeMutablePointer<Int>
  ) -> Bool {
    switch exchange.stage {
    case .new:
      exchange.head = Self.head(exchange.target, connection, String(cString: method), String(cString: version))
      do throws(HTTPFault) {
        try admit(exchange, connection)
        exchange.stage = .receiving
        return true
      } catch {
        var refusal = refuse(error, exchange.head)
        refusal.closes = true
        return send(refusal, exchange, connection)
      }
    case .receiving where size.pointee > 0:
      let bytes = UnsafeRawBufferPointer(start: data, count: size.pointee)
      size.pointee = 0
      exchange.take(bytes)
      return true
    case .receiving:
      connections.note(connection, .answering)
      exchange.stage = .answering
      return dispatch(exchange, connection)
    case .answering:
      guard let response = exchange.response.withLock({ $0 }) else { return true }
      return send(response, exchange, connection)
    case .answered: return false
    }
  }

  private func admit(_ exchange: Exchange, _ connection: OpaquePointer) throws(HTTPFault) {
    if let refusal = hosts.refusal(of: exchange.head) { throw refusal }
    guard exchange.head.isPlain else { throw HTTPFault(400, "bad-call", "this is no address of the page") }
    try gate(exchange.head)
    let route = try router.route(for: exchange.head)
    exchange.route = route
    if case .upload(_, _, let sink) = route.body {
      exchange.sink = try sink(exchange.head)
      connections.note(connection, .receiving(seconds: limits.uploading))
    }
  }

  private func dispatch(_ exchange: Exchange, _ connection: OpaquePointer) -> Bool {
    guard let route = exchange.route else { return false }
    let request = Request(exchange.head, body: exchange.body, sink: exchange.sink)
    if let fault = exchange.fault { return send(refuse(fault, exchange.head), exchange, connection) }
    if case .here = route.place { return send(result(route, request), exchange, connection) }
    let sleeps = guarded.change { guarded -> Bool in
      if guarded.state.isStopping { return false }
      guarded.state.asleep.insert(exchange)
      exchange.connection = connection
      reel_mhd_suspend(connection)
      return true
    }
    guard sleeps else { return send(refuse(Self.stopping, exchange.head), exchange, connection) }
    work.run { [self] in
      guard case .slow(let first) = route.place else { return finish(exchange, with: result(route, request)) }
      if let first, let response = quick(first, request) { return finish(exchange, with: response) }
      slow.run { [self] in finish(exchange, with: result(route, request)) }
    }
    return true
  }

  private func result(_ route: Router.Route, _ request: Request) -> Response {
    do throws(HTTPFault) {
      return try route.handle(request)
    } catch {
      return refuse(error, request.head)
    }
  }

  private func quick(_ first: Router.Quick, _ request: Request) -> Response? {
    do throws(HTTPFault) {
      return try first(request)
    } catch {
      return refuse(error, request.head)
    }
  }

  /// Has the answer sent, and the connection woken for it.
  private func finish(_ exchange: Exchange, with response: Response) {
    guarded.change { guarded in
      guard guarded.state.asleep.remove(exchange) != nil, let connection = exchange.connection else { return }
      exchange.response.withLock { $0 = response }
      exchange.connection = nil
      reel_mhd_resume(connection)
    }
  }

  private func end(_ exchange: Exchange, _ connection: OpaquePointer) {
    connections.note(connection, .waiting)
    exchange.sink?.abandon()
    if let stream = exchange.stream {
      stream.drop()
      guarded.change { $0.state.streams[ObjectIdentifier(stream)] = nil }
    }
  }

  private func send(_ response: Response, _ exchange: Exchange, _ connection: OpaquePointer) -> Bool {
    exchange.stage = .answered
    let response = decorate(response)
    guard let made = make(response, exchange, connection) else { return false }
    for (name, value) in response.headers where reel_mhd_add_header(made, name, value) == 0 { return false }
    if response.closes { _ = reel_mhd_add_header(made, "Connection", "close") }
    return reel_mhd_queue(connection, UInt32(response.status), made) != 0
  }

  private func make(_ response: Response, _ exchange: Exchange, _ connection: OpaquePointer) -> OpaquePointer? {
    switch response.body {
    case .none: return reel_mhd_response_of_bytes(nil, 0)
    case .bytes(let bytes): return bytes.withUnsafeBytes { reel_mhd_response_of_bytes($0.baseAddress, $0.count) }
    case .file(let file):
      // The library closes what it is given; the file is still held for who else answers with it.
      let raw = reel_fcntl(file.raw, F_DUPFD_CLOEXEC, 3)
      return raw < 0 ? nil : reel_mhd_response_of_file(raw, off_t(file.offset), UInt64(file.count))
    case .stream(let stream):
      exchange.stream = stream
      let isStopping = guarded.change { guarded in
        guarded.state.streams[ObjectIdentifier(stream)] = stream
        return guarded.state.isStopping
      }
      if isStopping { stream.end() }
      let reader = Unmanaged.passRetained(StreamReader(stream, connection)).toOpaque()
      return reel_mhd_response_of_stream(
        reader,
        { context, _, buffer, size in
          guard let context else { return reel_mhd_stream_failed }
          let reader = Unmanaged<StreamReader>.fromOpaque(context).takeUnretainedValue()
          return reader.stream.read(
            into: UnsafeMutableRawBufferPointer(start: buffer, count: size), for: reader.connection)
        },
        { context in
          guard let context else { return }
          Unmanaged<StreamReader>.fromOpaque(context).takeRetainedValue().stream.drop()
        })
    }
  }

  private static func head(
    _ target: String, _ connection: OpaquePointer, _ method: String, _ version: String
  ) -> RequestHead {
    final class List { var headers: [(name: String, value: String)] = [] }
    let list = List()
    reel_mhd_headers(connection, Unmanaged.passUnretained(list).toOpaque()) { context, name, value in
      guard let context, let name else { return }
      let list = Unmanaged<List>.fromOpaque(context).takeUnretainedValue()
      list.headers.append((String(cString: name).lowercased(), value.map { String(cString: $0) } ?? ""))
    }
    return RequestHead(method: method, target: target, version: version, headers: list.headers)
  }
}

/// A body that is read for a connection.
private final class StreamReader {
  let stream: ByteStream
  let connection: OpaquePointer

  init(_ stream: ByteStream, _ connection: OpaquePointer) {
    self.stream = stream
    self.connection = connection
  }
}

/// One request on its way. All but `response` belongs to the server's thread; `connection` to whoever holds the server's lock.
final class Exchange: Hashable, @unchecked Sendable {
  enum Stage {
    case new
    case receiving
    case answering
    case answered
  }

  let target: String
  var head: RequestHead
  var stage = Stage.new
  var route: Router.Route?
  var body: [UInt8] = []
  var sink: (any BodySink)?
  /// What the sink said; answered when the whole body has come.
  var fault: HTTPFault?
  var stream: ByteStream?
  var connection: OpaquePointer?
  let response = Mutex<Response?>(nil)

  init(target: String) {
    self.target = target
    head = RequestHead(method: "", target: target, version: "", headers: [])
  }

  static func at(_ pointer: UnsafeMutableRawPointer?) -> Exchange? {
    pointer.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
  }

  func take(_ bytes: UnsafeRawBufferPointer) {
    if fault != nil { return }
    guard let sink else {
      body.append(contentsOf: bytes)
      return
    }
    do throws(HTTPFault) {
      try sink.take(bytes)
    } catch {
      fault = error
    }
  }

  static func == (left: Exchange, right: Exchange) -> Bool { left === right }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
