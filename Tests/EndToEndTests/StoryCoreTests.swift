import Basics
import JSONText
import TestSupport
import Testing

/// Projects of the StoryCore editor, opened as they are with the program itself.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct StoryCoreTests {
  private func film(_ writer: EditorFilm) -> Film {
    let film = Film(shots: 0)
    for (path, bytes) in writer.files { film.write(path, bytes) }
    return film
  }

  /// The prompt in each take's sidecar, by the shot.
  private func prompts(_ film: Film) -> [String: String] {
    var prompts: [String: String] = [:]
    for take in film.takes {
      let sidecar = film.inside("\(take).json").flatMap { try? JSONDocument(parsing: $0).root.value }
      prompts[sidecar?["shot"]?.string ?? ""] = sidecar?["recipe"]?["prompt"]?.string
    }
    return prompts
  }

  private static let wanted: [EditorFilm: [String: String]] = [
    .a: [
      "sequence_001/shot_1770110100000_0": "an empty quay before sunrise, wet planks",
      "sequence_001/shot_1770110100000_1": "close-up of a hand pushing coins over a worn counter",
      "sequence_002/shot_1770110100000_2": "the ferry alone on grey water",
    ],
    .b: [
      "sequence_001/shot-uuid-1": "an empty night bus under sodium lamps",
      "sequence_001/shot-uuid-2": "the driver's eyes in the mirror", "sequence_001/shot-uuid-3": "doors open onto fog",
    ],
    .c: [
      "sequence_001/shot_1770744000000_1": "boats pull at their ropes under a yellow sky",
      "sequence_001/shot_1770744000000_0": "a brass barometer on a white wall, the needle falls",
      "sequence_001/0c5f2a5e-77aa-4a0c-bb0e-0a1de0f0a111": "rain runs down a window, a lamp behind it",
      "sequence_002/shot_1770744000000_9": "a wave breaks over the mole",
    ],
    .d: [
      "sequence_d1f0c0de/lantern": "a paper lantern rises over the fair",
      "sequence_7e57ab1e/chimney": "smoke from one chimney",
      "sequence_7e57ab1e/ladder": "a ladder against a dark wall, moonlight",
    ],
  ]

  @Test(arguments: EditorFilm.allCases)
  func `a project of each writer has no problem, and its frames are drawn once`(_ writer: EditorFilm) async throws {
    let film = film(writer)
    let check = try await film.reel("check", "--json")
    let problems = (check.json["problems"]?.array ?? []).filter { $0["severity"]?.string != "note" }
    // A length of 5 may be frames or seconds: that one is a question that only a person can answer.
    #expect(
      problems.compactMap { $0["code"]?.string } == (writer == .b ? ["ambiguous-duration"] : []), "\(check.output)")
    #expect(check.status == (writer == .b ? 2 : 0))
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0, "\(made.error)\n\(film.story)")
    #expect(prompts(film) == Self.wanted[writer], "\(film.story)")
    for (path, bytes) in writer.files { #expect(film.inside(path) == bytes, "\(path)") }
    #expect(try await film.reel("make", "--json").jobs == [])
    let live = try await film.reel("status", "--json")
    let cold = try await film.reel("status", "--cold", "--json")
    #expect(live.output == cold.output)
  }

  @Test(arguments: [
    (EditorFilm.a, "sequences/sequence_001.json", "coins", "tickets", "sequence_001/shot_1770110100000_1"),
    (.b, "sequences/sequence_001.json", "sodium", "neon", "sequence_001/shot-uuid-1"),
    (.c, "shots/shot_shot_1770744000000_9.json", "mole", "pier", "sequence_002/shot_1770744000000_9"),
    (.d, "shots/shot_ladder.json", "moonlight", "starlight", "sequence_7e57ab1e/ladder"),
  ]) func `an edit of one shot is one job`(
    writer: EditorFilm, file: String, old: String, new: String, shot: String
  ) async throws {
    let film = film(writer)
    let watcher = try await film.watch()
    #expect(try await watcher.settle().of("failed").isEmpty)
    try await film.must("sed -i 's/\(old)/\(new)/g' \(file)")
    let happened = try await watcher.settle()
    #expect(happened.jobs == [shot], "\(film.story)")
    #expect(happened.of("problem").isEmpty)
  }

  @Test func `a file that breaks, comes, goes and moves leaves watcher and cold look in agreement`() async throws {
    let film = film(.c)
    let watcher = try await film.watch()
    let steps = [
      "printf '{' >shots/shot_shot_1770744000000_9.json", "git init -q . && git add -A && git commit -qm one",
      "printf '{\"title\": \"New\", \"description\": \"hail\", \"sequence_id\": \"sequence-beta\"}' >shots/shot_new.json",
      "mv shots ../away; mv ../away shots", "rm shots/shot_shot_1770744000000_0.json",
      "sed -i 's/sequence-beta/sequence-alpha/' shots/shot_new.json", "git stash -qu", "rm -r shots",
    ]
    for step in steps {
      try await film.must(step)
      _ = try await watcher.settle()
      let live = try await film.reel("status", "--json")
      let cold = try await film.reel("status", "--cold", "--json")
      #expect(live.output == cold.output, "after \(step)\n\(film.story)")
    }
  }
}
