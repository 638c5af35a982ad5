import Basics
import Engines
import Glibc
import JSONText
import Planning
import ProjectFiles

/// Plans a film of many shots that all use one ComfyUI workflow, and again when the workflow changes.
struct WorkflowSpeed {
  let shots: Int
  /// How many nodes the workflow has, at least.
  let nodes: Int

  func run() {
    var project = Project()
    _ = project.set(ProjectFile.read(source("project.json", Self.project)))
    _ = project.set(Workflow.read(source("workflows/w.json", workflow(steps: 20))), at: "workflows/w.json")
    for number in 0..<max(1, shots / 100) {
      guard let name = SequenceName("sequence_\(number)") else { continue }
      _ = project.set(SequenceFile.read(source(name.file.string, sequence(number)), name: name), for: name)
    }
    _ = project.gatherShots()
    var planner = Planner(kinds: .released, forms: EngineForms([ComfyUIForm()]))
    let before = Self.resident
    let first = measure { _ = planner.update([.everything], in: view(project)) }
    let memory = Self.resident - before
    let made = planner.shots.values.reduce(0) { $0 + $1.wants.count }
    let touched = project.set(Workflow.read(source("workflows/w.json", workflow(steps: 21))), at: "workflows/w.json")
    let second = measure { _ = planner.update(touched, in: view(project)) }
    let answer: JSON = [
      "shots": .number(JSONNumber(planner.shots.values.count { !$0.isFrozen && $0.address.shot != nil })),
      "wants": .number(JSONNumber(made)), "planSeconds": .number(JSONNumber(first)),
      "replanSeconds": .number(JSONNumber(second)), "planBytes": .number(JSONNumber(memory)),
    ]
    print(answer.compactText)
  }

  private func view(_ project: Project) -> Planner.View {
    Planner.View(project: project, takes: TakeCatalogue(), recipe: { _ in nil })
  }

  private func source(_ path: String, _ text: String) -> SourceText {
    SourceText(file: ProjectPath(trusted: path), bytes: Array(text.utf8))
  }

  private func measure(_ work: () -> Void) -> Double {
    let clock = ContinuousClock()
    let time = clock.measure(work).components
    return Double(time.seconds) + Double(time.attoseconds) * 1e-18
  }

  /// Bytes of this process in memory.
  private static var resident: Int {
    var text = [CChar](repeating: 0, count: 128)
    let file = open("/proc/self/statm", O_RDONLY)
    defer { close(file) }
    guard read(file, &text, 127) > 0 else { return 0 }
    let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
      separator: " ")
    return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  // MARK: What is planned

  private static let project = """
    { "engine": "comfyui", "engines": { "comfyui": { "type": "comfyui", "workflow": "workflows/w.json" } } }
    """

  private func sequence(_ number: Int) -> String {
    let texts = (0..<min(100, shots)).map { shot in
      "{ \"id\": \"shot_\(shot)\", \"prompt\": \"shot \(shot) of sequence \(number), a pier in the fog, wide, slow\" }"
    }
    return "{ \"shots\": [\(texts.joined(separator: ",\n"))] }"
  }

  private func workflow(steps: Int) -> String {
    var texts = [
      "\"1\": { \"class_type\": \"CheckpointLoaderSimple\", \"inputs\": { \"ckpt_name\": \"a.safetensors\" } }",
      "\"2\": { \"class_type\": \"CLIPTextEncode\", \"inputs\": { \"text\": \"a\", \"clip\": [\"1\", 1] } }",
      "\"3\": { \"class_type\": \"CLIPTextEncode\", \"inputs\": { \"text\": \"b\", \"clip\": [\"1\", 1] } }",
      "\"4\": { \"class_type\": \"EmptyLatentImage\", \"inputs\": { \"width\": 512, \"height\": 512, \"batch_size\": 1 } }",
    ]
    var model = "1"
    for id in 10..<(max(nodes, 8) + 2) {
      texts.append(
        "\"\(id)\": { \"class_type\": \"LoraLoaderModelOnly\", \"inputs\": { "
          + "\"lora_name\": \"a file with a long name \(id).safetensors\", "
          + "\"strength_model\": 0.\(id), \"model\": [\"\(model)\", 0] }, \"_meta\": { \"title\": \"Load LoRA\" } }")
      model = "\(id)"
    }
    texts.append(
      "\"5\": { \"class_type\": \"KSampler\", \"inputs\": { \"seed\": 1, \"steps\": \(steps), \"cfg\": 8, \"sampler_name\": \"euler\", "
        + "\"scheduler\": \"normal\", \"denoise\": 1, \"model\": [\"\(model)\", 0], \"positive\": [\"2\", 0], \"negative\": [\"3\", 0], "
        + "\"latent_image\": [\"4\", 0] } }")
    texts.append(
      "\"6\": { \"class_type\": \"VAEDecode\", \"inputs\": { \"samples\": [\"5\", 0], \"vae\": [\"1\", 2] } }")
    texts.append(
      "\"7\": { \"class_type\": \"SaveImage\", \"inputs\": { \"images\": [\"6\", 0], \"filename_prefix\": \"x\" } }")
    return "{ \(texts.joined(separator: ",\n")) }"
  }
}
