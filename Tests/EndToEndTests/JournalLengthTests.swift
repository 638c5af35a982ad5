import JSONText
import TestSupport
import Testing

/// All of the journal is read at each start, so it must not grow with what was ever made.
@Suite(.fewAtATime, .timeLimit(.minutes(10)))
struct JournalLengthTests {
  @Test(.enabled(if: Tool.isThere("sqlite3"), "sqlite3 is not installed"))
  func `the journal keeps the thousand jobs that ended last, and what stands down`() async throws {
    let film = Film(shots: 0, limit: .seconds(240))
    film.write("project.json", #"{ "name": "Test", "frame": { "width": 64, "height": 64 } }"#)
    let shots = (1...1010).map { "{ \"id\": \"\(Film.shot($0))\", \"prompt\": \"rain number \($0).\" }" }
    film.write("sequences/sequence_001.json", "{ \"shots\": [\n\(shots.joined(separator: ",\n"))\n] }\n")
    #expect(try await film.reel("cancel", "shot_001").status == 0)
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0 && made.jobs.count == 1009, "\(made.jobs.count) jobs")
    #expect(try await Self.jobs(film) == "1000")
    try await film.must("sed -i 's/number 1010[.]/snow/' sequences/sequence_001.json")
    #expect(
      try await film.reel("make", "--json").jobs == ["sequence_001/shot_1010"],
      "what is not in the journal is not made again")
    #expect(try await Self.jobs(film) == "1000")
    let status = try await film.reel("status", "--json").json
    #expect(status["shots"]?["held"]?.int == 1 && status["shots"]?["fresh"]?.int == 1009)
  }

  private static func jobs(_ film: Film) async throws -> String? {
    try await film.sh("sqlite3 ../state/reelwright/film-*/journal.sqlite 'SELECT count(*) FROM jobs'").lines.first
  }
}
