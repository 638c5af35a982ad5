import Basics
import Glibc
import TestSupport
import Testing

/// Every exit status that the command line promises is reached by the way that a script would reach it.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct ExitStatusTests {
  @Test func `done is 0, refused is 1, work pending and problems are 2`() async throws {
    let film = Film(shots: 1)
    #expect(try await film.reel("plan").status == 2)
    #expect(try await film.reel("make").status == 0)
    #expect(try await film.reel("plan").status == 0)
    // The storyboard has no use for a seed.
    #expect(try await film.reel("retake", "shot_001").status == 1)
    #expect(try await film.reel("init").status == 1)
    film.write("sequences/sequence_002.json", "{")
    #expect(try await film.reel("check").status == 2)
  }

  @Test func `some failed is 3, some wait for a person is 4, an engine that is not here is 12`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film, isTrusted: false)
    engine.project()
    #expect(try await film.reel("make").status == 4)
    #expect(engine.runs == [])
    #expect(try await film.reel("trust").status == 0)
    #expect(try await film.reel("make").status == 0)
    #expect(try await film.reel("pause").status == 0)
    film.replace("number 1", by: "snow", in: "sequences/sequence_001.json")
    #expect(try await film.reel("make").status == 4)
    #expect(try await film.reel("resume").status == 0)
    film.write("project.json", #"{ "engine": "x", "engines": { "x": { "type": "command", "command": ["false"] } } }"#)
    #expect(try await film.reel("trust").status == 0)
    #expect(try await film.reel("make").status == 3)
    film.write("project.json", #"{ "engine": "x", "engines": { "x": { "type": "of-another-reel" } } }"#)
    #expect(try await film.reel("make").status == 12)
  }

  @Test func `no project is 10, one that another holds is 11, one that goes away is 13, no watcher is 14`() async throws
  {
    #expect(try await Film(shots: 0).reel("status").status == 10)
    let film = Film(shots: 1)
    #expect(try await film.reel("sync").status == 14)
    let watcher = try await film.watch()
    #expect(try await film.reel("make").status == 11)
    #expect(try await film.reel("watch").status == 11)
    try await film.must("rm -r ../film")
    #expect(try await watcher.program.exit(within: .seconds(40)) == .status(13))
  }

  @Test func `wrong usage is 64`() async throws {
    let film = Film(shots: 1)
    for words in [["stauts"], ["make", "--no-such-option"], ["why"], ["make", "no-such-shot"]] {
      #expect(try await film.run(BuiltProgram.path("reel"), words).status == 64, "\(words)")
    }
  }

  @Test(arguments: zip([SIGINT, SIGTERM], [Int32(130), 143])) func `interrupted is 130, terminated 143`(
    _ number: Int32, _ status: Int32
  ) async throws {
    let film = Film(shots: 1)
    let watcher = try await film.watch()
    #expect(try await watcher.stop(number) == .status(status))
  }
}
