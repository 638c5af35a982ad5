import Glibc
import JSONText
import TestSupport
import Testing

/// Several servers behind one engine.
@Suite(.fewAtATime, .timeLimit(.minutes(40)))
struct ComfyUIWorkerTests {
  private func peers(_ count: Int) async throws -> [ComfyUIPeer] {
    var peers: [ComfyUIPeer] = []
    for _ in 0..<count { peers.append(try await ComfyUIPeer()) }
    return peers
  }

  @Test func `jobs are spread, each worker with one running and one ready`() async throws {
    let peers = try await peers(3)
    for peer in peers { try peer.faults(["hold": true]) }
    let film = ComfyUIFilm.make(shots: 12, on: peers.map(\.url))
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await eventually("six prompts") { peers.allSatisfy { $0.log.accepted.count == 2 } ? true : nil }
    for peer in peers { try peer.forgive() }
    _ = try await watcher.next("idle")
    #expect(film.takes.count == 12, "\(film.story)")
    #expect(peers.reduce(0) { $0 + $1.log.accepted.count } == 12)
    #expect(peers.allSatisfy { $0.log.accepted.count >= 2 })
    _ = try await watcher.stop()
  }

  @Test func `a worker that lacks a node class gets none of those jobs`() async throws {
    let peers = try await peers(2)
    try peers[0].faults(["missing_classes": ["ImageAddNoise"]])
    let film = ComfyUIFilm.make(shots: 4, on: peers.map(\.url))
    #expect(try await film.reel("make").status == 0, "\(film.story)")
    #expect(peers[0].log.accepted.isEmpty)
    #expect(peers[1].log.accepted.count == 4)
  }

  @Test func `while one is away the others work, and it is used again when it is back`() async throws {
    let peers = try await peers(2)
    try await peers[0].kill()
    let film = ComfyUIFilm.make(
      shots: 30, on: peers.map(\.url), steps: (4, 0.1), more: "\"limits\": { \"burst\": 100 }")
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("finished")
    try await peers[0].restart()
    _ = try await watcher.next("idle", within: .seconds(120))
    #expect(film.takes.count == 30, "\(film.story)")
    #expect(peers[0].log.accepted.count > 0, "it was used again")
    #expect(peers.reduce(0) { $0 + $1.log.executed("SaveImage") } == 30)
    _ = try await watcher.stop()
  }

  @Test func `two hundred jobs over four workers that die at random: each one take, and none made twice`() async throws
  {
    try await Soak.run(
      "workers", "four ComfyUI servers killed and restarted at random while they make the jobs of one film"
    ) { row in
      let shots = Soak.count(40, soak: 200)
      let peers = try await peers(4)
      let film = ComfyUIFilm.make(
        shots: shots, on: peers.map(\.url), steps: (5, 0.03), more: "\"limits\": { \"burst\": 1000 }",
        limit: .seconds(180))
      let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
      var random = SeededGenerator(seed: 5)
      var kills = 0
      while film.takes.count < shots * 9 / 10, kills < shots / 4 {
        try await Task.sleep(for: .milliseconds(Int.random(in: 100...900, using: &random)))
        let peer = peers[Int.random(in: 0..<4, using: &random)]
        try await peer.kill()
        kills += 1
        try await peer.restart(refusing: Double.random(in: 0...1.5, using: &random))
      }
      _ = try await watcher.next("idle", within: .seconds(600))
      _ = try await watcher.stop()
      // Each save is one take, or was cut off by a kill, or was being written: never two whole ones for one shot.
      let saves = peers.flatMap { peer in peer.log.written.map { (peer, $0) } }
      var whole: [String: Int] = [:]
      for (peer, prefix) in saves {
        guard peer.read("output/\(prefix)_00001_.png")?.suffix(8).contains(0x44) ?? false else { continue }
        let shot = String(prefix.split(separator: "/").last?.prefix(8) ?? "")
        whole[shot, default: 0] += 1
      }
      if film.takes.count != shots { row.faults.append("\(film.takes.count) takes: \(film.story.suffix(8000))") }
      if whole.count != shots { row.faults.append("pictures of \(whole.count) shots") }
      for (shot, count) in whole where count > 1 { row.faults.append("\(shot) was made \(count) times") }
      let begun = peers.reduce(0) { $0 + $1.log.started.count }
      row.counts = [
        "\(shots) jobs", "\(kills) kills", "\(begun) generations begun", "\(begun - shots) proven lost",
        "\(film.takes.count) takes",
      ]
    }
  }
}
