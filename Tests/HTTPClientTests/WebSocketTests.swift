import Glibc
import JSONText
import Synchronization
import TestSupport
import Testing

@testable import HTTPClient

/// WebSockets with a server at the other end.
struct WebSocketTests {
  private let client = HTTPClient(name: "test", userAgent: "reel-test/1", pace: .patient)

  private func connect(_ url: String, limit: Int = 64 << 20) async throws -> WebSocket {
    try await client.connect(url, headers: [], messageLimit: limit)
  }

  private func failure(_ url: String) async throws -> HTTPError {
    try #require(await #expect(throws: HTTPError.self) { try await connect(url) })
  }

  /// What comes, and how it ends.
  private func all(_ socket: WebSocket) async -> (messages: [WebSocket.Message], error: HTTPError?) {
    var messages: [WebSocket.Message] = []
    do throws(HTTPError) {
      for try await message in socket.messages { messages.append(message) }
      return (messages, nil)
    } catch {
      return (messages, error)
    }
  }

  @Test func `messages of all sizes come back as they went`() async throws {
    let peer = try await Peer.shared
    let socket = try await connect("\(peer.http)/websocket")
    var echoes = socket.messages.makeAsyncIterator()
    for size in [0, 1, 125, 126, 65535, 65536, 5_000_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
      try await socket.send(.binary(bytes))
      #expect(try await echoes.next() == .binary(bytes))
      let text = String(repeating: "ä", count: size / 2)
      try await socket.send(.text(text))
      #expect(try await echoes.next() == .text(text))
    }
    await socket.close()
    #expect(try await echoes.next() == nil)
  }

  @Test func `both ends send at once, more than fits anywhere on the way`() async throws {
    let peer = try await Peer.shared
    let socket = try await connect("\(peer.http)/websocket")
    let block = [UInt8](repeating: 5, count: 1 << 20)
    async let sent: Void = {
      for _ in 0..<40 { try await socket.send(.binary(block)) }
    }()
    var count = 0
    for try await message in socket.messages {
      #expect(message == .binary(block))
      count += 1
      if count == 40 { break }
    }
    try await sent
    await socket.close()
  }

