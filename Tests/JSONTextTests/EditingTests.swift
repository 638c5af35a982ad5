import JSONText
import Testing

/// Edits of small texts, compared whole.
@Suite struct EditingTests {
  private static let sequence = """
    {
      "id": "sequence_001",
      "order": 1.0,
      "shots": [
        {
          "id": "shot_001",
          "references": ["inbox/harbour.jpg"],
          "seed": 42,
          "pick": { "still": "a.png" },
          "clip":  { "camera": { "move": "dolly-in", "amount": 0.30 } }
        },
        {
          "id": "shot_002"
        }
      ]
    }

    """

  @Test func `a value is replaced where it stands`() throws {
    let path: [JSONPathStep] = [.key("shots"), .index(0), .key("seed")]
    #expect(try set(Self.sequence, path, 43) == Self.sequence.replacing("42", with: "43"))
    let still: [JSONPathStep] = [.key("shots"), .index(0), .key("pick"), .key("still")]
    #expect(try set(Self.sequence, still, "b.png") == Self.sequence.replacing("a.png", with: "b.png"))
  }

  @Test func `an equal value changes no byte`() throws {
    #expect(try set(Self.sequence, [.key("order")], 1) == Self.sequence)
    let amount: [JSONPathStep] = [.key("shots"), .index(0), .key("clip"), .key("camera"), .key("amount")]
    #expect(try set(Self.sequence, amount, 0.3) == Self.sequence)
  }

