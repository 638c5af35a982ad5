import Basics
import Testing

@testable import HTTPClient

/// The answer that opens a WebSocket, and all those that do not.
struct WebSocketHandshakeTests {
  /// The key of RFC 6455's own example, with the answer that it gives.
  private static let key = Array("the sample nonce".utf8)
  private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

  private func handshake(_ headers: [(String, String)] = []) throws -> WebSocketHandshake {
    #expect(CurlLibrary.fault == nil)
    return WebSocketHandshake(
      try HostAddress("ws://127.0.0.1:8188/ws?clientId=a%20b"),
      headers: try headers.map { try HeaderLine(name: $0.0, value: $0.1) }, userAgent: "reel/1", key: Self.key)
  }

  private func lines(_ answer: [String]) -> [UInt8] { Array(answer.map { "\($0)\r\n" }.joined().utf8) + [13, 10] }

  private var good: [String] {
    [
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: \(Self.accept)",
    ]
  }

  /// What comes of an answer, however it is cut.
  private func outcome(_ bytes: [UInt8]) throws -> WebSocketHandshake.Outcome {
    var whole = try handshake()
    let expected = bytes.withUnsafeBytes { whole.handle($0) }
    for place in stride(from: 0, to: bytes.count, by: bytes.count > 1000 ? 10000 : 1) {
      var parts = try handshake()
      let first = bytes[..<place].withUnsafeBytes { parts.handle($0) }
      guard first == .incomplete else { continue }
      let second = bytes[place...].withUnsafeBytes { parts.handle($0) }
      if second != expected { Issue.record("cut at \(place): \(second), not \(expected)") }
    }
    return expected
  }

  private func refusal(_ answer: [String]) throws -> String? {
    guard case .refused(let reason, _) = try outcome(lines(answer)) else { return nil }
    return reason
  }

  @Test func `the request is the one that the RFC asks for, without an origin`() throws {
    #expect(
      String(decoding: try handshake([("X-Key", "secret")]).request, as: UTF8.self) == """
        GET /ws?clientId=a%20b HTTP/1.1\r
        Host: 127.0.0.1:8188\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        User-Agent: reel/1\r
        X-Key: secret\r
        \r

        """)
  }

  @Test func `a name and a password of the address are sent, unless a header is`() throws {
    #expect(CurlLibrary.fault == nil)
    let address = try HostAddress("wss://me:p%40ss@example.com")
    #expect(address.hostHeader == "example.com")
    #expect(address.host == "example.com:443")
    #expect(address.target == "/")
    var request = WebSocketHandshake(address, headers: [], userAgent: "x", key: Self.key).request
    #expect(String(decoding: request, as: UTF8.self).contains("Authorization: Basic bWU6cEBzcw==\r\n"))
    let header = try HeaderLine(name: "authorization", value: "Bearer x")
    request = WebSocketHandshake(address, headers: [header], userAgent: "x", key: Self.key).request
    #expect(!String(decoding: request, as: UTF8.self).contains("Basic"))
  }

  @Test func `the right answer opens it, and what follows are frames`() throws {
    #expect(try outcome(lines(good)) == .opened(rest: []))
    #expect(try outcome(lines(good) + [0x81, 0x00, 13, 10, 13, 10]) == .opened(rest: [0x81, 0x00, 13, 10, 13, 10]))
    #expect(
      try outcome(
        lines([
          "HTTP/1.1 101 ", "server: x", "UPGRADE:WebSocket", "connection:keep-alive ,\tUPGRADE ",
          "sec-websocket-ACCEPT:  \(Self.accept)\t", "Sec-WebSocket-Extensions:", "Date: now: then",
        ])) == .opened(rest: []))
  }

  @Test func `every other status is told`() throws {
    for status in [100, 200, 302, 401, 403, 404, 426, 500] {
      #expect(
        try outcome(lines(["HTTP/1.1 \(status) Whatever", "Content-Length: 0"]))
          == .refused("it answers \(status)", status: status))
    }
  }

  @Test func `an answer that leaves something out or says something else opens nothing`() throws {
    let noWebSocket = "its answer does not open a WebSocket"
    for place in 1...2 {
      var answer = good
      answer.remove(at: place)
      #expect(try refusal(answer) == noWebSocket)
    }
    for (place, line, reason) in [
      (0, "HTTP/1.0 101 Switching Protocols", "its answer is not HTTP/1.1"), (0, "HTTP/1.1", "its answer is not HTTP"),
      (0, "ICY 101 OK", "its answer is not HTTP"), (0, "HTTP/1.1 10 OK", "its answer is not HTTP"),
      (0, "", "its answer is not HTTP"), (1, "Upgrade: h2c", noWebSocket), (1, "Upgrade: websockets", noWebSocket),
      (2, "Connection: close", noWebSocket), (2, "Connection: not-upgrade", noWebSocket),
      (3, "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "its answer is not one to our key"),
      (3, "Sec-WebSocket-Accept: \(Self.accept.lowercased())", "its answer is not one to our key"),
      (3, "Sec-WebSocket-Accept:", "its answer is not one to our key"),
      (3, "X-Nothing: here", "its answer is not one to our key"),
      (3, "no header", "its answer has a line that is no header"),
      (3, " folded: yes", "its answer has a line that is no header"),
    ] {
      var answer = good
      answer[place] = line
      #expect(try refusal(answer) == reason, "\(line)")
    }
    #expect(try refusal(good + ["Sec-WebSocket-Accept: \(Self.accept)"]) == "its answer is not one to our key")
    #expect(
      try refusal(good + ["Sec-WebSocket-Extensions: permessage-deflate"])
        == "it wants an extension that was not offered")
    #expect(try refusal(good + ["Sec-WebSocket-Protocol: chat"]) == "it wants a protocol that was not offered")
  }

  @Test func `a header without end is refused`() throws {
    let long = Array("HTTP/1.1 101 OK\r\nX: ".utf8) + [UInt8](repeating: 0x61, count: WebSocketHandshake.headerLimit)
    #expect(try outcome(long) == .refused("its answer has too large a header", status: nil))
    #expect(try outcome(long + lines(good)) == .refused("its answer has too large a header", status: nil))
    #expect(try outcome(Array(lines(good).dropLast())) == .incomplete)
  }
}
