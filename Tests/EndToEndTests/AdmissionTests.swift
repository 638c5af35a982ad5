import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// What a project may run on this machine, and when: told by how often a program ran.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct AdmissionTests {
  private static func admitted(_ outcome: Film.Outcome) -> [String] {
    (outcome.json["admitted"]?.array ?? []).compactMap { $0["shot"]?.string }
  }

  @Test func `a clone runs nothing before it is trusted, and then only what is approved`() async throws {
    let film = Film(shots: 3)
    let engine = CountingEngine(in: film)
    engine.project()
    try await film.must("git init -qb main; git add -A; git commit -qm film; git clone -q . ../clone")
    func reel(_ words: String...) async throws -> Film.Outcome {
      try await film.run(BuiltProgram.path("reel"), ["-C", "../clone"] + words)
    }
    let first = try await reel("make")
    #expect(first.status == 4, "\(first.output)\(first.error)")
    #expect(
      first.output.contains("3 shots wait: the engine counting is not trusted as it is defined now."), "\(first.output)"
    )
    #expect(first.output.contains("reel trust --show"))
    for command in ["plan", "status", "check", "doctor"] { _ = try await reel(command) }
    #expect(try await reel("status").output.contains("engine counting: untrusted (reel trust --show"))
    #expect(engine.runs == [])

    let shown = try await reel("trust", "--show")
    #expect(shown.status == 2)
    #expect(shown.output.contains("counting: not trusted\n"), "\(shown.output)")
    #expect(shown.output.contains("python3 tools/count.py \(engine.place)\n"), "\(shown.output)")
    #expect(shown.output.contains("file tools/count.py  "), "\(shown.output)")
    #expect(try await reel("make").status == 4)
    #expect(engine.runs == [])
    let trust = try await reel("trust")
    #expect(trust.status == 0)
    #expect(
      trust.output.hasSuffix("Trusted from now on, as shown: counting. A change of it asks again.\n"), "\(trust.output)"
    )
    #expect(try await reel("trust", "--show").status == 0)
    #expect(try await reel("trust", "nobody").status == 64)

    // Trusted, it still is all new to whoever cloned it.
    let second = try await reel("make", "--json")
    #expect(second.status == 4)
    #expect(
      second.events.contains { $0["type"] == "waiting" && $0["message"]?.string?.contains("reel approve") == true })
    #expect(try await reel("plan").output.contains("(reel approve)"))
    #expect(engine.runs == [])
    #expect(Self.admitted(try await reel("approve", "shot_002", "--json")) == ["sequence_001/shot_002"])
    #expect(try await reel("make").status == 4)
    #expect(engine.runs == ["sequence_001/shot_002 still"])
    #expect(try await reel("approve", "shot_009").status == 64)
    #expect(Self.admitted(try await reel("approve", "--json")).count == 2)
    #expect(try await reel("make").status == 0)
    #expect(engine.runs.count == 3)
    #expect(try await reel("approve").output == "Nothing waits for approval.\n")

    // The program that it runs is part of what is trusted, though the definition does not say what is in it.
    try await film.must(
      "cd ../clone; echo '# more' >>tools/count.py; sed -i 's/number 1/snow/' sequences/sequence_001.json")
    #expect(try await reel("make").status == 4)
    #expect(engine.runs.count == 3)
    _ = try await reel("trust", "counting")
    #expect(try await reel("make").status == 0)
    #expect(engine.runs.count == 4)
  }

  @Test func `what strangers wrote into a definition cannot pass for something else on the terminal`() async throws {
    let film = Film(shots: 1)
    film.write(
      "project.json",
      """
      { "engine": "x", "engines": { "x": { "type": "command",
        "command": ["echo", "\\u001b[2Jharmless\\nx: trusted"], "env": ["A"], "key\\u001b[31m": "\\u202edlrow" } } }
      """)
    let shown = try await film.reel("trust", "--show")
    #expect(shown.status == 2, "\(shown.error)")
    #expect(!shown.output.utf8.contains(0x1B))
    #expect(!shown.output.unicodeScalars.contains("\u{202E}"))
    #expect(!shown.output.contains("\nx: trusted"))
  }

  @Test func `a branch switch of forty shots waits, a hand's edit afterwards is made at once`() async throws {
    let film = Film(shots: 40)
    let engine = CountingEngine(in: film, isTrusted: false)
    engine.project("\"jobs\": 2", keys: "\"limits\": { \"burst\": 100 }")
    try await film.must(
      """
      printf '.reel\\nsequences/sequence_001/\\n' >.gitignore; git init -qb main; git add -A; git commit -qm film
      git checkout -qb snow; sed -i 's/rain/snow/' sequences/sequence_001.json; git commit -qam snow; git checkout -q main
      """)
    // What git did before the film came under reel's eyes is as if it were made here.
    film.noteMadeHere()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    #expect(engine.runs.count == 40, "\(film.story)")
    try await film.must("git checkout -q snow")
    let switched = try await watcher.settle()
    #expect(switched.jobs == [], "\(film.story)")
    #expect(
      switched.of("waiting").map { $0["message"] } == [
        "40 shots changed with git. Nothing queued: reel plan shows them, reel approve starts them."
      ])
    film.replace("snow number 7\"", by: "hail\"", in: "sequences/sequence_001.json")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_007"])
    #expect(engine.runs.count == 41)
    let status = try await film.reel("status")
    #expect(status.output.contains("39 shots changed with git. Nothing queued"), "\(status.output)")
    #expect(Self.admitted(try await film.reel("approve", "shot_001", "shot_002", "--json")).count == 2)
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001", "sequence_001/shot_002"])
    try await film.must("git checkout -q -f main")
    #expect(try await watcher.settle().jobs == [])
    #expect(engine.runs.count == 43)
  }

  @Test func `a burst waits as a whole in make, too, and is approved as a whole`() async throws {
    let film = Film(shots: 30)
    let engine = CountingEngine(in: film)
    engine.project("\"jobs\": 4")
    let make = try await film.reel("make")
    #expect(make.status == 4)
    #expect(
      make.output.contains("30 shots changed at once. Nothing queued: reel plan shows them, reel approve starts them."))
    #expect(engine.runs == [])
    #expect(Self.admitted(try await film.reel("approve", "--json")).count == 30)
    #expect(try await film.reel("make").status == 0)
    #expect(engine.runs.count == 30)
  }

  @Test func `a project that reel init made runs what is written into it by hand`() async throws {
    let film = Film(shots: 0)
    #expect(try await film.reel("init").status == 0)
    let engine = CountingEngine(in: film, isTrusted: false)
    engine.project()
    let make = try await film.reel("make")
    #expect(make.status == 0, "\(make.output)\(make.error)")
    #expect(!engine.runs.isEmpty)
  }

  @Test func `an engine in one's own config.json is trusted, and one of the project's that is called alike is not`()
    async throws
  {
    let film = Film(shots: 2)
    let engine = CountingEngine(in: film, isTrusted: false)
    film.configure("{ \"engines\": { \(engine.entry()) } }")
    // Its paths begin where config.json lies.
    try await film.must("mv tools ../config/reelwright/")
    film.write(
      "project.json",
      "{ \"engine\": \"counting\", \"engines\": { \"counting\": { \"type\": \"command\", \"command\": [\"false\"] } } }"
    )
    let make = try await film.reel("make")
    #expect(make.status == 0, "\(make.output)\(make.error)")
    #expect(engine.runs.count == 2)
    #expect(try await film.reel("trust").output.contains("counting: your own, from your config.json: trusted"))
    film.configure("{}")
    film.replace("number 1", by: "snow", in: "sequences/sequence_001.json")
    #expect(try await film.reel("make").status == 4)
    #expect(engine.runs.count == 2)
  }

  @Test func `with too little room on the disk a make starts nothing that costs, and says so`() async throws {
    let film = Film(shots: 2)
    let engine = CountingEngine(in: film)
    engine.project(keys: "\"limits\": { \"freeDisk\": \"900 TB\" }")
    let make = try await film.reel("make")
    #expect(make.status == 3, "\(make.output)")
    #expect(make.output.contains("limits.freeDisk wants 900 TB"), "\(make.output)")
    #expect(engine.runs == [])
  }

  @Test(.enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
  func `a watcher goes on by itself when there is room again`() async throws {
    let film = Film(shots: 0)
    let disk = try await SmallDisk(film, size: "40m")
    do {
      let engine = CountingEngine(in: film)
      engine.project(keys: "\"limits\": { \"freeDisk\": \"20 MB\" }")
      film.write("sequences/sequence_001.json", Film.sequence(shots: 2))
      try await film.must("head -c 30000000 /dev/zero >full")
      let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
      _ = try await watcher.next("waiting") { $0["message"]?.string?.contains("limits.freeDisk wants 20 MB") == true }
      #expect(engine.runs == [])
      #expect(try await film.reel("status", "--json").json["shots"]?["waiting"]?.int == 2)
      try await film.must("rm full")
      _ = try await watcher.next("idle")
      #expect(engine.runs.count == 2)
      _ = try await watcher.stop()
    } catch {
      await disk.end()
      throw error
    }
    await disk.end()
  }
}
