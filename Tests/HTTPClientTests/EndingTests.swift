import Glibc
import HTTPClient
import TestSupport
import Testing

/// Cancelling and stopping: what runs ends at once, and its connection with it.
struct EndingTests {
  private let client = HTTPClient(name: "test", userAgent: "reel-test/1")

  @Test func `a task that is cancelled closes its connection`() async throws {
    let peer = try await Peer.shared
    let name = freshName()
    let task = Task { [client] in try await client.send(patient("POST", "\(peer.http)/silent?name=\(name)")) }
    try await peer.waitUntilSeen(name)
    task.cancel()
    let error = await #expect(throws: HTTPError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    #expect(error?.neverArrived == false)
    try await peer.waitUntilGone(name)
  }

  @Test func `a body on its way is broken off, and its file is gone`() async throws {
    let peer = try await Peer.shared
    let scratch = ScratchFolder()
    let name = freshName()
    let task = Task { [client] in
      try await client.download(
        patient("GET", "\(peer.http)/endless?name=\(name)"), to: scratch.file("take"), limit: .max)
    }
    _ = try await eventually("the first bytes") { (scratch.read("take") ?? []).isEmpty ? nil : true }
    task.cancel()
    let error = await #expect(throws: HTTPError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    #expect(scratch.names == [])
    try await peer.waitUntilGone(name)
  }

  @Test func `what is cancelled before it starts never arrives`() async throws {
    let peer = try await Peer.shared
    let name = freshName()
    let task = Task { [client] in
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.send(patient("POST", "\(peer.http)/silent?name=\(name)"))
    }
    let error = await #expect(throws: HTTPError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    // The peer answers in the order of connections made; had it arrived, this would count it.
    if error?.neverArrived == true { #expect(try await peer.count(name) == 0) }
  }

  @Test func `stopping ends all that runs and all that comes`() async throws {
    let peer = try await Peer.shared
    let names = (0..<20).map { _ in freshName() }
    let tasks = names.map { name in
      Task { [client] in try await client.send(patient("POST", "\(peer.http)/silent?name=\(name)")) }
    }
    for name in names { try await peer.waitUntilSeen(name) }
    client.stop()
    for task in tasks {
      let error = await #expect(throws: HTTPError.self) { try await task.value }
      #expect(error?.kind == .cancelled)
      #expect(error?.neverArrived == false)
    }
    for name in names { try await peer.waitUntilGone(name) }
    client.stop()
    let late = await #expect(throws: HTTPError.self) {
      try await client.send(patient("GET", "\(peer.http)/echo"))
    }
    #expect(late?.kind == .cancelled)
    #expect(late?.neverArrived == true)
  }

  @Test func `a client that was never used stops too`() {
    let unused = HTTPClient(name: "unused", userAgent: "x")
    unused.stop()
    unused.stop()
  }

  @Test func `a client that is let go ends its thread and closes its connections`() async throws {
    let peer = try await Peer.shared
    // A thread's name is the only thing by which it can be told from outside.
    let mark = "t\(UInt32.random(in: 0...UInt32.max))"
    func isThere() -> Bool {
      ScratchFolder.names(in: "/proc/self/task").contains { task in
        guard let stream = fopen("/proc/self/task/\(task)/comm", "r") else { return false }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = fread(&bytes, 1, bytes.count, stream)
        return String(decoding: bytes[..<count], as: UTF8.self) == "\(mark)\n"
      }
    }
    var passing: HTTPClient? = HTTPClient(name: mark, userAgent: "x")
    _ = try await passing?.send(patient("GET", "\(peer.http)/echo"))
    #expect(isThere())
    passing = nil
    _ = try await eventually("the end of the thread") { isThere() ? nil : true }
  }
}
