import Basics
import JSONText
import TestSupport
import Testing

/// Names as people and machines give them.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct NameTests {
  /// File names without their ending. The two last are one name to a reader and two to the disk.
  static let stems = [
    "two words", "it's \"quoted\"", "line\nbreak", "tab\there", "back\\slash", "lamp 🎬🧜🏽‍♀️", "$(touch gone)", "-rf", "#1",
    "*", "a;b&c|d", "%2e%2e", String(repeating: "n", count: 251), String(repeating: "海", count: 83), "caf\u{E9}",
    "cafe\u{301}",
  ]

  /// In a path that is written a backslash is refused: it is meant as a slash.
  static let writable = stems.filter { !$0.contains("\\") }

  private static func quoted(_ text: String) -> String { JSON.string(text).compactText }

  @Test(arguments: [false, true])
  func `pictures of any name are references like others, each for itself`(polling: Bool) async throws {
    let film = Film(shots: 0)
    film.write("project.json", Film.project)
    for (number, stem) in Self.writable.enumerated() {
      film.write("inbox/\(stem).png", Picture.png(width: 16, height: 16, shade: UInt8(number)))
    }
    let shots = Self.writable.enumerated().map { number, stem in
      "{ \"id\": \"\(Film.shot(number + 1))\", \"prompt\": \"p\", \"references\": [\(Self.quoted("inbox/\(stem).png"))] }"
    }
    film.write("sequences/one.json", "{ \"shots\": [\n\(shots.joined(separator: ",\n"))\n] }\n")
    let watcher = try await polling ? film.watch("--poll") : film.watch()
    let made = Happenings(events: watcher.events)
    #expect(made.shots("finished").count == Self.writable.count, "\(film.story)")
    #expect(made.of("problem").isEmpty, "\(film.story)")
    for (number, stem) in Self.writable.enumerated() {
      film.write("inbox/\(stem).png", Picture.png(width: 16, height: 16, shade: UInt8(100 + number)))
      let changed = try await watcher.settle()
      #expect(changed.jobs == ["one/\(Film.shot(number + 1))"], "\(stem)\n\(film.story)")
    }
    try await film.expectLikeCold()
    _ = try await watcher.stop()
    #expect(try await film.reel("make", "--json").jobs == [])
    #expect(film.names.allSatisfy { !$0.hasPrefix("gone") })
  }

  @Test func `shots of any id and pictures of any name in a template make takes with names of their own`() async throws
  {
    let film = Film(shots: 0)
    film.write("project.json", Film.project)
    let shots = Self.stems.map { "{ \"id\": \(Self.quoted($0)), \"prompt\": \"p\" }" }
    film.write("sequences/one.json", "{ \"shots\": [\n\(shots.joined(separator: ",\n"))\n] }\n")
    for (number, stem) in Self.stems.enumerated() {
      film.write("inbox/each/\(stem).png", Picture.png(width: 16, height: 16, shade: UInt8(number)))
    }
    film.write(
      "sequences/two.json", "{ \"shots\": [ { \"id\": \"e\", \"prompt\": \"p\", \"each\": \"inbox/each/*.png\" } ] }")
    let watcher = try await film.watch()
    let made = Happenings(events: watcher.events)
    #expect(made.of("failed").isEmpty, "\(film.story)")
    #expect(film.takes.count == 2 * Self.stems.count, "\(film.story)")
    #expect(Set(film.takes).count == 2 * Self.stems.count)
    try await film.expectLikeCold()
    // One of twins edited leaves the other alone.
    film.write("inbox/each/cafe\u{301}.png", Picture.png(width: 16, height: 16, shade: 200))
    #expect(try await watcher.settle().jobs.count == 1, "\(film.story)")
    try await film.expectLikeCold("after the twin")
    _ = try await watcher.stop()
    #expect(try await film.reel("make", "--json").jobs == [])
  }

  @Test func `names that are no text, and sequence files of odd names, hold nobody up`() async throws {
    let film = Film(shots: 2)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must(
      #"""
      bad=$(printf 'bad\377name'); mkdir -p inbox/$bad; echo x >inbox/$bad/$bad.png; echo '{"shots":[]}' >sequences/$bad.json
      cp sequences/sequence_001.json "sequences/two words.json"; cp sequences/sequence_001.json "sequences/caf$(printf '\303\251').json"
      cp sequences/sequence_001.json "sequences/cafe$(printf '\314\201').json"
      cp sequences/sequence_001.json "sequences/$(printf 'n%.0s' $(seq 250)).json"; mkdir "sequences/$(printf 'd%.0s' $(seq 255))"
      """#)
    let happened = try await watcher.settle()
    #expect(happened.of("failed").isEmpty, "\(film.story)")
    try await film.expectLikeCold()
    film.replace("number 1", by: "fog", in: "sequences/sequence_001.json")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"], "\(film.story)")
    _ = try await watcher.stop()
    #expect(try await film.reel("make", "--json").jobs == [])
  }
}
