import Basics
import JSONText
import ProjectFiles
import Testing

/// What people think of takes, and how it is written down.
struct RatingsTests {
  private func read(_ text: String) -> Reading<Ratings> {
    Ratings.read(SourceText(file: "ratings/mara@example.org.json", bytes: Array(text.utf8)))
  }

  private func changed(_ text: String?, _ take: ProjectPath..., to change: Ratings.Change) -> String? {
    Ratings.text(text.map { Array($0.utf8) }, changing: take, to: change).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `a rating is found by the take's file name, wherever the take lies`() {
    let ratings = read(
      #"{ "$schema": "x", "note": 5, "a.png": { "value": 1, "note": "fog" }, "b.png": {"value": -1} }"#)
    #expect(ratings.diagnostics == [])
    #expect(ratings.model?["sequences/one/a.png"] == Rating(.liked, note: "fog"))
    #expect(ratings.model?["b.png"] == Rating(.disliked))
    #expect(ratings.model?["c.png"] == nil)
  }

  @Test func `a line that says nothing usable is told of and the others count`() {
    let ratings = read(#"{ "a.png": { "value": 5 }, "b.png": 1, "c.png": {}, "d.png": { "value": 1.0, "note": 7 } }"#)
    #expect(ratings.diagnostics.map(\.code) == ["out-of-range", "wrong-type", "missing-key"])
    #expect(ratings.diagnostics.allSatisfy { $0.severity == .warning })
    #expect(ratings.diagnostics.map { $0.place?.column } == [23, 37, 49])
    #expect(ratings.model?.byTake.count == 1)
    #expect(ratings.model?["d.png"] == Rating(.liked))
  }

  @Test(arguments: ["", "{", "[]", "<<<<<<< HEAD\n{}\n", "{\"a\": {\"value\": 1}, \"a\": {\"value\": 1}}"])
  func `a broken file is a warning with its place, and is not written over`(text: String) {
    let ratings = read(text)
    #expect(ratings.model == nil)
    #expect(ratings.diagnostics.map(\.severity) == [.warning])
    #expect(ratings.diagnostics.first?.place != nil || text.isEmpty)
    #expect(changed(text, "a.png", to: .rate(.liked, note: nil)) == nil)
  }

  @Test func `the first rating makes the file, keys are in byte order, a line each`() {
    let first = changed(nil, "sequences/one/b.png", to: .rate(.liked, note: "the fog!"))
    #expect(first == "{\n  \"b.png\": { \"value\": 1, \"note\": \"the fog!\" }\n}\n")
    let second = changed(first, "a.png", "é \".png", "B.png", to: .rate(.disliked, note: nil))
    #expect(
      second == """
        {
          "B.png": { "value": -1 },
          "a.png": { "value": -1 },
          "b.png": { "value": 1, "note": "the fog!" },
          "é \\".png": { "value": -1 }
        }

        """)
    #expect(changed(second, "B.png", "a.png", "é \".png", to: .unrate) == first)
    #expect(changed(first, "b.png", to: .unrate) == "{}\n")
  }

  @Test func `a note stays until another one is given, and an empty one takes it out`() {
    let text = "{\n  \"a.png\": { \"value\": 1, \"note\": \"fog\", \"mine\": [1, 2.50] }\n}\n"
    #expect(changed(text, "a.png", to: .rate(.liked, note: nil)) == text)
    #expect(changed(text, "a.png", to: .rate(.disliked, note: nil)) == text.replacing("1, \"note", with: "-1, \"note"))
    #expect(
      changed(text, "a.png", to: .rate(.liked, note: "rain")) == text.replacing("fog", with: "rain"))
    #expect(changed(text, "a.png", to: .rate(.liked, note: "")) == text.replacing(" \"note\": \"fog\",", with: ""))
  }

  @Test func `what else stands in the file is kept`() {
    let text = "{ \"note\": \"mine\", \"gone.png\": {\"value\": 1}, \"odd\": [1, {}], \"$schema\": \"s\" }"
    #expect(
      changed(text, "a.png", to: .rate(.liked, note: nil)) == """
        {
          "$schema": "s",
          "a.png": { "value": 1 },
          "gone.png": { "value": 1 },
          "note": "mine",
          "odd": [1, {}]
        }

        """)
  }

  @Test(arguments: [
    ("mara@example.org", "mara@example.org"), ("Mara@Example.ORG", "mara@example.org"),
    ("m.o+films@x-y.org", "m.o+films@x-y.org"), ("root@studio", "root@studio"),
    ("../x@y", "____x@y-6031c60d"), ("con@x", "con@x"), ("con.x@y", "_con_x@y-e209838d"), (".x@y", "__x@y-fb6590f2"),
    ("", "_-e3b0c442"), ("mära@x", "_m_ra@x-63e47fd4"), ("a.sync-conflict-b", "_a_sync-conflict-b-1af72498"),
  ]) func `a person is a safe file name`(identity: String, name: String) {
    let person = Person(identity: identity)
    #expect(person.name == name)
    #expect(Person(stem: person.name) == person)
    #expect(FileRole(of: person.file) == .ratings(person))
  }

  @Test func `long identities stay apart`() {
    let (one, two) = (String(repeating: "x", count: 300) + "1", String(repeating: "x", count: 300) + "2")
    #expect(Person(identity: one) != Person(identity: two))
    #expect(Person(stem: Person(identity: one).name) != nil)
  }

  @Test(arguments: [
    "ratings/a.sync-conflict-20260101-000000-ABC.json", "ratings/a b.json", "ratings/.a.json", "ratings/a.JSON",
  ]) func `a conflict copy is nobody's ratings`(path: String) {
    #expect(FileRole(of: ProjectPath(trusted: path)) == .misnamed)
  }

  @Test func `several people's ratings of a take stand beside each other`() {
    var project = Project()
    for (name, text) in [("b", #"{"x.png": {"value": -1, "note": "no"}}"#), ("a", #"{"x.png": {"value": 1}}"#)] {
      _ = project.set(read(text), for: Person(identity: name))
    }
    _ = project.set(read("{"), for: Person(identity: "c"))
    let found = project.ratings(of: "sequences/one/x.png")
    #expect(found.map(\.person.name) == ["a", "b"])
    #expect(found.map(\.rating) == [Rating(.liked), Rating(.disliked, note: "no")])
    #expect(project.isLiked("sequences/two/x.png"))
    #expect(project.isDisliked("x.png"))
    #expect(!project.isLiked("y.png"))
  }
}
