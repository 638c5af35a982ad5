import Basics
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// What people do to takes by hand, and what is made of them then.
struct HandStepTests {
  private let shot = "sequence_001/a"

  private var film: PaperProject {
    var film = PaperProject(
      [
        ("project.json", "{}"),
        (Films.sequence, #"{ "shots": [ { "id": "a", "prompt": "x", "clip": { "engine": "mover" } } ] }"#),
      ], kinds: .madeUp,
      forms: [
        PaperProject.storyboard, JoinerForm(type: "mover", kinds: [.clip]),
        JoinerForm(type: "animatic", kinds: [.animatic]),
      ])
    film.workOff()
    return film
  }

  private func still(_ film: PaperProject) throws -> Take { try #require(film.takes(of: shot).first) }

  @Test func `an edited take is kept, and what is made of it is made of the bytes that are there`() throws {
    var film = film
    let edited = Digest(of: [1, 2, 3])
    film.changeTake(try still(film).path) { $0.bytes = .edited(edited) }
    #expect(
      film.jobs == [
        "\(shot) clip: the still it is made of is another one",
        "sequence_001 animatic: the still of its shot 1 is another one",
      ])
    #expect(film.recipe(of: shot, .clip)?.fields["inputs"]?["still"]?.string == edited.description)
    #expect(film.waits == [])
    film.workOff()
    film.changeTake(try still(film).path) { $0.bytes = .asMade }
    #expect(film.jobs == [], "the clip and the animatic of the bytes as they were made are still there")
  }

  @Test(arguments: [Take.Bytes.unread, .edited(nil)])
  func `nothing is made of a take before its bytes have been read`(bytes: Take.Bytes) throws {
    var film = film
    let path = try still(film).path
    film.changeTake(path) { $0.bytes = bytes }
    #expect(film.jobs == [])
    let wait = "waits until \(path) is read"
    #expect(film.waits == ["\(shot) clip: \(wait)", "sequence_001 animatic: \(wait)"])
    #expect(film.planner.isUsed(path))
    film.changeTake(path) { $0.bytes = .asMade }
    #expect(film.waits == [])
    #expect(film.jobs == [])
  }

  @Test func `nothing is made of a take that was cut off`() throws {
    var film = film
    let path = try still(film).path
    film.changeTake(path) { $0.bytes = .cutOff }
    #expect(film.waits.first == "\(shot) clip: waits for the rest of \(path)")
    #expect(film.jobs == [])
  }

  @Test func `an edited take in another shot's references is another reference`() throws {
    var film = Films.painted(#", "references": ["sequences/sequence_001/b.still-7f3a9c21-b04d11aa.png"]"#)
    let sidecar = Sidecar(
      kind: .still, shot: "sequence_001/b", fingerprint: Digest(of: [1]), recipe: [:],
      output: Sidecar.Output(digest: Digest(of: [2]), bytes: 3, type: "image/png"),
      engine: Sidecar.EngineFacts(name: "x", type: "x", version: "1"))
    let path: ProjectPath = "sequences/sequence_001/b.still-7f3a9c21-b04d11aa.png"
    film.setTake(
      Take(
        path: path, sidecar: sidecar, fingerprint: sidecar.fingerprint, modified: 1, presence: .here, bytes: .unread),
      at: path)
    #expect(film.waits == ["sequence_001/shot_001 still: waits until \(path) is read"])
    film.changeTake(path) { $0.bytes = .asMade }
    #expect(film.want(of: "sequence_001/shot_001")?.request.references.map(\.digest) == [Digest(of: [2])])
    film.changeTake(path) { $0.bytes = .edited(Digest(of: [9])) }
    #expect(film.want(of: "sequence_001/shot_001")?.request.references.map(\.digest) == [Digest(of: [9])])
  }

  @Test func `a git-lfs pointer to other bytes is an edited take`() throws {
    var film = film
    film.changeTake(try still(film).path) {
      $0.presence = .pointer
      $0.bytes = .edited(Digest(of: [7]))
    }
    #expect(film.recipe(of: shot, .clip)?.fields["inputs"]?["still"]?.string == Digest(of: [7]).description)
    #expect(film.jobs == [])
  }

  @Test func `a removed take leaves its want met and what is made of it waiting`() throws {
    var film = film
    film.changeTake(try still(film).path) {
      $0.isRemoved = true
      $0.presence = .absent
    }
    #expect(film.jobs == [])
    #expect(film.plan(of: shot)?.used[.still] == nil)
    #expect(film.waits.first == "\(shot) clip: waits for the still of \(shot)")
  }

  @Test func `a dropped file meets no want, and is used when it is picked`() throws {
    var film = film
    film.dropImage("sequences/sequence_001/a.painted.png", "mine")
    #expect(film.jobs == [])
    #expect(film.project.droppedTakes.map(\.path) == ["sequences/sequence_001/a.painted.png"])
    film.edit(Films.sequence, #""prompt": "x""#, #""prompt": "x", "pick": { "still": "a.painted.png" }"#)
    #expect(film.plan(of: shot)?.used[.still]?.path == "sequences/sequence_001/a.painted.png")
    #expect(film.jobs.first == "\(shot) clip: the still it is made of is another one")
    film.edit(Films.sequence, #""prompt": "x""#, #""prompt": "z""#)
    #expect(film.jobs.first == #"\#(shot) still: changed: prompt "x" -> "z""#, "a pick stops no new recipes")
  }
}
