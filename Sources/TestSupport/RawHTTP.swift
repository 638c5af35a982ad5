internal import Basics
package import JSONText

/// A connection to a server on 127.0.0.1, byte by byte: what no client library would send can be sent, and what comes is seen as it comes.
///
/// Reading and writing block, on threads of their own, for as many seconds at most as are said.
package final class RawHTTP: Sendable {
  private let socket: LoopbackSocket

  package init(port: Int, limit: Int = 20) throws { socket = try LoopbackSocket(port: port, limit: limit) }

  /// Sends bytes; a server that closed the connection is no failure here.
  package func send(_ bytes: [UInt8]) async { await onThread { [socket] in _ = socket.send(bytes) } }

  package func send(_ text: String) async { await send(Array(text.utf8)) }

  /// What comes next; empty when the connection was closed, nil when nothing came in time.
  package func receive() async -> [UInt8]? { await onThread { [socket] in socket.receive() } }

  /// The next answer whole; nil when the connection was closed without one.
  package func reply(toHead: Bool = false) async throws -> HTTPReply? {
    try await onThread { [socket] in Result { try socket.reply(toHead: toHead) } }.get()
  }

  private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      NamedThread.start("test http") { continuation.resume(returning: body()) }
    }
  }
}

/// An answer as it came.
package struct HTTPReply: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package var text: String { String(decoding: body, as: UTF8.self) }
  package var json: JSON { (try? JSONDocument(parsing: body))?.root.value ?? .null }
  /// The code of a refusal.
  package var code: String? { json["error"]?["code"]?.string }

  package subscript(name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }

  /// The first answer in some bytes, and where it ends; nil when it is not whole.
  static func parse(_ bytes: [UInt8], isEnded: Bool, toHead: Bool) -> (HTTPReply, Int)? {
    let separator = Array("\r\n\r\n".utf8)
    guard bytes.count >= 4,
      let end = (0...(bytes.count - 4)).first(where: { bytes[$0..<($0 + 4)].elementsEqual(separator) })
    else { return nil }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count > 1, let status = Int(words[1]) else { return nil }
    let headers = lines.dropFirst().map { line -> (name: String, value: String) in
      let colon = line.firstIndex(of: ":") ?? line.endIndex
      return (line[..<colon].lowercased(), line[colon...].dropFirst().drop { $0 == " " }.description)
    }
    var reply = HTTPReply(status: status, headers: headers, body: [])
    let start = end + 4
    // Asked to go on with a body: the answer comes after it.
    if status == 100 {
      return parse(Array(bytes[start...]), isEnded: isEnded, toHead: toHead).map { ($0.0, $0.1 + start) }
    }
    if toHead || status == 304 || status == 204 { return (reply, start) }
    if reply["transfer-encoding"] == "chunked" {
      guard let (body, count) = unchunked(Array(bytes[start...])) else {
        return isEnded ? (reply, bytes.count) : nil
      }
      reply.body = body
      return (reply, start + count)
    }
    if let length = reply["content-length"].flatMap({ Int($0) }) {
      guard bytes.count >= start + length else { return nil }
      reply.body = Array(bytes[start..<(start + length)])
      return (reply, start + length)
    }
    guard isEnded else { return nil }
    reply.body = Array(bytes[start...])
    return (reply, bytes.count)
  }

  private static func unchunked(_ bytes: [UInt8]) -> ([UInt8], Int)? {
    var body: [UInt8] = []
    var place = 0
    while true {
      guard let end = bytes[place...].firstIndex(of: UInt8(ascii: "\r")),
        let size = Int(String(decoding: bytes[place..<end], as: UTF8.self), radix: 16),
        bytes.count >= end + 2 + size + 2
      else { return nil }
      let start = end + 2
      body += bytes[start..<(start + size)]
      place = start + size + 2
      if size == 0 { return (body, place) }
    }
  }
}

/// An event of a stream of server-sent events.
package struct PageEvent: Sendable {
  package var id: String?
  package var kind: String
  package var data: JSON
}

