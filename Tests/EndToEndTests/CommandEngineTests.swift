import JSONText
import TestSupport
import Testing

/// Programs as engines, with the built `reel`.
@Suite(.fewAtATime, .timeLimit(.minutes(4)))
struct CommandEngineTests {
  @Test func `a program makes one take for each shot, and none when nothing changed`() async throws {
    let film = Film(shots: 3)
    let engine = CountingEngine(in: film)
    engine.project()
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0, "\(make.output)\n\(make.error)")
    #expect(engine.runs.sorted() == (1...3).map { "sequence_001/shot_00\($0) still" })
    #expect(film.takes.count == 3)
    let again = try await film.reel("make", "--json")
    #expect(again.status == 0 && again.jobs == [])
    #expect(engine.runs.count == 3 && engine.living == [])
    let sidecar = try #require(film.takes.first.flatMap { film.inside("\($0).json") })
    let json = try JSONDocument(parsing: sidecar).root.value
    #expect(json["output"]?["width"]?.int == 16 && json["output"]?["type"]?.string == "image/png")
    #expect(json["engine"]?["type"]?.string == "command" && json["engine"]?["job"]?.string != nil)
    #expect(json["recipe"]?["program"]?["name"]?.string == "counting")
  }
}
