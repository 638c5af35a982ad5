import Basics
import JSONText
import TestSupport
import Testing

/// `reel workflow`: what is bound, and files in API format made of others.
@Suite(.fewAtATime, .timeLimit(.minutes(10)))
struct WorkflowCommandTests {
  private func film() throws -> Film {
    let film = Film(shots: 1)
    film.write("workflows/a.json", try SampleWorkflow.text("without-weights"))
    film.write("workflows/editor.json", try SampleWorkflow.bytes("editor/default.json"))
    film.write("object_info.json", try SampleWorkflow.bytes("object_info.json"))
    return film
  }

  @Test func `a table shows what is bound, what is not, and its JSON the same`() async throws {
    let film = try film()
    let shown = try await film.reel("workflow", "workflows/a.json")
    #expect(shown.status == 0, "\(shown.error)")
    #expect(
      shown.output == """
        workflows/a.json makes a still: what node 4 (SaveImage) saves, of 4 nodes

        node  title         class          input        gets                    its own value
        1     @color        EmptyImage     width        frame.width             512
        1     @color        EmptyImage     height       frame.height            288
        1     @color        EmptyImage     batch_size   parameters.batch        1
        1     @color        EmptyImage     color        parameters.color        8421504
        2                   ImageAddNoise  seed         seed                    1
        3     @blur_radius  ImageBlur      blur_radius  parameters.blur_radius  2

        Not bound; these stay as they are (a title such as @NAME binds one to parameters.NAME):

        2                ImageAddNoise  strength  0.5
        3  @blur_radius  ImageBlur      sigma     1

        """)
    let json = try await film.reel("workflow", "--json", "workflows/a.json").json
    let kind = json["kinds"]?.array?.first
    #expect(kind?["kind"] == "still" && kind?["output"] == "4" && kind?["bindings"]?.array?.count == 6)
    #expect(kind?["unbound"]?.array?.compactMap { $0["input"]?.string } == ["strength", "sigma"])
    #expect(json["problems"] == [] && json["format"] == "api" && json["file"] == "workflows/a.json")
  }

  @Test func `what is wrong is shown with its line, and the status says so`() async throws {
    let film = try film()
    let editors = try await film.reel("workflow", "workflows/editor.json")
    #expect(editors.status == 2)
    #expect(
      editors.output.contains("error: this is a workflow as ComfyUI's editor saves it, which its server does not take"))
    #expect(editors.output.contains("--> workflows/editor.json:1:1"))
    #expect(editors.error.contains("reel workflow --convert workflows/editor.json"))
    film.write("workflows/b.json", "{ \"1\": { \"class_type\": \"A\", } }")
    let broken = try await film.reel("workflow", "workflows/b.json")
    #expect(broken.status == 2 && broken.output.contains("--> workflows/b.json:1:27"), "\(broken.output)")
    let none = try await film.reel("workflow", "workflows/none.json")
    #expect(none.status == 1 && none.output == "" && none.error.contains("it is not there"), "\(none.error)")
    #expect(try await film.reel("workflow").status == 64)
  }

  @Test func `the editor's format is converted with what a server says, and nothing is written over`() async throws {
    let film = try film()
    let converted = try await film.reel(
      "workflow", "--convert", "workflows/editor.json", "--object-info", "object_info.json", "-o", "workflows/c.json")
    #expect(converted.status == 0 && converted.output == "", "\(converted.error)")
    let graph = try JSONDocument(parsing: Array(film.text("workflows/c.json").utf8)).root.value
    #expect(graph["3"]?["inputs"]?["sampler_name"] == "euler" && graph.object?.count == 7)
    #expect(try await film.reel("workflow", "workflows/c.json").status == 0)
    let again = try await film.reel(
      "workflow", "--convert", "workflows/editor.json", "--object-info", "object_info.json", "-o", "workflows/c.json")
    #expect(again.status == 1 && again.error.contains("is there already"))
    let printed = try await film.reel(
      "workflow", "--convert", "workflows/editor.json", "--object-info", "object_info.json")
    #expect(printed.output == film.text("workflows/c.json"))
    let api = try await film.reel("workflow", "--convert", "workflows/a.json")
    #expect(api.status == 1 && api.error.contains("in API format already"))
    let away = try await film.reel("workflow", "--convert", "workflows/editor.json", "--server", "http://127.0.0.1:9")
    #expect(away.status == 12 && away.output == "" && away.error.contains("127.0.0.1"), "\(away.error)")
  }

  @Test func `a picture and a film that ComfyUI made give the graph that made them, without a server`() async throws {
    let film = try film()
    for name in ["img_00001_.png", "anim_00001_.webp", "vid_00001_.mp4", "webm_00001_.webm"] {
      film.write("inbox/\(name)", try SampleWorkflow.bytes("made/\(name)"))
      let converted = try await film.reel("workflow", "--convert", "inbox/\(name)")
      #expect(converted.status == 0, "\(name): \(converted.error)")
      #expect(converted.json["2"]?["class_type"] == "ImageAddNoise")
      let shown = try await film.reel("workflow", "--json", "inbox/\(name)")
      #expect(shown.json["kinds"]?.array?.compactMap { $0["kind"]?.string } == ["clip", "still"], "\(shown.output)")
    }
    film.write("inbox/plain.png", Picture.png(width: 8, height: 8))
    let plain = try await film.reel("workflow", "--convert", "inbox/plain.png")
    #expect(plain.status == 1 && plain.error.contains("carries no workflow"))
  }
}
