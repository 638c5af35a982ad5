import Basics
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// `@names` and styles.
struct LibraryTests {
  private var film: PaperProject {
    var film = PaperProject([
      ("project.json", #"{ "style": "noir" }"#),
      (
        Films.sequence,
        #"""
        { "shots": [
          { "id": "one", "prompt": "@mara on the pier" },
          { "id": "two", "prompt": "the sea" },
          { "id": "three", "prompt": "the sea and @ship", "style": null }
        ] }
        """#
      ),
      ("library/mara.json", #"{ "prompt": "Mara, sixty" }"#),
      ("library/ship.json", #"{ "prompt": "a schooner" }"#),
      ("library/noir.json", #"{ "prompt": "black and white" }"#),
    ])
    film.workOff()
    return film
  }

  @Test func `texts go into the prompt, the style behind it`() {
    #expect(film.recipe(of: "sequence_001/one")?.fields["prompt"] == "Mara, sixty on the pier, black and white")
    #expect(film.recipe(of: "sequence_001/two")?.fields["prompt"] == "the sea, black and white")
    #expect(film.recipe(of: "sequence_001/three")?.fields["prompt"] == "the sea and a schooner")
  }

  @Test func `a changed entry makes exactly its users stale`() {
    var film = film
    film.edit("library/mara.json", "sixty", "seventy")
    #expect(
      film.jobs == [
        "sequence_001/one still: changed: prompt \"Mara, sixty on the pier, black and white\" -> "
          + "\"Mara, seventy on the pier, black and white\""
      ])
    #expect(film.replanned.compactMap(\.shot?.text) == ["one"])
  }

  @Test func `a changed style makes those stale that have it`() {
    var film = film
    film.edit("library/noir.json", "black and white", "sepia")
    #expect(
      film.jobs == [
        #"sequence_001/one still: changed: prompt "Mara, sixty on the pier, black and white" -> "Mara, sixty on the pier, sepia""#,
        #"sequence_001/two still: changed: prompt "the sea, black and white" -> "the sea, sepia""#,
      ])
  }

  @Test func `what an entry does not say changes nothing`() {
    var film = film
    film.write("library/mara.json", #"{ "note": "played by Ann", "prompt": "Mara, sixty", "negativePrompt": "hat" }"#)
    #expect(film.jobs == [], "the storyboard engine reads no negative prompt")
  }

  @Test func `an unknown name freezes its shot and says the likely one`() {
    var film = film
    film.edit(Films.sequence, "@mara on", "@marra on")
    #expect(film.frozen == ["sequence_001/one"])
    #expect(
      film.problems == [
        Diagnostic(
          .error, "unknown-entry", "there is no library entry `@marra`", file: "sequences/sequence_001.json",
          place: .init(
            line: 2, column: 29, length: 6, snippet: [#"  { "id": "one", "prompt": "@marra on the pier" },"#],
            label: "did you mean `@mara`?"),
          notes: ["the shots that use it are frozen until then; nothing was queued or cancelled"])
      ])
    film.write("library/marra.json", #"{ "prompt": "Mara, sixty" }"#)
    #expect(film.frozen == [])
    #expect(film.jobs == [])
    film.remove("library/marra.json")
    #expect(film.frozen == ["sequence_001/one"])
  }

  @Test func `the caret finds the name that is meant`() {
    let film = PaperProject([
      ("project.json", "{}"),
      (Films.sequence, #"{ "shots": [ { "id": "a", "prompt": "a@ma @@ma @mara @ma!" } ] }"#),
      ("library/mara.json", "{}"),
    ])
    #expect(film.problems.map { $0.place?.column } == [54])
    #expect(film.problems.map { $0.place?.length } == [3])
  }

  @Test func `an unknown style is said where it stands`() {
    let film = PaperProject([
      ("project.json", #"{ "style": "NoirTwo" }"#),
      (Films.sequence, #"{ "shots": [ { "id": "a" }, { "id": "b" } ] }"#),
    ])
    #expect(
      film.problems == [
        Diagnostic(
          .error, "unknown-entry", "there is no library entry `NoirTwo`", file: "project.json",
          place: .init(
            line: 1, column: 12, length: 9, snippet: [#"{ "style": "NoirTwo" }"#],
            label: "write library/NoirTwo.json"),
          notes: ["the shots that use it are frozen until then; nothing was queued or cancelled"])
      ])
    #expect(film.frozen == ["sequence_001/a", "sequence_001/b"])
  }

  @Test func `a broken entry freezes exactly its users`() {
    var film = film
    film.write("library/ship.json", #"{ "prompt": "#)
    #expect(film.frozen == ["sequence_001/three"])
    film.write("library/ship.json", #"{ "prompt": 5 }"#)
    #expect(film.frozen == ["sequence_001/three"])
    film.write("library/ship.json", #"{ "prompt": "a schooner" }"#)
    #expect(film.frozen == [])
    #expect(film.jobs == [])
  }

  @Test func `parameters of a style lie under the shot's, its negative prompt is joined, entries do not nest`() {
    let film = PaperProject(
      [
        ("project.json", #"{ "engine": "oils", "engines": { "oils": { "type": "painter" } }, "style": "noir" }"#),
        (
          Films.sequence,
          #"{ "shots": [ { "id": "a", "prompt": "@mara", "seed": 1, "negativePrompt": "sun", "parameters": { "cfg": 2 } } ] }"#
        ),
        (
          "library/noir.json",
          #"{ "prompt": "grain", "negativePrompt": "colour", "parameters": { "cfg": 7, "steps": 30 } }"#
        ),
        (
          "library/mara.json", #"{ "prompt": "Mara and @noir", "negativePrompt": "hat", "parameters": { "steps": 1 } }"#
        ),
      ], forms: [PainterForm()])
    #expect(
      film.recipe(of: "sequence_001/a")?.fields == [
        "version": 1, "kind": "still", "engine": "painter", "prompt": "Mara and @noir, grain",
        "negativePrompt": "sun, colour, hat", "parameters": ["cfg": 2, "steps": 30], "seed": 1,
      ])
  }
}
