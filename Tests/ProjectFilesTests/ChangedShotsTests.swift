import ProjectFiles
import Testing

/// What an edit of a sequence file touches, before anyone plans.
@Suite struct ChangedShotsTests {
  private static let text = """
    {
      "name": "One", "seed": 3,
      "shots": [
        { "id": "a", "prompt": "fog" },
        { "id": "b", "prompt": "rain" },
        { "id": "c", "prompt": "snow" }
      ],
      "note": "end"
    }
    """

  private func touched(by text: String, after before: String = Self.text) throws -> Set<Touched> {
    let name = try #require(SequenceName("one"))
    var project = Project()
    func read(_ text: String) -> Reading<SequenceFile> {
      SequenceFile.read(SourceText(file: name.file, bytes: Array(text.utf8)), name: name)
    }
    _ = project.set(read(before), for: name)
    return project.set(read(text), for: name)
  }

  private func changed(_ ids: String...) throws -> Set<Touched> {
    [.shots(try #require(SequenceName("one")), Set(ids.map { ShotID($0) }))]
  }

  @Test func `an edit inside of shots touches just these, wherever the others stand now`() throws {
    #expect(try touched(by: Self.text.replacing("rain", with: "heavy rain")) == changed("b"))
    #expect(
      try touched(by: Self.text.replacing("fog", with: "f").replacing("snow", with: "sleet")) == changed("a", "c"))
    #expect(try touched(by: Self.text.replacing(" },\n", with: " },\n\n\n")) == changed())
    #expect(try touched(by: Self.text) == changed())
  }

  @Test(arguments: [
    ("\"seed\": 3", "\"seed\": 4"), ("\"note\": \"end\"", "\"style\": \"noir\""), ("\"b\"", "\"d\""),
    ("    { \"id\": \"b\", \"prompt\": \"rain\" },\n", ""), ("\"snow\" }", "\"snow\" }, { \"id\": \"d\" }"),
    ("\"prompt\": \"rain\"", "\"each\": \"inbox/*.png\""), ("\"id\": \"b\", ", ""), ("\"rain\" },", "\"rain\" }"),
  ]) func `an edit of anything else touches all`(_ old: String, _ new: String) throws {
    let name = try #require(SequenceName("one"))
    let edited = Self.text.replacing(old, with: new)
    #expect(edited != Self.text)
    #expect(try touched(by: edited).contains(.sequence(name)))
    #expect(try touched(by: Self.text, after: edited).contains(.sequence(name)), "and back")
  }
}
