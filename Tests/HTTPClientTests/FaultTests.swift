import HTTPClient
import TestSupport
import Testing

/// What goes wrong, and what is said of it; above all whether the server may have seen the request.
struct FaultTests {
  private let client = HTTPClient(name: "test", userAgent: "reel-test/1")

  private func failure(_ request: HTTPRequest) async throws -> HTTPError {
    try #require(await #expect(throws: HTTPError.self) { try await client.send(request) })
  }

  @Test func `a port where nobody listens refuses, and has seen nothing`() async throws {
    let port = try DeafPort(isListening: false)
    let error = try await failure(patient("POST", "http://127.0.0.1:\(port.number)/prompt?token=secret"))
    #expect(
      error
        == HTTPError(
          .refused, "127.0.0.1:\(port.number) refuses connections: nothing listens there", neverArrived: true))
  }

  @Test func `a host that does not take the connection is unreachable, and has seen nothing`() async throws {
    let port = try DeafPort(isListening: true)
    var request = patient("GET", "http://127.0.0.1:\(port.number)/")
    request.connectLimit = .milliseconds(300)
    let error = try await failure(request)
    #expect(
      error
        == HTTPError(
          .unreachable, "127.0.0.1:\(port.number) cannot be reached: no connection within 300 ms", neverArrived: true))
  }

  @Test(arguments: [
    "/nothing", "/reset-at-once", "/mid-status", "/mid-header", "/after-header-line", "/mid-body", "/mid-body-reset",
    "/mid-chunk", "/no-http",
  ])
  func `a connection that breaks is lost, and the request may have arrived`(_ path: String) async throws {
    let peer = try await Peer.shared
    for method in ["GET", "POST"] {
      let name = freshName()
      let error = try await failure(patient(method, "\(peer.raw)\(path)?\(name)"))
      #expect(error.kind == .lost, "\(error)")
      #expect(!error.neverArrived)
      #expect(error.message.hasPrefix("the connection to 127.0.0.1:") || error.message.contains("127.0.0.1:"))
      #expect(!error.message.contains(name), "the query is told")
      #expect(try await peer.count(name) == 1, "it was sent again")
    }
  }

  @Test func `nothing that changes something is sent twice over a connection that was kept`() async throws {
    let peer = try await Peer.shared
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
      // The server answers the first request of a connection and closes it in answer to the second.
      #expect(try await client.send(patient("GET", "\(peer.raw)/answer-once?x")).text == "once")
      let name = freshName()
      #expect(try await client.send(patient(method, "\(peer.raw)/answer-once?\(name)")).text == "once")
      #expect(try await peer.count(name) == 1)
    }
    // What only reads may be: this is how the test knows that it would have happened.
    let name = freshName()
    #expect(try await client.send(patient("GET", "\(peer.raw)/answer-once?\(name)")).text == "once")
    #expect(try await peer.count(name) > 1)
  }

  @Test func `a server that says nothing is given up`() async throws {
    let peer = try await Peer.shared
    let name = freshName()
    var request = patient("POST", "\(peer.http)/silent?name=\(name)")
    request.idleLimit = .milliseconds(300)
    let error = try await failure(request)
    #expect(error.kind == .timedOut)
    #expect(!error.neverArrived)
    #expect(error.message.hasSuffix("for 300 ms"))
    try await peer.waitUntilGone(name)
  }

  @Test func `more of a body than is taken is an error, as soon as it is known`() async throws {
    let peer = try await Peer.shared
    var request = patient("GET", "\(peer.http)/big?size=1001")
    request.bodyLimit = 1001
    #expect(try await client.send(request).body.count == 1001)
    request.bodyLimit = 1000
    #expect(try await failure(request).kind == .tooLarge)
    // The length alone is enough: no more than three bytes ever come.
    #expect(try await failure(patient("GET", "\(peer.raw)/larger-than-said?x")).kind == .tooLarge)
    request.url = "\(peer.http)/chunked"
    #expect(try await client.send(request).body.count == 890)
    request.bodyLimit = 889
    #expect(try await failure(request).kind == .tooLarge)
  }

  @Test func `a header without end is an error`() async throws {
    let peer = try await Peer.shared
    #expect(try await failure(patient("GET", "\(peer.raw)/long-header?x")).kind == .tooLarge)
  }

  @Test(arguments: [
    "", "127.0.0.1:8188", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://a b/", "http://h:99999/",
    "http://127.0.0.1:1/\r\nX: y", "http://user:hunter2@[::1", "http://h:0/", "http://\0",
  ])
  func `what is no address is refused without repeating it`(_ url: String) async throws {
    let error = try await failure(patient("GET", url))
    #expect(error.kind == .badAddress, "\(error)")
    #expect(error.neverArrived)
    #expect(!error.message.contains("hunter2"))
    #expect(error.message.hasPrefix("the address of the server cannot be read: "))
  }

  @Test func `a header cannot carry another one`() async throws {
    let peer = try await Peer.shared
    for (name, value) in [("X", "a\r\nY: b"), ("X", "a\n"), ("X Y", "a"), ("", "a"), ("X:", "a"), ("X", "\u{0}")] {
      var request = patient("GET", "\(peer.http)/echo")
      request.headers = [(name, value)]
      let error = try await failure(request)
      #expect(error.kind == .badAddress)
      #expect(error.neverArrived)
    }
    #expect(try await failure(patient("GET /\r\nX: y", "\(peer.http)/echo")).kind == .badAddress)
  }

  @Test func `a file that cannot be read, or is none, is told before anything is sent`() async throws {
    let peer = try await Peer.shared
    let scratch = ScratchFolder()
    for path in [scratch.file("missing"), scratch.path, "/dev/null"] {
      var request = patient("POST", "\(peer.http)/form")
      request.body = .form([
        FormPart(name: "image", content: .file(path: path, fileName: "a.png", type: "image/png"))
      ])
      let error = try await failure(request)
      #expect(error.kind == .local)
      #expect(error.neverArrived)
      #expect(error.message.contains(path))
    }
  }

  @Test func `a certificate that nobody vouches for is not accepted`() async throws {
    let peer = try await Peer.shared
    let error = try await failure(patient("POST", "\(peer.https)/echo"))
    #expect(error.kind == .insecure)
    #expect(error.neverArrived)
    #expect(error.message.hasPrefix("there is no secure connection to 127.0.0.1:"))
  }

  @Test func `a server without TLS is no secure one`() async throws {
    let peer = try await Peer.shared
    let error = try await failure(patient("GET", "https" + peer.http.dropFirst("http".count) + "/echo"))
    #expect(error.kind == .insecure)
    #expect(error.neverArrived)
  }
}
