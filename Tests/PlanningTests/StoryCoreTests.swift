import Basics
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// Projects of the StoryCore editor: what is read of them.
struct StoryCoreTests {
  /// Each job with its recipe, without what all recipes here begin and end with.
  private func recipes(_ film: PaperProject) -> [String] {
    film.jobs.map { job in
      let address = String(job.prefix { $0 != " " })
      let recipe = film.recipe(of: address)?.canonicalText ?? "-"
      let kind = recipe.replacing(#""kind":"still","#, with: "").replacing(#","version":1}"#, with: "")
      return "\(address) " + kind.replacing(#"{"engine":"painter","#, with: "")
    }
  }

  private func problems(_ film: PaperProject) -> [String] {
    film.problems.map { "\($0.severity) \($0.code) \($0.file):\($0.place?.line ?? 0)" }
  }

  @Test func `Electron's shots are read with the seed, the frame and the words of either form`() {
    let film = EditorFilm.a.painted
    #expect(
      recipes(film) == [
        #"sequence_001/shot_1770110100000_0 "frame":{"height":108,"width":192},"prompt":"an empty quay before sunrise, wet planks","seed":1895943869"#,
        #"sequence_001/shot_1770110100000_1 "frame":{"height":144,"width":256},"model":"flux-dev","negativePrompt":"text, logo","#
          + #""parameters":{"cfg":7.5,"denoise":1,"sampler":"euler","scheduler":"normal","steps":20},"#
          + #""prompt":"close-up of a hand pushing coins over a worn counter","seed":421337"#,
        #"sequence_002/shot_1770110100000_2 "frame":{"height":108,"width":192},"prompt":"the ferry alone on grey water","seed":2344711647"#,
      ])
    #expect(problems(film) == [])
    #expect(film.project.name == "The Ferry")
    #expect(film.want(of: "sequence_001/shot_1770110100000_0")?.request.shotName == "The quay")
  }

  @Test func `production shots are read from what they say of generation`() throws {
    let film = EditorFilm.b.painted
    let look = try #require(EditorFilm.b.files.first { $0.path == "assets/look.png" })
    func recipe(_ number: Int, _ negative: String, _ prompt: String, _ seed: Int) -> String {
      "sequence_001/shot-uuid-\(number) \"frame\":{\"height\":90,\"width\":160},\"model\":\"flux-dev\",\(negative)"
        + #""parameters":{"cfg":7.5,"sampler":"euler","scheduler":"karras","steps":20},"#
        + "\"prompt\":\"\(prompt)\",\"references\":[\"\(Digest(of: look.bytes))\"],\"seed\":\(seed)"
    }
    #expect(
      recipes(film) == [
        recipe(1, #""negativePrompt":"people","#, "an empty night bus under sodium lamps", 7),
        recipe(2, "", "the driver's eyes in the mirror", 7), recipe(3, "", "doors open onto fog", 99),
      ])
    // 5 may be frames or seconds; 120 stands beside a length in seconds, and 2.5 can be no frames.
    #expect(problems(film) == ["warning ambiguous-duration sequences/sequence_001.json:44"])
    #expect(film.project.sequences.values.first?.model?.shots.map(\.duration) == [nil, 5, 2.5])
  }

  @Test func `shots in files of their own stand in their sequence in the order of its list`() {
    let film = EditorFilm.c.painted
    #expect(
      recipes(film) == [
        #"sequence_001/shot_1770744000000_1 "prompt":"boats pull at their ropes under a yellow sky","seed":1673376296"#,
        #"sequence_001/shot_1770744000000_0 "prompt":"a brass barometer on a white wall, the needle falls","seed":2735311434"#,
        #"sequence_001/0c5f2a5e-77aa-4a0c-bb0e-0a1de0f0a111 "prompt":"rain runs down a window, a lamp behind it","seed":2948647314"#,
        #"sequence_002/shot_1770744000000_9 "prompt":"a wave breaks over the mole","seed":3363837650"#,
      ])
    #expect(problems(film) == [])
    #expect(film.project.name == "Storm Glass")
  }

