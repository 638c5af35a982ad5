import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// What takes minutes, or shows only after thousands of steps: in `make soak` alone.
@Suite(.fewAtATime, .timeLimit(.minutes(60)), .enabled(if: Soak.isOn, "make soak runs it"))
struct SoakTests {
  @Test func `random edits of many seeds leave watcher and cold look in agreement`() async throws {
    let seeds = UInt64(Soak.count(1, soak: 40))
    try await Soak.run("1-14", "random edits by all kinds of tools; live against --cold after each step") { row in
      try await withThrowingTaskGroup(of: String?.self) { group in
        // Two at a time.
        var next: UInt64 = 4
        func add() {
          guard next < 4 + seeds else { return }
          let seed = next
          next += 1
          group.addTask {
            do {
              try await OracleTests.walk(seed)
              return nil
            } catch {
              return "seed \(seed): \(error)"
            }
          }
        }
        add()
        add()
        while let fault = try await group.next() {
          if let fault { row.faults.append(fault) }
          add()
        }
      }
      row.counts = ["\(seeds) seeds, 12 steps of up to 3 edits each"]
    }
  }

  // MARK: Bursts

  /// Compares what the watcher knows with a fresh look, and counts the pictures in the inbox.
  private static func compare(_ film: Film, pictures: Int, _ what: String, _ row: inout Soak.Row) async throws {
    let sync = try await film.reel("sync", "--idle")
    if sync.status != 0 { row.faults.append("\(what): reel sync: \(sync.error)") }
    let live = try await film.reel("status", "--json")
    let cold = try await film.reel("status", "--cold", "--json")
    let seen = live.json["inbox"]?["images"]?.int ?? -1
    row.counts.append("\(what): \(pictures - seen) of \(pictures) files lost")
    if seen != pictures { row.faults.append("\(what): \(seen) of \(pictures) pictures are known") }
    if live.output != cold.output { row.faults.append("\(what): live \(live.output)\ncold \(cold.output)") }
  }

  @Test func `bursts of events lose nothing, while the watcher runs and while it is stopped`() async throws {
    try await Soak.run("9, 11", "bursts of events; live against --cold") { row in
      let many = Soak.count(100, soak: 30_000)
      let stopped = Soak.count(100, soak: 20_000)
      let nested = Soak.count(10, soak: 200)
      let film = Film(shots: 5, limit: .seconds(300))
      film.scratch.write("dot.png", Picture.png(width: 8, height: 8))
      film.write(
        "../burst.py",
        """
        import os, sys
        data, count, folder = open("../dot.png", "rb").read(), int(sys.argv[1]), sys.argv[2]
        for number in range(count):
            place = f"inbox/{folder}/{number % 40}"
            os.makedirs(place, exist_ok=True)
            with open(f"{place}/{number}.png", "wb") as file:
                file.write(data)

        """)
      let watcher = try await film.watch()
      _ = try await watcher.settle()
      try await film.must("python3 ../burst.py \(many) one")
      try await Self.compare(film, pictures: many, "\(many) files in one go", &row)
      watcher.program.child.signal(SIGSTOP)
      try await film.must("python3 ../burst.py \(stopped) two")
      film.replace("number 3", by: "snow", in: "sequences/sequence_001.json")
      watcher.program.child.signal(SIGCONT)
      try await Self.compare(film, pictures: many + stopped, "\(stopped) while it is stopped", &row)
      if !film.takes.contains(where: { $0.contains("shot_003") }) || film.takes.count != 6 {
        row.faults.append("the edit made while it was stopped is lost: \(film.takes)")
      }
      try await film.must(
        "i=0; while [ $i -lt \(nested) ]; do mkdir -p inbox/n/$i/a/b/c && cp ../dot.png inbox/n/$i/a/b/c/x.png; i=$((i+1)); done"
      )
      try await Self.compare(film, pictures: many + stopped + nested, "\(nested) nested mkdir-and-write", &row)
      _ = try await watcher.stop()
    }
  }

  // MARK: Growth

  @Test func `thousands of edits leave memory and descriptors of a watcher as they were`() async throws {
    try await Soak.run("7 (performance)", "growth of a watcher over edits, from /proc") { row in
      let edits = Soak.count(60, soak: 3000)
      let film = Film(shots: 50, limit: .seconds(300))
      let watcher = try await film.watch()
      let pid = watcher.program.child.pid
      // Among a few versions, all of which are made in the first round: later takes would be something to remember.
      let versions = 8
      func edit(_ number: Int) async throws {
        let version = number % versions
        film.write(
          "sequences/sequence_001.json",
          Film.sequence(shots: 50) { $0 == 7 ? "version \(version)" : "rain number \($0)" })
        let sync = try await film.reel("sync", "--idle")
        if sync.status != 0 { row.faults.append("reel sync: \(sync.error)") }
      }
      let warm = max(versions, edits / 8)
      for number in 0..<warm { try await edit(number) }
      let before = (memory: Processes.memory(of: pid), descriptors: Processes.descriptors(of: pid))
      for number in warm..<edits { try await edit(number) }
      let after = (memory: Processes.memory(of: pid), descriptors: Processes.descriptors(of: pid))
      row.counts = [
        "\(edits) edits", "memory \(before.memory >> 10) kB after \(warm), \(after.memory >> 10) kB at the end",
        "descriptors \(before.descriptors) and \(after.descriptors)",
      ]
      // A drawing process has a socket, which may be there or not.
      if after.descriptors > before.descriptors + 2 { row.faults.append("descriptors grow") }
      // 1 kB an edit would be a leak of something for each.
      if after.memory - before.memory > (edits - warm) * 1024 + (4 << 20) { row.faults.append("memory grows") }
      if film.takes.count != 50 + versions {
        row.faults.append("\(film.takes.count) takes of \(50 + versions) recipes")
      }
      _ = try await watcher.stop()
    }
  }
}
