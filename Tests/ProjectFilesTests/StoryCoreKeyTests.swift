import Basics
import JSONText
import ProjectFiles
import TestSupport
import Testing

/// What the StoryCore editor's keys mean, and what is said of them.
struct StoryCoreKeyTests {
  private func read(_ fields: String) throws -> Shot {
    let source = SourceText(file: "sequences/s.json", bytes: Array(#"{ "shots": [ { "id": "a", \#(fields) } ] }"#.utf8))
    let reading = SequenceFile.read(source, name: try #require(SequenceName("s")))
    return try #require(reading.model?.shots.first)
  }

  /// `CODE MARKED MESSAGE` for each problem.
  private func told(_ fields: String) -> [String] {
    let text = #"{ "shots": [ { "id": "a", \#(fields) } ] }"#
    return diagnostics("sequences/s.json", text).map { problem in
      let marked = problem.place.map { String(text.dropFirst($0.column - 1).prefix($0.length)) } ?? ""
      return "\(problem.severity) \(problem.code) \(marked) \(problem.message)"
    }
  }

  @Test(arguments: [
    (#""generation": { "prompt": "p" }, "description": "d""#, "p"), (#""prompt": "p", "description": "d""#, "p"),
    (#""description": "d""#, "d"), (#""prompt": "", "generation": { "prompt": "p" }"#, "p"),
    (#""prompt": null, "description": "d", "generation": { "prompt": " " }"#, "d"),
  ]) func `the prompt is the first of three that says something`(fields: String, prompt: String) throws {
    #expect(try read(fields).prompt?.value == prompt)
    #expect(told(fields) == [])
  }

  @Test(arguments: [
    (#""generation": { "negativePrompt": "n" }"#, "n"), (#""generation": { "negative_prompt": "n" }"#, "n"),
    (#""negative_prompt": "n""#, "n"), (#""negativePrompt": "n", "negative_prompt": "n""#, "n"),
    (#""generation": { "negativePrompt": "" }"#, nil),
  ]) func `what is not to be seen has four spellings`(fields: String, negative: String?) throws {
    #expect(try read(fields).settings.negativePrompt.value == negative)
    #expect(told(fields) == [])
  }

  @Test(arguments: [
    (#""generation": { "parameters": { "seed": 5 } }"#, 5 as UInt64?), (#""generation": { "seed": 5 }"#, 5),
    (#""seed": 5"#, 5), (#""generation": { "parameters": { "seed": -1 }, "seed": 6 }"#, 6),
    (#""generation": { "parameters": { "seed": -1 } }"#, nil), (#""seed": -1, "timing": {}"#, nil),
    (#""generation": { "parameters": { "seed": 1.8446744073709551615e19 } }"#, .max),
  ]) func `a seed has three places, and minus one is none`(fields: String, seed: UInt64?) throws {
    #expect(try read(fields).settings.seed.value == seed)
    #expect(told(fields) == [])
  }

  @Test(arguments: [
    #""generation": { "parameters": { "cfgScale": 6.5, "sampler_name": "euler", "denoisingStrength": 0.5, "x": 1 } }"#,
    #""generation": { "parameters": { "cfg": 6.5, "sampler": "euler", "denoise": 0.5, "x": 1, "y": "", "z": null } }"#,
    #""cfg_scale": 6.5, "generation": { "parameters": { "sampler": "euler", "denoise": 0.5, "x": 1 } }"#,
    #""cfgScale": 6.5, "parameters": { "sampler": "euler" }, "generation": { "parameters": { "denoise": 0.5, "x": 1 } }"#,
    #""parameters": { "cfg": 6.5, "sampler": "euler", "denoise": 0.5, "x": 1 }, "generation": {}"#,
  ]) func `parameters of all spellings are the usual ones`(fields: String) throws {
    let parameters = try #require(try read(fields).settings.parameters.value)
    #expect(parameters.mapValues(\.value) == ["cfg": 6.5, "sampler": "euler", "denoise": 0.5, "x": 1])
    #expect(told(fields) == [])
  }

  @Test func `a frame, a title and a workflow are read, and presets that only the editor knows are not`() throws {
    let shot = try read(
      #""title": "T", "generation": { "model": "m", "comfyuiPreset": "workflows/x.json", "parameters": { "width": 640, "height": 360 } }"#
    )
    #expect(shot.name == "T")
    #expect(shot.settings.model.value == "m")
    #expect(shot.settings.workflow.value == "workflows/x.json")
    #expect(shot.settings.frame.value?.width.value == 640 && shot.settings.frame.value?.height.value == 360)
    #expect(try read(#""generation": { "comfyuiPreset": "flux-basic" }"#).settings.workflow.value == nil)
  }

  @Test func `our own keys win, and a difference is told`() throws {
    let fields = #""prompt": "ours", "seed": 1, "generation": { "prompt": "theirs", "parameters": { "seed": 2 } }"#
    let shot = try read(fields)
    #expect(shot.prompt?.value == "ours" && shot.settings.seed.value == 1)
    #expect(
      told(fields) == [
        #"warning conflicting-keys "theirs" `generation.prompt` says something else than `prompt`, which counts"#,
        "warning conflicting-keys 2 `generation.parameters.seed` says something else than `seed`, which counts",
      ])
    #expect(
      told(#""generation": { "parameters": { "cfgScale": 7 } }, "cfg_scale": 8"#) == [
        "warning conflicting-keys 8 `cfg_scale` says something else than `generation.parameters.cfgScale`, which counts"
      ])
    #expect(
      told(#""parameters": { "steps": 20 }, "generation": { "parameters": { "steps": 20.0, "cfg": 7 } }"#) == [])
  }

  @Test(arguments: [
    (#""generation": { "parameters": { "seed": 1.5 } }"#, "1.5", "generation.parameters.seed"),
    (#""generation": { "parameters": { "width": 8 } }"#, "8", "generation.parameters.width"),
    (#""generation": { "parameters": { "height": "tall" } }"#, #""tall""#, "generation.parameters.height"),
    (#""generation": { "prompt": 5 }"#, "5", "generation.prompt"), (#""title": []"#, "[]", "title"),
    (#""generation": { "parameters": { "cfgScale": 1e400 } }"#, "1e400", "generation.parameters.cfgScale"),
  ]) func `a value of the editor that is of no use is told and freezes nothing`(
    fields: String, marked: String, name: String
  ) throws {
    let problems = told(fields)
    #expect(problems.count == 1)
    #expect(
      problems.first?.hasPrefix("warning unused-value \(marked) `\(name)` is not used: it is ") == true, "\(problems)")
    #expect(try !read(fields).isFaulty)
  }

  @Test(arguments: [
    (#""timing": { "duration": 5 }"#, nil as Double?, true), (#""timing": { "duration": 2.5 }"#, 2.5, false),
    (#""timing": { "duration": 120 }, "duration": 5"#, 5, false), (#""timing": { "duration": 0 }"#, nil, false),
    (#""timing": { "duration": "5" }"#, nil, false), (#""duration": 0, "sequence_id": "s""#, nil, false),
  ]) func `a length that may be frames or seconds is told and not used`(
    fields: String, duration: Double?, isTold: Bool
  ) throws {
    #expect(try read(fields).duration == duration)
    #expect(
      told(fields)
        == (isTold
          ? ["warning ambiguous-duration 5 `timing.duration` may be frames or seconds, and is not used"] : []))
  }

  @Test func `the same doubt in many shots is told once`() {
    let shots = (1...3).map { #"{ "id": "\#($0)", "timing": { "duration": \#($0) } }"# }.joined(separator: ", ")
    #expect(
      diagnostics("sequences/s.json", "{ \"shots\": [\(shots)] }").map(\.message) == [
        "`timing.duration` may be frames or seconds, and is not used (the first of 3 here)"
      ])
  }

  @Test func `unknown keys of the editor's shots are its own business, those of ours are not`() {
    #expect(told(#""timing": {}, "notes": "", "promt": "x", "take": 1"#) == [])
    #expect(told(#""notes": """#).count == 1)
    #expect(diagnostics("shots/shot_a.json", #"{ "notes": "", "take": 1 }"#) == [])
    #expect(diagnostics("project.json", #"{ "schema_version": "1.0", "versions": 1, "frames": [] }"#) == [])
    #expect(diagnostics("project.json", #"{ "frames": [] }"#).map(\.code) == ["unknown-key"])
  }

  @Test(arguments: [
    (#""settings": { "default_resolution": "1920x1080" }"#, 1920 as Int?, 1080 as Int?),
    (#""settings": { "default_resolution": "1080 X 1920" }"#, 1080, 1920),
    (#""project": { "format": { "specifications": { "resolution": "640×480" } } }"#, 640, 480),
    (#""format": { "specifications": { "aspect_ratio": "2.39:1" } }"#, 1280, 536),
    (#""format": { "specifications": { "aspect_ratio": "16:9", "resolution": "" } }"#, 1280, 720),
    (#""frame": { "fps": 30 }, "settings": { "default_resolution": "640x360" }"#, 640, 360),
    (#""frame": { "width": 640 }, "settings": { "default_resolution": "640x360" }"#, 640, nil),
    (#""frame": null, "settings": { "default_resolution": "640x360" }"#, nil, nil),
  ]) func `the frame is read where the editor states it`(fields: String, width: Int?, height: Int?) throws {
    let reading = ProjectFile.read(SourceText(file: "project.json", bytes: Array("{ \(fields) }".utf8)))
    let frame = try #require(reading.model).settings.frame.value
    #expect(frame?.width.value == width && frame?.height.value == height)
    #expect(reading.diagnostics == [])
  }

  @Test(arguments: [
    (#""settings": { "default_resolution": "4K" }"#, "unused-value"),
    (#""settings": { "default_resolution": "1x1" }"#, "unused-value"),
    (#""format": { "specifications": { "aspect_ratio": "wide", "frame_rate": "many" } }"#, "unused-value unused-value"),
    (#""frame": { "width": 640, "height": 480 }, "settings": { "default_resolution": "640x360" }"#, "conflicting-keys"),
  ]) func `a frame that cannot be read is told and stops nothing`(fields: String, codes: String) {
    let found = diagnostics("project.json", "{ \(fields) }")
    #expect(found.map(\.code).joined(separator: " ") == codes)
    #expect(found.allSatisfy { $0.severity == .warning })
  }

  @Test func `the id of a shot in a file of its own is that inside, else that of the name`() throws {
    func id(_ text: String) -> String? {
      ShotFile.read(SourceText(file: "shots/shot_a.json", bytes: Array(text.utf8)), id: ShotID("a")).model?.shot.id.text
    }
    #expect(id(#"{ "id": "b" }"#) == "b")
    #expect(id(#"{ "id": 7 }"#) == "7")
    #expect(id("{}") == "a")
    #expect(id(#"{ "id": [] }"#) == nil)
  }
}
