import Basics
import Engines
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

struct ComfyUIFormTests {
  private func request(_ workflow: Workflow, _ kind: Kind = .still) throws -> ShotRequest {
    var request = ShotRequest(address: try #require(ShotAddress("s/a")), kind: kind, prompt: "a pier in the fog")
    request.graph = workflow
    return request
  }

  private func picture(_ name: String) -> ShotRequest.Reference {
    ShotRequest.Reference(path: ProjectPath(trusted: "inbox/\(name).png"), digest: Digest(of: Array(name.utf8)))
  }

  private func definition(_ text: String, origin: EngineDefinition.Origin = .project) throws -> EngineDefinition {
    let json = try JSONDocument(parsing: Array(text.utf8)).root.value
    return EngineDefinition(name: "comfyui", type: "comfyui", definition: json, origin: origin)
  }

  private func form(_ text: String = #"{ "type": "comfyui" }"#, _ workflow: Workflow? = nil) throws -> any EngineForm {
    try ComfyUIForm().configured(by: definition(text)).using(workflow)
  }

  private func inputs(_ recipe: JSONObject, _ node: String) -> JSON? { recipe["graph"]?[node]?["inputs"] }

  @Test func `the recipe is the graph as it is sent, without titles, names of files and nodes that no output needs`()
    throws
  {
    let workflow = try SampleWorkflow.named("without-weights")
    var request = try request(workflow)
    request.width = 640
    let parts = try form(#"{ "type": "comfyui" }"#, workflow).parts(for: request)
    let recipe = Recipe(parts.fields, large: parts.large?.seeded(7)).fields
    #expect(
      recipe == [
        "graph": [
          "1": [
            "class_type": "EmptyImage", "inputs": ["width": 640, "height": 288, "batch_size": 1, "color": 8_421_504],
          ],
          "2": ["class_type": "ImageAddNoise", "inputs": ["seed": 7, "strength": 0.5, "image": ["1", 0]]],
          "3": ["class_type": "ImageBlur", "inputs": ["blur_radius": 2, "sigma": 1, "image": ["2", 0]]],
          "4": ["class_type": "SaveImage", "inputs": ["images": ["3", 0]]],
        ]
      ])
  }

  @Test func `the canonical text that is put together is that of the whole recipe`() throws {
    for name in ["sd15-txt2img", "sdxl-base-refiner", "flux-dev", "titles", "primitives"] {
      let workflow = try SampleWorkflow.named(name)
      var request = try request(workflow)
      request.prompt = "a \"pier\"\n\u{1F30A}"
      request.parameters = ["steps": 31, "cfg": 3.25]
      let parts = try form(#"{ "type": "comfyui" }"#, workflow).parts(for: request)
      let recipe = Recipe(["engine": "comfyui", "kind": "still", "seed": 5], large: parts.large?.seeded(.max))
      #expect(recipe.canonicalText == JSON.object(recipe.fields).canonicalText, "\(name)")
      #expect(recipe.fingerprint == Recipe(recipe.fields).fingerprint)
    }
  }

  @Test func `what nobody set stays the workflow's own, and a batch is one picture`() throws {
    let workflow = try SampleWorkflow.named("sd15-txt2img")
    let recipe = try form(#"{ "type": "comfyui" }"#, workflow).recipe(for: try request(workflow))
    #expect(inputs(recipe, "3")?["steps"] == 20 && inputs(recipe, "3")?["cfg"] == 8)
    #expect(inputs(recipe, "4")?["ckpt_name"] == "v1-5-pruned-emaonly-fp16.safetensors")
    #expect(inputs(recipe, "5") == ["width": 512, "height": 512, "batch_size": 1])
    #expect(inputs(recipe, "6")?["text"] == "a pier in the fog")
    #expect(inputs(recipe, "7")?["text"] == "text, watermark")
  }

  @Test func `all that a shot says of a usual graph reaches it`() throws {
    let workflow = try SampleWorkflow.named("sd15-txt2img")
    var request = try request(workflow)
    request.negativePrompt = ""
    request.model = "dream.safetensors"
    request.width = 1280
    request.height = 720
    request.parameters = [
      "steps": 30, "cfg": 4.5, "sampler": "dpmpp_2m", "scheduler": "karras", "denoise": 0.6, "batch": 2, "mood": "grim",
    ]
    let recipe = try form(#"{ "type": "comfyui" }"#, workflow).recipe(for: request)
    #expect(
      inputs(recipe, "3") == [
        "seed": 156_680_208_700_286, "steps": 30, "cfg": 4.5, "sampler_name": "dpmpp_2m", "scheduler": "karras",
        "denoise": 0.6, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0],
      ])
    #expect(inputs(recipe, "4") == ["ckpt_name": "dream.safetensors"])
    #expect(inputs(recipe, "5") == ["width": 1280, "height": 720, "batch_size": 2])
    #expect(inputs(recipe, "7")?["text"] == "")
  }

  @Test func `what stands in a relation to steps and size keeps it`() throws {
    let workflow = try SampleWorkflow.named("sdxl-base-refiner")
    var request = try request(workflow)
    request.parameters = ["steps": 50]
    let recipe = try form(#"{ "type": "comfyui" }"#, workflow).recipe(for: request)
    #expect(inputs(recipe, "10")?["steps"] == 50 && inputs(recipe, "10")?["end_at_step"] == 40)
    #expect(inputs(recipe, "11")?["start_at_step"] == 40 && inputs(recipe, "11")?["end_at_step"] == 10000)

    let hires = try SampleWorkflow.named("hires-fix")
    var larger = try self.request(hires)
    (larger.width, larger.height) = (640, 360)
    let other = try form(#"{ "type": "comfyui" }"#, hires).recipe(for: larger)
    #expect(inputs(other, "10")?["width"] == 1280 && inputs(other, "10")?["height"] == 720)
  }

  @Test func `Flux takes cfg as its guidance, unless the shot says guidance`() throws {
    let workflow = try SampleWorkflow.named("flux-dev")
    var request = try request(workflow)
    request.parameters = ["cfg": 2]
    #expect(inputs(try form(#"{ "type": "comfyui" }"#, workflow).recipe(for: request), "26")?["guidance"] == 2)
    request.parameters["guidance"] = 3
    #expect(inputs(try form(#"{ "type": "comfyui" }"#, workflow).recipe(for: request), "26")?["guidance"] == 3)
  }

  @Test func `pictures stand in it by content, and their number must fit`() throws {
    let workflow = try SampleWorkflow.named("inpaint")
    var request = try request(workflow)
    func refusal() throws -> String? {
      let form = try form(#"{ "type": "comfyui" }"#, workflow)
      do throws(RecipeRefusal) {
        _ = try form.recipe(for: request)
        return nil
      } catch {
        return error.message
      }
    }
    #expect(
      try refusal()
        == "the workflow `workflows/inpaint.json` wants 2 pictures, and the shot has none: name one more in `references`, "
        + "or drop it into inbox/ under the shot's name")
    request.references = [picture("a"), picture("b"), picture("c")]
    #expect(
      try refusal()
        == "the shot has 3 pictures, and the workflow `workflows/inpaint.json` has image loaders for 2: take one out of "
        + "`references`, or say \"inbox\": false")
    request.references = [picture("b"), picture("a")]
    #expect(try refusal() == nil)
    let recipe = try form(#"{ "type": "comfyui" }"#, workflow).recipe(for: request)
    #expect(inputs(recipe, "12")?["image"]?.string == picture("b").digest.description)
    #expect(inputs(recipe, "13")?["image"]?.string == picture("a").digest.description)
    let text = try SampleWorkflow.named("sd15-txt2img")
    var other = try self.request(text)
    other.references = [picture("a")]
    #expect(try form(#"{ "type": "comfyui" }"#, text).recipe(for: other).isEmpty == false, "it has no use for pictures")
  }

  @Test func `a clip is made of its still, and as long as the shot lasts`() throws {
    let workflow = try SampleWorkflow.named("wan-image-to-video")
    var request = try request(workflow, .clip)
    request.duration = 4
    request.fps = 24
    request.references = [picture("harbour")]
    let form = try form(#"{ "type": "comfyui" }"#, workflow)
    #expect(form.kinds == [.clip])
    let error = #expect(throws: RecipeRefusal.self) { try form.recipe(for: request) }
    #expect(
      error?.message
        == "the workflow `workflows/wan-image-to-video.json` is made for a still, which this clip is not made of")
    request.madeOf = [.still]
    request.inputs = [.still: picture("still")]
    let recipe = try form.recipe(for: request)
    #expect(inputs(recipe, "52")?["image"]?.string == picture("still").digest.description)
    #expect(
      inputs(recipe, "50")?["length"] == 65,
      "4 s at the workflow's own 16 frames a second, one more than a multiple of 4")
    #expect(inputs(recipe, "28")?["fps"] == 16)
  }

  @Test func `seeds, keys and kinds are those of the workflow`() throws {
    let text = try form(#"{ "type": "comfyui" }"#, SampleWorkflow.named("sd15-txt2img"))
    #expect(text.seeding == .seed && text.kinds == [.still])
    #expect(
      text.reads == [
        "workflow", "prompt", "negativePrompt", "seed", "takes", "model", "frame.width", "frame.height",
        "parameters.batch",
        "parameters.steps", "parameters.cfg", "parameters.sampler", "parameters.scheduler", "parameters.denoise",
      ])
    let seedless = try SampleWorkflow.read(
      #"{ "1": { "class_type": "EmptyImage", "inputs": { "width": 64, "height": 64, "batch_size": 1, "color": 0 } }, "2": { "class_type": "SaveImage", "inputs": { "images": ["1", 0] } } }"#
    )
    #expect(try form(#"{ "type": "comfyui" }"#, seedless).seeding == .none)
    #expect(try form(#"{ "type": "comfyui" }"#, SampleWorkflow.named("speech")).kinds == [.voice])
    #expect(try form(#"{ "type": "comfyui" }"#, SampleWorkflow.named("lip-sync")).kinds == [.talk])
    #expect(try form(#"{ "type": "comfyui", "kinds": ["clip"] }"#, SampleWorkflow.named("lip-sync")).kinds == [.clip])
  }

  @Test func `a voice says its text, not the prompt of the picture`() throws {
    let workflow = try SampleWorkflow.named("speech")
    var request = try request(workflow, .voice)
    request.fields = ["text": "I never left.", "speaker": "mara"]
    #expect(
      inputs(try form(#"{ "type": "comfyui" }"#, workflow).recipe(for: request), "1")?["prompt"] == "I never left.")
  }

  @Test func `an entry says where its servers are, with which headers, and what holds where nobody says otherwise`()
    throws
  {
    let entry = try ComfyUIEntry(
      definition(
        """
        { "type": "comfyui", "urls": ["http://127.0.0.1:8188", "http://localhost:8189/x", "http://[::1]:1"],
          "headers": { "X-Lab": { "env": "LAB" }, "note": "ours" }, "key": { "env": "COMFY_KEY" },
          "workflow": "workflows/a.json", "model": "m", "parameters": { "steps": 9, "cfg": null }, "jobs": 2 }
        """))
    #expect(entry.urls.count == 3 && entry.isLoopback && entry.jobs == 2)
    #expect(
      entry.headers.map { "\($0.name): \($0.scheme)$\($0.variable)" } == [
        "X-Lab: $LAB", "Authorization: Bearer $COMFY_KEY",
      ])
    #expect(entry.workflow == "workflows/a.json" && entry.model == "m" && entry.parameters == ["steps": 9])
    #expect(try ComfyUIEntry(definition(#"{ "type": "comfyui" }"#)).urls == ["http://127.0.0.1:8188"])
    for url in [
      "http://10.0.0.7:8188", "https://127.0.0.1.example.com", "http://127.1.example.com/", "http://localhost.com",
    ] {
      #expect(try !ComfyUIEntry(definition("{ \"type\": \"comfyui\", \"urls\": [\"\(url)\"] }")).isLoopback, "\(url)")
    }
    #expect(try form(#"{ "type": "comfyui", "urls": ["http://10.0.0.7:8188"] }"#).reach == .network)
    #expect(try form().reach == .loopback)
    #expect(throws: RecipeRefusal.self) {
      try ComfyUIEntry(definition(#"{ "type": "comfyui", "kinds": ["still", "smell"] }"#))
    }
    #expect(throws: RecipeRefusal.self) { try ComfyUIEntry(definition(#"{ "type": "comfyui", "jobs": 0 }"#)) }
  }

  @Test func `the entry's model and parameters lie under the shot's`() throws {
    let workflow = try SampleWorkflow.named("sd15-txt2img")
    var request = try request(workflow)
    request.parameters = ["cfg": 2]
    let form = try form(#"{ "type": "comfyui", "model": "m", "parameters": { "steps": 9, "cfg": 5 } }"#, workflow)
    let recipe = try form.recipe(for: request)
    #expect(inputs(recipe, "3")?["steps"] == 9 && inputs(recipe, "3")?["cfg"] == 2)
    #expect(inputs(recipe, "4")?["ckpt_name"] == "m")
  }
}
