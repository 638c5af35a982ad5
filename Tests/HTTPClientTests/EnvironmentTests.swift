import Glibc
import HTTPClient
import TestSupport
import Testing

/// What the environment says; each in a process of its own, as it is one for the whole process.
struct EnvironmentTests {
  @Test func `a proxy is used for others and never for this machine`() async throws {
    let address = try await Peer.shared.http
    await #expect(processExitsWith: .success) { [address = address as String] in
      // A proxy that is not there, at first.
      setenv("http_proxy", "http://127.0.0.1:1", 1)
      unsetenv("no_proxy")
      unsetenv("NO_PROXY")
      let client = HTTPClient(name: "proxy", userAgent: "x")
      let port = try #require(address.split(separator: ":").last)
      for host in ["127.0.0.1", "localhost", "127.1"] {
        #expect(try await client.send(patient("GET", "http://\(host):\(port)/echo")).status == 200, "\(host)")
      }
      let error = await #expect(throws: HTTPError.self) {
        try await client.send(patient("GET", "http://example.invalid/for-a-proxy"))
      }
      #expect(error?.kind == .unreachable)
      #expect(error?.message.hasPrefix("the proxy on the way to example.invalid:80 does not connect: ") == true)
      #expect(error?.neverArrived == true)
      setenv("http_proxy", address, 1)
      let response = try await client.send(patient("GET", "http://example.invalid/for-a-proxy"))
      #expect(response.text == "by proxy: http://example.invalid/for-a-proxy")
      client.stop()
    }
  }

  @Test func `a name that nobody knows is unresolved`() async throws {
    await #expect(processExitsWith: .success) {
      for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { unsetenv(name) }
      let client = HTTPClient(name: "name", userAgent: "x")
      var request = patient("GET", "http://nobody.invalid:8188/?token=secret")
      request.connectLimit = .seconds(60)
      let error = await #expect(throws: HTTPError.self) { try await client.send(request) }
      #expect(
        error
          == HTTPError(
            .unresolved, "nobody.invalid:8188 cannot be found: no address is known for that name", neverArrived: true))
      client.stop()
    }
  }

  @Test func `a certificate that the environment names is trusted`() async throws {
    let peer = try await Peer.shared
    await #expect(processExitsWith: .success) { [address = peer.https as String, file = peer.certificate as String] in
      unsetenv("CURL_CA_BUNDLE")
      setenv("SSL_CERT_FILE", file, 1)
      let client = HTTPClient(name: "tls", userAgent: "x")
      let response = try await client.send(patient("GET", "\(address)/echo"))
      #expect(response.status == 200)
      client.stop()
    }
  }

  @Test func `without descriptors it is this machine that is at fault`() async throws {
    let address = try await Peer.shared.http
    await #expect(processExitsWith: .success) { [address = address as String] in
      let client = HTTPClient(name: "full", userAgent: "x")
      let deaf = try DeafPort(isListening: false)
      // The first loads curl and starts the thread.
      await #expect(throws: HTTPError.self) {
        try await client.send(patient("GET", "http://127.0.0.1:\(deaf.number)/"))
      }
      var held: [Int32] = []
      while true {
        let raw = open("/dev/null", O_RDONLY)
        if raw < 0 { break }
        held.append(raw)
      }
      let error = await #expect(throws: HTTPError.self) {
        try await client.send(patient("POST", "\(address)/echo"))
      }
      for raw in held { close(raw) }
      #expect(error?.kind == .local)
      #expect(error?.neverArrived == true)
      #expect(error?.message.hasSuffix("too many open files") == true)
      #expect(try await client.send(patient("POST", "\(address)/echo")).status == 200)
      client.stop()
    }
  }
}
