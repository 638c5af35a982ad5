import Basics
import JSONText
import TestSupport
import Testing

/// Projects that strangers wrote: nothing leaves the folder, nothing steers the terminal.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct StrangersInputTests {
  /// Bytes that no line of text for people may hold: controls but the line break, and marks that turn the direction.
  private static func steering(_ text: String) -> [String] {
    text.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || (0x7F...0x9F).contains($0.value) || (0x202A...0x202E).contains($0.value)
        || (0x2066...0x2069).contains($0.value) || $0.value == 0x200F
    }.map { String($0.value, radix: 16) }
  }

  @Test func `escapes, line breaks and direction marks in names and texts never reach the terminal raw`() async throws {
    let film = Film(shots: 0)
    let nasty = #"\u001b[31mred\u001b]0;title\u0007\nnew line\r\u202Eevil\u2066\u009b2J"#
    film.write(
      "project.json",
      "{\"name\": \"film \(nasty)\", \"frame\": {\"width\": 64, \"height\": 64}, \"engines\": {\"e\(nasty)\": {\"type\": \"t\(nasty)\"}}}"
    )
    film.write(
      "sequences/one.json",
      """
      {"shots": [{"id": "a\(nasty)", "prompt": "rain \(nasty)"}, {"id": "b", "engine": "x\(nasty)", "prompt": "p"},
      {"id": "c", "prompt": "@who\(nasty)", "references": ["inbox/\(nasty).png"]}, {"id": "d", "promt\(nasty)": 1, "seed": "\(nasty)"}]}
      """)
    let name = "bad\u{1B}[31m\u{202E}\nname.json"
    film.write("sequences/\(name)", "{}")
    film.write("inbox/pic\u{1B}]0;x\u{07}.png", Picture.png(width: 8, height: 8))
    let commands = [
      ["plan"], ["status"], ["check"], ["make"], ["takes"], ["why", "b"], ["why", "one/c"],
      ["why", "\u{1B}[31m\u{202E}"],
      ["make", "\u{1B}[31mshot"], ["\u{1B}[31m"], ["plan", "--\u{1B}[31m"], ["-C", "\u{1B}[31m\u{202E}x", "plan"],
      ["init", "sequences/\u{1B}[2J"], ["init", "sequences/\u{1B}[2J"], ["retake", "one/a\u{1B}"],
    ]
    for command in commands {
      let outcome = try await film.run(BuiltProgram.path("reel"), command)
      #expect(Self.steering(outcome.output) == [], "\(command): \(outcome.output.debugDescription)")
      #expect(Self.steering(outcome.error) == [], "\(command): \(outcome.error.debugDescription)")
    }
    film.replace("rain", by: "snow", in: "sequences/one.json")
    let text = try await film.reel("make")
    film.replace("snow", by: "hail", in: "sequences/one.json")
    let json = try await film.reel("make", "--json")
    #expect(text.output.contains("changed"), "\(text.output)")
    #expect(Self.steering(text.output) == [], "\(text.output.debugDescription)")
    #expect(Self.steering(json.output) == [], "\(json.output.debugDescription)")
    #expect(json.events.count == json.lines.count)
  }

  @Test func `ids that are no file names make takes with safe names in the project`() async throws {
    let film = Film(shots: 0)
    film.write("project.json", Film.project)
    let ids = [
      "..", ".", "con", "a/b", "../../../escape", "/etc/passwd", String(repeating: "x", count: 300), "-rf", "ä ö",
      "a\\\\b",
    ]
    let shots = ids.map { "{\"id\": \"\($0)\", \"prompt\": \"p\"}" }.joined(separator: ", ")
    film.write("sequences/one.json", "{\"shots\": [\(shots)]}")
    let outside = film.scratch.names
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0, "\(film.story)")
    #expect(film.takes.count == ids.count, "\(film.story)")
    #expect(film.takes.allSatisfy { $0.hasPrefix("sequences/one/") && $0.split(separator: "/").count == 3 })
    #expect(film.takes.allSatisfy { $0.utf8.count < 200 })
    #expect(
      Set(film.names.map { $0.split(separator: "/").first.map(String.init) ?? "" }) == ["project.json", "sequences"])
    #expect(film.scratch.names.filter { !$0.hasPrefix("log-") } == outside.filter { !$0.hasPrefix("log-") })
    let again = try await film.reel("make", "--json")
    #expect(again.jobs == [])
  }

  @Test func `references that lead out of the project are refused with their line, and not read`() async throws {
    let film = Film(shots: 0)
    film.write("project.json", Film.project)
    film.scratch.write("outside.png", Picture.png(width: 8, height: 8))
    try await film.must("mkdir inbox; ln -s ../../outside.png inbox/link.png; ln -s ../.. inbox/up")
    let references = [
      "../outside.png", film.scratch.file("outside.png"), "inbox/link.png", "inbox/up/outside.png",
      "inbox/../../outside.png",
    ]
    let shots = references.enumerated().map {
      "{\"id\": \"s\($0.offset)\", \"prompt\": \"p\", \"references\": [\"\($0.element)\"]}"
    }
    film.write("sequences/one.json", "{\"shots\": [\n\(shots.joined(separator: ",\n"))\n]}")
    let made = try await film.reel("make", "--json")
    let happened = Happenings(events: made.events)
    #expect(happened.of("finished").isEmpty, "\(film.story)")
    #expect(made.status != 0)
    let check = try await film.reel("check", "--json")
    let lines =
      check.json["problems"]?.array?.filter { $0["severity"]?.string == "error" }.compactMap { $0["line"]?.int } ?? []
    #expect(Set(lines) == [2, 3, 4, 5, 6], "\(check.output)")
  }

  @Test func `deep nesting, a hundred thousand keys, doubled keys and a hundred megabytes are dealt with`() async throws
  {
    let film = Film(shots: 1)
    let deep = String(repeating: "[", count: 100_000)
    film.write("sequences/deep.json", "{\"shots\": \(deep)")
    let keys = (0..<100_000).map { "\"k\($0)\": \($0)" }.joined(separator: ",\n")
    film.write("sequences/keys.json", "{\"shots\": [{\"id\": \"k\", \"prompt\": \"many\"}],\n\"mine\": {\(keys)}}")
    film.write("sequences/doubled.json", "{\"shots\": [\n{\"id\": \"d\", \"prompt\": \"one\",\n\"prompt\": \"two\"}]}")
    try await film.must(
      "{ printf '{\"x\": \"'; head -c 105000000 /dev/zero | tr '\\0' a; printf '\"}'; } >sequences/large.json")
    let check = try await film.reel("check", "--json")
    #expect(check.status == 2)
    let problems = check.json["problems"]?.array ?? []
    func messages(_ file: String) -> [String] {
      problems.filter { $0["file"]?.string == "sequences/\(file).json" && $0["severity"]?.string == "error" }
        .compactMap { $0["message"]?.string }
    }
    #expect(messages("deep").count == 1, "\(problems)")
    #expect(messages("doubled").count == 1, "\(problems)")
    #expect(messages("large").count == 1, "\(problems)")
    #expect(messages("keys").isEmpty)
    let made = try await film.reel("make", "--json")
    #expect(made.jobs == ["keys/k", "sequence_001/shot_001"])
    #expect(Happenings(events: made.events).of("finished").count == 2)
  }
}
