import Basics
import JSONText
import ProjectFiles
import Studio
import TestSupport
import Testing

/// What a command changes in a person's file.
struct SequenceEditTests {
  private let film = Film(shots: 0)
  private let name = "sequences/one.json"

  private func edit(_ shot: String, _ key: String, to value: JSON, from before: JSON) throws {
    let address = try #require(ShotAddress("one/\(shot)"))
    try SequenceEdit(folder: try SequenceEdit.open(film.folder), address: address).set(key, to: value, from: before)
  }

  /// Tabs, CRLF, odd spacing, numbers as people write them, keys that nobody knows, no line break at the end.
  private static let text =
    "{\r\n\t\"shots\" : [\r\n\t\t{\"id\":\"a\",   \"seed\": 1e1,\"mine\":[1,2 , 3]},\r\n\t\t{ \"id\": \"b\", \"prompt\": \"\\u0061\" }\r\n\t],\r\n\t\"x\": 1.0\r\n}"

  @Test func `a value is replaced and not one byte more`() throws {
    film.write(name, Self.text)
    try edit("a", "seed", to: 11, from: 10)
    #expect(film.text(name) == Self.text.replacing("1e1", with: "11"))
  }

  @Test func `a new key comes in the style of the file, and everything else stays`() throws {
    film.write(name, Self.text)
    try edit("b", "seed", to: 5, from: .null)
    let edited = film.text(name)
    #expect(edited == Self.text.replacing("\"prompt\": \"\\u0061\" }", with: "\"prompt\": \"\\u0061\", \"seed\": 5 }"))
  }

  @Test func `an edit that was decided on another value is refused, and the file stays`() throws {
    film.write(name, Self.text)
    #expect {
      try edit("a", "seed", to: 12, from: 11)
    } throws: {
      "\($0)" == "`seed` of one/a was changed meanwhile; nothing was changed"
    }
    #expect {
      try edit("c", "seed", to: 12, from: .null)
    } throws: {
      "\($0)" == "sequences/one.json no longer holds one/c; nothing was changed"
    }
    #expect(film.text(name) == Self.text)
  }

  @Test func `a file that cannot be read just now is left as it is`() throws {
    film.write(name, "{\"shots\": [")
    #expect {
      try edit("a", "seed", to: 1, from: .null)
    } throws: {
      "\($0)".hasPrefix("sequences/one.json cannot be read as JSON just now: ")
    }
    #expect(film.text(name) == "{\"shots\": [")
  }

  // MARK: Shots of the StoryCore editor

  private static let generation = """
    {
      "shots": [
        {
          "id": "a",
          "generation": {
            "prompt": "p",  "parameters": { "steps": 20, "seed": 7, "width": 64 }
          }
        },
        { "id": "b", "generation": { "seed": -1 } },
        { "id": 3, "generation": { "parameters": {} } }
      ]
    }
    """

  @Test func `a seed is changed where it stands`() throws {
    film.write(name, Self.generation)
    try edit("a", "seed", to: 8, from: 7)
    #expect(film.text(name) == Self.generation.replacing("\"seed\": 7", with: "\"seed\": 8"))
    // -1 is the editor's word for no seed at all.
    film.write(name, Self.generation)
    try edit("b", "seed", to: 5, from: .null)
    #expect(film.text(name) == Self.generation.replacing("-1", with: "5"))
    film.write(name, Self.generation)
    try edit("3", "seed", to: 5, from: .null)
    #expect(
      film.text(name) == Self.generation.replacing("\"parameters\": {} }", with: "\"parameters\": {} }, \"seed\": 5"))
    #expect(throws: SequenceEditError.self) { try edit("a", "seed", to: 9, from: 8) }
  }

  @Test func `a shot in a file of its own is changed there, and its sequence is not touched`() throws {
    let list = "{ \"id\": \"1\", \"shot_ids\": [ \"a\", \"b\" ] }"
    let own = "{\n   \"id\": \"a\",\n   \"title\": \"x\", \"effects\": [1,2]\n}\n"
    film.write(name, list)
    film.write("shots/shot_a.json", own)
    film.write("shots/shot_odd.json", "{ \"id\": \"b\" }")
    film.write("shots/shot_broken.json", "{")
    try edit("a", "seed", to: 5, from: .null)
    #expect(film.text("shots/shot_a.json") == own.replacing("[1,2]\n", with: "[1,2], \"seed\": 5\n"))
    // Found by what stands inside where no file bears its name.
    try edit("b", "hold", to: true, from: .null)
    #expect(film.text("shots/shot_odd.json") == "{ \"id\": \"b\", \"hold\": true }")
    #expect(film.text(name) == list)
    #expect(film.names == [name, "shots/shot_a.json", "shots/shot_broken.json", "shots/shot_odd.json"])
    film.write("shots/shot_a.json", "{")
    #expect {
      try edit("a", "seed", to: 6, from: 5)
    } throws: {
      "\($0)".hasPrefix("shots/shot_a.json cannot be read as JSON just now: ")
    }
  }

  @Test func `an edit leaves nothing beside the file`() throws {
    film.write(name, Self.text)
    try edit("a", "seed", to: 11, from: 10)
    #expect(film.names == [name])
  }
}

/// `hold`, written and taken out again.
struct HoldEditTests {
  private let film = Film(shots: 0)
  private let name = "sequences/one.json"

  private func address(_ shot: String) throws -> ShotAddress { try #require(ShotAddress("one/\(shot)")) }

  private func set(_ isHeld: Bool, _ shots: [(String, wasHeld: Bool)]) throws -> [ShotAddress] {
    try SequenceEdit.setHold(
      isHeld, of: shots.map { (try address($0.0), $0.wasHeld) }, in: SequenceEdit.open(film.folder))
  }

  @Test(arguments: [
    "{\"shots\":[{\"id\":\"a\"},{\"id\":\"b\",\"prompt\":\"x\"}]}",
    "{\n  \"shots\": [\n    { \"id\": \"a\" },\n    {\n      \"id\": \"b\",\n      \"prompt\": \"x\"\n    }\n  ]\n}\n",
    "{\r\n\t\"shots\" : [\r\n\t\t{\"id\":\"a\",   \"seed\": 1e1,\"mine\":[1,2 , 3] },\r\n\t\t{\r\n\t\t\t\"prompt\":\"x\" ,\r\n\t\t\t\"id\":\"b\"\r\n\t\t}\r\n]}",
  ])
  func `a release leaves the file as it was before the hold`(_ text: String) throws {
    film.write(name, text)
    #expect(try set(true, [("a", false), ("b", false)]).count == 2)
    #expect(film.text(name).split(separator: "hold", omittingEmptySubsequences: false).count == 3)
    #expect(try set(true, [("a", true)]) == [])
    #expect(try set(false, [("a", true), ("b", true)]).count == 2)
    #expect(film.text(name) == text)
    #expect(try set(false, [("a", false)]) == [])
    #expect(film.text(name) == text)
  }

  @Test func `a hold that changed meanwhile, or stands elsewhere, is left alone and said`() throws {
    let text = "{ \"shots\": [{ \"id\": \"a\", \"hold\": true }, { \"id\": \"b\" }] }"
    film.write(name, text)
    #expect {
      _ = try set(true, [("a", false)])
    } throws: {
      "\($0)" == "`hold` of one/a was changed meanwhile; nothing was changed"
    }
    #expect {
      _ = try set(false, [("a", true), ("b", true)])
    } throws: {
      "\($0)"
        == "the hold of one/b does not stand in its own object in sequences/one.json; take it away where it stands"
    }
    #expect(film.text(name) == text)
  }
}
