import Basics
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// Kinds made of other kinds: the planner knows none of them by name.
struct KindStepTests {
  private func film(_ shots: String) -> PaperProject {
    PaperProject(
      [("project.json", "{}"), (Films.sequence, #"{ "shots": [ \#(shots) ] }"#)], kinds: .madeUp,
      forms: [
        PaperProject.storyboard, JoinerForm(type: "mover", kinds: [.clip, .talk]),
        JoinerForm(type: "speech", kinds: [.voice]), JoinerForm(type: "animatic", kinds: [.animatic]),
      ])
  }

  private let moving =
    #"{ "id": "a", "prompt": "x", "clip": { "engine": "mover", "camera": { "move": "roll" } } }, { "id": "b", "prompt": "y" }"#

  @Test func `a clip waits for its still, an animatic for all of them`() {
    var film = film(moving)
    #expect(film.jobs == ["sequence_001/a still: no take yet", "sequence_001/b still: no take yet"])
    #expect(
      film.waits == [
        "sequence_001/a clip: waits for the still of sequence_001/a",
        "sequence_001 animatic: waits for the still of sequence_001/a",
      ])
    for address in ["sequence_001/a", "sequence_001/b"] {
      if let want = film.want(of: address) { film.make(want) }
    }
    #expect(film.jobs == ["sequence_001/a clip: no take yet", "sequence_001 animatic: no take yet"])
    film.workOff()
    #expect(film.jobs == [])
    #expect(film.waits == [])
  }

  @Test func `a new still makes the clip and the animatic stale, once it is there`() throws {
    var film = film(moving)
    film.workOff()
    film.edit(Films.sequence, #""prompt": "x""#, #""prompt": "z""#)
    #expect(film.jobs == [#"sequence_001/a still: changed: prompt "x" -> "z""#])
    film.make(try #require(film.want(of: "sequence_001/a")))
    #expect(
      film.jobs == [
        "sequence_001/a clip: the still it is made of is another one",
        "sequence_001 animatic: the still of its shot 1 is another one",
      ])
    film.workOff()
    #expect(film.jobs == [])
  }

  @Test func `another pick makes what is made of it stale`() throws {
    var film = film(moving)
    film.workOff()
    let other = film.make(try #require(film.want(of: "sequence_001/b")), saying: "another")
    film.edit(
      Films.sequence, #""prompt": "x""#, #""prompt": "x", "pick": { "still": "\#(other.path.name)" }"#)
    #expect(film.problems == [])
    #expect(film.jobs.first == "sequence_001/a clip: the still it is made of is another one")
    film.edit(Films.sequence, other.path.name, "a.mine.png")
    film.dropImage("sequences/sequence_001/a.mine.png", "mine")
    #expect(film.jobs.first == "sequence_001/a clip: the still it is made of is another one")
    let clip = try #require(film.want(of: "sequence_001/a", .clip))
    #expect(clip.recipe.fields["inputs"]?["still"]?.string == clip.request.inputs[.still]?.digest.description)
    #expect(clip.request.inputs[.still]?.path.name == "a.mine.png")
  }

  @Test func `talk is made of the voice and the clip, without a clip of the still`() {
    let talk = #""voice": { "engine": "speech", "text": "I" }, "talk": { "engine": "mover" }"#
    var film = film(#"{ "id": "a", "prompt": "x", \#(talk) }"#)
    film.workOff()
    #expect(film.recipe(of: "sequence_001/a", .talk)?.fields["inputs"]?.object?.keys == ["voice", "still"])
    film.edit(Films.sequence, #""talk""#, #""clip": { "engine": "mover" }, "talk""#)
    #expect(film.jobs == ["sequence_001/a clip: no take yet"])
    #expect(film.waits == ["sequence_001/a talk: waits for the clip of sequence_001/a"])
    film.workOff()
    #expect(film.recipe(of: "sequence_001/a", .talk)?.fields["inputs"]?.object?.keys == ["voice", "clip"])
    film.edit(Films.sequence, #""text": "I""#, #""text": "you""#)
    #expect(film.jobs == [#"sequence_001/a voice: changed: wish.text "I" -> "you""#])
  }

  @Test func `what is made of a take that git-lfs has not brought waits for it`() throws {
    var film = film(moving)
    film.make(try #require(film.want(of: "sequence_001/b")))
    let still = film.make(try #require(film.want(of: "sequence_001/a")))
    film.changeTake(still.path) { $0.presence = .pointer }
    #expect(film.jobs == [])
    let wait = "waits for \(still.path), which `git lfs pull` brings"
    #expect(film.waits == ["sequence_001/a clip: \(wait)", "sequence_001 animatic: \(wait)"])
  }

  @Test func `durations and the number of shots are in the animatic, not in the stills`() {
    var film = film(moving)
    film.workOff()
    film.edit(Films.sequence, #""prompt": "y""#, #""prompt": "y", "duration": 4"#)
    #expect(film.jobs == ["sequence_001 animatic: changed: inputs.shots[1].duration was added: 4"])
    film.workOff()
    film.edit(Films.sequence, #", { "id": "b", "prompt": "y", "duration": 4 }"#, "")
    #expect(film.jobs == ["sequence_001 animatic: it has other shots"])
  }

  @Test func `a faulty shot freezes its sequence's animatic too`() {
    var film = film(moving)
    film.workOff()
    film.edit(Films.sequence, #""prompt": "y""#, #""prompt": 5"#)
    #expect(film.frozen == ["sequence_001/b", "sequence_001"])
    #expect(film.jobs == [])
  }

  @Test func `kinds are put in order, whatever order they are named in`() {
    #expect(KindList.madeUp.ordered.map(\.kind.name) == ["voice", "still", "animatic", "clip", "talk"])
  }
}
