import Basics
import ProjectFiles
import Testing

/// Faults of single fields, as they are shown.
struct FieldFaultTests {
  /// A shot with one more field, and how the fault in it is shown.
  private func shownInShot(_ field: String) -> [String] {
    shown("sequences/s.json", #"{ "shots": [{ "id": "a", \#(field) }] }"#)
  }

  private func expected(
    _ code: String, _ field: String, _ marked: String, _ label: String, _ message: String,
    severity: String = "error"
  ) -> [String] {
    let line = #"{ "shots": [{ "id": "a", \#(field) }] }"#
    guard let range = line.firstRange(of: marked) else { return ["`\(marked)` is not in the line"] }
    let column = line.distance(from: line.startIndex, to: range.lowerBound)
    let carets = String(repeating: " ", count: column) + String(repeating: "^", count: marked.count)
    return ["\(severity) \(code) 1\n\(line)\n\(carets) \(label)\n\(message)"]
  }

  @Test(arguments: [
    (#""prompt": 5"#, "5", #"such as "a small harbour at dawn""#, "`prompt` must be a text, not a number"),
    (#""name": [ ]"#, "[ ]", #"such as "Harbour at dawn""#, "`name` must be a text, not a list"),
    (#""engine": {}"#, "{}", #"such as "storyboard""#, "`engine` must be a text, not an object"),
    (#""model": true"#, "true", #"such as "flux-dev""#, "`model` must be a text, not true or false"),
    (#""style": 1"#, "1", #"such as "noir", the name of a library entry"#, "`style` must be a text, not a number"),
    (#""negativePrompt": 1"#, "1", #"such as "text, watermark""#, "`negativePrompt` must be a text, not a number"),
    (#""hold": "yes""#, #""yes""#, "such as true", "`hold` must be true or false, not a text"),
    (#""inbox": 0"#, "0", "such as true", "`inbox` must be true or false, not a number"),
    (#""seed": "x""#, #""x""#, "such as 42", "`seed` must be a whole number, not a text"),
    (#""takes": "two""#, #""two""#, "such as 2", "`takes` must be a whole number, not a text"),
    (#""duration": "4""#, #""4""#, "such as 4", "`duration` must be a number, not a text"),
    (
      #""references": "inbox/x.png""#, #""inbox/x.png""#, #"such as ["inbox/harbour.jpg"]"#,
      "`references` must be a list of paths, not a text"
    ),
    (
      #""references": [7]"#, "7", #"such as "inbox/harbour.jpg""#, "`references` must hold paths as texts, not a number"
    ),
    (#""parameters": [ ]"#, "[ ]", #"such as { "steps": 20 }"#, "`parameters` must be an object, not a list"),
    (
      #""frame": "HD""#, #""HD""#, #"such as { "width": 1280, "height": 720, "fps": 24 }"#,
      "`frame` must be an object, not a text"
    ),
    (
      #""pick": "x.png""#, #""x.png""#, #"such as { "still": "shot_001.still-….png" }"#,
      "`pick` must be an object, not a text"
    ),
    (
      #""pick": { "still": 3 }"#, "3", #"such as "shot_001.still-….png""#,
      "`still` must be the file name of a take, not a number"
    ),
    (#""clip": true"#, "true", "such as {}", "`clip` must be an object, not true or false"),
    (
      #""clip": { "camera": "pan" }"#, #""pan""#, #"such as { "move": "dolly-in", "amount": 0.3 }"#,
      "`camera` must be an object, not a text"
    ),
    (
      #""clip": { "camera": { "move": 1 } }"#, "1", #"such as "dolly-in""#,
      "`move` must be the name of a move, not a number"
    ),
    (#""clip": { "camera": { "amount": "x" } }"#, #""x""#, "such as 0.3", "`amount` must be a number, not a text"),
  ]) func `a field of the wrong type says what is there and what belongs there`(
    field: String, marked: String, label: String, message: String
  ) {
    #expect(shownInShot(field) == expected("wrong-type", field, marked, label, message))
  }

  @Test(arguments: [
    (#""seed": -1"#, "-1", "such as 42", "`seed` must be a whole number from 0 to 18446744073709551615"),
    (#""seed": 1.5"#, "1.5", "such as 42", "`seed` must be a whole number from 0 to 18446744073709551615"),
    (
      #""seed": 18446744073709551616"#, "18446744073709551616", "such as 42",
      "`seed` must be a whole number from 0 to 18446744073709551615"
    ),
    (#""takes": 0"#, "0", "such as 2", "`takes` must be a whole number from 1 to 64"),
    (#""takes": 65"#, "65", "such as 2", "`takes` must be a whole number from 1 to 64"),
    (
      #""takes": 1e999999999999999999999"#, "1e999999999999999999999", "such as 2",
      "`takes` must be a whole number from 1 to 64"
    ),
    (#""duration": 0"#, "0", "such as 4", "`duration` must be more than 0 and at most 86400"),
    (#""duration": 1e400"#, "1e400", "such as 4", "`duration` is a number that no program can hold"),
    (#""frame": { "width": 15 }"#, "15", "such as 1280", "`width` must be a whole number from 16 to 8192"),
    (#""frame": { "height": 8193 }"#, "8193", "such as 720", "`height` must be a whole number from 16 to 8192"),
    (#""frame": { "fps": 241 }"#, "241", "such as 24", "`fps` must be more than 0 and at most 240"),
    (
      #""parameters": { "cfg": 1e400 }"#, "1e400", "write a smaller one",
      "`cfg` holds a number that no program can hold"
    ),
    (
      #""parameters": { "x": [ { "y": -1e400 } ] }"#, #"[ { "y": -1e400 } ]"#, "write a smaller one",
      "`x` holds a number that no program can hold"
    ),
    (
      #""voice": { "text": "x", "speed": 1e400 }"#, "1e400", "write a smaller one",
      "`speed` holds a number that no program can hold"
    ),
    (#""clip": { "camera": { "amount": 1.01 } }"#, "1.01", "such as 0.3", "`amount` must be from 0 to 1"),
  ]) func `a number out of its range says the range`(field: String, marked: String, label: String, message: String) {
    #expect(shownInShot(field) == expected("out-of-range", field, marked, label, message))
  }

  @Test(arguments: [
    ("/etc/passwd", "is an absolute path; paths start at the project folder"),
    ("../x.png", "leaves the project folder with `..`"),
    ("inbox/../../x", "leaves the project folder with `..`"),
    ("https://a.example/x.png", "is a URL; put the file into `inbox/` and name it from there"),
    ("inbox//x", "has an empty part between two `/`"), ("", "is empty"), (".", "is empty"),
  ]) func `a path that leads out is refused`(path: String, predicate: String) {
    let field = #""references": ["\#(path)"]"#
    #expect(
      shownInShot(field)
        == expected(
          "bad-path", field, "\"\(path)\"", #"write a path inside the project, such as "inbox/harbour.jpg""#,
          "`references`: `\(path)` \(predicate)"))
  }

  @Test func `a backslash and a NUL are refused, and shown so that they do no harm`() {
    #expect(
      diagnostics("library/mara.json", #"{ "references": ["inbox\\x.png", "a\u0000b"] }"#).map(\.message) == [
        "`references`: `inbox\\x.png` has a backslash; write `/` between folders",
        "`references`: `a\\u{0}b` holds a NUL character",
      ])
    #expect(diagnostics("project.json", #"{ "workflow": "/x.json" }"#).map(\.code) == ["bad-path"])
  }

  @Test func `an error in a field says what follows from it`() {
    #expect(diagnostics("project.json", #"{ "name": 5 }"#).map(\.notes) == [[projectConsequence]])
    #expect(diagnostics("sequences/s.json", #"{ "order": "x" }"#).map(\.notes) == [[sequenceConsequence]])
    #expect(
      diagnostics("sequences/s.json", #"{ "shots": [{ "id": "a", "name": 5 }, { "id": "b", "name": 6 }] }"#).map(
        \.notes) == [
          ["a is frozen until then; nothing was queued or cancelled"],
          ["b is frozen until then; nothing was queued or cancelled"],
        ])
  }

  @Test(arguments: [
    (#""promt": "x""#, #""promt""#, "prompt"), (#""negativ_prompt": "x""#, #""negativ_prompt""#, "negativePrompt"),
    (#""refs": []"#, #""refs""#, ""), (#""reference": []"#, #""reference""#, "references"),
    (#""Seed": 4"#, #""Seed""#, "seed"),
  ]) func `an unknown key near a known one gets a warning`(field: String, key: String, likely: String) {
    let message = "`\(key.dropFirst().dropLast())` is no key that reel knows, and is ignored"
    #expect(
      shownInShot(field)
        == (likely.isEmpty
          ? [] : expected("unknown-key", field, key, "did you mean `\(likely)`?", message, severity: "warning")))
  }

  @Test func `other unknown keys are kept and ignored`() {
    let text =
      #"{ "$schema": "x", "mood": 1, "note": [], "shots": [{ "id": "a", "lens": 35, "note": 1, "frame": { "note": 2 } }] }"#
    #expect(diagnostics("sequences/s.json", text) == [])
  }

  @Test func `a shot needs an id of its own`() {
    #expect(
      shown("sequences/s.json", #"{ "shots": [{ "name": "x" }] }"#) == [
        "error missing-key 1\n{ \"shots\": [{ \"name\": \"x\" }] }\n            ^ add \"id\": \"shot_001\", unique in this file\n"
          + "this shot has no `id`"
      ])
    let twice = #"{ "shots": [{ "id": "a" }, { "id": "b" }, { "id": "a" }] }"#
    #expect(
      shown("sequences/s.json", twice) == [
        "error duplicate-id 1\n\(twice)\n\(String(repeating: " ", count: 50))^^^ give one of the two another id\n"
          + "the id `a` stands twice in this sequence"
      ])
    let cases = #"{ "shots": [{ "id": "Shot" }, { "id": "shot" }] }"#
    #expect(
      shown("sequences/s.json", cases) == [
        "error duplicate-id 1\n\(cases)\n\(String(repeating: " ", count: 38))^^^^^^ give one of the two another id\n"
          + "the takes of `Shot` and `shot` would have the same file names"
      ])
    #expect(
      diagnostics("sequences/s.json", #"{ "shots": [{ "id": "" }, { "id": {} }, 5] }"#).map(\.code)
        == Array(repeating: "wrong-type", count: 3))
    #expect(
      diagnostics("sequences/s.json", #"{ "shots": [{ "id": "a/b" }, { "id": "a_b-c14cddc0" }] }"#).map(\.code) == [
        "duplicate-id"
      ])
  }

  @Test func `a camera move that nobody knows gets the likely one`() {
    let field = #""clip": { "camera": { "move": "dolly_inn" } }"#
    #expect(
      shownInShot(field)
        == expected(
          "unknown-move", field, #""dolly_inn""#, #"did you mean "dolly-in"?"#,
          "`dolly_inn` is no camera move that reel knows"))
  }

  @Test func `a pattern with a star in a folder's name says what belongs there`() {
    let field = #""each": "inbox/*/a.jpg""#
    #expect(
      shownInShot(field)
        == expected(
          "bad-pattern", field, #""inbox/*/a.jpg""#,
          #"write a folder and a name in it, such as "inbox/products/*.jpg""#,
          "`each`: `inbox/*/a.jpg` has a `*` or `?` in a folder's name"))
  }

  @Test func `project json: version, engines, limits`() {
    #expect(
      shown("project.json", #"{ "version": 2 }"#) == [
        "error newer-version 1\n{ \"version\": 2 }\n             ^ update reel\n"
          + "this project is written for a newer reel (version 2; this one knows 1)"
      ])
    #expect(
      shown("project.json", #"{ "engines": { "fal": { "types": "fal" } } }"#) == [
        "error missing-key 1\n{ \"engines\": { \"fal\": { \"types\": \"fal\" } } }\n               ^^^^^ "
          + "add \"type\": \"comfyui\" or another type\nthe engine `fal` has no `type`"
      ])
    #expect(
      shown("project.json", #"{ "limits": { "freeDisk": "2 parsecs", "burst": -1, "freedisk": 1 } }"#) == [
        "error out-of-range 1\n{ \"limits\": { \"freeDisk\": \"2 parsecs\", \"burst\": -1, \"freedisk\": 1 } }\n"
          + "                          ^^^^^^^^^^^ such as \"2 GB\" or \"500 MB\"\n`freeDisk` must be a number and a unit",
        "error out-of-range 1\n{ \"limits\": { \"freeDisk\": \"2 parsecs\", \"burst\": -1, \"freedisk\": 1 } }\n"
          + "                                                ^^ such as 24\n`burst` must be a whole number from 0 to 1000000",
        "warning unknown-key 1\n{ \"limits\": { \"freeDisk\": \"2 parsecs\", \"burst\": -1, \"freedisk\": 1 } }\n"
          + "                                                    ^^^^^^^^^^ did you mean `freeDisk`?\n"
          + "`freedisk` is no key that reel knows, and is ignored",
      ])
    #expect(ProjectFile().limits.burst == 24 && ProjectFile().limits.freeDisk == 2_000_000_000)
  }
}
