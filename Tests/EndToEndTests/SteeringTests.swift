import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// `reel cancel`, `retry`, `hold`, `release`, `pause` and `resume`, as they are typed: with a watcher, and with nobody at work.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct SteeringTests {
  private static let name = "sequences/sequence_001.json"

  @Test func `a command takes back what one right before it wrote, though the watcher has not read that yet`()
    async throws
  {
    let film = Film(shots: 2)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    let before = film.text(Self.name)
    let take = film.takes.first { $0.contains("shot_001") } ?? ""
    for _ in 0..<6 {
      let run = try await film.sh(
        """
        set -e
        reel() { \(BuiltProgram.path("reel")) "$@"; }
        reel hold shot_001; reel release shot_001; reel hold shot_001; reel release shot_001
        reel pick \(take); reel unpick shot_001; reel pick \(take); reel unpick shot_001
        """)
      #expect(run.exit.isSuccess, "\(run.output)\(run.error)")
    }
    #expect(try await watcher.settle().jobs == [])
    #expect(film.text(Self.name) == before)
    let shots = try await film.reel("status", "--json").json["shots"]
    #expect(shots?["fresh"]?.int == 2, "\(film.story)")
    _ = try await watcher.stop()
  }

  @Test func `a command waits for a watcher that git holds up, rather than refuse what it does not know yet`()
    async throws
  {
    let film = Film(shots: 2)
    try await film.must("git init -q . && git add . && git commit -qm film")
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    let before = film.text(Self.name)
    try await film.must("touch .git/index.lock")
    #expect(try await film.reel("hold", "shot_001").status == 0)
    let release = try await film.sh(
      "(sleep 1; rm .git/index.lock) & \(BuiltProgram.path("reel")) release shot_001; wait")
    #expect(release.output == "sequence_001/shot_001 is released.\n", "\(release.output)\(release.error)")
    #expect(film.text(Self.name) == before)
    #expect(try await watcher.settle().jobs == [])
    _ = try await watcher.stop()
  }

  @Test func `with nobody at work, what is cancelled stays down until it is retried`() async throws {
    let film = Film(shots: 3)
    let cancelled = try await film.reel("cancel", "shot_002")
    #expect(cancelled.output == "1 job cancelled.\n  reel retry makes what was cancelled\n")
    #expect(cancelled.status == 0)
    #expect(try await film.reel("cancel", "shot_002").output == "Nothing to cancel.\n")
    let made = try await film.reel("make", "--json")
    #expect(made.jobs == ["sequence_001/shot_001", "sequence_001/shot_003"])
    #expect(made.status == 0, "a person wanted it so")
    let status = try await film.reel("status", "--json").json
    #expect(status["shots"]?["held"]?.int == 1)
    #expect(
      status["listed"]?.array?.compactMap { $0["detail"]?.string } == [
        "cancelled by you; reel retry sequence_001/shot_002 makes it"
      ])
    #expect(try await film.reel("plan").output == "Nothing to do.\n")
    let why = try await film.reel("why", "shot_002")
    #expect(why.output.contains("\n  cancelled by you; reel retry sequence_001/shot_002 makes it\n"), "\(why.output)")
    let watcher = try await film.watch()
    #expect(Happenings(events: watcher.events).jobs == [])
    _ = try await watcher.stop()
    let retried = try await film.reel("retry")
    #expect(retried.output == "1 job is made again by the next reel make or reel watch.\n")
    #expect(try await film.reel("make", "--json").jobs == ["sequence_001/shot_002"])
    #expect(try await film.reel("retry").output == "Nothing failed or was cancelled that is still wanted.\n")
  }

  @Test func `a watcher queues at once what is retried, and says who cancelled`() async throws {
    let film = Film(shots: 2)
    _ = try await film.reel("cancel", "--json")
    let watcher = try await film.watch()
    #expect(film.takes == [])
    let retried = try await film.reel("retry", "sequence_001/shot_001", "--json").json
    #expect(retried["queued"]?.bool == true)
    #expect(retried["retried"]?.array?.compactMap { $0["shot"]?.string } == ["sequence_001/shot_001"])
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"])
    // Another recipe is another want.
    film.replace("number 2", by: "snow", in: Self.name)
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_002"])
  }

  @Test func `a hold stands in the file, keeps the shot as it is, and goes without a trace`() async throws {
    let film = Film(shots: 3)
    _ = try await film.reel("make")
    let text = film.text(Self.name)
    let watcher = try await film.watch()
    let held = try await film.reel("hold", "shot_001", "shot_002")
    #expect(
      held.output == """
        sequence_001/shot_001 is held: nothing is generated for it until reel release.
        sequence_001/shot_002 is held: nothing is generated for it until reel release.

        """)
    #expect(
      film.text(Self.name)
        == text.replacing("number 1\" }", with: "number 1\", \"hold\": true }")
        .replacing("number 2\" }", with: "number 2\", \"hold\": true }"))
    film.replace("number 1", by: "snow", in: Self.name)
    #expect(try await watcher.settle().jobs == [])
    let listed = try await film.reel("status", "--json").json["listed"]?.array ?? []
    #expect(
      listed.compactMap { $0["detail"]?.string } == [
        "`hold` stands in its file; reel release sequence_001/shot_001 goes on"
      ])
    #expect(try await film.reel("hold", "shot_001").output == "sequence_001/shot_001 is held already.\n")
    let released = try await film.reel("release", "sequence_001", "--json").json
    #expect(
      released["changed"]?.array?.compactMap(\.string) == ["sequence_001/shot_001", "sequence_001/shot_002"])
    #expect(film.text(Self.name) == text.replacing("number 1", with: "snow"))
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"])
    #expect(try await film.reel("release", "shot_003").output == "sequence_001/shot_003 is not held.\n")
    #expect(try await film.reel("hold", "nobody").status == 64)
    film.write(Self.name, "{ \"shots\": [")
    let broken = try await film.reel("-C", film.folder, "hold", "shot_001")
    #expect(broken.status != 0 && film.text(Self.name) == "{ \"shots\": [")
  }

  @Test func `a paused project begins nothing, whoever works on it, until it is resumed`() async throws {
    let film = Film(shots: 2)
    #expect(try await film.reel("pause").output == "Paused: no job is started until reel resume.\n")
    let status = try await film.reel("status")
    #expect(status.lines.last == "paused; reel resume goes on", "\(status.output)")
    #expect(try await film.reel("plan").lines.last == "paused; reel resume goes on")
    let make = try await film.reel("make")
    #expect(make.status == 4)
    #expect(make.lines.contains { $0.hasSuffix("  paused; reel resume goes on") }, "\(make.output)")
    #expect(film.takes == [])

    let watcher = try await film.watch()
    #expect(try await film.reel("status", "--json").json["shots"]?["queued"]?.int == 2)
    #expect(Happenings(events: watcher.events).of("paused").count == 1)
    // Killed and started again, it is paused still.
    watcher.program.child.signal(SIGKILL)
    _ = try await watcher.program.exit()
    let again = try await film.watch()
    #expect(try await film.reel("sync", "--idle").status == 0, "nothing runs")
    #expect(film.takes == [])
    #expect(try await film.reel("resume").output == "Going on: jobs are started again.\n")
    let happened = try await again.settle()
    #expect(happened.of("resumed").count == 1)
    #expect(happened.shots("finished").count == 2)
    #expect(try await film.reel("status", "--json").json["paused"]?.bool == false)
  }
}
