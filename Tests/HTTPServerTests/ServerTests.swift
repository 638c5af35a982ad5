import Basics
import Glibc
import HTTPServer
import TestSupport
import Testing

/// A server with a few routes, asked byte by byte.
struct ServerTests {
  private static func started(
    _ routes: [Router.Route] = [], limits: Server.Limits = Server.Limits()
  ) throws -> Server {
    let own = [
      Router.Route("/", at: .here) { _ in Response(200, type: "text/plain", Array("here".utf8)) },
      Router.Route("/work", at: .work) { request in Response(200, type: "text/plain", Array("worked".utf8)) },
      Router.Route("/slow", at: .slow(first: { _ in nil })) { _ in
        usleep(200_000)
        return Response(200, type: "text/plain", Array("slow".utf8))
      },
      Router.Route("/query", at: .here) { request in
        Response(200, type: "text/plain", Array(request.queries("a").joined(separator: "|").utf8))
      },
      Router.Route("/post", .json(limit: 100), at: .work) { request in Response(200, type: "text/plain", request.body)
      },
      Router.Route("/item/*", at: .here) { request in Response(200, type: "text/plain", Array(request.head.path.utf8))
      },
    ]
    return try Server(
      on: try Server.listen(on: 0), router: Router(own + routes), limits: limits, gate: { _ in },
      refuse: { fault, _ in Response(fault.status, type: "text/plain", Array(fault.code.utf8)) },
      decorate: { $0.with("X-Always", "1") })
  }

