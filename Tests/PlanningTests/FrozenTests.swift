import Basics
import Planning
import ProjectFiles
import TestSupport
import Testing

/// What cannot be read freezes exactly what it says something about.
struct FrozenTests {
  private var film: PaperProject {
    var film = PaperProject([
      ("project.json", #"{ "engine": "storyboard" }"#),
      (Films.sequence, #"{ "shots": [ { "id": "a", "prompt": "x" }, { "id": "b", "prompt": "y" } ] }"#),
      ("sequences/other.json", #"{ "shots": [ { "id": "c", "prompt": "z" } ] }"#),
    ])
    film.workOff()
    return film
  }

  @Test(arguments: [
    "", "{", "[]", "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n", #"{ "engine": 5 }"#, #"{ "version": 2 }"#,
  ])
  func `a broken project.json freezes everything`(text: String) {
    var film = film
    film.write("project.json", text)
    #expect(film.frozen == ["other/c", "sequence_001/a", "sequence_001/b"])
    #expect(film.jobs == [])
    film.write("project.json", "{}")
    #expect(film.frozen == [])
    #expect(film.jobs == [])
  }

  @Test func `without a project.json everything is frozen`() {
    var film = film
    film.remove("project.json")
    #expect(film.frozen.count == 3)
    #expect(film.jobs == [])
  }

  @Test(arguments: ["", "{ \"shots\": [ { \"id\": \"a\"", "5", #"{ "shots": {} }"#])
  func `a broken sequence hides its shots, which stay undecided until it reads`(text: String) throws {
    var film = film
    film.write(Films.sequence, text)
    #expect(film.frozen == ["sequence_001"])
    #expect(film.jobs == [])
    let a = try #require(ShotAddress("sequence_001/a"))
    let b = try #require(ShotAddress("sequence_001/b"))
    let c = try #require(ShotAddress("other/c"))
    #expect(film.planner.isUndecided(a) && film.planner.isUndecided(b) && !film.planner.isUndecided(c))
    film.write(Films.sequence, #"{ "shots": [ { "id": "a", "prompt": "x" } ] }"#)
    #expect(film.replanned.contains(b), "that b is gone is known only now")
    #expect(!film.planner.isUndecided(a) && !film.planner.isUndecided(b))
    #expect(film.jobs == [])
  }

  @Test func `shots of a broken file that then goes away are gone`() throws {
    var film = film
    film.write(Films.sequence, "{")
    film.remove(Films.sequence)
    let a = try #require(ShotAddress("sequence_001/a"))
    #expect(film.replanned.contains(a))
    #expect(!film.planner.isUndecided(a))
  }

  @Test func `a shot that lost its id is undecided, the others go on`() throws {
    var film = film
    film.edit(Films.sequence, #""id": "b""#, #""id": null"#)
    #expect(film.planner.isUndecided(try #require(ShotAddress("sequence_001/b"))))
    #expect(film.frozen == [])
    film.edit(Films.sequence, #""prompt": "x""#, #""prompt": "w""#)
    #expect(film.jobs == [#"sequence_001/a still: changed: prompt "x" -> "w""#])
  }

  @Test func `a faulty key of a sequence freezes its shots`() {
    var film = film
    film.edit(Films.sequence, #"{ "shots""#, #"{ "seed": -1, "shots""#)
    #expect(film.frozen == ["sequence_001/a", "sequence_001/b"])
  }

  @Test func `a faulty shot freezes itself, and what it looks at does not count as unused`() {
    var film = film
    film.dropImage("inbox/b.png", "b")
    film.edit(Films.sequence, #""prompt": "y""#, #""prompt": "@mara", "takes": 0, "references": ["inbox/c.png"]"#)
    #expect(film.frozen == ["sequence_001/b"])
    #expect(film.planner.isUsed("inbox/b.png"))
    #expect(film.planner.isUsed("inbox/c.png"))
    #expect(film.problems.map(\.code) == ["out-of-range"], "more is said when this is put right")
    film.edit(Films.sequence, #""prompt": "x""#, #""prompt": "w""#)
    #expect(film.jobs == [#"sequence_001/a still: changed: prompt "x" -> "w""#])
  }

  @Test func `two shots of one id are both frozen`() {
    var film = film
    film.edit(Films.sequence, #""id": "b""#, #""id": "a""#)
    #expect(film.frozen == ["sequence_001/a"])
    #expect(film.jobs == [])
  }

  @Test func `an unknown engine freezes those that want it, and the likely one is said`() {
    var film = film
    film.write("project.json", #"{ "engines": { "oils": { "type": "painter" } } }"#)
    film.edit(Films.sequence, #""prompt": "x""#, #""prompt": "x", "engine": "storybord""#)
    #expect(film.frozen == ["sequence_001/a"])
    #expect(
      film.problems == [
        Diagnostic(
          .error, "unknown-engine", "there is no engine `storybord`", file: "sequences/sequence_001.json",
          place: .init(
            line: 1, column: 52, length: 11,
            snippet: [
              #"{ "shots": [ { "id": "a", "prompt": "x", "engine": "storybord" }, { "id": "b", "prompt": "y" } ] }"#
            ],
            label: "did you mean `storyboard`?"),
          notes: ["the shots that use it are frozen until then; nothing was queued or cancelled"])
      ])
    film.edit(Films.sequence, "storybord", "watercolours")
    #expect(
      film.problems.first?.place?.label == "one of oils, storyboard, or define it under `engines` in project.json")
  }

  @Test func `an engine of a type that this reel lacks is waited for`() {
    var film = film
    film.write("project.json", #"{ "engines": { "oils": { "type": "painter" } }, "engine": "oils" }"#)
    let wait = "waits for the engine oils: this reel makes nothing with engines of type painter"
    #expect(
      Set(film.waits) == [
        "sequence_001/a still: \(wait)", "sequence_001/b still: \(wait)", "other/c still: \(wait)",
      ])
    #expect(film.jobs == [])
    #expect(film.frozen == [])
  }

  @Test func `an engine that makes no such kind is said`() {
    let film = PaperProject(
      [("project.json", #"{ "engine": "mover" }"#), (Films.sequence, #"{ "shots": [ { "id": "a" } ] }"#)],
      forms: [PaperProject.storyboard, JoinerForm(type: "mover", kinds: [.clip])])
    #expect(
      film.problems == [
        Diagnostic(
          .error, "engine-kind", "the engine `mover` makes no still", file: "project.json",
          place: .init(
            line: 1, column: 13, length: 7, snippet: [#"{ "engine": "mover" }"#], label: "give the still another engine"
          ),
          notes: ["the shots that use it are frozen until then; nothing was queued or cancelled"])
      ])
  }

  @Test func `what an engine refuses is said at the shot`() {
    let film = Films.painted(#", "model": "sold-out""#)
    #expect(
      film.problems == [
        Diagnostic(
          .error, "refused-by-engine", "the model `sold-out` is no longer offered", file: "sequences/sequence_001.json",
          place: .init(
            line: 1, column: 14, length: 1, snippet: [#"{ "shots": [ { "id": "shot_001", "model": "sold-out" } ] }"#]),
          notes: ["the shots that use it are frozen until then; nothing was queued or cancelled"])
      ])
    #expect(film.frozen == ["sequence_001/shot_001"])
  }
}
