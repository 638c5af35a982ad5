import Basics
import Planning
import ProjectFiles
import TestSupport
import Testing

/// A project, an edit, exactly these jobs because of this.
struct EditStepTests {
  @Test func `every shot of a new project is planned, and nothing once that is done`() {
    var film = Films.storyboard
    #expect(film.jobs == ["sequence_001/shot_001 still: no take yet", "sequence_001/shot_002 still: no take yet"])
    film.workOff()
    #expect(film.jobs == [])
    #expect(film.takes.byPath.count == 2)
  }

  @Test func `a prompt that changed is planned once, with both texts`() {
    var film = Films.storyboard
    film.workOff()
    film.edit(Films.sequence, #""rain""#, #""heavy rain""#)
    #expect(film.jobs == [#"sequence_001/shot_002 still: changed: prompt "rain" -> "heavy rain""#])
    film.workOff()
    #expect(film.jobs == [])
    film.edit(Films.sequence, #""heavy rain""#, #""rain""#)
    #expect(film.jobs == [], "the take of the earlier recipe is still there")
  }

  @Test(arguments: [
    ("the same bytes", "", ""), ("a line break at the end", "  ]\n}", "  ]\n}\n"),
    ("another order of keys", #""id": "shot_002", "prompt": "rain""#, #""prompt": "rain", "id": "shot_002""#),
    ("a note", #""prompt": "rain""#, #""prompt": "rain", "note": "more fog?""#),
    ("an escape", #""rain""#, #""r\u0061in""#),
    ("an unknown key", #""prompt": "rain""#, #""prompt": "rain", "mood": "grim""#),
    ("a key that the engine does not read", #""prompt": "rain""#, #""prompt": "rain", "negativePrompt": "sun""#),
    ("a seed", #""prompt": "rain""#, #""prompt": "rain", "seed": 5"#),
    ("a model", #""prompt": "rain""#, #""prompt": "rain", "model": "flux""#),
    ("parameters", #""prompt": "rain""#, #""prompt": "rain", "parameters": { "steps": 3 }"#),
    ("a number of takes", #""prompt": "rain""#, #""prompt": "rain", "takes": 4"#),
    ("a duration", #""prompt": "rain""#, #""prompt": "rain", "duration": 4"#),
    ("the frame's standard size", #""prompt": "rain""#, #""prompt": "rain", "frame": { "width": 1280.0 }"#),
  ]) func `what does not decide the result plans nothing`(what: String, before: String, after: String) {
    var film = Films.storyboard
    film.workOff()
    if before.isEmpty {
      film.write(Films.sequence, bytes: film.files["sequences/sequence_001.json"] ?? [])
    } else {
      film.edit(Films.sequence, before, after)
    }
    #expect(film.jobs == [], "\(what)")
  }

  @Test func `line ends of another system plan nothing`() {
    var film = Films.storyboard
    film.workOff()
    let text = String(decoding: film.files["sequences/sequence_001.json"] ?? [], as: UTF8.self)
    film.write(Films.sequence, text.split(separator: "\n").joined(separator: "\r\n"))
    #expect(film.jobs == [])
    #expect(film.problems == [])
  }

  @Test func `1.0 is the number 1`() {
    var film = Films.painted(#", "prompt": "rain", "seed": 7, "parameters": { "cfg": 1, "deep": { "x": [2] } }"#)
    film.workOff()
    film.edit(Films.sequence, #""cfg": 1, "deep": { "x": [2] }"#, #""deep": { "x": [2.0], "note": "!" }, "cfg": 1.0"#)
    film.edit(Films.sequence, #""seed": 7"#, #""seed": 7.0"#)
    #expect(film.jobs == [])
  }

  @Test(arguments: [
    (#""seed": 7"#, #""seed": 8"#, "changed: seed 7 -> 8"),
    (#""model": "a""#, #""model": "b""#, #"changed: model "a" -> "b""#),
    (#""negativePrompt": "sun""#, #""negativePrompt": "sun, sea""#, #"changed: negativePrompt "sun" -> "sun, sea""#),
    (#", "negativePrompt": "sun""#, "", #"changed: negativePrompt was taken away: "sun""#),
    (#""steps": 20"#, #""steps": 30"#, "changed: parameters.steps 20 -> 30"),
    (#""steps": 20"#, #""steps": 20, "cfg": 4"#, "changed: parameters.cfg was added: 4"),
    (#""fps": 24"#, #""fps": 25, "width": 640"#, "changed: frame.fps 24 -> 25; frame.width was added: 640"),
    (
      #""seed": 7, "model": "a", "negativePrompt": "sun", "parameters": { "steps": 20 }"#,
      #""seed": 8, "model": "b", "negativePrompt": "fog", "parameters": { "steps": 21 }"#,
      #"changed: negativePrompt "sun" -> "fog"; seed 7 -> 8; model "a" -> "b"; and 1 more"#
    ),
  ]) func `what the engine reads is told field by field`(before: String, after: String, reason: String) {
    var film = Films.painted(
      #", "prompt": "rain", "seed": 7, "model": "a", "negativePrompt": "sun", "parameters": { "steps": 20 }, "frame": { "fps": 24 }"#
    )
    film.workOff()
    film.edit(Films.sequence, before, after)
    #expect(film.jobs == ["sequence_001/shot_001 still: \(reason)"])
  }

  @Test func `a long prompt is cut around what changed`() {
    let start = "a small harbour at dawn with fishing boats and nets drying on the wall, fog over the water, "
    var film = Films.painted(
      #", "prompt": "\#(start)an old keeper looks out to sea and waits for the ship", "seed": 1"#)
    film.workOff()
    film.edit(Films.sequence, "an old keeper looks", "a young keeper in oilskins looks")
    #expect(
      film.jobs == [
        "sequence_001/shot_001 still: changed: prompt "
          + #""…water, an old keeper looks…" -> "…water, a young keeper in oilskins looks…""#
      ])
  }

  @Test
  func `a shot that was renamed has its name in the storyboard, one that was added is planned, one that went is not`() {
    var film = Films.storyboard
    film.workOff()
    film.edit(Films.sequence, #""prompt": "a pier""#, #""prompt": "a pier", "name": "Dawn""#)
    #expect(film.jobs == [#"sequence_001/shot_001 still: changed: shot.name was added: "Dawn""#])
    film.edit(Films.sequence, #"{ "id": "shot_002", "prompt": "rain" }"#, #"{ "id": "shot_003", "prompt": "rain" }"#)
    #expect(
      film.jobs == [
        #"sequence_001/shot_001 still: changed: shot.name was added: "Dawn""#,
        "sequence_001/shot_003 still: no take yet",
      ])
    film.remove(Films.sequence)
    #expect(film.jobs == [])
    #expect(film.planner.shots.isEmpty)
  }

  @Test func `only the shots of the file that was written are planned again`() {
    var film = Films.storyboard
    film.write("sequences/b.json", #"{ "shots": [ { "id": "x", "prompt": "@mara" }, { "id": "y" } ] }"#)
    film.write("library/mara.json", #"{ "prompt": "Mara" }"#)
    #expect(Set(film.replanned.map(\.description)) == ["b/x"])
    film.write("sequences/b.json", #"{ "shots": [ { "id": "x", "prompt": "@mara" }, { "id": "z" } ] }"#)
    #expect(Set(film.replanned.map(\.description)) == ["b", "b/x", "b/y", "b/z"])
  }

  @Test func `sequences go by their order, then by name, those without an order last`() {
    var film = PaperProject([("project.json", "{}")])
    for (name, order) in [
      ("a", ""), ("b", #""order": 2,"#), ("c", #""order": 1.5,"#), ("B", ""), ("d", #""order": 2,"#),
    ] {
      film.write("sequences/\(name).json", #"{ \#(order) "shots": [ { "id": "s" } ] }"#)
    }
    #expect(film.project.orderedSequences.map(\.text) == ["c", "b", "d", "B", "a"])
  }

  @Test func `a held shot has its wants and no work`() {
    var film = Films.storyboard
    film.edit(Films.sequence, #""prompt": "rain""#, #""prompt": "rain", "hold": true"#)
    #expect(film.jobs == ["sequence_001/shot_001 still: no take yet"])
    #expect(film.plan(of: "sequence_001/shot_002")?.isHeld == true)
    #expect(film.plan(of: "sequence_001/shot_002")?.wants.count == 1)
    film.edit(Films.sequence, #""hold": true"#, #""hold": false"#)
    #expect(film.jobs.count == 2)
  }
}
