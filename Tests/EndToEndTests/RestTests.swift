import Basics
import JSONText
import TestSupport
import Testing

/// A project at rest is answered for from what is remembered of it, and the least change is seen.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct RestTests {
  private func atRest() async throws -> Film {
    let film = Film(shots: 3)
    film.write("inbox/shot_003.png", Picture.png(width: 20, height: 20))
    #expect(try await film.reel("make").status == 0)
    _ = try await remembered(film)
    return film
  }

  /// Asks until what is there is old enough to be sure of.
  private func remembered(_ film: Film) async throws -> String {
    while true {
      let status = try await film.reel("status", "--json")
      let state = ScratchFolder.names(in: film.scratch.file("state/reelwright")).first ?? ""
      if film.scratch.read("state/reelwright/\(state)/rest") != nil { return status.output }
      try await Task.sleep(for: .milliseconds(200))
    }
  }

  /// What the kernel was asked to open in the project while a command ran.
  private func opened(_ film: Film, _ command: String) async throws -> (output: String, paths: [String]) {
    let outcome = try await film.run(
      "/usr/bin/strace",
      [
        "-f", "-qqq", "-o", film.scratch.file("trace"), "-e", "trace=openat,openat2", BuiltProgram.path("reel"),
        command, "--json",
      ])
    let trace = String(decoding: film.scratch.read("trace") ?? [], as: UTF8.self)
    let lines = trace.split(separator: "\n").filter {
      $0.contains(".json\"") || $0.contains(".sqlite") || $0.contains(".png\"")
    }
    return (outcome.output, lines.map(String.init).filter { !$0.contains("config.json") })
  }

  @Test(.enabled(if: Strace.isInstalled, "strace is not installed"))
  func `status and plan of a project at rest open none of its files and no database`() async throws {
    let film = try await atRest()
    for command in ["status", "plan"] {
      let cold = command == "status" ? try await film.reel(command, "--json", "--cold").output : nil
      let found = try await opened(film, command)
      #expect(found.paths == [], "\(command)")
      if let cold { #expect(found.output == cold) }
    }
    // Whatever becomes of it, the answer is the same.
    let state = ScratchFolder.names(in: film.scratch.file("state/reelwright"))[0]
    let answer = try await film.reel("status", "--json").output
    for bytes in [[], Array("noise".utf8), [UInt8](repeating: 7, count: 100_000)] {
      film.scratch.write("state/reelwright/\(state)/rest", bytes)
      #expect(try await film.reel("status", "--json").output == answer)
    }
  }

  static let changes = [
    "sed -i 's/number 2/snow/' sequences/sequence_001.json",
    "touch -r sequences/sequence_001.json ../t; sed -i 's/number 2/number 9/' sequences/sequence_001.json; touch -r ../t sequences/sequence_001.json",
    "rm sequences/sequence_001/shot_001*.png", "rm sequences/sequence_001/shot_001*.json",
    "printf x >>$(ls sequences/sequence_001/shot_001*.json)", ": >$(ls sequences/sequence_001/shot_002*.png)",
    "mv sequences/sequence_001.json sequences/sequence_002.json", "printf '{' >sequences/sequence_009.json",
    "cp inbox/shot_003.png inbox/shot_001.png", "rm inbox/shot_003.png", "mkdir library; echo '{' >library/a.json",
    "sed -i 's/\"width\": 96/\"width\": 128/' project.json", "rm -r sequences",
    "mkdir ratings; echo '{' >ratings/ann@example.org.json",
    "echo x >'inbox/unused.png'",
  ]

  @Test(arguments: changes) func `any change of the files is seen at once`(_ change: String) async throws {
    let film = try await atRest()
    let before = try await film.reel("status", "--json").output
    try await film.must(change)
    let now = try await film.reel("status", "--json")
    let cold = try await film.reel("status", "--json", "--cold")
    #expect(now.output == cold.output, "\(film.story)")
    #expect(now.output != before, "the change changes nothing that is asked for")
    #expect(try await film.reel("plan", "--json").status == (try await film.reel("plan", "--json").status))
  }

  @Test func `what is said to the work, and to all projects, is seen as well`() async throws {
    let film = try await atRest()
    #expect(try await film.reel("pause").status == 0)
    #expect(try await film.reel("status", "--json").json["paused"]?.bool == true)
    #expect(try await film.reel("resume").status == 0)
    #expect(try await film.reel("status", "--json").json["paused"]?.bool == false)
    _ = try await remembered(film)
    film.configure(#"{ "engines": { "mine": { "type": "command", "command": ["true"] } } }"#)
    let engines = try await film.reel("status", "--json").json["engines"]?.array ?? []
    #expect(engines.contains { $0["name"]?.string == "mine" })
  }
}
