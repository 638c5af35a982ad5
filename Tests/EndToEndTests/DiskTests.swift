import Basics
import JSONText
import TestSupport
import Testing

/// Disks that are full, and that are read-only, as the kernel has them.
@Suite(
  .fewAtATime, .timeLimit(.minutes(60)), .enabled(if: SmallDisk.isPermitted, "mounting a small file system needs root"))
struct DiskTests {
  /// Runs reel on a film that lies on the small disk with all that is kept about it.
  private static let there = """
    cd ../small/film; export XDG_STATE_HOME=$PWD/../state XDG_CACHE_HOME=$PWD/../cache
    """

  private static func layOut(_ film: Film) async throws {
    try await film.must(
      """
      mkdir -p ../small/film/sequences ../small/state ../small/cache
      sed 's/"version": 1,/"version": 1, "limits": { "freeDisk": "0 B" },/' project.json >../small/film/project.json
      cp sequences/sequence_001.json ../small/film/sequences/
      """)
  }

  /// Every output and sidecar on the small disk is whole.
  private static func tornTakes(_ film: Film) -> [String] {
    let folder = "small/film/sequences/sequence_001"
    return ScratchFolder.names(in: film.scratch.file(folder)).filter { $0.hasSuffix(".png") }.compactMap { name in
      let output = film.scratch.read("\(folder)/\(name)") ?? []
      guard let sidecar = film.scratch.read("\(folder)/\(name).json") else {
        return name.contains("-\(Digest(of: output).hex.prefix(8)).") ? nil : "\(name) is torn"
      }
      let digest = (try? JSONDocument(parsing: sidecar).root.value)?["output"]?["sha256"]?.string
      return digest == Digest(of: output).hex ? nil : "the take \(name) is torn"
    }
  }

  @Test func `a disk that fills up at any write tears nothing, and with more room the work is done`() async throws {
    try await Soak.run("19", "a disk that is full after so many kB, then has room") { row in
      let film = Film(shots: 4)
      var size = Soak.isOn ? 28 : 60
      var runs = 0
      var ends: [Int32: Int] = [:]
      while true {
        var isClean = false
        try await SmallDisk.with(film, size: "\(size)k", beside: "small") { disk in
          try await Self.layOut(film)
          let made = try await film.sh("\(Self.there); exec $REEL make --json")
          ends[made.status, default: 0] += 1
          let isTold = (made.output + made.error).contains("the disk is full")
          isClean = made.status == 0 && !isTold
          if ![0, 3, 13].contains(made.status) {
            row.faults.append("\(size)k: it ended with \(made.status): \(made.error)")
          }
          if made.status != 0, !isTold { row.faults.append("\(size)k: no line says so: \(made.output)\(made.error)") }
          row.faults += Self.tornTakes(film).map { "\(size)k: \($0)" }
          try await disk.remount("size=64m")
          let again = try await film.sh("\(Self.there); exec $REEL make --json")
          if again.status != 0 { row.faults.append("\(size)k, with room again: \(again.output)\(again.error)") }
          let finished = Happenings(events: made.events).shots("finished")
          let twice = Set(finished).intersection(again.jobs)
          if !twice.isEmpty { row.faults.append("\(size)k: made twice: \(twice)") }
          let names = ScratchFolder.names(in: film.scratch.file("small/film/sequences/sequence_001"))
          if names.count != 8 { row.faults.append("\(size)k: \(names)") }
          row.faults += Self.tornTakes(film).map { "\(size)k, with room again: \($0)" }
        }
        runs += 1
        if isClean { break }
        size += Soak.isOn ? 4 : 68
      }
      let statuses = ends.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: " ")
      row.counts = ["\(runs) sizes up to \(size) kB", "exit statuses \(statuses)"]
    }
  }

  @Test func `a watcher on a disk that is full goes on by itself when there is room`() async throws {
    let film = Film(shots: 0)
    try await SmallDisk.with(film, size: "2m") { _ in
      film.write("project.json", Film.project)
      film.write("sequences/sequence_001.json", Film.sequence(shots: 3))
      let watcher = try await film.watch()
      #expect(try await watcher.settle().problems == [])
      try await film.must(
        "cat /dev/zero >ballast 2>/dev/null || true; dd if=/dev/zero of=ballast2 bs=1 2>/dev/null || true")
      // In place and of the same length, which takes no room.
      try await film.must(
        "printf snow | dd of=sequences/sequence_001.json conv=notrunc bs=1 seek=$(grep -bo rain sequences/sequence_001.json | head -1 | cut -d: -f1)"
      )
      let refused = try await watcher.next("failed")
      #expect(refused["message"]?.string?.contains("the disk is full") == true, "\(film.story)")
      #expect(refused["shot"]?.string == "sequence_001/shot_001")
      try await film.must("rm ballast ballast2")
      let made = try await watcher.next("finished")
      #expect(made["shot"]?.string == "sequence_001/shot_001")
      let happened = try await watcher.settle()
      #expect(happened.jobs == [] && film.takes.count == 4, "\(film.story)")
      _ = try await watcher.stop()
    }
  }

  @Test func `what a program made for a full disk is fetched by the next make, and not made again`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.project(keys: #""limits": { "freeDisk": "0 B" }"#)
    // Only the takes have no room: what the engine keeps lies elsewhere.
    try await SmallDisk.with(film, size: "64k", beside: "film/sequences/sequence_001") { _ in
      try await film.must("cat /dev/zero >sequences/sequence_001/ballast 2>/dev/null || true")
      let full = try await film.reel("make", "--json")
      #expect(full.status == 3 && full.output.contains("the disk is full"), "\(full.output)\(full.error)")
      #expect(engine.runs.count == 1, "\(full.output)")
      try await film.must("rm sequences/sequence_001/ballast")
      let again = try await film.reel("make", "--json")
      #expect(again.status == 0 && again.jobs == [], "\(again.output)\(again.error)")
      #expect(engine.runs.count == 1 && film.takes.count == 1, "\(again.output)")
    }
  }

  @Test func `a project folder that may not be written is said, and made when it may`() async throws {
    let film = Film(shots: 0)
    try await SmallDisk.with(film, size: "8m") { disk in
      film.write("project.json", Film.project)
      film.write("sequences/sequence_001.json", Film.sequence(shots: 2))
      try await disk.remount("ro")
      let make = try await film.reel("make")
      #expect(make.status == 3, "\(make.output)\(make.error)")
      #expect((make.output + make.error).contains("read-only"), "\(make.output)\(make.error)")
      let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
      let refused = try await watcher.next("failed")
      #expect(refused["message"]?.string?.contains("read-only") == true, "\(film.story)")
      try await disk.remount("rw")
      _ = try await watcher.next("finished")
      _ = try await watcher.next("finished")
      #expect(film.takes.count == 2)
      _ = try await watcher.stop()
      #expect(try await film.reel("plan").output == "Nothing to do.\n")
    }
  }
}
