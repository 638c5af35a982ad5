import JSONText
import ProjectFiles
import Studio
import TestSupport
import Testing

/// What `reel pick` and `reel unpick` change in a person's file.
struct PickEditTests {
  private let film = Film(shots: 0)
  private let name = "sequences/one.json"

  private func edit(_ shot: String = "a") throws -> SequenceEdit {
    SequenceEdit(
      folder: try SequenceEdit.open(film.folder), address: try #require(ShotAddress("one/\(shot)")))
  }

  @Test(arguments: [
    // What stands there, and with a pick.
    ("{ \"id\": \"a\" }", "{ \"id\": \"a\", \"pick\": { \"still\": \"a.x.png\" } }"),
    ("{\"id\":\"a\",\"n\":1.0}", "{\"id\":\"a\",\"n\":1.0,\"pick\":{\"still\":\"a.x.png\"}}"),
    (
      "{\n      \"id\": \"a\",\n      \"prompt\": \"x\"\n    }",
      "{\n      \"id\": \"a\",\n      \"prompt\": \"x\",\n      \"pick\": {\n        \"still\": \"a.x.png\"\n      }\n    }"
    ),
    (
      "{ \"pick\": { \"clip\": \"a.mp4\" }, \"id\": \"a\" }",
      "{ \"pick\": { \"clip\": \"a.mp4\", \"still\": \"a.x.png\" }, \"id\": \"a\" }"
    ),
    (
      "{ \"id\": \"a\", \"pick\": { \"note\": \"why\" } }",
      "{ \"id\": \"a\", \"pick\": { \"note\": \"why\", \"still\": \"a.x.png\" } }"
    ),
  ]) func `a pick comes and goes, and every other byte stays`(shot: String, picked: String) throws {
    func text(_ shot: String) -> String { "{\n  \"shots\": [\n    {\"id\":\"z\"},\n    \(shot)\n  ], \"x\" : 1e1\n}" }
    film.write(name, text(shot))
    try edit().pick("a.x.png", for: .still, from: nil)
    #expect(film.text(name) == text(picked))
    try edit().pick("a.x.png", for: .still, from: "a.x.png")
    #expect(film.text(name) == text(picked))
    try edit().unpick([.still: "a.x.png"])
    #expect(film.text(name) == text(shot))
  }

  @Test func `a pick comes in the style of a file with tabs and CRLF, and goes without a trace`() throws {
    let text = "{\r\n\t\"shots\": [\r\n\t\t{\r\n\t\t\t\"id\": \"a\"\r\n\t\t}\r\n\t]\r\n}"
    film.write(name, text)
    try edit().pick("x.png", for: .still, from: nil)
    #expect(
      film.text(name)
        == text.replacing(
          "\"a\"", with: "\"a\",\r\n\t\t\t\"pick\": {\r\n\t\t\t\t\"still\": \"x.png\"\r\n\t\t\t}"))
    try edit().unpick([.still: "x.png"])
    #expect(film.text(name) == text)
  }

  @Test func `a pick is replaced by another, and null by the first`() throws {
    film.write(
      name,
      "{\"shots\": [ {\"id\": \"a\", \"pick\": {\"still\": \"old.png\"}, \"b\": 1}, {\"id\": \"b\", \"pick\": null} ]}")
    try edit().pick("new.png", for: .still, from: "old.png")
    try edit("b").pick("x.png", for: .clip, from: nil)
    #expect(
      film.text(name)
        == "{\"shots\": [ {\"id\": \"a\", \"pick\": {\"still\": \"new.png\"}, \"b\": 1}, {\"id\": \"b\", \"pick\": {\"clip\": \"x.png\"}} ]}"
    )
  }

  @Test func `all picks of a shot go together, and those of one file whatever they are for`() throws {
    let text =
      "{\"shots\": [ {\"id\": \"a\", \"pick\": {\"still\": \"x.png\", \"clip\": \"y.mp4\", \"talk\": \"x.png\"}} ]}"
    film.write(name, text)
    try edit().unpick(of: "x.png")
    #expect(film.text(name) == "{\"shots\": [ {\"id\": \"a\", \"pick\": {\"clip\": \"y.mp4\"}} ]}")
    film.write(name, text)
    try edit().unpick([.still: "x.png", .clip: "y.mp4", .talk: "x.png"])
    #expect(film.text(name) == "{\"shots\": [ {\"id\": \"a\"} ]}")
  }

  @Test func `a pick that was changed meanwhile is left alone`() throws {
    let text = "{\"shots\": [ {\"id\": \"a\", \"pick\": {\"still\": \"x.png\"}} ]}"
    film.write(name, text)
    for attempt in [
      { try edit().pick("new.png", for: .still, from: nil) },
      { try edit().pick("new.png", for: .still, from: "y.png") },
      { try edit().unpick([.clip: "x.png"]) },
    ] as [() throws -> Void] {
      #expect {
        try attempt()
      } throws: {
        "\($0)" == "the pick of one/a was changed meanwhile; nothing was changed"
      }
    }
    #expect(film.text(name) == text)
  }
}
