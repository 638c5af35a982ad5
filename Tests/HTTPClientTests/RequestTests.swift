import Basics
import HTTPClient
import JSONText
import TestSupport
import Testing

struct RequestTests {
  private let client = HTTPClient(name: "test", userAgent: "reel-test/1")

  /// The headers that the peer says it got.
  private func headers(_ told: JSON) -> [String: String] {
    var headers: [String: String] = [:]
    for pair in told["headers"]?.array ?? [] {
      guard let pair = pair.array, let name = pair[0].string, let value = pair[1].string else { continue }
      headers[name, default: ""] += headers[name] == nil ? value : ", \(value)"
    }
    return headers
  }

  @Test func `a request says what it has to and nothing of itself beyond`() async throws {
    let peer = try await Peer.shared
    var request = patient("GET", "\(peer.http)/echo?a=b%20c")
    request.headers = [("Authorization", "Bearer secret"), ("X-Empty", "")]
    let response = try await client.send(request)
    #expect(response.status == 200)
    let told = try response.json
    #expect(told["method"]?.string == "GET")
    #expect(told["target"]?.string == "/echo?a=b%20c")
    let host = String(peer.http.dropFirst("http://".count))
    #expect(
      headers(told) == [
        "Host": host, "User-Agent": "reel-test/1", "Accept": "*/*", "Authorization": "Bearer secret", "X-Empty": "",
      ])
    #expect(response.header("x-METHOD") == "GET")
    #expect(response.header("Origin") == nil)
  }

  @Test func `what is read goes over one connection, again and again`() async throws {
    let peer = try await Peer.shared
    var connections: Set<Int> = []
    for _ in 0..<5 {
      let told = try await client.send(patient("GET", "\(peer.http)/echo")).json
      connections.insert(try #require(told["connection"]?.int))
    }
    // One; but curl gives up what rested for two minutes, and between two requests a busy machine may take as long.
    #expect(connections.count < 5)
  }

  @Test func `a body is sent as it is, with its type and no other`() async throws {
    let peer = try await Peer.shared
    for size in [0, 1, 100_000, 3_000_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      for method in ["POST", "PUT", "PATCH"] {
        var request = patient(method, "\(peer.http)/echo")
        request.body = .bytes(bytes, type: "application/json")
        let told = try await client.send(request).json
        #expect(told["method"]?.string == method)
        #expect(told["size"]?.int == size)
        #expect(told["sha256"]?.string == Digest(of: bytes).hex)
        let headers = headers(told)
        #expect(headers["Content-Type"] == "application/json")
        #expect(headers["Content-Length"] == "\(size)")
        #expect(headers["Expect"] == nil)
      }
    }
  }

  @Test func `a type that is a header of the request is not said twice`() async throws {
    let peer = try await Peer.shared
    var request = patient("POST", "\(peer.http)/echo")
    request.body = .bytes([1], type: "text/plain")
    request.headers = [("content-type", "text/html")]
    // The server spells the names of headers that it knows as it likes; two of them would stand here with a comma.
    #expect(headers(try await client.send(request).json)["Content-Type"] == "text/html")
  }

  @Test func `without a body nothing is said of one`() async throws {
    let peer = try await Peer.shared
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
      let told = try await client.send(patient(method, "\(peer.http)/echo")).json
      #expect(told["method"]?.string == method)
      #expect(told["size"]?.int == 0)
      #expect(headers(told)["Content-Type"] == nil)
    }
  }

  @Test func `a head is asked for without waiting for a body`() async throws {
    let peer = try await Peer.shared
    let response = try await client.send(patient("HEAD", "\(peer.http)/big?size=1000000"))
    #expect(response.status == 200)
    #expect(response.header("content-length") == "1000000")
    #expect(response.body == [])
  }

  @Test(arguments: [204, 301, 302, 307, 401, 403, 404, 500, 503])
  func `every status is an answer, with its body, and no redirect is followed`(_ status: Int) async throws {
    let peer = try await Peer.shared
    let response = try await client.send(patient("GET", "\(peer.http)/status/\(status)"))
    #expect(response.status == status)
    #expect(response.text == (status == 204 ? "" : "said \(status)"))
    #expect(response.header("Location") == (300..<400 ~= status ? "/echo" : nil))
  }

  @Test func `a body in pieces is put together`() async throws {
    let peer = try await Peer.shared
    let response = try await client.send(patient("GET", "\(peer.http)/chunked"))
    #expect(response.text == (0..<100).map { "piece \($0)\n" }.joined())
  }

  @Test func `an answer before the answer and lines after it are not its header`() async throws {
    let peer = try await Peer.shared
    let late = try await client.send(patient("GET", "\(peer.raw)/trailer"))
    #expect(late.text == "ok")
    #expect(late.headers.map(\.name) == ["Transfer-Encoding", "X-Real"])
    let early = try await client.send(patient("GET", "\(peer.raw)/continue-first"))
    #expect(early.status == 200)
    #expect(early.text == "ok")
    #expect(early.headers.map(\.name) == ["Content-Length", "X-Late"])
  }

  @Test func `a body that the end of the connection ends is whole`() async throws {
    let peer = try await Peer.shared
    #expect(try await client.send(patient("GET", "\(peer.raw)/until-closed")).text == "all of it")
  }

  @Test func `sixty-four requests at once are all answered`() async throws {
    let peer = try await Peer.shared
    let sizes = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<64 {
        group.addTask { [client] in
          try await client.send(patient("GET", "\(peer.http)/big?size=\(100_000 + number)")).body.count
        }
      }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(sizes == Set(100_000..<100_064))
  }

  @Test func `a connection that the server closed meanwhile is not an error of the next request`() async throws {
    let peer = try await Peer.shared
    for _ in 0..<5 {
      #expect(try await client.send(patient("GET", "\(peer.http)/answer-and-close")).text == "bye")
      var request = patient("POST", "\(peer.http)/echo")
      request.body = .bytes([1, 2, 3], type: "text/plain")
      #expect(try await client.send(request).json["size"]?.int == 3)
    }
  }

  @Test func `a server that takes a body slowly is waited for as long as it takes some`() async throws {
    let peer = try await Peer.shared
    var request = patient("POST", "\(peer.slow)/")
    // All of it is in the kernel's hands long before the last of it arrives.
    request.body = .bytes([UInt8](repeating: 3, count: 4 << 20), type: "image/png")
    request.idleLimit = .seconds(3) * Pace.slowness
    #expect(try await client.send(request).text == "done")
  }

  @Test func `a form has its fields in order, files read from disk among them`() async throws {
    let peer = try await Peer.shared
    let scratch = ScratchFolder()
    let large = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    scratch.write("large", large)
    scratch.write("empty", [])
    var request = patient("POST", "\(peer.http)/form")
    request.body = .form([
      FormPart(name: "type", content: .text("input")),
      FormPart(
        name: "image", content: .file(path: scratch.file("large"), fileName: "bär \"1\".png", type: "image/png")),
      FormPart(name: "mask", content: .bytes([1, 2, 3], fileName: "mask.bin", type: "application/octet-stream")),
      FormPart(name: "none", content: .file(path: scratch.file("empty"), fileName: "e.txt", type: "text/plain")),
      FormPart(name: "overwrite", content: .text("")),
    ])
    let response = try await client.send(request)
    let fields = try #require(try response.json["fields"]?.array)
    // Quotes in names are written as browsers write them.
    func field(_ name: String, _ file: JSON, _ type: JSON, _ bytes: [UInt8]) -> JSON {
      [
        "name": .string(name), "fileName": file, "type": type, "size": .number(JSONNumber(bytes.count)),
        "sha256": .string(Digest(of: bytes).hex),
      ]
    }
    #expect(
      fields == [
        field("type", nil, nil, Array("input".utf8)), field("image", "bär %221%22.png", "image/png", large),
        field("mask", "mask.bin", "application/octet-stream", [1, 2, 3]), field("none", "e.txt", "text/plain", []),
        field("overwrite", nil, nil, []),
      ])
    #expect(try response.json["length"]?.string != nil, "its length was not said beforehand")
  }
}
