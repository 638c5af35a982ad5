import Basics
import Glibc
import JSONText
import Studio
import Synchronization
import TestSupport
import Testing

@Suite struct ControlTests {
  private let folder = ScratchFolder()

  /// A server that answers with the call's name.
  private func server() throws -> ControlServer {
    try ControlServer(in: folder.path) { call, reply in reply(.success(.string(call.name))) }
  }

  @Test func `a call is answered, also from a folder with a long path`() throws {
    let long = folder.file(String(repeating: "x", count: 200))
    mkdir(long, 0o700)
    let server = try ControlServer(in: long) { call, reply in reply(.success(call.fields["n"] ?? .null)) }
    #expect(try ControlClient.ask(ControlCall("echo", ["n": "a\nb"]), in: long) == .success("a\nb"))
    server.stop()
  }

  @Test func `where nobody listens there is no answer`() throws {
    #expect(try ControlClient.ask(ControlCall("status"), in: folder.path) == nil)
    #expect(try ControlClient.ask(ControlCall("status"), in: folder.file("none")) == nil)
    let server = try server()
    server.stop()
    #expect(try ControlClient.ask(ControlCall("status"), in: folder.path) == nil)
    #expect(!folder.names.contains("control.sock"))
  }

  @Test func `a holder that takes over listens where a dead one did`() throws {
    let dead = try server()
    let next = try server()
    #expect(try ControlClient.ask(ControlCall("status"), in: folder.path) == .success("status"))
    next.stop()
    dead.stop()
  }

  @Test func `an answer of megabytes comes whole`() throws {
    let text = String(repeating: "plan ", count: 1 << 20)
    let server = try ControlServer(in: folder.path) { _, reply in reply(.success(.string(text))) }
    #expect(try ControlClient.ask(ControlCall("plan"), in: folder.path) == .success(.string(text)))
    server.stop()
  }

  @Test func `several calls may come in one packet, and what is no call is refused`() throws {
    let server = try server()
    defer { server.stop() }
    let raw = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let client = Descriptor(owning: raw)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(folder.file("control.sock").utf8) + [0]) }
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(client.raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(connected == 0)
    try client.writeAll(Array("{\"call\":\"one\"}\n{\"call\":3}\n{\"call\":\"two\"}\n".utf8), path: "socket")
    shutdown(client.raw, Int32(SHUT_WR))
    let answers = try client.readAll(limit: 1 << 16, sizeHint: 0, path: "socket")
    #expect(
      String(decoding: answers, as: UTF8.self) == """
        {"ok":"one"}
        {"error":{"code":"bad-call","message":"this is no call"}}
        {"ok":"two"}

        """)
  }
}