  @Test func `a new member comes last, as its siblings stand`() throws {
    #expect(
      try set(Self.sequence, [.key("shots"), .index(1), .key("seed")], 7)
        == Self.sequence.replacing("\"shot_002\"", with: "\"shot_002\",\n      \"seed\": 7"))
    #expect(
      try set(Self.sequence, [.key("shots"), .index(0), .key("pick"), .key("clip")], "c.mp4")
        == Self.sequence.replacing("\"a.png\" }", with: "\"a.png\", \"clip\": \"c.mp4\" }"))
  }

  @Test func `missing objects on the way are made`() throws {
    #expect(
      try set(Self.sequence, [.key("shots"), .index(1), .key("pick"), .key("still")], "b.png")
        == Self.sequence.replacing(
          "\"shot_002\"", with: "\"shot_002\",\n      \"pick\": {\n        \"still\": \"b.png\"\n      }"))
    #expect(try set("{}", [.key("a"), .key("b"), .key("c")], 1) == #"{"a": {"b": {"c": 1}}}"#)
  }

  @Test(arguments: [
    ("{}", #"{"a": 1}"#), ("{ }", #"{"a": 1}"#), ("{}\n", "{\n  \"a\": 1\n}\n"), ("{\r\n}", "{\r\n  \"a\": 1\r\n}"),
    (#"{"b":2}"#, #"{"b":2,"a":1}"#), (#"{"b": 2}"#, #"{"b": 2, "a": 1}"#), (#"{ "b": 2 }"#, #"{ "b": 2, "a": 1 }"#),
    (#"{"b" : 2}"#, #"{"b" : 2, "a" : 1}"#), (#"{"b":2, "c":3}"#, #"{"b":2, "c":3, "a":1}"#),
    ("{\n\t\"b\": 2\n}", "{\n\t\"b\": 2,\n\t\"a\": 1\n}"),
    ("{\r\n  \"b\":2\r\n}\r\n", "{\r\n  \"b\":2,\r\n  \"a\":1\r\n}\r\n"),
    ("{\n    \"b\": 2,\n\n    \"c\": 3\n}", "{\n    \"b\": 2,\n\n    \"c\": 3,\n    \"a\": 1\n}"),
    ("{ \"b\": 2\n, \"c\": 3\n}", "{ \"b\": 2\n, \"c\": 3\n, \"a\": 1\n}"),
    ("{\"b\": 2,\n \"c\": 3}", "{\"b\": 2,\n \"c\": 3,\n \"a\": 1}"),
    ("{\n  \"b\": [\n    1\n  ]\n}", "{\n  \"b\": [\n    1\n  ],\n  \"a\": 1\n}"),
    (#"{"a":2,"b":3}"#, #"{"a":1,"b":3}"#), (#"{"a" : 2}"#, #"{"a" : 1}"#), (#"{"\u0061":2}"#, #"{"\u0061":1}"#),
    (#"{"a":[2,3]}"#, #"{"a":1}"#), ("{\n  \"a\": {\n    \"x\": 1\n  }\n}", "{\n  \"a\": 1\n}"),
    (#"{"a": null }"#, #"{"a": 1 }"#),
  ])
  func `a member is set in the style of its object`(text: String, edited: String) throws {
    #expect(try set(text, [.key("a")], 1) == edited)
  }

  @Test func `a container is written in the style of its place`() throws {
    let value: JSON = ["x": [1, 2], "y": [:]]
    #expect(try set(#"{"b":2}"#, [.key("a")], value) == #"{"b":2,"a":{"x":[1,2],"y":{}}}"#)
    #expect(try set(#"{ "b": 2 }"#, [.key("a")], value) == #"{ "b": 2, "a": { "x": [1, 2], "y": {} } }"#)
    #expect(
      try set("{\n\t\"b\": 2\n}\n", [.key("a")], value)
        == "{\n\t\"b\": 2,\n\t\"a\": {\n\t\t\"x\": [\n\t\t\t1,\n\t\t\t2\n\t\t],\n\t\t\"y\": {}\n\t}\n}\n")
    #expect(
      try set("{\r\n    \"a\": {},\r\n    \"b\": 1\r\n}", [.key("a"), .key("x")], 1)
        == "{\r\n    \"a\": {\r\n        \"x\": 1\r\n    },\r\n    \"b\": 1\r\n}")
    #expect(
      try set("{\n  \"a\": [1, 2],\n  \"b\": {\n    \"c\": []\n  }\n}", [.key("a")], [1, 2, 3])
        == "{\n  \"a\": [1, 2, 3],\n  \"b\": {\n    \"c\": []\n  }\n}")
    #expect(
      try set("{\n  \"a\": 1\n}", [.key("a")], ["x": 1]) == "{\n  \"a\": {\n    \"x\": 1\n  }\n}")
    #expect(
      try set("{\n  \"a\": {\n    \"x\": 1\n  }\n}", [.key("a")], ["y": 2]) == "{\n  \"a\": {\n    \"y\": 2\n  }\n}")
  }

  @Test func `an empty object on a line with others stays on it`() throws {
    #expect(
      try set("[\n  { \"id\": 1, \"pick\": {} }\n]", [.index(0), .key("pick"), .key("still")], "x")
        == "[\n  { \"id\": 1, \"pick\": { \"still\": \"x\" } }\n]")
  }

  @Test func `the whole document is replaced, but not what is around it`() throws {
    #expect(try set("\n 1 \n", [], 2) == "\n 2 \n")
  }

  @Test(arguments: [
    (#"{"a":1}"#, "{}"), ("{\n  \"a\": 1\n}\n", "{}\n"), (#"{"a":1,"b":2}"#, #"{"b":2}"#),
    (#"{"b":2,"a":1}"#, #"{"b":2}"#),
    (#"{ "b": 2, "a": 1, "c": 3 }"#, #"{ "b": 2, "c": 3 }"#), (#"{ "a": 1, "c": 3 }"#, #"{ "c": 3 }"#),
    ("{\n  \"b\": 2,\n  \"a\": 1,\n  \"c\": 3\n}\n", "{\n  \"b\": 2,\n  \"c\": 3\n}\n"),
    ("{\r\n\t\"b\": 2,\r\n\t\"a\": {\r\n\t\t\"x\": 1\r\n\t}\r\n}\r\n", "{\r\n\t\"b\": 2\r\n}\r\n"),
    ("{\n  \"a\": 1,\n  \"b\": 2\n}", "{\n  \"b\": 2\n}"),
    ("{ \"b\": 2\n, \"a\": 1\n, \"c\": 3\n}", "{ \"b\": 2\n, \"c\": 3\n}"),
    (#"{"b":{"a":1},"a":{"b":2}}"#, #"{"b":{"a":1}}"#), (#"{"b":2 , "a":1 }"#, #"{"b":2 }"#),
  ])
  func `a member is removed with its comma and its line`(text: String, edited: String) throws {
    #expect(try remove(text, [.key("a")]) == edited)
  }

  @Test func `an element is removed with its comma and its line`() throws {
    #expect(try remove("[1, 2, 3]", [.index(0)]) == "[2, 3]")
    #expect(try remove("[1, 2, 3]", [.index(1)]) == "[1, 3]")
    #expect(try remove("[1, 2, 3]", [.index(2)]) == "[1, 2]")
    #expect(try remove("[ 1 ]", [.index(0)]) == "[]")
    #expect(try remove("[\n  1,\n  2\n]", [.index(1)]) == "[\n  1\n]")
  }

  @Test func `an element is inserted in the style of its array`() throws {
    #expect(try insert("[]", 1, 0) == "[1]")
    #expect(try insert("[2]", 1, 0) == "[1, 2]")
    #expect(try insert(#"{"a":[2]}"#, 1, 0, in: [.key("a")]) == #"{"a":[1,2]}"#)
    #expect(try insert("[2,3]", 1, 0) == "[1,2,3]")
    #expect(try insert("[2, 3]", 1, 1) == "[2, 1, 3]")
    #expect(try insert("[2, 3]", 1, 2) == "[2, 3, 1]")
    #expect(try insert("[\n  2\n]\n", 1, 0) == "[\n  1,\n  2\n]\n")
    #expect(try insert("[\n  2\n]\n", 1, 1) == "[\n  2,\n  1\n]\n")
    #expect(
      try insert("[\r\n\t{\r\n\t\t\"id\": 1\r\n\t}\r\n]", ["id": 2], 1)
        == "[\r\n\t{\r\n\t\t\"id\": 1\r\n\t},\r\n\t{\r\n\t\t\"id\": 2\r\n\t}\r\n]")
  }

  @Test func `what cannot be edited is refused with its place`() throws {
    let document = try JSONDocument(parsing: Array(#"{"a": [1], "b": 2, "c": 3, "c": 4}"#.utf8))
    func setting(_ path: [JSONPathStep]) -> JSONEditError? {
      do {
        _ = try document.setting(path, to: 1)
        return nil
      } catch { return error }
    }
    #expect(setting([.key("b"), .key("x")]) == JSONEditError(.notAnObject, at: [.key("b")]))
    #expect(setting([.key("a"), .key("x")]) == JSONEditError(.notAnObject, at: [.key("a")]))
    #expect(setting([.key("b"), .index(0)]) == JSONEditError(.notAnArray, at: [.key("b")]))
    #expect(setting([.key("a"), .index(1)]) == JSONEditError(.absent, at: [.key("a"), .index(1)]))
    #expect(setting([.key("a"), .index(-1)]) == JSONEditError(.absent, at: [.key("a"), .index(-1)]))
    #expect(setting([.key("x"), .index(0)]) == JSONEditError(.absent, at: [.key("x"), .index(0)]))
    #expect(setting([.key("c")]) == JSONEditError(.duplicateKey, at: [.key("c")]))
    let deep = [JSONPathStep](repeating: .key("x"), count: 513)
    #expect(setting(deep) == JSONEditError(.tooDeep, at: deep))
    #expect(throws: JSONEditError(.root, at: [])) { try document.removing([]) }
    #expect(throws: JSONEditError(.absent, at: [.key("x")])) { try document.removing([.key("x")]) }
    #expect(throws: JSONEditError(.duplicateKey, at: [.key("c")])) { try document.removing([.key("c")]) }
    #expect(throws: JSONEditError(.notAnArray, at: [.key("b")])) { try document.inserting(1, at: 0, in: [.key("b")]) }
    #expect(throws: JSONEditError(.absent, at: [.key("a"), .index(2)])) {
      try document.inserting(1, at: 2, in: [.key("a")])
    }
    let error = JSONEditError(.absent, at: [.key("shots"), .index(2), .key("seed")])
    #expect(error.description == "`shots[2].seed` does not exist.")
  }

  private func set(_ text: String, _ path: [JSONPathStep], _ value: JSON) throws -> String {
    String(decoding: try JSONDocument(parsing: Array(text.utf8)).setting(path, to: value), as: UTF8.self)
  }

  private func remove(_ text: String, _ path: [JSONPathStep]) throws -> String {
    String(decoding: try JSONDocument(parsing: Array(text.utf8)).removing(path), as: UTF8.self)
  }

  private func insert(
    _ text: String, _ value: JSON, _ index: Int, in path: [JSONPathStep] = []
  ) throws -> String {
    String(decoding: try JSONDocument(parsing: Array(text.utf8)).inserting(value, at: index, in: path), as: UTF8.self)
  }
}
