import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// kill -9 at random moments, hundreds of times on one film: every take whole, none made twice, no edit lost.
@Suite(.fewAtATime, .timeLimit(.minutes(60)))
struct KillTests {
  @Test func `fifty shots survive kills of the watcher, of its drawing processes, and of both at once`() async throws {
    try await Soak.run("15, 16", "kill -9 at random while 50 shots are made and edited; storyboard") { row in
      let kills = Soak.count(16, soak: 250)
      var killed = KilledFilm(Film(shots: 50, limit: .seconds(180)), shots: 50, seed: 15)
      var victims = [0, 0, 0]
      while victims.reduce(0, +) < kills {
        if killed.watcher == nil { try await killed.start(isAwaited: killed.number(below: 4) > 0) }
        guard let watcher = killed.watcher else { continue }
        if killed.number(below: 3) == 0 { killed.edit() }
        // Half of them in the middle of the work, however slow the machine is.
        if killed.number(below: 2) == 0 {
          _ = try? await eventually("a take", within: .seconds(2)) {
            watcher.events.contains { $0["type"]?.string == "finished" } ? true : nil
          }
        }
        // The moment is what the wait is for.
        try await Task.sleep(for: .milliseconds(killed.number(below: 150)))
        if killed.number(below: 3) == 0 { killed.edit() }
        switch killed.number(below: 3) {
        case 0:
          try await killed.kill()
          victims[0] += 1
        case 1:
          let drawers = Processes.drawers(of: watcher.program.child.pid)
          guard !drawers.isEmpty else { continue }
          signal(drawers[killed.number(below: drawers.count)], SIGKILL, ifItsCommandHolds: "reel-imaging")
          victims[1] += 1
        default:
          let drawers = Processes.drawers(of: watcher.program.child.pid)
          guard !drawers.isEmpty else { continue }
          watcher.program.child.signal(SIGKILL)
          for pid in drawers { signal(pid, SIGKILL, ifItsCommandHolds: "reel-imaging") }
          try await killed.kill()
          victims[2] += 1
        }
      }
      if killed.watcher == nil { try await killed.start(isAwaited: true) }
      // A shot whose drawing process was killed four times in a row has failed.
      _ = try await killed.film.reel("retry")
      try await killed.finish()
      row.faults = killed.faults
      row.counts = [
        "\(kills) kills (watcher \(victims[0]), reel-imaging \(victims[1]), both \(victims[2]))",
        "\(killed.edits) edits",
        "\(killed.takes.fingerprints.count) takes", "start to loaded: \(killed.restarts.sentence)",
      ]
      if !row.faults.isEmpty { row.faults.append(String(killed.film.story.suffix(20_000))) }
    }
  }

  @Test
  func `fifty shots of a program survive kills of the watcher, of supervisors and of programs, and none runs twice`()
    async throws
  {
    try await Soak.run("15, 17", "kill -9 at random while 50 shots are made and edited; a program that counts its runs")
    { row in
      let kills = Soak.count(16, soak: 250)
      let film = Film(shots: 50, limit: .seconds(180))
      let engine = CountingEngine(in: film)
      engine.project(#""jobs": 3"#, keys: #""limits": { "burst": 1000 }"#)
      engine.script(
        """
        note("began", str(os.getpid()) + " " + job["fingerprint"])
        time.sleep(int(job["fingerprint"][-2:], 16) / 2000)
        """)
      var killed = KilledFilm(film, shots: 50, seed: 17)
      var victims = [0, 0, 0, 0]
      var allowed: [String: Int] = [:]
      while victims.reduce(0, +) < kills {
        if killed.watcher == nil { try await killed.start(isAwaited: killed.number(below: 4) > 0) }
        if killed.number(below: 3) == 0 { killed.edit() }
        try await Task.sleep(for: .milliseconds(killed.number(below: 150)))
        if killed.number(below: 3) == 0 { killed.edit() }
        let victim = killed.number(below: 4)
        if victim == 0 {
          try await killed.kill()
          victims[0] += 1
          continue
        }
        let running = Self.running(engine)
        guard !running.isEmpty else {
          // Nothing runs: there has to be something to do.
          killed.edit()
          continue
        }
        let run = running[killed.number(below: running.count)]
        // A program that is killed, by itself or with its supervisor, is run once more, and may be.
        allowed[run.fingerprint, default: 0] += 1
        switch victim {
        case 1: signal(run.pid, SIGKILL, ifItsCommandHolds: engine.place)
        case 2:
          // The parent of a program is its supervisor, unless that has gone meanwhile.
          guard let supervisor = Processes.parent(of: run.pid),
            signal(supervisor, SIGKILL, ifItsCommandHolds: "supervise-job \(film.scratch.path)/")
          else { continue }
        default:
          killed.watcher?.program.child.signal(SIGKILL)
          signal(run.pid, SIGKILL, ifItsCommandHolds: engine.place)
          try await killed.kill()
        }
        victims[victim] += 1
      }
      if killed.watcher == nil { try await killed.start(isAwaited: true) }
      _ = try await film.reel("sync", "--idle")
      // A want whose program was killed four times has failed.
      _ = try await film.reel("retry")
      try await killed.finish()
      row.faults = killed.faults
      var runs: [String: Int] = [:]
      for run in Self.runs(of: engine) { runs[run.fingerprint, default: 0] += 1 }
      for (fingerprint, count) in runs where count > 1 + allowed[fingerprint, default: 0] {
        row.faults.append(
          "\(fingerprint) ran \(count) times, its program was killed \(allowed[fingerprint, default: 0]) times")
      }
      let left = Self.running(engine)
      if !left.isEmpty { row.faults.append("programs run on: \(left.map(\.pid))") }
      row.counts = [
        "\(kills) kills (watcher \(victims[0]), program \(victims[1]), supervisor \(victims[2]), watcher and program \(victims[3]))",
        "\(killed.edits) edits", "\(runs.values.reduce(0, +)) runs of \(runs.count) recipes",
        "\(killed.takes.fingerprints.count) takes", "start to loaded: \(killed.restarts.sentence)",
      ]
      if !row.faults.isEmpty { row.faults.append(String(film.story.suffix(20_000))) }
    }
  }

  /// The runs that go on.
  private static func running(_ engine: CountingEngine) -> [(pid: Int32, fingerprint: String)] {
    runs(of: engine).filter { commandLine(of: $0.pid).contains(engine.place) }
  }

  /// What the program was run for, and as which process, in order.
  private static func runs(of engine: CountingEngine) -> [(pid: Int32, fingerprint: String)] {
    engine.lines("began").compactMap { line in
      let parts = line.split(separator: " ")
      guard parts.count == 2, let pid = Int32(parts[0]) else { return nil }
      return (pid, String(parts[1]))
    }
  }
}
