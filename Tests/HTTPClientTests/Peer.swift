import Basics
import FoundationEssentials
import Glibc
import HTTPClient
import JSONText
import TestSupport
import Testing

/// The server of Tests/httpclient/peer.py, one for all tests of the run.
///
/// It ends by itself when this process has ended.
final class Peer: Sendable {
  private let scratch = ScratchFolder()
  private let program: StartedProgram
  /// Where it answers as a server should, over HTTP and HTTPS, and where it breaks the rules.
  let http: String
  let https: String
  let raw: String
  /// Where a body is taken slowly.
  let slow: String
  /// The certificate that only those trust who were told to.
  let certificate: String

  private static let started = Task { try await Peer() }

  static var shared: Peer {
    get async throws { try await started.value }
  }

  private init() async throws {
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    certificate = scratch.file("certificate")
    let key = scratch.file("key")
    let made = try ChildProcess(
      starting: "/usr/bin/openssl",
      arguments: [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
        "/CN=reel", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
      ], error: .null)
    guard await made.waitForExit().isSuccess else { throw Failure("openssl made no certificate") }
    program = try StartedProgram(
      "\(repository)/.build/venv/bin/python", ["\(repository)/Tests/httpclient/peer.py", certificate, key],
      environment: ["PATH=/usr/bin:/bin"], directory: "/", log: scratch, limit: .seconds(30))
    let program = program
    let said: String = try await eventually("the ports of the test server") {
      if let exit = program.child.exit { throw Failure("the test server ended with \(exit): \(program.error)") }
      return program.output.hasSuffix("\n") ? program.output : nil
    }
    let ports = try JSONDocument(parsing: Array(said.utf8)).root.value
    func address(_ scheme: String, _ name: String) throws -> String {
      // Not by `#require`: it would fail one test, and all others that wait for the same server would pass.
      guard let port = ports[name]?.int else { throw Failure("the test server says \(ports)") }
      return "\(scheme)://127.0.0.1:\(port)"
    }
    http = try address("http", "http")
    https = try address("https", "https")
    raw = try address("http", "raw")
    slow = try address("http", "slow")
  }

  /// Asks it something about what it has seen.
  private func ask(_ path: String) async throws -> HTTPResponse {
    let client = HTTPClient(name: "asking", userAgent: "test")
    defer { client.stop() }
    let response = try await client.send(patient("GET", "\(http)\(path.replacing(" ", with: "%20"))"))
    if response.status != 200 { throw Failure("the test server answers \(response.status): \(response.text)") }
    return response
  }

  /// Waits until the client that used this name has gone.
  func waitUntilGone(_ name: String) async throws {
    _ = try await ask("/gone/\(name)")
  }

  /// Waits until this name was used so often.
  func waitUntilSeen(_ name: String, times: Int = 1) async throws {
    _ = try await ask("/seen/\(name)/\(times)")
  }

  /// How often this name was used.
  func count(_ name: String) async throws -> Int {
    let text = try await ask("/count/\(name)").text
    guard let count = Int(text) else { throw Failure("the test server counts \(text)") }
    return count
  }
}

/// A request that no load of the machine makes fail.
func patient(_ method: String, _ url: String) -> HTTPRequest {
  var request = HTTPRequest(method, url)
  request.connectLimit = .seconds(600)
  request.idleLimit = .seconds(600)
  return request
}

extension HTTPResponse {
  var text: String { String(decoding: body, as: UTF8.self) }

  var json: JSON {
    get throws { try JSONDocument(parsing: body).root.value }
  }
}

/// A name that no other test uses.
func freshName() -> String { "n\(UInt64.random(in: 0...UInt64.max))" }

/// A port on loopback, with nobody who takes connections there.
final class DeafPort: Sendable {
  let number: UInt16
  private let sockets: [Int32]

  /// - Parameter isListening: whether the kernel takes connections until its queue is full, which it is, and drops all others; or
  ///   refuses them.
  init(isListening: Bool) throws {
    let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var sockets = [listening]
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        Glibc.bind(listening, address, size) == 0 && getsockname(listening, address, &size) == 0
      }
    }
    try #require(bound)
    number = UInt16(bigEndian: address.sin_port)
    if isListening {
      try #require(listen(listening, 0) == 0)
      for _ in 0..<4 {
        let caller = socket(
          AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        sockets.append(caller)
        _ = withUnsafePointer(to: address) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(caller, $0, size) }
        }
      }
    }
    self.sockets = sockets
  }

  deinit {
    for raw in sockets { close(raw) }
  }
}