/// The page of a running watcher, as a browser sees it that came in.
package final class PageClient: Sendable {
  package let port: Int
  package let token: String

  package init(port: Int, token: String) {
    self.port = port
    self.token = token
  }

  package var origin: String { "http://127.0.0.1:\(port)" }
  package var cookie: String { "reel-\(port)=\(token)" }

  package func get(_ target: String, _ headers: [String] = []) async throws -> HTTPReply {
    try await ask("GET \(target) HTTP/1.1\r\n", ["Host: 127.0.0.1:\(port)", "Cookie: \(cookie)"] + headers, [])
  }

  package func post(_ target: String, _ body: JSON) async throws -> HTTPReply {
    try await post(target, body.compact, type: "application/json")
  }

  package func post(_ target: String, _ body: [UInt8], type: String) async throws -> HTTPReply {
    try await ask(
      "POST \(target) HTTP/1.1\r\n",
      [
        "Host: 127.0.0.1:\(port)", "Cookie: \(cookie)", "Origin: \(origin)", "Content-Type: \(type)",
        "Content-Length: \(body.count)",
      ], body)
  }

  /// One request on a connection of its own.
  package func ask(_ line: String, _ headers: [String], _ body: [UInt8]) async throws -> HTTPReply {
    let connection = try RawHTTP(port: port)
    await connection.send(Array((line + headers.map { "\($0)\r\n" }.joined() + "\r\n").utf8) + body)
    guard let reply = try await connection.reply(toHead: line.hasPrefix("HEAD")) else {
      throw Failure("the connection was closed instead of an answer to \(line)")
    }
    return reply
  }

  package func state() async throws -> JSON { try await get("/api/state").json }

  /// Follows the events after one.
  package func events(after event: String? = nil) async throws -> PageEvents {
    let connection = try RawHTTP(port: port, limit: 60)
    let query = event.map { "?after=\($0)" } ?? ""
    await connection.send("GET /api/events\(query) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\n\r\n")
    return PageEvents(connection)
  }
}

/// A stream of events, read one by one.
package actor PageEvents {
  private let connection: RawHTTP
  private var bytes: [UInt8] = []
  private var isPastHead = false
  private var isOver = false
  private var text: [UInt8] = []

  init(_ connection: RawHTTP) { self.connection = connection }

  /// The next event; nil at the end of the stream.
  package func next() async throws -> PageEvent? {
    while true {
      if let end = Self.find("\n\n", text) {
        let block = String(decoding: text[..<end], as: UTF8.self)
        text.removeFirst(end + 2)
        var event = PageEvent(id: nil, kind: "", data: .null)
        for line in block.split(separator: "\n") {
          if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
          if line.hasPrefix("event: ") { event.kind = String(line.dropFirst(7)) }
          if line.hasPrefix("data: ") {
            event.data = (try? JSONDocument(parsing: Array(line.dropFirst(6).utf8)))?.root.value ?? .null
          }
        }
        if event.kind.isEmpty { continue }
        return event
      }
      guard try await more() else { return nil }
    }
  }

  /// The next event of a kind that fits.
  package func next(_ kind: String, where isWanted: @Sendable (JSON) -> Bool = { _ in true }) async throws -> PageEvent
  {
    while let event = try await next() {
      if event.kind == kind, isWanted(event.data) { return event }
    }
    throw Failure("the stream ended without `\(kind)`")
  }

  private func more() async throws -> Bool {
    if isOver { return false }
    guard let new = await connection.receive() else { throw Failure("no event in time") }
    if new.isEmpty { return false }
    bytes += new
    if !isPastHead {
      guard let start = Self.find("\r\n\r\n", bytes) else { return true }
      bytes.removeFirst(start + 4)
      isPastHead = true
    }
    // Chunks, as far as they are whole.
    while let end = Self.find("\r\n", bytes), let size = Int(String(decoding: bytes[..<end], as: UTF8.self), radix: 16),
      bytes.count >= end + 2 + size + 2
    {
      if size == 0 {
        // What came before the end is still to be read.
        isOver = true
        return true
      }
      text += bytes[(end + 2)..<(end + 2 + size)]
      bytes.removeFirst(end + 2 + size + 2)
    }
    return true
  }

  private static func find(_ text: String, _ bytes: [UInt8]) -> Int? {
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count else { return nil }
    return (0...(bytes.count - wanted.count)).first { bytes[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }
}

extension Watcher {
  /// Its page; the watcher must have been started without `--no-page`.
  package func page(isolation: isolated (any Actor)? = #isolation) async throws -> PageClient {
    let outcome = try await film.reel("open", "--print")
    let words = outcome.output.split(whereSeparator: { "/:?=\n".contains($0) }).map(String.init)
    guard outcome.exit.isSuccess, words.count == 5, let port = Int(words[2]) else {
      throw Failure("reel open --print: \(outcome.output) \(outcome.error)")
    }
    return PageClient(port: port, token: words[4])
  }
}
