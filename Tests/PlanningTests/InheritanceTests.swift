import Basics
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// Project, then sequence, then shot, then the kind's own object.
struct InheritanceTests {
  private func recipe(project: String, sequence: String, shot: String) -> JSONObject? {
    let film = PaperProject(
      [
        ("project.json", #"{ "engine": "oils", "engines": { "oils": { "type": "painter" } }, \#(project) }"#),
        (Films.sequence, #"{ \#(sequence), "shots": [ { "id": "shot_001", "prompt": "rain", \#(shot) } ] }"#),
      ], forms: [PaperProject.storyboard, PainterForm()])
    #expect(film.problems == [])
    return film.recipe(of: "sequence_001/shot_001")?.fields
  }

  @Test func `the nearest word counts`() {
    let recipe = recipe(
      project: #""model": "a", "seed": 1, "negativePrompt": "text""#, sequence: #""model": "b", "seed": 2"#,
      shot: #""model": "c""#)
    #expect(recipe?["model"] == "c")
    #expect(recipe?["seed"] == 2)
    #expect(recipe?["negativePrompt"] == "text")
  }

  @Test func `a seed may stand at the project`() {
    #expect(recipe(project: #""seed": 11"#, sequence: #""name": "x""#, shot: #""name": "y""#)?["seed"] == 11)
  }

  @Test func `null unsets`() {
    let recipe = recipe(
      project:
        #""model": "a", "seed": 1, "parameters": { "steps": 20, "cfg": 7 }, "frame": { "width": 640, "height": 360 }"#,
      sequence: #""model": null, "seed": null, "parameters": { "cfg": null }"#,
      shot: #""frame": null, "negativePrompt": null"#)
    #expect(recipe?["model"] == nil)
    #expect(recipe?["seed"] == 94141117, "made from the id again")
    #expect(recipe?["parameters"] == ["steps": 20])
    #expect(recipe?["frame"] == nil)
    #expect(recipe?["negativePrompt"] == nil)
  }

  @Test func `objects merge key by key at any depth, lists are replaced`() {
    let recipe = recipe(
      project:
        #""parameters": { "steps": 20, "lora": { "name": "noir", "weights": { "a": 1, "b": 2 } }, "tags": [1, 2] }"#,
      sequence: #""parameters": { "lora": { "weights": { "b": null, "c": 3 } } }"#,
      shot: #""parameters": { "tags": [3], "new": { "x": null, "y": 1 } }"#)
    #expect(
      recipe?["parameters"] == [
        "steps": 20, "lora": ["name": "noir", "weights": ["a": 1, "c": 3]], "tags": [3], "new": ["y": 1],
      ])
  }

  @Test func `a frame merges key by key`() {
    let recipe = recipe(
      project: #""frame": { "width": 1280, "height": 720, "fps": 24 }"#, sequence: #""frame": { "fps": 25 }"#,
      shot: #""frame": { "height": null }"#)
    #expect(recipe?["frame"] == ["width": 1280, "fps": 25])
  }

  @Test func `references are replaced, not joined`() {
    var film = Films.painted(#", "prompt": "rain""#, project: #", "references": ["inbox/a.png"]"#)
    film.dropImage("inbox/a.png", "a")
    film.dropImage("inbox/b.png", "b")
    #expect(film.want(of: "sequence_001/shot_001")?.request.references.map(\.path.string) == ["inbox/a.png"])
    film.edit(Films.sequence, #""prompt": "rain""#, #""prompt": "rain", "references": ["inbox/b.png"]"#)
    #expect(film.want(of: "sequence_001/shot_001")?.request.references.map(\.path.string) == ["inbox/b.png"])
    film.edit(Films.sequence, #"["inbox/b.png"]"#, "null")
    #expect(film.want(of: "sequence_001/shot_001")?.request.references.map(\.path.string) == [])
  }

  @Test func `a kind has its own word over the shot's, and its other keys go to its engine without notes`() throws {
    let film = PaperProject(
      [
        ("project.json", #"{ "engine": "storyboard", "engines": { "oils": { "type": "painter" } } }"#),
        (
          Films.sequence,
          #"""
          { "shots": [ { "id": "s", "prompt": "rain", "model": "a", "seed": 4,
            "clip": { "engine": "oils", "model": "b", "camera": { "move": "pan-left", "note": "slow" }, "note": "!", "x": null } } ] }
          """#
        ),
      ], kinds: KindList([KindDefinition(.still) { _ in true }, KindDefinition(.clip) { $0.kinds[.clip] != nil }]),
      forms: [PaperProject.storyboard, PainterForm(kinds: [.clip])])
    let clip = try #require(film.recipe(of: "sequence_001/s", .clip)).fields
    #expect(
      clip == [
        "version": 1, "kind": "clip", "engine": "painter", "prompt": "rain", "model": "b", "seed": 4,
        "wish": ["camera": ["move": "pan-left"]],
      ])
    #expect(film.recipe(of: "sequence_001/s", .still)?.fields["camera"] == ["move": "pan-left", "amount": 0.5])
  }

  @Test func `a change at the project makes all shots stale that inherit it, and no others`() {
    var film = PaperProject([
      ("project.json", #"{ "frame": { "width": 1280, "height": 720 } }"#),
      (
        Films.sequence,
        #"{ "shots": [ { "id": "a", "prompt": "x" }, { "id": "b", "prompt": "x", "frame": { "width": 640, "height": 360 } } ] }"#
      ),
    ])
    film.workOff()
    film.write("project.json", #"{ "frame": { "width": 1920, "height": 720 } }"#)
    #expect(film.jobs == ["sequence_001/a still: changed: frame.width 1280 -> 1920"])
  }
}
