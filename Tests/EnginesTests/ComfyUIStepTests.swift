import Basics
import Engines
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// A project with workflows, an edit, exactly these jobs because of this.
struct ComfyUIStepTests {
  private static let project = """
    { "engine": "comfyui",
      "engines": { "comfyui": { "type": "comfyui", "workflow": "workflows/plain.json" } } }
    """

  private func film(_ shots: [String]) throws -> PaperProject {
    PaperProject(
      [
        ("workflows/plain.json", try SampleWorkflow.text("without-weights")),
        ("workflows/text.json", try SampleWorkflow.text("sd15-txt2img")),
        ("workflows/control.json", try SampleWorkflow.text("controlnet")),
        ("workflows/ip.json", try SampleWorkflow.text("ipadapter")),
        ("workflows/wan.json", try SampleWorkflow.text("wan-image-to-video")),
        ("project.json", Self.project), ("sequences/s.json", "{ \"shots\": [\n\(shots.joined(separator: ",\n"))\n] }"),
      ], forms: [PaperProject.storyboard, ComfyUIForm()])
  }

  @Test func `a workflow that changes plans exactly the shots that use it`() throws {
    var film = try film([
      #"{ "id": "a" }"#, #"{ "id": "b", "prompt": "rain", "workflow": "workflows/text.json" }"#,
      #"{ "id": "c", "prompt": "sun", "engine": "storyboard" }"#,
    ])
    #expect(film.problems == [])
    film.workOff()
    #expect(film.jobs == [])
    film.edit("workflows/text.json", #""steps": 20"#, #""steps": 25"#)
    #expect(film.replanned == [try #require(ShotAddress("s/b"))])
    #expect(film.jobs == ["s/b still: changed: parameters.steps 20 -> 25"])
    film.edit("workflows/plain.json", #""sigma": 1"#, #""sigma": 2"#)
    #expect(film.replanned == [try #require(ShotAddress("s/a"))])
    #expect(film.jobs.first == "s/a still: changed: graph.3 ImageBlur.sigma 1 -> 2")
  }

  @Test(arguments: [
    ("a title", #""title": "Save Image""#, #""title": "Save""#), ("the prefix of its files", #""ComfyUI""#, #""film""#),
    ("the prompt of the export", "beautiful scenery nature glass bottle landscape, purple galaxy bottle,", "a cat"),
    ("the seed of the export", "156680208700286", "5"), ("its batch", #""batch_size": 4"#, #""batch_size": 2"#),
    ("a node that nothing needs", #""3": {"#, #""99": { "class_type": "Note", "inputs": { "text": "x" } }, "3": {"#),
    ("spaces", #""inputs": {"#, #""inputs":   {"#),
  ]) func `an export that differs in what a shot decides makes nothing stale`(
    what: String, before: String, after: String
  ) throws {
    var film = try film([#"{ "id": "b", "prompt": "rain", "workflow": "workflows/text.json" }"#])
    film.workOff()
    let text = String(decoding: film.files["workflows/text.json"] ?? [], as: UTF8.self)
    film.write("workflows/text.json", text.replacing(before, with: after, maxReplacements: 1))
    #expect(film.jobs == [], "\(what)")
  }

  @Test func `a parameter that says what the workflow says makes nothing stale, another one is told by its name`()
    throws
  {
    var film = try film([#"{ "id": "b", "prompt": "rain", "workflow": "workflows/text.json", "seed": 4 }"#])
    film.workOff()
    film.edit("sequences/s.json", #""seed": 4"#, #""seed": 4, "parameters": { "steps": 20, "mood": "grim" }"#)
    #expect(film.jobs == [])
    film.edit("sequences/s.json", #""steps": 20"#, #""steps": 21"#)
    #expect(film.jobs == ["s/b still: changed: parameters.steps 20 -> 21"])
    film.edit("sequences/s.json", #""steps": 21"#, #""steps": 20"#)
    film.edit("sequences/s.json", #""rain""#, #""heavy rain""#)
    #expect(film.jobs == [#"s/b still: changed: prompt "rain" -> "heavy rain""#])
    film.edit("sequences/s.json", #""heavy rain""#, #""rain""#)
    film.edit("sequences/s.json", #""seed": 4"#, #""seed": 5"#)
    #expect(film.jobs == ["s/b still: changed: seed 4 -> 5"])
  }

  @Test func `several takes are several seeds in the graph`() throws {
    let film = try film([#"{ "id": "b", "workflow": "workflows/text.json", "seed": 4, "takes": 2 }"#])
    let seeds = film.plan(of: "s/b")?.wants.map { $0.want?.recipe.fields["graph"]?["3"]?["inputs"]?["seed"] }
    #expect(seeds == [4, 5])
    #expect(film.plan(of: "s/b")?.wants.map { $0.want?.recipe["seed"] } == [4, 5])
  }

  @Test func `a picture that changes is told by its name`() throws {
    var film = try film([#"{ "id": "a", "workflow": "workflows/control.json", "references": ["inbox/pose.png"] }"#])
    #expect(film.frozen == ["s/a"])
    film.dropImage("inbox/pose.png", "one")
    #expect(film.jobs == ["s/a still: no take yet"])
    film.workOff()
    film.dropImage("inbox/pose.png", "two")
    #expect(film.jobs == ["s/a still: inbox/pose.png has new content"])
  }

  @Test func `too few and too many pictures freeze the shot and are told at it`() throws {
    var film = try film([#"{ "id": "a", "workflow": "workflows/control.json" }"#, #"{ "id": "b" }"#])
    #expect(film.frozen == ["s/a"])
    #expect(
      film.problems.map { "\($0.file):\($0.place?.line ?? 0) \($0.code)" } == ["sequences/s.json:2 refused-by-engine"])
    film.dropImage("inbox/a.png", "one")
    #expect(film.problems == [])
    film.dropImage("inbox/a two.png", "two")
    #expect(film.frozen == ["s/a"] && film.problems.count == 1)
  }

  @Test func `a git-lfs pointer stands for its picture in the recipe, and is waited for`() throws {
    var film = try film([#"{ "id": "a", "workflow": "workflows/control.json", "references": ["inbox/pose.png"] }"#])
    film.dropImage("inbox/pose.png", "one")
    let recipe = film.recipe(of: "s/a")
    let bytes = try #require(film.files["inbox/pose.png"])
    film.dropPointer("inbox/pose.png", to: bytes)
    #expect(film.recipe(of: "s/a") == recipe)
    #expect(film.waits.count == 1 && film.jobs == [])
  }

  @Test func `a workflow may name library entries of its own`() throws {
    var film = try film([#"{ "id": "a", "workflow": "workflows/ip.json", "references": ["inbox/face.png"] }"#])
    film.dropImage("inbox/face.png", "face")
    #expect(
      film.problems.map { "\($0.file):\($0.place?.line ?? 0) \($0.message)" }.first?.hasSuffix(
        "there is no library entry `@mara`") == true)
    film.write("library/mara.json", #"{ "references": ["inbox/mara 1.png"] }"#)
    film.dropImage("inbox/mara 1.png", "mara")
    #expect(film.jobs == ["s/a still: no take yet"])
    film.workOff()
    film.dropImage("inbox/mara 1.png", "mara in red")
    #expect(film.jobs == ["s/a still: inbox/mara 1.png has new content"])
    film.edit("sequences/s.json", #""id": "a""#, #""id": "a", "prompt": "@mara""#)
    #expect(film.problems == [], "her picture is not counted twice")
  }

  @Test func `a missing, broken or unfit workflow freezes the shots that use it, and no others`() throws {
    var film = try film([#"{ "id": "a" }"#, #"{ "id": "b", "workflow": "workflows/texd.json" }"#])
    #expect(film.frozen == ["s/b"])
    #expect(film.problems.map(\.message) == ["there is no workflow `workflows/texd.json`"])
    #expect(film.problems.first?.place?.label == "did you mean `workflows/text.json`?")
    film.write("workflows/texd.json", "{ \"1\": ")
    #expect(film.frozen == ["s/b"] && film.problems.map { "\($0.file)" } == ["workflows/texd.json"])
    film.write("workflows/texd.json", #"{ "nodes": [], "links": [] }"#)
    #expect(film.frozen == ["s/b"] && film.problems.map(\.code) == ["editor-workflow"])
    film.write("workflows/texd.json", try SampleWorkflow.text("sd15-txt2img"))
    #expect(film.frozen == [] && film.problems == [])
    film.remove("workflows/plain.json")
    #expect(film.frozen == ["s/a"])
    #expect(film.problems.map { "\($0.file):\($0.place?.line ?? 0)" } == ["project.json:2"])
  }

  @Test func `a workflow in the editor's format that nobody uses is nobody's problem`() throws {
    var film = try film([#"{ "id": "a" }"#])
    film.write("workflows/other.json", #"{ "nodes": [], "links": [] }"#)
    #expect(film.problems == [])
  }

  @Test func `a clip is asked for where its workflow makes films, and is made of the still`() throws {
    var film = try film([
      #"{ "id": "a", "clip": { "camera": { "move": "pan-left" } } }"#,
      #"{ "id": "b", "clip": { "workflow": "workflows/wan.json" }, "duration": 2 }"#,
    ])
    #expect(film.jobs == ["s/a still: no take yet", "s/b still: no take yet"])
    #expect(film.waits == ["s/b clip: waits for the still of s/b"])
    film.workOff()
    #expect(film.jobs == [])
    let clip = try #require(film.want(of: "s/b", .clip))
    #expect(clip.recipe.fields["graph"]?["52"]?["inputs"]?["image"] == clip.recipe["inputs"]?["still"])
    film.edit("sequences/s.json", #""duration": 2"#, #""duration": 4"#)
    #expect(film.jobs == ["s/b clip: changed: frames 33 -> 65"])
    film.edit("sequences/s.json", "workflows/wan.json", "workflows/text.json")
    #expect(film.problems.map(\.message) == ["the workflow `workflows/text.json` makes no clip, but a still"])
  }

  @Test func `keys that a workflow has no place for have no effect, and reel check says so`() throws {
    let film = try film([
      #"{ "id": "a", "prompt": "rain", "negativePrompt": "sun", "seed": 4, "parameters": { "blur_radius": 3, "steps": 9 },"#
        + "\n\"frame\": { \"width\": 64 }, \"model\": \"m\" }"
    ])
    let notes = IdleKeys.notes(in: film.project, kinds: film.planner.kinds, forms: film.planner.forms).sorted()
    let user = "has no effect: the workflow `workflows/plain.json` does not use it"
    #expect(
      notes.map { "\($0.place?.line ?? 0) \($0.message)" } == [
        "2 `prompt` \(user)", "2 `negativePrompt` \(user)", "2 `parameters.steps` \(user)", "3 `model` \(user)",
      ])
  }

  @Test func `all shots of a workflow share one graph`() throws {
    let shots = (0..<200).map { #"{ "id": "s\#($0)", "prompt": "shot \#($0)", "workflow": "workflows/text.json" }"# }
    let film = try film(shots)
    let graphs = film.planner.shots.values.compactMap { $0.wants.first?.want?.request.graph }
    #expect(graphs.count == 200 && graphs.allSatisfy { $0 === graphs[0] })
    #expect(Set(film.planner.shots.values.compactMap { $0.wants.first?.want?.recipe.fingerprint }).count == 200)
  }
}
