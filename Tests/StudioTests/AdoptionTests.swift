import Basics
import Engines
import Planning
import ProjectFiles
import Studio
import TestSupport
import Testing

/// Jobs that an earlier run left with an engine that goes on by itself.
@Suite struct AdoptionTests {
  private let server = OutlivingEngine.Server()

  private func project(_ prompts: [String: String]) -> TestFolder {
    TestFolder([
      "project.json": #"{ "engine": "far", "engines": { "far": { "type": "outliving" } } }"#,
      "sequences/sequence_001.json": TestFolder.sequence(prompts),
    ])
  }

  private func watch(_ folder: TestFolder) -> TestLoop { TestLoop(folder, engines: [OutlivingEngine(server)]) }

  private func started(_ loop: TestLoop, _ shot: String = "a") async throws {
    try await loop.event("start of \(shot)") { $0.line == "started sequence_001/\(shot)" }
  }

  /// A loop that was left while the job of `a` ran.
  private func leave(_ folder: TestFolder) async throws {
    let loop = watch(folder)
    try await started(loop)
    await loop.stopAndWait()
    #expect(server.asked == ["sequence_001/a"])
  }

  @Test func `a job that was left is taken up, and not asked for again`() async throws {
    let folder = project(["a": "fog"])
    try await leave(folder)
    let loop = watch(folder)
    try await started(loop)
    server.finish()
    try await loop.idle()
    #expect(loop.planned() == [])
    #expect(!loop.lines().contains("queued sequence_001/a"))
    #expect(server.asked == ["sequence_001/a"] && folder.takes(of: "a").count == 1)
    #expect(folder.faultsOfTakes() == [])
    await loop.stopAndWait()
    #expect(server.forgotten == 1)
  }

  @Test func `stopped once, it waits for the job; nothing is left for the next run`() async throws {
    let folder = project(["a": "fog"])
    let loop = watch(folder)
    try await started(loop)
    loop.stop(.finishing)
    try await loop.event("stopping") { $0.line == "stopping 1" }
    server.finish()
    _ = await loop.ending()
    #expect(folder.takes(of: "a").count == 1 && server.asked.count == 1)
  }

  @Test func `what its engine lost is begun anew`() async throws {
    let folder = project(["a": "fog"])
    try await leave(folder)
    server.loseEverything()
    let loop = watch(folder)
    try await loop.event("queued") { $0.line == "queued sequence_001/a" }
    server.finish()
    try await loop.idle()
    #expect(server.asked.count == 2 && folder.takes(of: "a").count == 1)
    await loop.stopAndWait()
  }

  @Test func `an engine that cannot be asked is asked again, and nothing is begun meanwhile`() async throws {
    let folder = project(["a": "fog"])
    try await leave(folder)
    server.setReachable(false)
    let loop = watch(folder)
    try await loop.event("failure") { $0.line == "failed sequence_001/a the server is away, again" }
    // Left once more while nothing is known: it stays the engine's.
    await loop.stopAndWait()
    server.setReachable(true)
    server.finish()
    let next = watch(folder)
    try await next.idle()
    #expect(server.asked.count == 1 && folder.takes(of: "a").count == 1)
    await next.stopAndWait()
  }

  @Test func `an engine that goes away with a job that it was given is asked for it later, and not given it again`()
    async throws
  {
    let folder = project(["a": "fog"])
    let loop = watch(folder)
    try await started(loop)
    server.setReachable(false)
    server.finish()
    try await loop.event("failure") { $0.line == "failed sequence_001/a the server is away, again" }
    #expect(server.forgotten == 0)
    server.setReachable(true)
    try await loop.idle()
    #expect(server.asked.count == 1 && folder.takes(of: "a").count == 1)
    await loop.stopAndWait()
  }

  @Test func `a shot that changed meanwhile has its job ended and the new recipe made`() async throws {
    let folder = project(["a": "fog"])
    try await leave(folder)
    folder.edit("sequences/sequence_001.json", "fog", "rain")
    server.finish()
    let loop = watch(folder)
    try await loop.idle()
    #expect(loop.lines().contains { $0.hasPrefix("notice sequence_001/a still, which an earlier run began") })
    #expect(loop.planned() == ["sequence_001/a: no take yet"])
    #expect(folder.takes(of: "a").count == 1 && server.asked.count == 2)
    await loop.stopAndWait()
    #expect(server.forgotten == 2)
  }

  @Test func `a shot that went meanwhile has its job ended`() async throws {
    let folder = project(["a": "fog"])
    try await leave(folder)
    folder.write("sequences/sequence_001.json", TestFolder.sequence(["b": "sun"]))
    server.finish()
    let loop = watch(folder)
    try await loop.idle()
    #expect(loop.lines().contains { $0.hasPrefix("notice sequence_001/a still, which an earlier run began") })
    #expect(folder.takes(of: "a").isEmpty && folder.takes(of: "b").count == 1)
    await loop.stopAndWait()
  }

  @Test func `while the shot's file cannot be read its job is left alone, and taken up when it can`() async throws {
    let folder = project(["a": "fog"])
    try await leave(folder)
    let text = try #require(folder.read("sequences/sequence_001.json"))
    folder.write("sequences/sequence_001.json", "{ broken")
    let loop = watch(folder)
    try await loop.event("problem") { $0.line.hasPrefix("problem") }
    try await loop.sync()
    #expect(server.forgotten == 0 && !loop.lines().contains { $0.hasPrefix("notice") })
    folder.write("sequences/sequence_001.json", text)
    try await started(loop)
    server.finish()
    try await loop.sync(idle: true)
    #expect(server.asked.count == 1 && folder.takes(of: "a").count == 1)
    await loop.stopAndWait()
  }

  @Test func `the board takes a left job for its want and abandons the others`() throws {
    var board = Plans.board()
    let (fog, rain) = (try Plans.want("a", "fog"), try Plans.want("a", "rain"))
    let gone = try Plans.want("b", "sun")
    board.expect([
      LeftJob(id: "one", key: fog.key, engineType: "e"), LeftJob(id: "two", key: rain.key, engineType: "e"),
      LeftJob(id: "three", key: gone.key, engineType: "e"),
    ])
    #expect(board.replan([try Plans.plan("a", [fog])]).map(\.line) == ["abandon two", "adopt a fog as one"])
    #expect(board.state(of: try #require(try Plans.plan("a", [fog]).plan)) == .running)
    #expect(board.abandon { _ in true }.map(\.line) == ["abandon three"])
    // It takes a place of its engine.
    _ = board.replan([try Plans.plan("c", [try Plans.want("c", "x")])])
    #expect(board.startable(at: .now).isEmpty)
    #expect(board.lost("one")?.id == "one")
    #expect(board.startable(at: .now).map(\.line) == ["start c x"])
  }
}
