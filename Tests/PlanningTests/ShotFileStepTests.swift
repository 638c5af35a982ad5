import Basics
import Planning
import ProjectFiles
import TestSupport
import Testing

/// Shots in files of their own: a project, a change of one file, and what that touches.
struct ShotFileStepTests {
  /// Two sequences; `one` lists a and b, and c names it; `two` lists d.
  private static func film() -> PaperProject {
    var film = PaperProject([
      ("project.json", #"{ "project_name": "Files" }"#),
      ("sequences/one.json", #"{ "id": "1", "order": 1, "shot_ids": ["a", "b"] }"#),
      ("sequences/two.json", #"{ "id": "2", "order": 2, "shot_ids": ["d"] }"#),
    ])
    for (id, sequence) in [("a", "1"), ("b", "1"), ("c", "1"), ("d", "2")] { film.writeShot(id, sequence) }
    film.workOff()
    return film
  }

  private func problems(_ film: PaperProject) -> [String] {
    film.problems.map { "\($0.severity) \($0.code) \($0.file): \($0.message)" }
  }

  @Test func `an edit of one file is planned for its shot and for no other`() {
    var film = Self.film()
    film.edit("shots/shot_b.json", "prompt b", "fog")
    #expect(film.jobs == [#"one/b still: changed: prompt "prompt b" -> "fog""#])
    #expect(film.replanned.map(\.description) == ["one/b"])
    film.edit("shots/shot_c.json", "prompt c", "rain")
    #expect(film.jobs.count == 2)
    #expect(film.replanned.map(\.description) == ["one/c"])
  }

  @Test func `what comes and goes is planned, and what stays is not`() {
    var film = Self.film()
    film.writeShot("e", "1")
    #expect(film.jobs == ["one/e still: no take yet"])
    #expect(film.replanned.map(\.description) == ["one/e"])
    film.remove("shots/shot_e.json")
    #expect(film.jobs == [] && film.frozen == [])
    #expect(film.replanned.map(\.description) == ["one/e"])
    film.remove("shots/shot_a.json")
    #expect(film.plan(of: "one/a") == nil)
    #expect(
      problems(film) == [
        "warning missing-shot sequences/one.json: there is no shot `a`: neither here nor as shots/shot_a.json"
      ])
    film.writeShot("a", "1")
    #expect(film.jobs == [] && problems(film) == [])
  }

  @Test func `a shot moves to the sequence that lists it, and its take with it`() {
    var film = Self.film()
    film.write("sequences/two.json", #"{ "id": "2", "order": 2, "shot_ids": ["d", "c"] }"#)
    #expect(film.plan(of: "one/c") == nil)
    #expect(film.copies.map { String($0.prefix(18)) } == ["two/c still: from "])
    #expect(film.jobs == [])
    film.write("sequences/two.json", #"{ "id": "2", "order": 2, "shot_ids": ["d"] }"#)
    #expect(film.plan(of: "two/c") == nil)
    #expect(film.jobs == [] && film.copies == [])
  }

  @Test func `a file that cannot be read freezes its shot alone`() throws {
    let c = try #require(ShotAddress("one/c"))
    var film = Self.film()
    film.write("shots/shot_b.json", "{")
    #expect(film.frozen == ["one/b"])
    #expect(film.jobs == [])
    film.write("shots/shot_b.json", "[]")
    #expect(film.frozen == ["one/b"])
    film.writeShot("b", "1", "snow")
    #expect(film.jobs == [#"one/b still: changed: prompt "prompt b" -> "snow""#])
    // One that no sequence lists says by nothing whose it is: nobody takes it for gone.
    film.write("shots/shot_c.json", "{")
    #expect(film.plan(of: "one/c") == nil)
    #expect(film.planner.isUndecided(c))
    film.writeShot("c", "1")
    #expect(film.plan(of: "one/c")?.wants.first?.isMet == true)
    #expect(!film.planner.isUndecided(c))
  }

  @Test func `a fault in a field freezes its shot alone, and says where`() {
    var film = Self.film()
    film.edit("shots/shot_a.json", "\"prompt\":", "\"hold\": 3, \"prompt\":")
    #expect(film.frozen == ["one/a"])
    #expect(film.problems.map { "\($0.code) \($0.file):\($0.place?.line ?? 0)" } == ["wrong-type shots/shot_a.json:1"])
  }

  @Test func `a shot that stands in two places is told, and one place counts`() {
    var film = Self.film()
    film.write(
      "sequences/one.json", #"{ "id": "1", "shots": [{ "id": "a", "prompt": "inside" }], "shot_ids": ["a", "b"] }"#)
    #expect(film.want(of: "one/a")?.request.prompt == "inside")
    #expect(
      problems(film) == [
        "warning duplicate-shot sequences/one.json: `a` stands here and in shots/shot_a.json"
      ])
    // Two sequences that list one shot: it is that one's which it names.
    film = Self.film()
    film.write("sequences/one.json", #"{ "id": "1", "shot_ids": ["a", "b", "d", "b"] }"#)
    #expect(film.plan(of: "one/d") == nil && film.plan(of: "two/d") != nil)
    #expect(
      problems(film) == [
        "warning duplicate-shot sequences/one.json: `d` belongs to sequences/two.json, too",
        "warning duplicate-shot sequences/one.json: `b` is listed twice",
      ])
  }

  @Test func `two files of one shot are told, and the one with its name counts`() {
    var film = Self.film()
    film.write("shots/shot_copy.json", #"{ "id": "a", "sequence_id": "1", "prompt": "copy" }"#)
    #expect(film.want(of: "one/a")?.request.prompt == "prompt a")
    #expect(
      problems(film) == ["warning duplicate-shot shots/shot_copy.json: shots/shot_a.json holds the shot `a`, too"])
    #expect(film.jobs == [] && film.frozen == [])
    film.remove("shots/shot_a.json")
    #expect(film.jobs == [#"one/a still: changed: prompt "prompt a" -> "copy""#])
    #expect(problems(film) == [])
    // Without the name nobody knows which is meant.
    film.write("shots/shot_other.json", #"{ "id": "a", "prompt": "other" }"#)
    #expect(film.frozen == ["one/a"])
    #expect(
      film.problems.map { "\($0.severity) \($0.file)" } == [
        "error shots/shot_copy.json", "error shots/shot_other.json",
      ])
  }

  @Test func `two sequences of one id are told, and their shots stand in the first`() {
    var film = Self.film()
    film.write("sequences/three.json", #"{ "id": "1", "shot_ids": ["a", "b"] }"#)
    #expect(film.plan(of: "three/a") == nil && film.plan(of: "one/a") != nil && film.plan(of: "one/c") != nil)
    #expect(
      problems(film) == [
        "warning duplicate-sequence sequences/one.json: sequences/three.json has this `id`, too",
        "warning duplicate-sequence sequences/three.json: sequences/one.json has this `id`, too",
      ])
    film.remove("sequences/one.json")
    #expect(film.plan(of: "three/c") != nil)
    #expect(problems(film) == [])
  }

  @Test func `a file that no sequence has is noted for who asks`() {
    var film = Self.film()
    film.write("shots/shot_x.json", #"{ "title": "lost", "sequence_id": "9" }"#)
    #expect(problems(film) == [] && film.jobs == [])
    #expect(
      film.project.editorNotes.map { "\($0.severity) \($0.code) \($0.file)" } == ["note orphan-shot shots/shot_x.json"])
    // While a sequence cannot be read it may be that one's.
    film.write("sequences/two.json", "{")
    #expect(film.project.editorNotes == [])
  }

  @Test func `ids that differ in case only freeze the second`() {
    var film = Self.film()
    film.writeShot("A", "1")
    #expect(film.frozen == ["one/A"])
    #expect(film.problems.map { "\($0.severity) \($0.code) \($0.file)" } == ["error duplicate-id sequences/one.json"])
  }

  @Test func `an inbox picture belongs to a shot in a file of its own as to any other`() {
    var film = Self.film()
    film.dropImage("inbox/b.png", "b")
    #expect(film.want(of: "one/b")?.request.references.map(\.path) == ["inbox/b.png"])
    film.dropImage("inbox/e.png", "e")
    film.writeShot("e", "2")
    #expect(film.want(of: "two/e")?.request.references.map(\.path) == ["inbox/e.png"])
  }
}

extension PaperProject {
  fileprivate mutating func writeShot(_ id: String, _ sequence: String, _ prompt: String? = nil) {
    write(
      "shots/shot_\(id).json",
      #"{ "id": "\#(id)", "prompt": "\#(prompt ?? "prompt \(id)")", "sequence_id": "\#(sequence)" }"#)
  }
}
