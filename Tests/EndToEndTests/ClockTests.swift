import Basics
import JSONText
import TestSupport
import Testing

/// Clocks that jump, files from other times, changes too quick for the clock.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct ClockTests {
  static let name = "sequences/sequence_001.json"

  private static func film() -> Film {
    let film = Film(shots: 2)
    film.write("inbox/one.png", Picture.png(width: 16, height: 16))
    film.replace("number 1\"", by: "number 1\", \"references\": [\"inbox/one.png\"]", in: name)
    return film
  }

  /// Another picture of the same size, with the time of the one before.
  private static func swapPicture(_ film: Film, _ shade: UInt8) async throws {
    film.scratch.write("new.png", Picture.png(width: 16, height: 16, shade: shade))
    try await film.must(
      "touch -r inbox/one.png ../new.png; cat ../new.png >inbox/one.png; touch -r ../new.png inbox/one.png")
  }

  @Test(
    .enabled(if: Tool.isThere("faketime"), "faketime is not installed"),
    .disabled(if: Pace.isSanitized, "libfaketime and a sanitizer hang or kill any program"), arguments: [false, true]
  )
  func `the clock set back a day or on by an hour while reel watches loses nothing and makes nothing twice`(
    polling: Bool
  ) async throws {
    let film = Self.film()
    film.scratch.write("time", Array("+0".utf8))
    // The file is read each time reel asks for the time. Files keep the true one.
    let script = """
      echo $$ >../pid; unset FAKETIME
      export FAKETIME_TIMESTAMP_FILE="$PWD/../time" FAKETIME_NO_CACHE=1 NO_FAKE_STAT=1
      export FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1
      exec "$REEL" watch --json \(polling ? "--poll" : "")
      """
    let watcher = Watcher(film, try film.start("/usr/bin/faketime", ["-f", "+0", "/bin/sh", "-c", script]))
    _ = try await watcher.next("idle")
    var shade: UInt8 = 10
    for step in ["-1d", "+1h", "-1h", "+400d", "-60y", "+0"] {
      film.scratch.write("time", Array(step.utf8))
      let still = try await watcher.settle()
      #expect(still.jobs == [], "\(step)\n\(film.story)")
      film.replace("number 2", by: "\(step) number 2", in: Self.name)
      let edited = try await watcher.settle()
      #expect(edited.jobs == ["sequence_001/shot_002"], "\(step)\n\(film.story)")
      #expect(edited.of("problem").isEmpty)
      shade += 10
      try await Self.swapPicture(film, shade)
      #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"], "\(step)\n\(film.story)")
      try await film.expectLikeCold(step)
    }
    let first = watcher.events.first?["time"]?.string ?? ""
    #expect(watcher.events.contains { ($0["time"]?.string ?? first) < first }, "the clock never jumped for reel")
    try await film.must("kill $(cat ../pid)")
    _ = try await watcher.next("bye")
    _ = try await watcher.program.exit()
    #expect(try await film.reel("make", "--json").jobs == [])
  }

  @Test(
    .enabled(if: Tool.isThere("faketime"), "faketime is not installed"),
    .disabled(if: Pace.isSanitized, "libfaketime and a sanitizer hang or kill any program"))
  func `what was made under a wrong clock is not made again under the right one`() async throws {
    let film = Self.film()
    for time in ["-400d", "+400d", "+0"] {
      let made = try await film.run("/usr/bin/faketime", ["-f", time, BuiltProgram.path("reel"), "make", "--json"])
      #expect(made.status == 0, "\(film.story)")
      #expect(made.jobs.count == (time == "-400d" ? 2 : 0), "\(time)\n\(film.story)")
    }
    // The index was written under a clock far ahead: what changes now is seen all the same.
    _ = try await film.run("/usr/bin/faketime", ["-f", "+400d", BuiltProgram.path("reel"), "make"])
    try await Self.swapPicture(film, 99)
    #expect(try await film.reel("make", "--json").jobs == ["sequence_001/shot_001"])
  }

  @Test(arguments: ["1901-12-31", "1970-01-01", "2100-01-01", "2400-01-01"])
  func `a file's date is no matter: changed it is a job, unchanged none`(_ date: String) async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("touch -d \(date) \(Self.name) inbox/one.png project.json")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.must("sed -i 's/number 2/snow/' \(Self.name); touch -d \(date) \(Self.name)")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_002"], "\(film.story)")
    film.scratch.write("new.png", Picture.png(width: 16, height: 16, shade: 7))
    try await film.must("touch -d \(date) ../new.png; mv ../new.png inbox/one.png")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"], "\(film.story)")
    try await film.expectLikeCold()
    _ = try await watcher.stop()
    #expect(try await film.reel("make", "--json").jobs == [], "\(film.story)")
  }

  @Test(arguments: [false, true])
  func `changes as quick as they come, of the same size and with the old date, are all seen`(
    watching: Bool
  ) async throws {
    let film = Self.film()
    let watcher = watching ? try await film.watch() : nil
    _ = try await film.reel(watching ? "status" : "make")
    _ = try await watcher?.settle()
    for round in 1...12 {
      try await Self.swapPicture(film, UInt8(round))
      let jobs: [String]
      if let watcher {
        jobs = try await watcher.settle().jobs
        try await film.expectLikeCold("round \(round)")
      } else {
        jobs = try await film.reel("make", "--json").jobs
      }
      #expect(jobs == ["sequence_001/shot_001"], "round \(round)\n\(film.story)")
    }
  }
}
