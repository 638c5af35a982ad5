import Basics
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// References go into recipes by content.
struct ReferenceTests {
  private var film: PaperProject {
    var film = PaperProject([
      ("project.json", "{}"),
      (
        Films.sequence,
        """
        {
          "shots": [
            { "id": "one", "prompt": "x",
              "references": ["inbox/mara.jpg", "inbox/ship.jpg"] },
            { "id": "two", "prompt": "y" }
          ]
        }
        """
      ),
    ])
    film.dropImage("inbox/mara.jpg", "Mara")
    film.dropImage("inbox/ship.jpg", "ship")
    film.workOff()
    return film
  }

  @Test func `new content under the same name makes its users stale`() {
    var film = film
    film.dropImage("inbox/mara.jpg", "Mara, older")
    #expect(film.jobs == ["sequence_001/one still: inbox/mara.jpg has new content"])
    film.edit(Films.sequence, #""prompt": "x""#, #""prompt": "z""#)
    #expect(film.jobs == [#"sequence_001/one still: changed: prompt "x" -> "z"; inbox/mara.jpg has new content"#])
  }

  @Test func `the same content under another name is no change`() {
    var film = film
    film.dropImage("inbox/mara sixty.jpg", "Mara")
    film.edit(Films.sequence, "inbox/mara.jpg", "inbox/mara sixty.jpg")
    film.remove("inbox/mara.jpg")
    #expect(film.jobs == [])
  }

  @Test func `one that came, one that went, another order`() {
    var film = film
    film.dropImage("inbox/dog.jpg", "dog")
    film.edit(Films.sequence, #""inbox/ship.jpg"]"#, #""inbox/ship.jpg", "inbox/dog.jpg"]"#)
    #expect(film.jobs == ["sequence_001/one still: inbox/dog.jpg was added to the references"])
    film.edit(Films.sequence, #""inbox/ship.jpg", "inbox/dog.jpg"]"#, #""inbox/ship.jpg"]"#)
    film.edit(Films.sequence, #""inbox/mara.jpg", "inbox/ship.jpg""#, #""inbox/ship.jpg", "inbox/mara.jpg""#)
    #expect(film.jobs == ["sequence_001/one still: changed: the order of the references"])
    film.edit(Films.sequence, #""inbox/ship.jpg", "inbox/mara.jpg""#, #""inbox/mara.jpg""#)
    #expect(film.jobs == ["sequence_001/one still: changed: number of references 2 -> 1"])
    film.edit(Films.sequence, #"["inbox/mara.jpg"]"#, "[]")
    #expect(film.jobs == ["sequence_001/one still: changed: number of references 2 -> 0"])
    film.workOff()
    film.edit(Films.sequence, "[]", #"["inbox/mara.jpg"]"#)
    #expect(film.jobs == ["sequence_001/one still: inbox/mara.jpg was added to the references"])
  }

  @Test func `a missing one freezes its shot and is said at its line, with the likely name`() {
    var film = film
    film.remove("inbox/mara.jpg")
    film.dropImage("inbox/marra.jpg", "Mara")
    #expect(film.frozen == ["sequence_001/one"])
    #expect(film.jobs == [])
    #expect(
      film.problems == [
        Diagnostic(
          .error, "missing-reference", "there is no file `inbox/mara.jpg`", file: "sequences/sequence_001.json",
          place: .init(
            line: 4, column: 22, length: 16, snippet: [#"      "references": ["inbox/mara.jpg", "inbox/ship.jpg"] },"#],
            label: "did you mean `marra.jpg`?"),
          notes: ["the shots that use it are frozen until then; nothing was queued or cancelled"])
      ])
    film.dropImage("inbox/mara.jpg", "Mara")
    #expect(film.problems == [])
    #expect(film.jobs == [])
  }

  @Test func `a git-lfs pointer is known by its hash and waited for`() {
    var film = film
    let content = film.files["inbox/mara.jpg"] ?? []
    film.dropPointer("inbox/mara.jpg", to: content)
    #expect(film.jobs == [], "the same content, wherever it is")
    film.dropPointer("inbox/mara.jpg", to: Array("another".utf8))
    #expect(film.jobs == [])
    #expect(film.waits == ["sequence_001/one still: waits for inbox/mara.jpg, which `git lfs pull` brings"])
  }

  @Test func `one that is still being copied is waited for, whatever else is`() {
    var film = film
    film.dropPointer("inbox/mara.jpg", to: Array("another".utf8))
    film.write("inbox/ship.jpg", bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00])
    #expect(film.waits == ["sequence_001/one still: waits for the rest of inbox/ship.jpg"])
    #expect(film.problems.map(\.code) == ["incomplete-image"])
    #expect(film.problems.first?.place?.label == "copy it again; the shot waits until it is whole")
  }

  @Test func `an error page called picture is refused`() {
    var film = film
    film.write("inbox/ship.jpg", "<html>404</html>")
    #expect(film.frozen == ["sequence_001/one"])
    #expect(
      film.problems == [
        Diagnostic(
          .error, "not-an-image", "`inbox/ship.jpg` is no picture, whatever its name says",
          file: "sequences/sequence_001.json",
          place: .init(
            line: 4, column: 40, length: 16, snippet: [#"      "references": ["inbox/mara.jpg", "inbox/ship.jpg"] },"#],
            label: "put a PNG, JPEG, WebP, GIF, TIFF or HEIF there"),
          notes: ["the shots that use it are frozen until then; nothing was queued or cancelled"])
      ])
  }

  @Test func `a take may be a reference, of this shot's neighbour or copied into the inbox`() throws {
    var film = film
    let take = try #require(film.takes(of: "sequence_001/two").first)
    film.edit(Films.sequence, "inbox/ship.jpg", take.path.string)
    #expect(film.jobs == ["sequence_001/one still: \(take.path) has new content"])
    #expect(film.want(of: "sequence_001/one")?.request.references.last?.digest == take.output.digest)
    film.changeTake(take.path) { $0.presence = .absent }
    #expect(film.frozen == ["sequence_001/one"])
    film.dropImage("inbox/\(take.path.name)", "a copy")
    film.edit(Films.sequence, take.path.string, "inbox/\(take.path.name)")
    #expect(film.frozen == [])
  }
}
