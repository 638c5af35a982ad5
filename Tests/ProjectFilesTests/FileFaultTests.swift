import Basics
import ProjectFiles
import Testing

/// Faults of a whole file: it is no JSON, or not what its place says.
struct FileFaultTests {
  @Test func `a missing comma is shown with its place, what to do, and what follows from it`() {
    let text = """
      {
        "shots": [
          { "id": "a",
            "duration": 2.5
            "seed": 42 }
        ]
      }
      """
    #expect(
      diagnostics("sequences/s.json", text) == [
        Diagnostic(
          .error, "expected-comma", "expected ',' or '}' after a value", file: "sequences/s.json",
          place: .init(
            line: 4, column: 22, snippet: [#"      "duration": 2.5"#, #"      "seed": 42 }"#], label: "add a comma here"
          ),
          notes: [sequenceConsequence])
      ])
  }

  @Test func `marks of a merge are called so`() {
    let text = "{\n<<<<<<< HEAD\n  \"name\": \"a\"\n=======\n  \"name\": \"b\"\n>>>>>>> theirs\n}\n"
    let found = diagnostics("project.json", text)
    #expect(found.map(\.code) == ["merge-conflict"])
    #expect(found.first?.place?.line == 2)
    #expect(found.first?.place?.column == 1)
    #expect(found.first?.place?.snippet == ["<<<<<<< HEAD"])
    #expect(found.first?.notes == [projectConsequence])
  }

  @Test func `a key that stands twice is refused, at the second one`() {
    let text = #"{ "name": "a", "engine": "x", "name": "b" }"#
    #expect(
      diagnostics("project.json", text) == [
        Diagnostic(
          .error, "duplicate-key", "the key `name` stands twice in this object", file: "project.json",
          place: .init(line: 1, column: 31, length: 6, snippet: [text], label: "remove one of the two"),
          notes: [projectConsequence])
      ])
  }

  @Test(arguments: [
    ("project.json", projectConsequence), ("sequences/s.json", sequenceConsequence),
    ("library/mara.json", "the shots that use `mara` are frozen until it reads again; nothing was queued or cancelled"),
  ]) func `a git-lfs pointer is no text`(path: String, consequence: String) throws {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid \(Digest(of: [1]))\nsize 1\n"
    #expect(
      diagnostics(path, pointer) == [
        Diagnostic(
          .error, "lfs-pointer", "this file is a git-lfs pointer, its text is not here yet",
          file: ProjectPath(trusted: path), notes: ["`git lfs pull` brings it", consequence])
      ])
  }

  @Test func `a byte order mark, another encoding, bytes that are no text, nesting without end`() {
    #expect(diagnostics("project.json", bytes: [0xEF, 0xBB, 0xBF, 0x7B, 0x7D]).map(\.code) == ["byte-order-mark"])
    #expect(diagnostics("project.json", bytes: [0xFF, 0xFE, 0x7B, 0x00]).map(\.code) == ["invalid-utf8"])
    let cut = diagnostics("project.json", bytes: Array("{\n  \"name\": \"".utf8) + [0xC3, 0x28] + Array("\" }".utf8))
    #expect(cut.map(\.code) == ["invalid-utf8"])
    #expect(cut.first?.place?.line == 2)
    #expect(cut.first?.place?.column == 12)
    let deep = String(repeating: "[", count: 100_000)
    #expect(diagnostics("project.json", "{ \"x\": \(deep)").map(\.code) == ["too-deep"])
    #expect(diagnostics("project.json", "").map(\.code) == ["empty"])
  }

  @Test func `a file that holds something else says what it should hold`() {
    #expect(
      shown("project.json", "[1]") == [
        "error wrong-type 1\n[1]\n^^^ such as {}\na project.json holds an object"
      ])
    #expect(
      shown("sequences/s.json", "5") == [
        "error wrong-type 1\n5\n^ such as { \"id\": \"s\", \"shots\": [] }\na sequence file holds an object"
      ])
    #expect(
      shown("library/mara.json", "null") == [
        "error wrong-type 1\nnull\n^^^^ such as { \"prompt\": \"…\" }\na library entry is an object"
      ])
    #expect(
      shown("sequences/s.json", #"{ "shots": {} }"#) == [
        "error wrong-type 1\n{ \"shots\": {} }\n           ^^ such as []\n`shots` must be a list"
      ])
  }

  @Test func `a sidecar without its facts makes no take`() throws {
    let take = "sequences/s/a.still-7f3a9c21-b04d11aa.png.json"
    #expect(
      diagnostics(take, #"{ "kind": "still", "shot": "s/a" }"#) == [
        Diagnostic(
          .warning, "bad-sidecar", "this sidecar has no usable `fingerprint`", file: ProjectPath(trusted: take),
          place: .init(line: 1, column: 1, length: 1, snippet: [#"{ "kind": "still", "shot": "s/a" }"#], label: ""),
          notes: ["its take counts for nothing until it reads again; the output is left alone"])
      ])
    #expect(diagnostics(take, "{").map(\.severity) == [.error])
  }

  @Test func `a line of a megabyte is cut around the place`() throws {
    let text =
      #"{ "note": ""# + String(repeating: "é", count: 500_000) + #"", "burst": 1, "name": 5, "x": ""#
      + String(repeating: "y", count: 300_000) + #"" }"#
    let place = try #require(diagnostics("project.json", text).first?.place)
    #expect(place.column == 500_035)
    #expect(place.length == 1)
    #expect(place.snippet.map(\.count) == [160])
    #expect(place.snippetColumn == place.column - 60)
    let shown = Array(place.snippet[0])
    #expect(shown[place.column - place.snippetColumn] == "5")
    #expect(shown.first == "…" && shown.last == "…")
  }

  @Test func `many faults in one line each have their own place`() {
    let shots = (0..<3000).map { #"{ "id": "é\#($0)", "takes": 0 }"# }.joined(separator: ", ")
    let text = #"{ "shots": [ \#(shots) ] }"#
    let places = diagnostics("sequences/s.json", text).compactMap(\.place)
    let characters = Array(text.unicodeScalars)
    #expect(places.count == 3000)
    #expect(places.allSatisfy { characters[$0.column - 1] == "0" && characters[$0.column - 3] == ":" })
    #expect(Set(places.map(\.column)).count == 3000)
  }
}