  @Test func `shots that name their sequence stand in it by their position`() {
    let film = EditorFilm.d.painted
    let frame = #""frame":{"fps":25,"height":120,"width":160},"#
    #expect(
      recipes(film) == [
        "sequence_d1f0c0de/lantern \(frame)" + #""prompt":"a paper lantern rises over the fair","seed":3307342652"#,
        "sequence_7e57ab1e/chimney \(frame)" + #""prompt":"smoke from one chimney","seed":1300795695"#,
        "sequence_7e57ab1e/ladder \(frame)"
          + #""negativePrompt":"people","parameters":{"cfg":6},"prompt":"a ladder against a dark wall, moonlight","seed":1443210518"#,
      ])
    #expect(problems(film) == [])
    #expect(film.project.name == "Paper Moon")
  }

  @Test(arguments: EditorFilm.allCases) func `what the editor writes anew says the same`(_ film: EditorFilm) {
    var paper = film.painted
    paper.workOff()
    // The editor writes its times at every save, and whether a shot was generated.
    for (path, bytes) in film.files where path.hasPrefix("s") && path.hasSuffix(".json") {
      let text = String(decoding: bytes, as: UTF8.self)
      paper.write(path, text.replacing("2026-02-", with: "2026-03-").replacing("\"draft\"", with: "\"generated\""))
    }
    #expect(paper.jobs == [])
  }

  // MARK: References

  @Test func `a picture that only the editor names and that is gone stops nothing`() {
    var film = EditorFilm.b.painted
    film.remove("assets/look.png")
    #expect(problems(film).filter { $0.contains("missing-reference") }.count == 3)
    #expect(film.problems.allSatisfy { $0.severity == .warning })
    #expect(film.frozen == [])
    #expect(film.jobs.count == 3)
    film.write("assets/look.png", "no picture")
    #expect(film.problems.filter { $0.code == "not-an-image" }.map(\.severity) == [.warning, .warning, .warning])
    #expect(film.frozen == [])
  }

  @Test func `what is no file of the project is noted for who asks, and stops nothing`() {
    let references = [
      "https://a.example/x.png", "data:image/png;base64,AAAA", "C:/Users/ana/x.png", "C:\\\\x.png", "/home/ana/x.png",
      "../x.png", "file:x.png", "style-noir", "blob:http://x/1",
    ]
    let listed = references.map { "\"\($0)\"" }.joined(separator: ", ")
    let film = Films.painted(
      #", "prompt": "p", "generation": { "styleReferences": [\#(listed), 5, ""], "referenceImage": "" }"#)
    #expect(film.problems == [])
    #expect(film.jobs.count == 1)
    let notes = film.project.editorNotes
    #expect(notes.map(\.code) == [String](repeating: "unusable-reference", count: references.count))
    #expect(notes.allSatisfy { $0.severity == .note && $0.place?.line == 1 })
  }

  @Test func `references of the editor come in its order, each once, and ours go before all of them`() {
    var film = Films.painted(
      #", "referenceImage": "a/3.png", "generation": { "styleReferences": ["a/2.png", "a/1.png", "a/2.png"], "referenceImage": "a/1.png" }"#
    )
    for number in 1...4 { film.dropImage("a/\(number).png", "\(number)") }
    #expect(
      film.want(of: "sequence_001/shot_001")?.request.references.map(\.path) == ["a/2.png", "a/1.png", "a/3.png"])
    film.edit(Films.sequence, #""id": "shot_001""#, #""id": "shot_001", "references": ["a/4.png"]"#)
    #expect(film.want(of: "sequence_001/shot_001")?.request.references.map(\.path) == ["a/4.png"])
    #expect(film.problems.map(\.code) == ["conflicting-keys"])
  }
}