  @Test func `the request says who asks and nothing of an origin`() async throws {
    let peer = try await Peer.shared
    let socket = try await client.connect(
      "ws" + peer.http.dropFirst("http".count) + "/websocket?hello", headers: [("Authorization", "Bearer secret")],
      messageLimit: 10000)
    guard case .text(let hello)? = try await socket.messages.first(where: { _ in true }) else {
      throw Failure("no text came")
    }
    let names = try JSONDocument(parsing: Array(hello.utf8)).root.value.array?.compactMap { $0.array?[0].string }
    #expect(
      names == [
        "Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "User-Agent", "Authorization",
      ])
    #expect(hello.contains("\"reel-test/1\""))
    #expect(hello.contains("\"Bearer secret\""))
    await socket.close()
  }

  @Test func `a ping of the server is answered`() async throws {
    let peer = try await Peer.shared
    let socket = try await connect("\(peer.http)/websocket?ping")
    #expect(try await socket.messages.first { _ in true } == .text("pong are you there"))
    await socket.close()
  }

  @Test func `a silent server is pinged, and one that does not answer is lost`() async throws {
    let peer = try await Peer.shared
    var pace = WebSocketConnection.Pace.patient
    pace.ping = .milliseconds(50)
    let patient = HTTPClient(name: "patient", userAgent: "x", pace: pace)
    defer { patient.stop() }
    let name = freshName()
    let answered = try await patient.connect("\(peer.http)/websocket?name=\(name)", messageLimit: 100)
    try await peer.waitUntilSeen(name + " ping", times: 3)
    await answered.close()
    pace.silence = .milliseconds(300)
    let strict = HTTPClient(name: "strict", userAgent: "x", pace: pace)
    defer { strict.stop() }
    let mute = freshName()
    let (messages, error) = await all(
      try await strict.connect("\(peer.raw)/websocket/mute?\(mute)", messageLimit: 100))
    #expect(messages == [])
    #expect(error?.kind == .lost)
    #expect(error?.message.hasSuffix("has said nothing for 300 ms, not even when it was asked to") == true)
    try await peer.waitUntilGone(mute)
  }

  @Test func `what came together with the answer is not lost`() async throws {
    let peer = try await Peer.shared
    let (messages, error) = await all(try await connect("\(peer.raw)/websocket/hello-with-header?x"))
    #expect(messages == [.text("hello")])
    #expect(error == nil)
  }

  @Test func `a server that closes and then keeps its end open is not waited for long`() async throws {
    let peer = try await Peer.shared
    var pace = WebSocketConnection.Pace.patient
    pace.closing = .milliseconds(100)
    let hasty = HTTPClient(name: "hasty", userAgent: "x", pace: pace)
    defer { hasty.stop() }
    let name = freshName()
    let (messages, error) = await all(
      try await hasty.connect("\(peer.raw)/websocket/closed-and-kept?\(name)", messageLimit: 100))
    #expect(messages == [.text("hello")])
    #expect(error == nil)
    try await peer.waitUntilGone(name)
  }

  @Test(arguments: [1000, 1001]) func `a close of the server ends the messages`(_ code: Int) async throws {
    let peer = try await Peer.shared
    let socket = try await connect("\(peer.http)/websocket?close=\(code)")
    let (messages, error) = await all(socket)
    #expect(messages == [])
    #expect(error == nil)
    let late = await #expect(throws: HTTPError.self) { try await socket.send(.text("late")) }
    #expect(late?.kind == .lost)
    #expect(late?.neverArrived == true)
    await socket.close()
  }

  @Test(arguments: [1008, 1011, 4000]) func `a close for a reason is told with it`(_ code: Int) async throws {
    let peer = try await Peer.shared
    let (_, error) = await all(try await connect("\(peer.http)/websocket?close=\(code)"))
    #expect(error?.kind == .lost)
    #expect(error?.message.hasSuffix("closed the WebSocket with the code \(code): that is all") == true)
  }

  @Test func `our close is told to the server, and the connection is gone when it returns`() async throws {
    let peer = try await Peer.shared
    let name = freshName()
    let socket = try await connect("\(peer.http)/websocket?name=\(name)")
    async let one: Void = socket.close()
    async let other: Void = socket.close()
    _ = await (one, other)
    await socket.close()
    try await peer.waitUntilGone(name)
    #expect(try await peer.count(name + " close 1000") == 1)
    #expect(await all(socket).error == nil)
  }

  @Test(arguments: [
    ("broken-off", "closed the connection without a word"),
    ("masked", "breaks the rules of WebSockets: a frame of a server is masked"),
    ("bad-text", "breaks the rules of WebSockets: a text is not UTF-8"),
  ]) func `a connection that ends as it should not is lost`(_ path: String, _ message: String) async throws {
    let peer = try await Peer.shared
    let name = freshName()
    let (messages, error) = await all(try await connect("\(peer.raw)/websocket/\(path)?\(name)"))
    #expect(messages == [])
    #expect(error?.kind == .lost)
    #expect(error?.message.hasSuffix(message) == true, "\(error?.message ?? "")")
    try await peer.waitUntilGone(name)
  }

  @Test func `a reset in the middle of a message is lost, after the messages before it`() async throws {
    let peer = try await Peer.shared
    let socket = try await connect("\(peer.raw)/websocket/reset?x")
    var messages = socket.messages.makeAsyncIterator()
    #expect(try await messages.next() == .text("ok"))
    // This tells the server that we have read so far.
    try await socket.send(.text("x"))
    let error = await #expect(throws: HTTPError.self) { _ = try await messages.next() }
    #expect(error?.kind == .lost)
    #expect(error?.message.hasPrefix("the connection to 127.0.0.1:") == true)
  }

  @Test func `a message above the limit ends it`() async throws {
    let peer = try await Peer.shared
    let (messages, error) = await all(try await connect("\(peer.raw)/websocket/too-large?x", limit: 1 << 20))
    #expect(messages == [])
    #expect(error?.kind == .tooLarge)
  }

  @Test func `a server that opens none is told with its status`() async throws {
    let peer = try await Peer.shared
    let error = try await failure("\(peer.raw)/websocket/refused?x")
    #expect(error.kind == .lost)
    #expect(error.status == 403)
    #expect(!error.neverArrived)
    #expect(error.message.hasSuffix("opens no WebSocket: it answers 403"))
    #expect(try await failure("\(peer.raw)/websocket/page?x").status == 200)
    #expect(try await failure("\(peer.http)/status/404").status == 404)
    #expect(
      try await failure("\(peer.raw)/websocket/wrong-accept?x").message
        .hasSuffix("opens no WebSocket: its answer is not one to our key"))
    #expect(
      try await failure("\(peer.raw)/websocket/long-header?x").message
        .hasSuffix("opens no WebSocket: its answer has too large a header"))
    #expect(try await failure("\(peer.raw)/nothing?x").message.hasSuffix("closed the connection without a word"))
  }

  @Test func `a server that never answers is given up`() async throws {
    let peer = try await Peer.shared
    var pace = WebSocketConnection.Pace.patient
    pace.answer = .milliseconds(300)
    let hasty = HTTPClient(name: "hasty", userAgent: "x", pace: pace)
    defer { hasty.stop() }
    let name = freshName()
    let error = await #expect(throws: HTTPError.self) {
      try await hasty.connect("\(peer.raw)/websocket/silent?\(name)", messageLimit: 100)
    }
    #expect(error?.kind == .timedOut)
    try await peer.waitUntilGone(name)
  }

  @Test func `a port that refuses, one that is deaf, an address that is none`() async throws {
    let closed = try DeafPort(isListening: false)
    let refused = try await failure("ws://127.0.0.1:\(closed.number)/ws")
    #expect(refused.kind == .refused)
    #expect(refused.neverArrived)
    let deaf = try DeafPort(isListening: true)
    var pace = WebSocketConnection.Pace.patient
    pace.connecting = .milliseconds(300)
    let hasty = HTTPClient(name: "hasty", userAgent: "x", pace: pace)
    defer { hasty.stop() }
    let unreachable = await #expect(throws: HTTPError.self) {
      try await hasty.connect("ws://127.0.0.1:\(deaf.number)/ws", messageLimit: 100)
    }
    #expect(unreachable?.kind == .unreachable)
    #expect(unreachable?.neverArrived == true)
    #expect(try await failure("gopher://127.0.0.1/").kind == .badAddress)
    #expect(try await failure("wss" + Peer.shared.https.dropFirst("https".count) + "/websocket").kind == .insecure)
  }

  @Test func `cancelling the task that connects closes the connection`() async throws {
    let peer = try await Peer.shared
    let name = freshName()
    let task = Task { try await connect("\(peer.raw)/websocket/silent?\(name)") }
    try await peer.waitUntilSeen(name)
    task.cancel()
    let error = await #expect(throws: HTTPError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    #expect(error?.neverArrived == false)
    try await peer.waitUntilGone(name)
  }

  @Test func `cancelling the task that waits for a message leaves the connection alone`() async throws {
    let peer = try await Peer.shared
    let socket = try await connect("\(peer.http)/websocket")
    let task = Task { try await socket.messages.first { _ in true } }
    task.cancel()
    let error = await #expect(throws: HTTPError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    try await socket.send(.text("still here"))
    #expect(try await socket.messages.first { _ in true } == .text("still here"))
    await socket.close()
  }

  @Test func `a WebSocket that nobody holds any more is closed`() async throws {
    let peer = try await Peer.shared
    let name = freshName()
    var socket: WebSocket? = try await connect("\(peer.raw)/websocket/mute?\(name)")
    #expect(socket != nil)
    socket = nil
    try await peer.waitUntilGone(name)
  }

  @Test func `stopping the client ends its WebSockets as cancelled`() async throws {
    let peer = try await Peer.shared
    let passing = HTTPClient(name: "passing", userAgent: "x", pace: .patient)
    let names = (0..<10).map { _ in freshName() }
    var waiting: [Task<HTTPError?, Never>] = []
    for name in names {
      let socket = try await passing.connect("\(peer.raw)/websocket/mute?\(name)", messageLimit: 100)
      waiting.append(Task { await all(socket).error })
    }
    passing.stop()
    for task in waiting { #expect(await task.value?.kind == .cancelled) }
    for name in names { try await peer.waitUntilGone(name) }
    let error = await #expect(throws: HTTPError.self) {
      try await passing.connect("\(peer.http)/websocket", messageLimit: 1)
    }
    #expect(error?.kind == .cancelled)
  }

  @Test func `a server that sends faster than anyone takes has to wait, and nothing is dropped`() async throws {
    let peer = try await Peer.shared
    let count = 20000
    let socket = try await connect("\(peer.http)/websocket?flood=\(count)")
    // More than the kernel holds is on its way before the first is taken.
    try await socket.send(.text("first of ours"))
    var number = 0
    for try await message in socket.messages {
      if number == count {
        #expect(message == .text("first of ours"))
        break
      }
      if message != .text("message \(number)" + String(repeating: ".", count: 1000)) {
        Issue.record("message \(number) is another one")
        break
      }
      number += 1
    }
    #expect(number == count)
    await socket.close()
  }

  @Test func `a thread with WebSockets that rest does not turn`() async throws {
    let peer = try await Peer.shared
    let resting = HTTPClient(name: "resting", userAgent: "x", pace: .patient)
    defer { resting.stop() }
    let quiet = try await resting.connect("\(peer.http)/websocket", messageLimit: 100)
    // One that has more for us than we take.
    let flooded = try await resting.connect("\(peer.http)/websocket?flood=20000", messageLimit: 10000)
    // Three looks in a row find it where it was: one that turns may be kept from it for a moment by others.
    var looks: [Int] = []
    _ = try await eventually("rest") {
      looks.append(resting.loop.turns.load(ordering: .relaxed))
      usleep(100_000)
      return looks.count > 3 && Set(looks.suffix(4)).count == 1 ? true : nil
    }
    await flooded.close()
    await quiet.close()
  }
}

extension WebSocketConnection.Pace {
  /// Limits that no load of the machine reaches.
  fileprivate static let patient = Self(
    connecting: .seconds(600), answer: .seconds(600), ping: .seconds(600), silence: .seconds(600),
    closing: .seconds(600))
}
