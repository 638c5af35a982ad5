import Basics
import Planning
import ProjectFiles
import TestSupport
import Testing

/// Images in `inbox/` that need no mention, because they bear a shot's or an entry's name.
struct InboxTests {
  private var film: PaperProject {
    PaperProject([
      ("project.json", "{}"),
      (
        Films.sequence,
        #"{ "shots": [ { "id": "shot_001", "prompt": "x" }, { "id": "shot_002", "prompt": "@mara" }, { "id": "big boat", "prompt": "z" } ] }"#
      ),
      ("library/mara.json", #"{ "prompt": "Mara" }"#),
    ])
  }

  private func references(_ film: PaperProject, _ shot: String) -> [String]? {
    film.want(of: "sequence_001/\(shot)")?.request.references.map(\.path.string)
  }

  @Test(arguments: [
    ("inbox/shot_001.png", "shot_001"), ("inbox/shot_001.JPG", "shot_001"),
    ("inbox/shot_001 from the pier.jpg", "shot_001"),
    ("inbox/shot_001/x.png", "shot_001"), ("inbox/shot_001/deep/x.png", "shot_001"),
    ("inbox/sequence_001/shot_001/x.png", "shot_001"), ("inbox/sequence_001/shot_001.png", "shot_001"),
    ("inbox/sequence_001/shot_001 two.webp", "shot_001"), ("inbox/mara.png", "shot_002"),
    ("inbox/mara old.png", "shot_002"),
    ("inbox/mara/face.png", "shot_002"), ("inbox/big boat.png", "big boat"), ("inbox/big boat at sea.png", "big boat"),
  ]) func `an image under a shot's or an entry's name is a reference of it`(path: String, shot: String) {
    var film = film
    film.workOff()
    film.dropImage(path, "content")
    #expect(film.jobs == ["sequence_001/\(shot) still: \(path) was added to the references"])
    #expect(references(film, shot) == [path])
    film.remove(path)
    #expect(film.jobs == [])
  }

  @Test(arguments: [
    "inbox/shot_0011.png", "inbox/shot_001-b.png", "inbox/harbour.png", "inbox/shot_001.txt",
    "inbox/sequence_002/shot_001.png",
    "inbox/ shot_001.png", "pictures/shot_001.png", "inbox/noted/shot_001.png",
  ]) func `any other image is nobody's`(path: String) {
    var film = film
    film.workOff()
    film.dropImage(path, "content")
    #expect(film.jobs == [])
    #expect(film.problems == [])
  }

  @Test func `they stand behind the written ones, each once, in order of their paths, the entries' last`() {
    var film = film
    film.edit(
      Films.sequence, #""prompt": "@mara""#,
      #""prompt": "@mara", "references": ["inbox/z.png", "inbox/shot_002 b.png"]"#)
    film.write("library/mara.json", #"{ "prompt": "Mara", "references": ["inbox/face.png"] }"#)
    for name in ["z", "shot_002 a", "shot_002 b", "shot_002/c", "face", "mara"] {
      film.dropImage("inbox/\(name).png", name)
    }
    #expect(
      references(film, "shot_002") == [
        "inbox/z.png", "inbox/shot_002 b.png", "inbox/shot_002 a.png", "inbox/shot_002/c.png", "inbox/face.png",
        "inbox/mara.png",
      ])
  }

  @Test func `a name that fits several is not used, and used again when it fits one`() {
    var film = film
    film.workOff()
    film.dropImage("inbox/shot_001.png", "pier")
    #expect(film.jobs.count == 1)
    film.write("sequences/b.json", #"{ "shots": [ { "id": "shot_001", "prompt": "x" } ] }"#)
    #expect(references(film, "shot_001") == [])
    #expect(film.project.ambiguousName(of: "inbox/shot_001.png") == "shot_001")
    film.write("library/shot_001.json", "{}")
    film.remove("sequences/b.json")
    #expect(film.project.ambiguousName(of: "inbox/shot_001.png") == "shot_001", "a shot and an entry of one name")
    film.remove("library/shot_001.json")
    #expect(film.project.ambiguousName(of: "inbox/shot_001.png") == nil)
    #expect(references(film, "shot_001") == ["inbox/shot_001.png"])
    film.remove("inbox/shot_001.png")
    #expect(film.jobs == [])
  }

  @Test func `a folder for the sequence makes it plain`() {
    var film = film
    film.write("sequences/b.json", #"{ "shots": [ { "id": "shot_001", "prompt": "x" } ] }"#)
    film.dropImage("inbox/b/shot_001.png", "pier")
    #expect(film.project.ambiguousName(of: "inbox/b/shot_001.png") == nil)
    #expect(film.want(of: "b/shot_001")?.request.references.map(\.path.string) == ["inbox/b/shot_001.png"])
    #expect(references(film, "shot_001") == [])
  }

  @Test func `the longer name counts`() {
    var film = film
    film.dropImage("inbox/big boat.png", "boat")
    film.write("sequences/b.json", #"{ "shots": [ { "id": "big" } ] }"#)
    #expect(references(film, "big boat") == ["inbox/big boat.png"])
    #expect(film.want(of: "b/big")?.request.references == [])
  }

  @Test func `inbox false turns it off`() {
    var film = film
    film.dropImage("inbox/shot_001.png", "pier")
    film.dropImage("inbox/mara.png", "Mara")
    film.edit(Films.sequence, #""prompt": "x""#, #""prompt": "x", "inbox": false"#)
    film.write("library/mara.json", #"{ "prompt": "Mara", "inbox": false }"#)
    #expect(references(film, "shot_001") == [])
    #expect(references(film, "shot_002") == [])
    #expect(film.project.inboxImageCount == 2)
    #expect(!film.planner.isUsed("inbox/mara.png"))
  }
}
