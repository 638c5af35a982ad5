import Basics
import JSONText
import TestSupport
import Testing

/// More than anybody would write, and values that nobody means.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct LargeInputTests {
  static let name = "sequences/sequence_001.json"

  @Test func `in a sequence of twenty thousand shots one edit is one job`() async throws {
    let film = Film(shots: 0, limit: .seconds(120))
    film.write("project.json", Film.project)
    // Held but for one: what is shown here is not how long drawing takes.
    let shots = (1...20_000).map { number in
      "{ \"id\": \"\(Film.shot(number))\", \"prompt\": \"rain number \(number).\"\(number == 19_999 ? "" : ", \"hold\": true") }"
    }
    film.write(Self.name, "{ \"shots\": [\n\(shots.joined(separator: ",\n"))\n] }\n")
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("idle", within: .seconds(120))
    #expect(Happenings(events: watcher.events).jobs == ["sequence_001/shot_19999"])
    try await film.must("sed -i 's/number 19999[.]/snow/' \(Self.name)")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_19999"], "\(film.story)")
    // The whole file written anew, in another layout.
    try await film.must("sed -i 's/, /,\\n /g' \(Self.name)")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    let status = try await film.reel("status", "--json")
    #expect(status.json["shots"]?["total"]?.int == 20_000, "\(status.output)")
    try await film.expectLikeCold()
  }

  @Test func `a project file of a hundred megabytes freezes what there is; put back, nothing is made`() async throws {
    let film = Film(shots: 2, limit: .seconds(120))
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must(
      """
      cp project.json ../good
      { printf '{ "name": "'; head -c 100000000 /dev/zero | tr '\\0' n; printf '" }'; } >../large; mv ../large project.json
      """)
    let large = try await watcher.settle()
    #expect(large.problems == ["too-large"], "\(film.story)")
    #expect(large.jobs == [])
    let status = try await film.reel("status", "--json")
    #expect(status.json["shots"]?["unreadable"]?.int == 2, "\(status.output)")
    try await film.expectLikeCold("with the large one")
    // What lies there is no fault of the sequence: its edit counts once the project reads again.
    film.replace("number 1", by: "fog", in: Self.name)
    #expect(try await watcher.settle().jobs == [])
    try await film.must("cp ../good project.json")
    let back = try await watcher.settle()
    #expect(back.jobs == ["sequence_001/shot_001"], "\(film.story)")
    #expect(back.of("solved").count == 1)
    try await film.expectLikeCold("put back")
  }

  @Test func `half characters, endless numbers and a million keys are told or read, and the rest goes on`() async throws
  {
    let film = Film(shots: 1, limit: .seconds(180))
    let nines = String(repeating: "9", count: 100_000)
    let odd: [(name: String, text: String, isRead: Bool)] = [
      ("lone", #"{ "shots": [ { "id": "a", "prompt": "rain \ud83c at sea" } ] }"#, false),
      ("turned", #"{ "shots": [ { "id": "a", "prompt": "\udfac\ud83c" } ] }"#, false),
      ("pair", #"{ "shots": [ { "id": "a", "prompt": "\ud83c\udfac" } ] }"#, true),
      ("key", #"{ "shots": [ { "id": "a", "prompt": "p" } ], "\ud800": 1 }"#, false),
      ("raw", "{ \"shots\": [ { \"id\": \"a\", \"prompt\": \"\u{FFFD}\" } ] }", true),
      ("nul", #"{ "shots": [ { "id": "a\u0000b", "prompt": "p\u0000q" } ] }"#, true),
      ("seed", #"{ "shots": [ { "id": "a", "prompt": "p", "seed": 1e999 } ] }"#, false),
      ("long", #"{ "shots": [ { "id": "a", "prompt": "p", "seed": \#(nines) } ] }"#, false),
      ("small", #"{ "shots": [ { "id": "a", "prompt": "p", "duration": 1e-999 } ] }"#, false),
      ("endless", #"{ "shots": [ { "id": "a", "prompt": "p", "duration": 1e400 } ] }"#, false),
      ("huge", #"{ "shots": [ { "id": "a", "prompt": "p" } ], "mine": [1e999, -1e999, \#(nines)] }"#, true),
    ]
    for file in odd { film.write("sequences/\(file.name).json", file.text + "\n") }
    film.scratch.write("bytes", [0x7B, 0x22, 0xFF, 0xED, 0xA0, 0x80, 0x22, 0x3A, 0x31, 0x7D])
    try await film.must("cp ../bytes sequences/bytes.json")
    try await film.must(
      """
      python3 - >sequences/keys.json <<'END'
      import json
      shot = {"id": "k", "prompt": "many"}
      print(json.dumps({"shots": [shot], "mine": {f"k{number}": number for number in range(1000000)}}))
      END
      """)
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("idle", within: .seconds(180))
    let made = Happenings(events: watcher.events)
    let errors = Set(made.of("problem").filter { $0["severity"]?.string == "error" }.compactMap { $0["file"]?.string })
    for file in odd {
      #expect(errors.contains("sequences/\(file.name).json") == !file.isRead, "\(file.name)\n\(film.story)")
    }
    #expect(errors.contains("sequences/bytes.json"))
    #expect(!errors.contains("sequences/keys.json"))
    #expect(made.jobs.contains("keys/k") && made.jobs.contains("sequence_001/shot_001"), "\(made.jobs)")
    try await film.expectLikeCold()
    film.replace("number 1", by: "fog", in: Self.name)
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"], "\(film.story)")
  }
}
