import Basics
import JSONText
import TestSupport
import Testing

/// What scripts may rely on: exit statuses, the fields of `--json`, and that nothing of a person's is written over.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct CommandContractTests {
  /// The keys of an object, in order.
  private static func keys(_ json: JSON?) -> [String] { json?.object?.keys.map { $0 } ?? [] }

  @Test func `every command has help of its own on stdout, and wrong usage is 64 with a word on stderr`() async throws {
    let film = Film()
    let commands = [
      "init", "watch", "make", "plan", "status", "why", "check", "takes", "retake", "sync", "pick", "unpick", "like",
      "dislike", "unrate", "remove", "restore", "export", "doctor", "completions", "manual", "workflow",
    ]
    for command in commands {
      let help = try await film.reel(command, "--help")
      #expect(help.status == 0)
      #expect(help.output.hasPrefix("reel \(command): "), "\(help.output)")
      #expect(help.output.contains("Usage: reel \(command)"))
      #expect(help.error == "")
      let wrong = try await film.reel(command, "--no-such-option")
      #expect(wrong.status == 64)
      #expect(wrong.output == "")
      #expect(wrong.error.hasPrefix("reel: ") || wrong.error.hasPrefix("error: "), "\(wrong.error)")
    }
    let all = try await film.reel("--help")
    for command in commands { #expect(all.output.contains("  \(command) "), "\(all.output)") }
    #expect(try await film.reel("--version").output.hasPrefix("reel "))
    let typo = try await film.reel("stauts")
    #expect(typo.status == 64)
    #expect(typo.error.contains("status"), "\(typo.error)")
  }

  @Test func `init makes a project that works at once, and is refused where one is`() async throws {
    let film = Film(shots: 0)
    film.write(".gitignore", "mine\n")
    let made = try await film.reel("init")
    #expect(made.status == 0, "\(made.error)")
    #expect(film.text(".gitignore") == "mine\n")
    #expect(try await film.reel("check").output == "No problems in the files.\n")
    let names = film.tree
    let again = try await film.reel("init")
    #expect(again.status == 1)
    #expect(again.output == "")
    #expect(again.error.hasPrefix("reel: there is a project already in "))
    #expect(film.tree == names)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    let status = try await film.reel("status", "--json")
    #expect(status.json["shots"]?["fresh"]?.int == 4)
    #expect(status.json["shots"]?["total"]?.int == 4)
    let elsewhere = try await film.reel("init", "../new/deep")
    #expect(elsewhere.status == 0)
    #expect(try await film.reel("plan", "../new/deep").status == 2)
  }

  @Test func `plan, status, why, check and takes answer in the promised fields`() async throws {
    let film = Film(shots: 2)
    let plan = try await film.reel("plan", "--json")
    #expect(plan.status == 2)
    #expect(Self.keys(plan.json).prefix(4) == ["version", "jobs", "restores", "problems"])
    let job = plan.json["jobs"]?.array?.first
    #expect(Set(Self.keys(job)).isSuperset(of: ["shot", "kind", "fingerprint", "engine", "reason", "state"]))
    #expect(job?["shot"]?.string == "sequence_001/shot_001")
    #expect(job?["kind"]?.string == "still")
    #expect(job?["engine"]?.string == "storyboard")
    #expect(job?["state"]?.string == "missing")
    #expect(job?["reason"]?.string == "no take yet")
    #expect(job?["fingerprint"]?.string?.hasPrefix("sha256:") == true)

    let status = try await film.reel("status", "--json")
    #expect(status.status == 0)
    #expect(
      Self.keys(status.json["shots"]) == [
        "total", "fresh", "missing", "stale", "waiting", "queued", "running", "failed", "held", "unreadable",
      ])
    #expect(status.json["version"]?.int == 1)
    #expect(status.json["shots"]?["missing"]?.int == 2)
    #expect(Self.keys(status.json["engines"]?.array?.first) == ["name", "type", "state", "detail"])

    #expect(try await film.reel("make").status == 0)
    #expect(try await film.reel("plan").status == 0)
    let takes = try await film.reel("takes", "shot_001", "--json")
    #expect(takes.json["takes"]?.array?.count == 1)
    let take = takes.json["takes"]?.array?.first
    #expect(
      Set(Self.keys(take)).isSuperset(of: ["shot", "kind", "file", "fingerprint", "fresh", "used", "rating", "created"])
    )
    #expect(take?["fresh"]?.bool == true)
    #expect(take?["used"]?.bool == true)
    #expect(film.takes.contains(take?["file"]?.string ?? ""))
    #expect(take?["fingerprint"]?.string == job?["fingerprint"]?.string)

    film.replace("number 1", by: "snow", in: "sequences/sequence_001.json")
    let why = try await film.reel("why", "shot_001", "--json")
    #expect(why.json["state"]?.string == "stale")
    let fields = why.json["kinds"]?.array?.first?["fields"]?.array ?? []
    #expect(fields.filter { $0["differs"]?.bool == true }.compactMap { $0["field"]?.string } == ["prompt"])
    let text = try await film.reel("why", "sequence_001/shot_001")
    #expect(text.output.contains("  ~ prompt \"rain number 1\" -> \"rain snow\"\n"), "\(text.output)")
    #expect(try await film.reel("why", "shot_009").status == 64)

    film.write("sequences/sequence_002.json", "{ \"shots\": [ { \"id\": \"a\", \"prompt\": 5 } ] }\n")
    let check = try await film.reel("check", "--json")
    #expect(check.status == 2)
    let problem = check.json["problems"]?.array?.first
    #expect(
      Set(Self.keys(problem)).isSuperset(of: ["file", "line", "column", "severity", "code", "message"]),
      "\(check.output)")
  }

  @Test func `make tells its events as lines of JSON, in the promised order`() async throws {
    let film = Film(shots: 1)
    let made = try await film.reel("make", "--json")
    let types = made.events.compactMap { $0["type"]?.string }.filter { $0 != "progress" }
    #expect(types == ["hello", "loaded", "planned", "queued", "started", "finished", "idle", "bye"])
    for event in made.events { #expect(Self.keys(event).prefix(2) == ["type", "time"]) }
    #expect(made.events.first?["version"]?.string != nil)
    let finished = made.events.first { $0["type"]?.string == "finished" }
    for key in ["shot", "kind", "fingerprint", "reason", "engine", "take"] { #expect(finished?[key]?.string != nil) }
    #expect(made.events[2]["jobs"]?.int == 1)
  }

  @Test func `make of one shot or one sequence makes just that`() async throws {
    let film = Film(shots: 3)
    film.write("sequences/sequence_002.json", Film.sequence(shots: 2) { "snow \($0)" })
    let one = try await film.reel("make", "sequence_001/shot_002", "--json")
    #expect(one.jobs == ["sequence_001/shot_002"])
    #expect(one.status == 0)
    let ambiguous = try await film.reel("make", "shot_001", "--json")
    #expect(ambiguous.jobs == [])
    #expect(ambiguous.status != 0, "\(ambiguous.output)")
    let sequence = try await film.reel("make", "sequence_002", "--json")
    #expect(sequence.jobs == ["sequence_002/shot_001", "sequence_002/shot_002"])
    let unknown = try await film.reel("make", "shot_099")
    #expect(unknown.status != 0)
  }

  @Test func `outside a project is 10, without a watcher sync is 14, and -C goes first`() async throws {
    let film = Film(shots: 1)
    for command in ["watch", "make", "plan", "status", "check", "takes", "sync"] {
      let outcome = try await film.reel("-C", "../home", command)
      #expect(outcome.status == 10, "\(command): \(outcome.error)")
      #expect(outcome.output == "")
      #expect(outcome.error.hasPrefix("reel: no project here: "), "\(outcome.error)")
    }
    #expect(try await film.reel("sync").status == 14)
    #expect(try await film.reel("-C", "..", "plan", "film").status == 2)
    #expect(try await film.reel("-C", "../film/sequences", "plan").status == 2)
    #expect(try await film.reel("-C", "../nowhere", "plan").status == 10)
  }

  @Test func `a second watcher is refused with the pid of the first, and so is make`() async throws {
    let film = Film(shots: 1)
    let watcher = try await film.watch()
    for command in ["watch", "make"] {
      let second = try await film.reel(command)
      #expect(second.status == 11, "\(second.error)")
      #expect(second.error.contains("\(watcher.program.child.pid)"), "\(second.error)")
      #expect(second.output == "")
    }
    // What only looks is answered by the watcher.
    #expect(try await film.reel("plan").output == "Nothing to do.\n")
  }

  @Test func `state folders that cannot be made are 13`() async throws {
    let film = Film(shots: 1)
    try await film.must("rmdir ../state; echo >../state")
    let made = try await film.reel("make")
    #expect(made.status == 13, "\(made.error)")
    #expect(made.error.contains("/state"), "\(made.error)")
    #expect(try await film.reel("status", "--cold").status == 0)
  }

  @Test func `retake is refused where a seed has no use, and the file stays as it is`() async throws {
    let film = Film(shots: 1)
    let before = film.text("sequences/sequence_001.json")
    let retake = try await film.reel("retake", "shot_001")
    #expect(retake.status == 1)
    #expect(
      retake.error
        == "reel: the engine storyboard has no use for a seed: another take of sequence_001/shot_001 would be the same; "
        + "change its prompt\n")
    #expect(film.text("sequences/sequence_001.json") == before)
  }

  @Test func `a reader that goes away, a closed output and NO_COLOR are no trouble`() async throws {
    let film = Film(shots: 3)
    let head = try await film.sh("$REEL status | head -1; $REEL make --json | head -1 >../first; $REEL plan; echo $?")
    #expect(head.output == "Test film: 1 sequence, 3 shots\nNothing to do.\n0\n", "\(head.output)\(head.error)")
    let closed = try await film.sh("$REEL status >&-; echo $?; $REEL make >&- 2>&-; echo $?")
    #expect(closed.output == "0\n0\n", "\(closed.output)")
    let full = try await film.sh("$REEL status >/dev/full; echo $?")
    #expect(full.exit.isSuccess)
    let plain = try await film.reel("check")
    #expect(!plain.output.utf8.contains(0x1B))
  }

  @Test func `some shots that fail are 3, and the others are made`() async throws {
    let film = Film(shots: 3)
    // A take cannot be written where a folder of that name stands in for its sequence's folder.
    film.write("sequences/sequence_002.json", Film.sequence(shots: 1) { "snow \($0)" })
    film.write(
      "inbox/bad.png",
      Array(Picture.png(width: 64, height: 64).prefix(40)) + Array(Picture.png(width: 1, height: 1).suffix(12)))
    film.replace(
      "\"rain number 2\"", by: "\"rain\", \"references\": [\"inbox/bad.png\"]", in: "sequences/sequence_001.json")
    let made = try await film.reel("make", "--json")
    let happened = Happenings(events: made.events)
    #expect(made.status == 3, "\(film.story)")
    #expect(happened.shots("failed") == ["sequence_001/shot_002"])
    #expect(happened.of("finished").count == 3)
    let status = try await film.reel("status", "--json")
    #expect(status.json["shots"]?["failed"]?.int == 1)
    let again = try await film.reel("make", "--json")
    #expect(again.jobs == ["sequence_001/shot_002"])
  }
}
