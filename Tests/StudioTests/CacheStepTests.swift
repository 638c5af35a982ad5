import Basics
import Engines
import Glibc
import JSONText
import Studio
import TestSupport
import Testing

/// What was made once on this machine is not made again.
@Suite struct CacheStepTests {
  private let engine = ScriptedEngine()

  private func settled(_ folder: TestFolder) async throws -> TestLoop {
    let loop = TestLoop(folder, engines: [engine])
    try await loop.idle()
    return loop
  }

  /// Deletes all takes with their sidecars, as `git clean` does.
  private func clean(_ folder: TestFolder) { folder.removeTree("sequences/sequence_001") }

  @Test func `takes that were deleted come back from the cache, the same files, and nothing is made`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain"])
    let loop = try await settled(folder)
    let before = folder.tree("sequences").map { ($0, folder.bytes($0)) }
    let mark = loop.mark
    clean(folder)
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == [])
    #expect(
      loop.lines(after: mark).filter { $0.hasPrefix("restored") }.sorted() == [
        "restored sequence_001/a from the cache", "restored sequence_001/b from the cache",
      ])
    #expect(engine.calls.count == 2)
    #expect(folder.tree("sequences") == before.map(\.0))
    for (path, bytes) in before { #expect(folder.bytes(path) == bytes, "\(path)") }
    try await expectLikeCold(loop)
    await loop.stopAndWait()
  }

  @Test func `an output deleted by hand comes back; one whose sidecar says that it was removed does not`() async throws
  {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder)
    let take = try #require(folder.takes(of: "a").first)
    let mark = loop.mark
    folder.remove("sequences/sequence_001/\(take)")
    try await loop.sync(idle: true)
    #expect(loop.lines(after: mark).contains("restored sequence_001/a from the cache"))
    #expect(folder.faultsOfTakes() == [])
    let sidecar = try #require(folder.read("sequences/sequence_001/\(take).json"))
    folder.write("sequences/sequence_001/\(take).json", String(sidecar.dropLast(3)) + ",\n  \"removed\": true\n}\n")
    folder.remove("sequences/sequence_001/\(take)")
    try await loop.sync(idle: true)
    #expect(folder.takes(of: "a") == [])
    #expect(engine.calls.count == 1)
    await loop.stopAndWait()
  }

  @Test func `another project of the same user is served, and its shot's own name is in the sidecar`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder)
    await loop.stopAndWait()
    let other = TestFolder(["project.json": TestFolder.project])
    other.write("sequences/second.json", TestFolder.sequence(["a": "fog"]))
    let second = TestLoop(other, engines: [engine]) {
      $0.environment["XDG_CACHE_HOME"] = folder.environment["XDG_CACHE_HOME"]
    }
    try await second.idle()
    #expect(engine.calls.count == 1)
    let take = try #require(other.takes(of: "a", in: "second").first)
    let restored = try #require(other.read("sequences/second/\(take).json"))
    let original = try #require(folder.read("sequences/sequence_001/\(take).json"))
    #expect(restored == original.replacing("\"sequence_001/a\"", with: "\"second/a\""))
    await second.stopAndWait()
  }

  @Test func `another user's cache serves nobody else`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    await (try await settled(folder)).stopAndWait()
    clean(folder)
    let loop = TestLoop(folder, engines: [engine]) { $0.environment["XDG_CACHE_HOME"] = "\(folder.path)/../other" }
    try await loop.idle()
    #expect(engine.calls.count == 2)
    await loop.stopAndWait()
  }

  @Test func `takes that came with the project, copies and edited takes never enter the cache`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    await (try await settled(folder)).stopAndWait()
    // The same project for another user: the take is there already.
    let elsewhere = "\(folder.path)/../other"
    let change = { @Sendable (options: inout ProjectLoop.Options) in options.environment["XDG_CACHE_HOME"] = elsewhere }
    let loop = TestLoop(folder, engines: [engine], change: change)
    try await loop.idle()
    folder.write("sequences/sequence_002.json", TestFolder.sequence(["a": "fog"]))
    try await loop.sync(idle: true)
    #expect(folder.takes(of: "a", in: "sequence_002").count == 1, "it was copied")
    let take = try #require(folder.takes(of: "a").first)
    folder.write("sequences/sequence_001/\(take)", bytes: TestImages.png("painted over"))
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 1)
    #expect(access("\(elsewhere)/reelwright/outputs", F_OK) != 0)
    await loop.stopAndWait()
  }

  @Test func `an engine that is not to be asked is not asked: restoring is no job`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    await (try await settled(folder)).stopAndWait()
    clean(folder)
    let away = ScriptedEngine()
    away.usually([.failForGood("away")])
    let loop = TestLoop(folder, engines: [away])
    try await loop.idle()
    #expect(away.calls == [])
    #expect(folder.takes(of: "a").count == 1)
    #expect(!loop.lines().contains { $0.hasPrefix("queued") || $0.hasPrefix("planned") })
    await loop.stopAndWait()
  }

  @Test func `a damaged entry is found out and the take made anew, which mends the cache`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    let loop = try await settled(folder)
    for path in outputs(folder) { overwrite(path, "x") }
    let mark = loop.mark
    clean(folder)
    try await loop.sync(idle: true)
    #expect(loop.planned(after: mark) == ["sequence_001/a: no take yet"])
    #expect(folder.faultsOfTakes() == [])
    clean(folder)
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 2)
    #expect(folder.faultsOfTakes() == [])
    await loop.stopAndWait()
  }

  @Test func `a project that cannot be written to is tried again, and nothing is made meanwhile`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    await (try await settled(folder)).stopAndWait()
    clean(folder)
    // A file in place of the folder of the takes.
    folder.write("sequences/sequence_001", "in the way")
    let loop = TestLoop(folder, engines: [engine])
    try await loop.event("notice") { $0.line.contains("could not be restored") }
    #expect(engine.calls.count == 1)
    let mark = loop.mark
    folder.remove("sequences/sequence_001")
    try await loop.event("restored", after: mark) { $0.line == "restored sequence_001/a from the cache" }
    #expect(engine.calls.count == 1)
    await loop.stopAndWait()
  }

  @Test func `plan and why say what would be restored; make restores it`() async throws {
    let folder = TestFolder(prompts: ["a": "fog"])
    await (try await settled(folder)).stopAndWait()
    clean(folder)
    let plan = try #require(try coldAnswers(folder)["plan"])
    #expect(plan["jobs"]?.array == [])
    let restore = try #require(plan["restores"]?.array?.first)
    #expect(restore["shot"]?.string == "sequence_001/a" && restore["from"]?.string == "cache")
    let status = try #require(try coldAnswers(folder)["status"])
    #expect(status["shots"]?["missing"]?.int == 1)
    let loop = TestLoop(folder, .make(shots: []), engines: [engine])
    let ending = await loop.ending()
    #expect(ending.cause == .done && ending.failed == 0 && ending.finished == 0)
    #expect(folder.takes(of: "a").count == 1)
    #expect(engine.calls.count == 1)
  }

  @Test func `a cache that cannot be written is said once, and the work goes on`() async throws {
    let folder = TestFolder(prompts: ["a": "fog", "b": "rain", "c": "hail"])
    let path = folder.cachePath
    mkdir(String(path.dropLast("/reelwright/outputs".utf8.count)), 0o700)
    mkdir(String(path.dropLast("/outputs".utf8.count)), 0o700)
    overwrite(path, "no folder")
    let loop = try await settled(folder)
    #expect(loop.lines().filter { $0.contains("the cache") }.count == 1)
    #expect(try await loop.answer("status")["shots"]?["fresh"]?.int == 3)
    await loop.stopAndWait()
  }

  // MARK: The cache's own files

  private func outputs(_ folder: TestFolder) -> [String] {
    let root = folder.cachePath
    return ScratchFolder.names(in: root).flatMap { group in
      ScratchFolder.names(in: "\(root)/\(group)").flatMap { place in
        ScratchFolder.names(in: "\(root)/\(group)/\(place)").filter { !$0.hasSuffix(".json") }.map {
          "\(root)/\(group)/\(place)/\($0)"
        }
      }
    }
  }

  /// The first byte, so that the size stays.
  private func overwrite(_ path: String, _ text: String) {
    let raw = open(path, O_WRONLY | O_CREAT, 0o600)
    precondition(raw >= 0 && write(raw, text, text.utf8.count) == text.utf8.count)
    close(raw)
  }
}