  /// Sends a whole request and gives the answer's status, or 0 when the connection was closed without one.
  private func status(_ server: Server, _ text: String) async throws -> Int {
    let connection = try RawHTTP(port: Int(server.port))
    await connection.send(
      text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n").replacing(
        "PORT", with: "\(server.port)"))
    return try await connection.reply()?.status ?? 0
  }

  @Test func `a request is answered from memory, by a thread that works, and by one that takes its time`() async throws
  {
    let server = try Self.started()
    defer { server.stop() }
    for (path, text) in [
      ("/", "here"), ("/work", "worked"), ("/slow", "slow"), ("/item/x", "/item/x"), ("/query?a=1&a=%C3%A4+b", "1|ä b"),
    ] {
      let connection = try RawHTTP(port: Int(server.port))
      await connection.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
      let reply = try #require(try await connection.reply())
      #expect(reply.status == 200 && reply.text == text, "\(path)")
      #expect(reply["x-always"] == "1")
    }
  }

  @Test func `a connection is used again, and requests sent together are answered one after the other`() async throws {
    let server = try Self.started()
    defer { server.stop() }
    let connection = try RawHTTP(port: Int(server.port))
    let one = "GET /work HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n"
    await connection.send(one + one.replacing("/work", with: "/slow") + one.replacing("/work", with: "/"))
    #expect(try await connection.reply()?.text == "worked")
    #expect(try await connection.reply()?.text == "slow")
    #expect(try await connection.reply()?.text == "here")
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\n\n", 400...403, "no Host"),
    ("GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nHost: 127.0.0.1:PORT\n\n", 400...403, "two Hosts"),
    ("GET / HTTP/1.1\nHost: evil.example:PORT\n\n", 403...403, "another's Host"),
    ("GET / HTTP/1.1\nHost: 127.0.0.1\n\n", 403...403, "a Host without the port"),
    ("GET / HTTP/1.1\nHost: 127.0.0.1:PORT.evil.example\n\n", 403...403, "a Host that only begins so"),
    ("GET / HTTP/1.1\nHost: 127.0.0.1:PORT,evil.example\n\n", 403...403, "a list of Hosts"),
    ("GET / HTTP/1.1\nHost: [::1]:PORT\n\n", 403...403, "the other loopback"),
    ("GET / HTTP/1.0\nHost: 127.0.0.1:PORT\n\n", 403...403, "HTTP/1.0"),
    ("GET http://evil.example/ HTTP/1.1\nHost: 127.0.0.1:PORT\n\n", 400...404, "a whole URL"),
    ("GET /item/../../etc/passwd HTTP/1.1\nHost: 127.0.0.1:PORT\n\n", 404...404, "a way upwards"),
    ("GET /item/%2e%2e%2fetc HTTP/1.1\nHost: 127.0.0.1:PORT\n\n", 200...200, "an escaped way, which is one odd name"),
    ("GET /item/..\\..\\etc HTTP/1.1\nHost: 127.0.0.1:PORT\n\n", 400...400, "a way upwards with backslashes"),
    ("GET /?x#y HTTP/1.1\nHost: 127.0.0.1:PORT\n\n", 400...400, "a fragment"),
    ("GET /query?a=%zz HTTP/1.1\nHost: 127.0.0.1:PORT\n\n", 400...400, "an escape that is none"),
    ("GET /query?a=%00 HTTP/1.1\nHost: 127.0.0.1:PORT\n\n", 400...400, "a NUL"),
    ("GET /query?a=%ff HTTP/1.1\nHost: 127.0.0.1:PORT\n\n", 400...400, "no UTF-8"),
    ("GET // HTTP/1.1\nHost: 127.0.0.1:PORT\n\n", 404...404, "an empty part"),
    (
      "PUT / HTTP/1.1\nHost: 127.0.0.1:PORT\nOrigin: http://127.0.0.1:PORT\nContent-Length: 0\n\n", 405...405,
      "another method"
    ),
    ("TRACE / HTTP/1.1\nHost: 127.0.0.1:PORT\nOrigin: http://127.0.0.1:PORT\n\n", 405...405, "TRACE"),
    ("GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nContent-Length: 5\n\nhello", 400...400, "a GET with a body"),
    ("GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nCookie: a=1\nCookie: b=2\n\n", 400...400, "two Cookies"),
    ("GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nOrigin: http://evil.example\n\n", 403...403, "a foreign Origin"),
    ("GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nOrigin: null\n\n", 403...403, "the Origin null"),
    (
      "GET / HTTP/1.1\nHost: localhost:PORT\nOrigin: http://127.0.0.1:PORT\n\n", 403...403,
      "the Origin of the other name"
    ),
    ("GET /work HTTP/1.1\nHost: 127.0.0.1:PORT\nSec-Fetch-Site: cross-site\n\n", 403...403, "another site"),
    (
      "GET /work HTTP/1.1\nHost: 127.0.0.1:PORT\nSec-Fetch-Site: same-site\n\n", 403...403,
      "another port of this computer"
    ),
    (
      "GET /work HTTP/1.1\nHost: 127.0.0.1:PORT\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n\n",
      403...403, "another site's way into an answer"
    ),
    (
      "GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: iframe\n\n",
      403...403, "another site's frame"
    ),
    (
      "GET / HTTP/1.1\nHost: 127.0.0.1:PORT\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\nSec-Fetch-Dest: document\n\n",
      200...200, "a link on another site to the page itself"
    ),
    ("GET / HTTP/1.1\nHost: localhost:PORT\n\n", 200...200, "our other name"),
  ])
  func `a request that is not plainly ours is refused`(text: String, expected: ClosedRange<Int>, what: String)
    async throws
  {
    let server = try Self.started()
    defer { server.stop() }
    let found = try await status(server, text)
    #expect(expected.contains(found), "\(what): \(found)")
  }

  @Test(arguments: [
    ("Content-Type: application/json\nOrigin: http://127.0.0.1:PORT\nContent-Length: 2\n\n{}", 200, "a plain one"),
    (
      "Content-Type: application/json; charset=utf-8\nOrigin: http://127.0.0.1:PORT\nContent-Length: 2\n\n{}", 200,
      "with a charset"
    ),
    ("Content-Type: application/json\nContent-Length: 2\n\n{}", 403, "no Origin"),
    ("Content-Type: application/json\nOrigin: null\nContent-Length: 2\n\n{}", 403, "the Origin null"),
    (
      "Content-Type: application/json\nOrigin: http://127.0.0.1:PORT.evil.example\nContent-Length: 2\n\n{}", 403,
      "an Origin that only begins so"
    ),
    ("Content-Type: application/json\nOrigin: https://127.0.0.1:PORT\nContent-Length: 2\n\n{}", 403, "another scheme"),
    (
      "Content-Type: application/json\nOrigin: http://127.0.0.1:PORT\nOrigin: http://evil.example\nContent-Length: 2\n\n{}",
      400, "two Origins"
    ),
    ("Content-Type: text/plain\nOrigin: http://127.0.0.1:PORT\nContent-Length: 2\n\n{}", 415, "what a form sends"),
    (
      "Content-Type: application/x-www-form-urlencoded\nOrigin: http://127.0.0.1:PORT\nContent-Length: 2\n\n{}", 415,
      "a form"
    ),
    (
      "Content-Type: multipart/form-data; boundary=x\nOrigin: http://127.0.0.1:PORT\nContent-Length: 2\n\n{}", 415,
      "a form with files"
    ),
    ("Origin: http://127.0.0.1:PORT\nContent-Length: 2\n\n{}", 415, "no type"),
    ("Content-Type: application/json\nOrigin: http://127.0.0.1:PORT\n\n", 411, "no length"),
    (
      "Content-Type: application/json\nOrigin: http://127.0.0.1:PORT\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n", 411,
      "chunks"
    ),
    (
      "Content-Type: application/json\nOrigin: http://127.0.0.1:PORT\nContent-Length: 101\n\n", 413,
      "more than the limit"
    ),
    (
      "Content-Type: application/json\nOrigin: http://127.0.0.1:PORT\nContent-Length: 99999999999999999999\n\n", 413,
      "more than there is"
    ),
  ])
  func `a POST is taken only from our own page, as what it should be`(text: String, expected: Int, what: String)
    async throws
  {
    let server = try Self.started()
    defer { server.stop() }
    let found = try await status(server, "POST /post HTTP/1.1\nHost: 127.0.0.1:PORT\n" + text)
    #expect(found == expected || expected >= 400 && (found == 400 || found == 413), "\(what): \(found)")
  }

  /// One server reads the first length and a second one the other: what the first takes for a body is a request for the second.
  @Test(arguments: [
    "Content-Length: 2\r\nContent-Length: 40\r\n", "Content-Length: 40\r\nContent-Length: 2\r\n",
    "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "Content-Length: +2\r\n", "Content-Length: 2, 2\r\n",
    "Content-Length: 0x2\r\n", "Content-Length: -2\r\n",
  ])
  func `no request hides in the body of another`(lengths: String) async throws {
    let server = try Self.started()
    defer { server.stop() }
    let connection = try RawHTTP(port: Int(server.port))
    let head =
      "POST /post HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nOrigin: http://127.0.0.1:\(server.port)\r\nContent-Type: application/json\r\n"
    await connection.send(head + lengths + "\r\n{}GET / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
    let first = try await connection.reply()
    #expect(first.map { $0.status >= 400 } ?? true, "\(first?.status ?? 0)")
    // Whatever was said to the first, the connection ends with it.
    if first != nil { #expect(try await connection.reply() == nil) }
  }

  @Test func `headers that are too large are refused`() async throws {
    let server = try Self.started()
    defer { server.stop() }
    let connection = try RawHTTP(port: Int(server.port))
    await connection.send(
      "GET / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nX: " + String(repeating: "x", count: 200_000) + "\r\n\r\n")
    let reply = try await connection.reply()
    #expect(reply.map { (400..<500).contains($0.status) } ?? true)
    #expect(try await status(server, "GET / HTTP/1.1\nHost: 127.0.0.1:PORT\n\n") == 200)
  }

  @Test func `who sends a byte every now and then is cut off, and so is who sends nothing`() async throws {
    var limits = Server.Limits()
    (limits.silence, limits.receiving) = (2, 2)
    let server = try Self.started(limits: limits)
    defer { server.stop() }
    let silent = try RawHTTP(port: Int(server.port))
    let slow = try RawHTTP(port: Int(server.port))
    let body = try RawHTTP(port: Int(server.port))
    await body.send(
      "POST /post HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nOrigin: http://127.0.0.1:\(server.port)\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n"
    )
    for _ in 0..<100 where server.connectionCount > 0 {
      await slow.send("G")
      await body.send("x")
      try await Task.sleep(for: .milliseconds(100))
    }
    #expect(server.connectionCount == 0)
    #expect(try await silent.reply() == nil)
    #expect(try await status(server, "GET / HTTP/1.1\nHost: 127.0.0.1:PORT\n\n") == 200)
  }

  @Test func `there are no more connections than the limit, and room again when one goes`() async throws {
    var limits = Server.Limits()
    limits.connections = 8
    let server = try Self.started(limits: limits)
    defer { server.stop() }
    var held: [RawHTTP] = []
    for _ in 0..<8 {
      let connection = try RawHTTP(port: Int(server.port))
      await connection.send("GET / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
      #expect(try await connection.reply()?.status == 200)
      held.append(connection)
    }
    let ninth = try RawHTTP(port: Int(server.port), limit: 1)
    await ninth.send("GET / HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
    let refused = try? await ninth.reply()
    #expect(refused == nil || refused ?? nil == nil)
    held = []
    let free = server
    #expect(try await eventually("a free place") { free.connectionCount < 8 ? true : nil })
    #expect(try await eventually("an answer") { try? RawHTTP(port: Int(free.port)) } as RawHTTP? != nil)
  }

  @Test func `a file is sent in the part that is asked for, and a stream as it is written`() async throws {
    let scratch = ScratchFolder()
    scratch.write("file", Array("0123456789".utf8))
    let stream = ByteStream(limit: 1 << 20)
    let path = scratch.file("file")
    let server = try Self.started([
      Router.Route("/file", at: .work) { _ in
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        return Response(206, [], .file(FileBody(Descriptor(owning: raw), offset: 2, count: 5)))
      },
      Router.Route("/stream", at: .here) { _ in Response(200, [], .stream(stream)) },
    ])
    defer { server.stop() }
    let client = PageClient(port: Int(server.port), token: "")
    #expect(try await client.get("/file").text == "23456")
    let connection = try RawHTTP(port: Int(server.port))
    await connection.send("GET /stream HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
    // Head and pieces come together or by themselves.
    for word in ["one", "two"] {
      stream.send(Array(word.utf8))
      var said = ""
      while !said.contains(word), let bytes = await connection.receive(), !bytes.isEmpty {
        said += String(decoding: bytes, as: UTF8.self)
      }
      #expect(said.contains(word))
    }
    stream.end()
    #expect(try await eventually("the end of the stream") { stream.isEnded ? true : nil })
  }

  @Test func `a reader that does not read is given up, and whoever writes is told`() async throws {
    let stream = ByteStream(limit: 1 << 20)
    let server = try Self.started([Router.Route("/stream", at: .here) { _ in Response(200, [], .stream(stream)) }])
    defer { server.stop() }
    let connection = try RawHTTP(port: Int(server.port))
    await connection.send("GET /stream HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
    let piece = [UInt8](repeating: 65, count: 64 << 10)
    var sent = 0
    while stream.send(piece), sent < 2000 { sent += 1 }
    #expect(stream.isEnded && sent < 2000)
  }

  @Test func `a server stops while streams are open and answers are being made`() async throws {
    let stream = ByteStream(limit: 1 << 20)
    let server = try Self.started([Router.Route("/stream", at: .here) { _ in Response(200, [], .stream(stream)) }])
    let (open, slow) = (try RawHTTP(port: Int(server.port)), try RawHTTP(port: Int(server.port)))
    await open.send("GET /stream HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
    stream.send(Array("one".utf8))
    _ = await open.receive()
    await slow.send("GET /slow HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
    #expect(try await eventually("both connections") { server.connectionCount == 2 ? true : nil })
    server.stop()
    #expect(stream.isEnded)
    #expect(throws: (any Error).self) { try RawHTTP(port: Int(server.port)) }
  }
}
