import Basics
import JSONText
import TestSupport
import Testing

/// Folders that come, go and come back while they are watched.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct FolderTests {
  @Test(arguments: [[], ["--poll"]])
  func `fifty new folders with a picture in each, made in one go, are all seen`(_ options: [String]) async throws {
    let film = Film(shots: 50)
    film.scratch.write("dot.png", Picture.png(width: 20, height: 20))
    let watcher = options.isEmpty ? try await film.watch() : try await film.watch("--poll")
    _ = try await watcher.settle()
    try await film.must(
      "for i in $(seq -f %03g 50); do mkdir -p inbox/sequence_001/shot_$i && cp ../dot.png inbox/sequence_001/shot_$i/x.png; done"
    )
    let happened = try await watcher.settle()
    #expect(happened.jobs.count == 50, "\(film.story)")
    #expect(Set(happened.jobs).count == 50)
  }

  @Test func `the sequences moved away are missed after a while, and back again there is no job`() async throws {
    let film = Film(shots: 3)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("mv sequences ../away")
    #expect(try await watcher.settle().jobs == [])
    let gone = try await film.reel("status", "--json")
    #expect(gone.json["shots"]?["total"]?.int == 0, "\(gone.output)")
    try await film.must("mv ../away sequences")
    let back = try await watcher.settle()
    #expect(back.jobs == [], "\(film.story)")
    film.replace("number 1", by: "snow", in: "sequences/sequence_001.json")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"], "\(film.story)")
  }

  @Test func `project.json removed freezes everything; put back, nothing is made again`() async throws {
    let film = Film(shots: 3)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("mv project.json ../home")
    // No command finds a project here now, `reel sync` neither.
    let problem = try await watcher.next("problem")
    #expect(problem["code"]?.string == "no-project", "\(film.story)")
    #expect(try await film.reel("status").status == 10)
    film.replace("number 1", by: "snow", in: "sequences/sequence_001.json")
    try await film.must("mv ../home/project.json .")
    let back = try await watcher.settle()
    #expect(back.jobs == ["sequence_001/shot_001"], "\(film.story)")
    #expect(back.of("solved").count == 1)
  }

  @Test func `the project folder removed ends the watcher with a line and 13`() async throws {
    let film = Film(shots: 2)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("cd ..; rm -rf film")
    let bye = try await watcher.next("bye")
    #expect(bye["message"]?.string == "the project folder is gone")
    let exit = try await watcher.program.exit()
    #expect(exit == .status(13))
  }

  @Test func `a shot edited while its job waits or runs leaves one current take`() async throws {
    let film = Film(shots: 30)
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("started")
    film.replace("number 30\"", by: "snow\"", in: "sequences/sequence_001.json")
    film.replace("number 1\"", by: "hail\"", in: "sequences/sequence_001.json")
    let happened = try await watcher.settle()
    #expect(happened.of("failed").isEmpty)
    let takes = try await film.reel("takes", "--json")
    let current = takes.json["takes"]?.array?.filter { $0["fresh"]?.bool == true } ?? []
    #expect(current.count == 30, "\(film.story)")
    #expect(Set(happened.jobs).count == 30 || happened.jobs.count <= 32)
    let status = try await film.reel("status", "--json", "--cold")
    #expect(status.json["shots"]?["fresh"]?.int == 30)
  }
}
