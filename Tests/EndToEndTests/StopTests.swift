import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// Being stopped, and being killed: what was whole stays, the rest is taken up next time.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct StopTests {
  private static func waitForEnd(of pids: [Int32]) async throws {
    _ = try await eventually("the end of the drawing processes") { pids.allSatisfy { kill($0, 0) != 0 } ? true : nil }
  }

  @Test func `Ctrl-C finishes what runs and ends with 130; make does the rest`() async throws {
    let film = Film(shots: 120)
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("finished")
    let drawers = Processes.drawers(of: watcher.program.child.pid)
    #expect(!drawers.isEmpty)
    let exit = try await watcher.stop(SIGINT)
    #expect(exit == .status(130))
    try await Self.waitForEnd(of: drawers)
    let all = Happenings(events: watcher.events)
    #expect(all.of("stopping").count == 1)
    #expect(all.events.last?["type"]?.string == "bye")
    #expect(all.shots("started") == all.shots("finished"), "\(film.story)")
    #expect(film.takes.count == all.of("finished").count)
    #expect(film.takes.count < 120)
    let rest = try await film.reel("make", "--json")
    #expect(rest.status == 0)
    #expect(rest.jobs.count == 120 - all.of("finished").count)
    #expect(film.takes.count == 120)
  }

  @Test(arguments: [(SIGTERM, 143), (SIGHUP, 129), (SIGINT, 130)])
  func `asked hard, it leaves what runs, and nothing of it runs on`(_ number: Int32, _ status: Int) async throws {
    let film = Film(shots: 120)
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("finished")
    let drawers = Processes.drawers(of: watcher.program.child.pid)
    // Twice: the second Ctrl-C leaves what runs as well.
    watcher.program.child.signal(number)
    let exit = try await watcher.stop(number)
    // The hangup of a terminal is an order to end like SIGTERM.
    #expect(exit == .status(number == SIGINT ? 130 : 143), "\(status)")
    try await Self.waitForEnd(of: drawers)
    let rest = try await film.reel("make", "--json")
    #expect(rest.status == 0)
    try Self.expectWhole(film, shots: 120)
  }

  @Test func `make stopped by Ctrl-C ends with 130 and begins where it was`() async throws {
    let film = Film(shots: 120)
    let make = try film.start(BuiltProgram.path("reel"), ["make", "--json"])
    _ = try await eventually("the first take") { film.takes.isEmpty ? nil : true }
    let exit = try await make.stop(SIGINT)
    #expect(exit == .status(130))
    let rest = try await film.reel("make", "--json")
    #expect(rest.jobs.count < 120)
    try Self.expectWhole(film, shots: 120)
  }

  @Test func `killed at any moment while it makes and files change, it loses nothing and makes nothing twice`()
    async throws
  {
    let film = Film(shots: 20)
    var random = Xorshift(7)
    for round in 1...32 {
      let program = try film.start(BuiltProgram.path("reel"), [round % 4 == 0 ? "make" : "watch", "--json"])
      // A moment is what the machine makes of it; the wait is the point here, not a guess at readiness.
      try await Task.sleep(for: .milliseconds(Int(random.next() % 250)))
      if round % 2 == 0 {
        film.write(
          "sequences/sequence_001.json",
          Film.sequence(shots: 20) { "rain \($0) of round \($0 <= round % 20 ? round : 0)" })
        try await Task.sleep(for: .milliseconds(Int(random.next() % 60)))
      }
      program.child.signal(SIGKILL)
      _ = try await program.exit()
    }
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0, "\(film.story)")
    try Self.expectWhole(film, shots: 20)
    let plan = try await film.reel("plan")
    #expect(plan.output == "Nothing to do.\n")
  }

  @Test func `a drawing process that is killed costs a retry and no take`() async throws {
    let film = Film(shots: 30)
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    var killed = 0
    for _ in 0..<5 {
      _ = try await watcher.next("finished")
      for pid in Processes.drawers(of: watcher.program.child.pid) where kill(pid, SIGKILL) == 0 { killed += 1 }
    }
    #expect(killed > 0)
    let happened = try await watcher.settle()
    #expect(happened.events.last?["type"]?.string == "idle")
    #expect(film.takes.count == 30, "\(film.story)")
    try Self.expectWhole(film, shots: 30)
  }

  /// Every take has its sidecar, every sidecar its take, no two takes are of one recipe, and every shot is up to date.
  private static func expectWhole(_ film: Film, shots: Int) throws {
    let takes = film.takes
    let recipes = takes.map { $0.split(separator: "-").dropLast().joined(separator: "-") }
    #expect(Set(recipes).count == recipes.count, "\(film.story)")
    for take in takes { #expect(film.inside("\(take).json") != nil, "\(take) has no sidecar\n\(film.story)") }
    let sidecars = film.names.filter { $0.hasSuffix(".png.json") }
    #expect(sidecars.count == takes.count, "\(film.story)")
    let leftovers = film.names.filter { $0.contains(".tmp") }
    #expect(leftovers == [])
  }
}
