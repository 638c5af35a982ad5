import Glibc
import HTTPClient
import TestSupport
import Testing

struct DownloadTests {
  private let client = HTTPClient(name: "test", userAgent: "reel-test/1")
  private let scratch = ScratchFolder()

  private func failure(_ url: String, limit: Int = 1 << 30) async throws -> HTTPError {
    let path = scratch.file("take")
    return try #require(
      await #expect(throws: HTTPError.self) {
        try await client.download(patient("GET", url), to: path, limit: limit)
      })
  }

  @Test func `a body goes into a new file that only its owner can read`() async throws {
    let peer = try await Peer.shared
    let response = try await client.download(
      patient("GET", "\(peer.http)/big?size=1000000"), to: scratch.file("take"), limit: 1_000_000)
    #expect(response.status == 200)
    #expect(response.body == [])
    let bytes = try #require(scratch.read("take"))
    #expect(bytes == (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) })
    var facts = stat()
    try #require(stat(scratch.file("take"), &facts) == 0)
    #expect(facts.st_mode & 0o777 == 0o600)
  }

  @Test func `an empty body is an empty file`() async throws {
    let peer = try await Peer.shared
    let response = try await client.download(
      patient("GET", "\(peer.http)/big?size=0"), to: scratch.file("take"), limit: 0)
    #expect(response.status == 200)
    #expect(scratch.read("take") == [])
  }

  @Test func `another status is an answer with a body, and there is no file`() async throws {
    let peer = try await Peer.shared
    let response = try await client.download(
      patient("GET", "\(peer.http)/status/404"), to: scratch.file("take"), limit: 1)
    #expect(response.status == 404)
    #expect(response.text == "said 404")
    #expect(scratch.names == [])
  }

  @Test func `a file that is there is left alone`() async throws {
    let peer = try await Peer.shared
    scratch.write("take", [1, 2, 3])
    let error = try await failure("\(peer.http)/big?size=10")
    #expect(error.kind == .local)
    #expect(error.message.contains(scratch.file("take")))
    #expect(scratch.read("take") == [1, 2, 3])
  }

  @Test func `a file that does not become whole is removed again`() async throws {
    let peer = try await Peer.shared
    for path in ["/mid-body", "/mid-body-reset", "/mid-chunk"] {
      #expect(try await failure("\(peer.raw)\(path)?x").kind == .lost)
      #expect(scratch.names == [])
    }
    #expect(try await failure("\(peer.http)/big?size=1001", limit: 1000).kind == .tooLarge)
    #expect(scratch.names == [])
    #expect(try await failure("\(peer.http)/endless?name=\(freshName())", limit: 1 << 20).kind == .tooLarge)
    #expect(scratch.names == [])
  }

  @Test func `a place that cannot be written to is told`() async throws {
    let peer = try await Peer.shared
    let error = try #require(
      await #expect(throws: HTTPError.self) {
        try await client.download(patient("GET", "\(peer.http)/big?size=10"), to: "/nowhere/take", limit: 10)
      })
    #expect(error.kind == .local)
    #expect(error.message == "cannot write /nowhere/take: it is not there")
  }

  @Test func `a disk that takes no more is told, and leaves no file`() async throws {
    let address = try await Peer.shared.http
    await #expect(processExitsWith: .success) { [address = address as String] in
      // The limit on the size of files stands for the disk.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let client = HTTPClient(name: "full", userAgent: "x")
      let scratch = ScratchFolder()
      let error = await #expect(throws: HTTPError.self) {
        try await client.download(
          patient("GET", "\(address)/big?size=1000000"), to: scratch.file("take"), limit: .max)
      }
      #expect(error?.kind == .local)
      #expect(error?.neverArrived == false)
      #expect(scratch.names == [])
      client.stop()
    }
  }

  @Test func `a hundred megabytes need no memory`() async throws {
    let address = try await Peer.shared.http
    await #expect(processExitsWith: .success) { [address = address as String] in
      let client = HTTPClient(name: "large", userAgent: "x")
      let scratch = ScratchFolder()
      // What is loaded at first use does not count.
      _ = try await client.download(
        patient("GET", "\(address)/big?size=1000000"), to: scratch.file("first"), limit: .max)
      let before = peakMemory()
      let size = 100 << 20
      _ = try await client.download(
        patient("GET", "\(address)/big?size=\(size)"), to: scratch.file("take"), limit: size)
      var facts = stat()
      try #require(stat(scratch.file("take"), &facts) == 0)
      #expect(facts.st_size == size)
      let grown = peakMemory() - before
      #expect(grown < 8 << 20, "\(grown >> 10) KB more")
      client.stop()
    }
  }
}

/// The most memory that this process ever had at once, in bytes.
private func peakMemory() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss * 1024
}
