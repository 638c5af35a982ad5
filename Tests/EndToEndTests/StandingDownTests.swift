import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// Staying down, with a program as the engine: what is cancelled, what fails, and what a killed `reel` leaves of it.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct StandingDownTests {
  private static let name = "sequences/sequence_001.json"

  private static func film(shots: Int) -> (Film, CountingEngine) {
    let film = Film(shots: shots)
    let engine = CountingEngine(in: film)
    engine.project()
    return (film, engine)
  }

  /// A watcher that need not come to rest.
  private static func watch(_ film: Film) async throws -> Watcher {
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("loaded")
    return watcher
  }

  private static func kill(_ watcher: Watcher) async throws {
    watcher.program.child.signal(SIGKILL)
    _ = try await watcher.program.exit()
  }

  private static func states(_ film: Film) async throws -> [String: String] {
    let listed = try await film.reel("status", "--json").json["listed"]?.array ?? []
    return Dictionary(
      listed.compactMap { entry in
        entry["shot"]?.string.map { (String($0.suffix(8)), entry["state"]?.string ?? "") }
      }
    ) { first, _ in first }
  }

  @Test func `a program that is cancelled ends, and its shot stays down over a kill until it is retried`() async throws
  {
    let (film, engine) = Self.film(shots: 1)
    engine.hold()
    let watcher = try await Self.watch(film)
    _ = try await watcher.next("progress")
    let cancelled = try await film.reel("cancel", "shot_001")
    #expect(cancelled.output == "1 job cancelling: told to stop.\n  reel retry makes what was cancelled\n")
    _ = try await watcher.next("cancelling")
    let event = try await watcher.next("cancelled")
    #expect(event["message"]?.string == "by you; reel retry sequence_001/shot_001 makes it")
    _ = try await watcher.next("idle")
    #expect(engine.living == [], "\(film.story)")
    try await Self.kill(watcher)
    engine.release()
    let again = try await film.watch()
    #expect(Happenings(events: again.events).jobs == [])
    #expect(try await film.reel("retry", "shot_001").output == "1 job is queued again.\n")
    #expect(try await again.settle().shots("finished") == ["sequence_001/shot_001"])
    #expect(engine.runs.count == 2 && film.takes.count == 1)
  }

  @Test func `killed while a deaf program is being cancelled, it does not come up again`() async throws {
    let (film, engine) = Self.film(shots: 1)
    engine.script("signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    engine.hold()
    let watcher = try await Self.watch(film)
    _ = try await watcher.next("progress")
    _ = try await film.reel("cancel")
    #expect(try await Self.states(film) == ["shot_001": "running"], "its program is deaf")
    try await Self.kill(watcher)
    let again = try await film.watch()
    #expect(Happenings(events: again.events).jobs == [])
    #expect(try await Self.states(film) == ["shot_001": "held"])
    #expect(engine.runs.count == 1)
    // Its program is not taken up, but ended.
    _ = try await eventually("the end of the program") { engine.living == [] ? true : nil }
    #expect(engine.ends == [] && film.takes == [])
    engine.release()
    _ = try await again.stop()
  }

  @Test func `what failed for good stays down over restarts, until make, a retry or a new recipe`() async throws {
    let (film, engine) = Self.film(shots: 1)
    engine.script("say(error={'message': 'no such model'}); sys.exit(1)")
    let make = try await film.reel("make")
    #expect(make.status == 3 && engine.runs.count == 1)
    let watcher = try await film.watch()
    #expect(engine.runs.count == 1)
    #expect(try await film.reel("status").output.contains("no such model"))
    #expect(try await film.reel("retry").output == "1 job is queued again.\n")
    _ = try await watcher.settle()
    #expect(engine.runs.count == 2)
    film.replace("number 1", by: "snow", in: Self.name)
    _ = try await watcher.settle()
    #expect(engine.runs.count == 3)
    try await Self.kill(watcher)
    let next = try await film.watch()
    #expect(engine.runs.count == 3)
    _ = try await next.stop()
    #expect(try await film.reel("make").status == 3)
    #expect(engine.runs.count == 4)
    // A cancelled one is not for make to begin.
    engine.script("")
    film.replace("snow", by: "hail", in: Self.name)
    _ = try await film.reel("cancel")
    #expect(try await film.reel("make").status == 0)
    #expect(engine.runs.count == 4 && film.takes == [])
  }

  @Test func `attempts and the time of the next one survive being killed`() async throws {
    let (film, engine) = Self.film(shots: 1)
    engine.script("note('times', time.time()); say(error={'message': 'busy', 'canPass': True}); sys.exit(1)")
    var isOver = false
    while !isOver {
      let watcher = try await Self.watch(film)
      isOver = try await watcher.next("failed")["willRetry"]?.bool == false
      try await Self.kill(watcher)
      if isOver { break }
      // Started and killed in between, it waits all the same; on a slow machine its time comes meanwhile.
      let between = try await Self.watch(film)
      let state = try await Self.states(film)["shot_001"] ?? "fresh"
      try await Self.kill(between)
      #expect(["waiting", "queued", "running", "failed"].contains(state), "\(film.story)")
      isOver = try await Self.states(film)["shot_001"] == "failed"
    }
    #expect(engine.runs.count == 4, "\(film.story)")
    let times = engine.lines("times").compactMap { Double($0) }
    for (number, pair) in zip(times, times.dropFirst()).enumerated() {
      #expect(pair.1 - pair.0 >= Double(1 << number), "attempt \(number + 2) came before its time\n\(film.story)")
    }
    let last = try await film.watch()
    #expect(try await Self.states(film) == ["shot_001": "failed"])
    #expect(engine.runs.count == 4)
    _ = try await last.stop()
  }

  @Test func `killed with jobs in every state, the next run goes on as each stood`() async throws {
    let (film, engine) = Self.film(shots: 6)
    engine.script(
      """
      if job["shot"].endswith("1"): say(error={"message": "no such model"}); sys.exit(1)
      """)
    film.replace("number 6\" }", by: "number 6\", \"hold\": true }", in: Self.name)
    engine.hold()
    let watcher = try await Self.watch(film)
    _ = try await watcher.next("failed") { $0["shot"]?.string == "sequence_001/shot_001" }
    _ = try await watcher.next("progress") { $0["shot"]?.string == "sequence_001/shot_002" }
    _ = try await film.reel("cancel", "shot_003")
    _ = try await film.reel("pause")
    let before = try await Self.states(film)
    #expect(
      before == [
        "shot_001": "failed", "shot_002": "running", "shot_003": "held", "shot_004": "queued", "shot_005": "queued",
        "shot_006": "held",
      ])
    try await Self.kill(watcher)
    engine.release()
    let paused = try await Self.watch(film)
    _ = try await paused.next("paused")
    let after = try await Self.states(film)
    #expect(after["shot_001"] == "failed" && after["shot_003"] == "held" && after["shot_006"] == "held", "\(after)")
    #expect(after["shot_004"] == "queued" && after["shot_005"] == "queued", "\(after)")
    _ = try await film.reel("resume")
    _ = try await paused.settle()
    #expect(film.takes.count == 3, "\(film.story)")
    #expect(
      try await Self.states(film) == ["shot_001": "failed", "shot_003": "held", "shot_006": "held"])
    _ = try await film.reel("retry", "shot_003")
    _ = try await paused.settle()
    #expect(film.takes.count == 4)
    #expect(engine.living == [])
  }
}
