import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// Work at its edges: a shot that goes while it runs, one of fifty that fails, many at once, and two who want to do it.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct WorkTests {
  private static let name = "sequences/sequence_001.json"

  @Test func `a shot deleted while it runs is cancelled with its program, and its older takes stay`() async throws {
    let film = Film(shots: 2)
    let engine = CountingEngine(in: film)
    engine.project()
    #expect(try await film.reel("make").status == 0)
    let old = film.takes
    engine.hold()
    film.replace("number 2", by: "snow", in: Self.name)
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("progress")
    film.write(Self.name, Film.sequence(shots: 1))
    let cancelled = try await watcher.next("cancelled")
    #expect(cancelled["shot"]?.string == "sequence_001/shot_002")
    #expect(engine.living == [] && engine.ends.count == 2, "\(film.story)")
    engine.release()
    _ = try await watcher.settle()
    #expect(film.takes == old && engine.runs.count == 3)
    #expect(try await film.reel("status", "--json").json["shots"]?["total"]?.int == 1)
    _ = try await watcher.stop()
  }

  @Test func `a shot edited again and again while it runs ends with one current take, of the last edit`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.project()
    engine.hold()
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    for edit in 1...4 {
      _ = try await eventually("run \(edit)") { engine.runs.count == edit ? true : nil }
      if edit < 4 { film.write(Self.name, Film.sequence(shots: 1) { _ in "snow \(edit)" }) }
    }
    engine.release()
    _ = try await watcher.settle()
    #expect(engine.ends.count == 1 && engine.living == [], "\(film.story)")
    let takes = try await film.reel("takes", "--json").json["takes"]?.array ?? []
    #expect(takes.count == 1 && takes.first?["fresh"]?.bool == true, "\(film.story)")
    #expect(film.inside("\(film.takes[0]).json").map { String(decoding: $0, as: UTF8.self).contains("snow 3") } == true)
    _ = try await watcher.stop()
  }

  @Test func `one shot of fifty that always fails leaves forty-nine takes, one clear failure and 3`() async throws {
    let film = Film(shots: 50)
    let engine = CountingEngine(in: film)
    engine.script("if job['shot'].endswith('17'): say(error={'message': 'no such model'}); sys.exit(1)")
    engine.project(#""jobs": 4"#, keys: #""limits": { "burst": 100 }"#)
    let make = try await film.reel("make", "--json")
    let happened = Happenings(events: make.events)
    #expect(make.status == 3, "\(film.story)")
    #expect(happened.shots("failed") == ["sequence_001/shot_017"])
    #expect(happened.of("failed").first?["message"]?.string == "no such model")
    #expect(happened.of("finished").count == 49 && film.takes.count == 49)
    let text = try await film.reel("status")
    #expect(text.output.contains("1 failed") && text.output.contains("no such model"), "\(text.output)")
  }

  @Test(arguments: zip([SIGINT, SIGTERM, SIGHUP], [Int32(130), 143, 143]))
  func `stopped hard with programs at work, nothing runs twice, whoever goes on`(_ signal: Int32, _ status: Int32)
    async throws
  {
    let film = Film(shots: 3)
    let engine = CountingEngine(in: film)
    engine.project(#""jobs": 3"#)
    engine.hold()
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await eventually("three runs") { engine.runs.count == 3 ? true : nil }
    // The first Ctrl-C asks to finish; a second one that comes before the first was seen is the same one.
    if signal == SIGINT {
      watcher.program.child.signal(signal)
      _ = try await watcher.next("stopping")
    }
    #expect(try await watcher.stop(signal) == .status(status), "\(film.story)")
    #expect(engine.living.count == 3, "the programs go on")
    engine.release()
    #expect(try await film.reel("make").status == 0)
    #expect(engine.runs.count == 3 && film.takes.count == 3 && engine.living == [])
  }

  @Test func `stopped once with a program at work, the watcher waits for it`() async throws {
    let film = Film(shots: 2)
    let engine = CountingEngine(in: film)
    engine.project()
    engine.hold()
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await eventually("a run") { engine.runs.isEmpty ? nil : true }
    watcher.program.child.signal(SIGINT)
    _ = try await watcher.next("stopping")
    engine.release()
    #expect(try await watcher.program.exit() == .status(130))
    #expect(engine.runs.count == 1 && engine.ends.count == 1 && film.takes.count == 1, "\(film.story)")
    #expect(engine.living == [])
  }

  @Test func `of ten that start at once one holds the project, and the others say who`() async throws {
    let film = Film(shots: 12)
    let programs = try (0..<10).map { number in
      try film.start(BuiltProgram.path("reel"), [number % 2 == 0 ? "watch" : "make", "--json"])
    }
    // Those that are refused end; whoever holds it goes on, or ends when all is made.
    _ = try await eventually("nine refusals") {
      let ended = programs.compactMap(\.child.exit)
      return ended.count { $0 == .status(11) } == 9 || ended.count == 10 ? true : nil
    }
    let holder = try #require(programs.first { $0.child.exit != .status(11) })
    let refused = programs.filter { $0 !== holder }
    // A make may have been done before the last of them came.
    for program in refused where program.child.exit == .status(11) {
      #expect(program.error.hasPrefix("reel: another reel is at work on this project"), "\(program.error)")
      #expect(Happenings(events: Watcher(film, program).events).jobs == [])
    }
    _ = try await eventually("all takes") { film.takes.count == 12 ? true : nil }
    for program in programs where program.child.exit == nil { _ = try await program.stop() }
    #expect(try await film.reel("plan").output == "Nothing to do.\n")
  }

  @Test func `three hundred shots changed by one style wait for approval where it costs`() async throws {
    let film = Film(shots: 300, limit: .seconds(240))
    let engine = CountingEngine(in: film)
    engine.project(#""jobs": 4"#, keys: #""limits": { "burst": 1000 }"#)
    film.write("library/look.json", #"{ "prompt": "in fog" }"#)
    #expect(try await film.reel("make").status == 0)
    #expect(engine.runs.count == 300)
    engine.project(#""jobs": 4"#, keys: #""limits": { "burst": 24 }"#)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.replace(#""burst": 24 }"#, by: #""burst": 24 }, "style": "look""#, in: "project.json")
    let held = try await watcher.settle()
    #expect(held.jobs == [] && engine.runs.count == 300, "\(film.story)")
    #expect(
      held.of("waiting").map { $0["message"]?.string } == [
        "300 shots changed at once. Nothing queued: reel plan shows them, reel approve starts them."
      ])
    #expect(try await film.reel("status", "--json").json["shots"]?["waiting"]?.int == 300)
    let approved = try await film.reel("approve", "shot_007", "--json")
    #expect(approved.json["admitted"]?.array?.count == 1)
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_007"])
    #expect(engine.runs.count == 301)
    _ = try await watcher.stop()
  }

  @Test func `three hundred shots changed by one style are made at once where it costs nothing`() async throws {
    let film = Film(shots: 300, limit: .seconds(240))
    film.write("library/look.json", #"{ "prompt": "in fog" }"#)
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("loaded")
    _ = try await watcher.settle()
    film.replace(#""version": 1,"#, by: #""version": 1, "style": "look","#, in: "project.json")
    let made = try await watcher.settle()
    #expect(made.jobs.count == 300 && Set(made.jobs).count == 300, "\(film.story)")
    #expect(made.of("waiting") == [] && made.of("finished").count == 300)
    _ = try await watcher.stop()
  }
}
