import Basics
import JSONText
import TestSupport
import Testing

/// What programs that carry folders between machines do.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct SyncTests {
  static let ways = [
    "-a", "-a --inplace", "-a --delay-updates", "-a --inplace --no-times", "-a --checksum --partial",
  ]

  @Test(.enabled(if: Tool.isThere("rsync"), "rsync is not installed"), arguments: ways)
  func `rsync brings one changed shot and a new sequence: their jobs and no others`(_ options: String) async throws {
    let film = Film(shots: 3)
    let watcher = try await film.watch()
    try await film.must(
      """
      mkdir -p ../other/sequences; cp -r project.json ../other; cp sequences/*.json ../other/sequences
      sed -i 's/number 2/snow/' ../other/sequences/sequence_001.json
      sed 's/number/second number/' sequences/sequence_001.json >../other/sequences/sequence_002.json
      rsync \(options) ../other/ ./
      """)
    let happened = try await watcher.settle()
    #expect(
      happened.jobs == [
        "sequence_001/shot_002", "sequence_002/shot_001", "sequence_002/shot_002", "sequence_002/shot_003",
      ], "\(film.story)")
    #expect(happened.of("problem").isEmpty)
    try await film.must(
      "rm ../other/sequences/sequence_002.json; rsync \(options) --delete --exclude='*.png*' --exclude=.reel ../other/ ./"
    )
    #expect(try await watcher.settle().jobs == [])
    let status = try await film.reel("status", "--json")
    #expect(status.json["shots"]?["total"]?.int == 3, "\(film.story)")
  }

  @Test func `copies of files in conflict are reported and not read`() async throws {
    let film = Film(shots: 2)
    let watcher = try await film.watch()
    let copies = [
      "sequences/sequence_001.sync-conflict-20261121-141203-ABCDEFG.json",
      "sequences/sequence_001 (Ann's conflicted copy 2026-11-21).json",
    ]
    for copy in copies { film.write(copy, Film.sequence(shots: 5) { "other \($0)" }) }
    film.write("sequences/.syncthing.sequence_001.json.tmp", "{")
    let happened = try await watcher.settle()
    #expect(happened.jobs == [])
    #expect(happened.of("problem").compactMap { $0["file"]?.string }.sorted() == copies.sorted(), "\(film.story)")
    try await film.must("rm sequences/*conflict*")
    #expect(try await watcher.settle().of("solved").count == 2)
    let status = try await film.reel("status", "--json")
    #expect(status.json["shots"]?["total"]?.int == 2)
  }

  @Test func `a project folder moved, renamed or copied afterwards has nothing to do`() async throws {
    let film = Film(shots: 3)
    #expect(try await film.reel("make").status == 0)
    let takes = film.takes
    for script in ["cp -r . ../copy", "mkdir ../elsewhere; cp -a . ../elsewhere/film"] { try await film.must(script) }
    try await film.must("cd ..; mv elsewhere/film moved")
    for folder in ["../copy", "../moved"] {
      let made = try await film.reel("-C", folder, "make", "--json")
      #expect(made.status == 0, "\(made.error)")
      #expect(made.jobs == [], "\(made.output)")
    }
    #expect(takes.count == 3)
  }

  @Test func `a shot that moves to another sequence keeps its take by a copy: no job`() async throws {
    let film = Film(shots: 2)
    let watcher = try await film.watch()
    try await film.must("mv sequences/sequence_001.json sequences/sequence_009.json")
    let happened = try await watcher.settle()
    #expect(happened.jobs == [], "\(film.story)")
    #expect(happened.shots("restored") == ["sequence_009/shot_001", "sequence_009/shot_002"])
  }
}
