import Basics
import ProjectFiles
import TestSupport
import Testing

/// What of a shot goes where, in graphs as people export them: `Tests/workflows/bindings.txt` says it of each.
struct WorkflowBindingTests {
  private static func expected() throws -> [String: String] {
    let text = String(decoding: try SampleWorkflow.bytes("bindings.txt"), as: UTF8.self)
    return Dictionary(
      text.split(separator: "\n\n").map { section in
        let lines = section.split(separator: "\n", maxSplits: 1)
        return (String(lines[0]), lines.count > 1 ? String(lines[1]).trimmingSuffix("\n") : "")
      }
    ) { first, _ in first }
  }

  private static func described(_ workflow: Workflow) -> String {
    let lines = workflow.kinds.sorted().flatMap { kind in
      ["\(kind): nodes \(workflow.sent(kind).joined(separator: " "))"] + workflow.bound(kind).map { "  \($0)" }
    }
    return (lines + workflow.faults.map(\.message) + workflow.remarks.map(\.message)).joined(separator: "\n")
  }

  @Test(arguments: [
    "animatediff", "controlnet", "flux-dev", "flux-two-encoders", "hires-fix", "inpaint", "ipadapter", "lip-sync",
    "ltx-text-to-video", "primitives", "regions", "sd15-img2img", "sd15-txt2img", "sd3", "sdxl-base-refiner", "speech",
    "titles", "wan-image-to-video", "without-weights", "without-weights-text",
  ]) func `a graph as it was exported gets what a shot says`(name: String) throws {
    let described = Self.described(try SampleWorkflow.named(name))
    let expected = try Self.expected()[name]
    #expect(described == expected, "\(name)\n\(described)")
  }

  @Test func `a node that is bound by its title is the only one that gets that key`() throws {
    let workflow = try SampleWorkflow.named("titles")
    #expect(workflow.bound().filter { $0.hasSuffix("= prompt") } == ["10.text = prompt"])
  }

  @Test func `a title may stand for any parameter, in any input that holds a value`() throws {
    let workflow = try SampleWorkflow.read(
      """
      { "1": { "class_type": "A", "inputs": { "strength": 1, "other": 2 }, "_meta": { "title": "@strength" } },
        "2": { "class_type": "B", "inputs": { "value": true, "source": ["1", 0] }, "_meta": { "title": "the @glow" } },
        "3": { "class_type": "SaveImage", "inputs": { "images": ["2", 0] } } }
      """)
    #expect(workflow.bound() == ["1.strength = parameters.strength", "2.value = parameters.glow"])
  }

  @Test func `several words in one title bind several inputs`() throws {
    let workflow = try SampleWorkflow.read(
      """
      { "1": { "class_type": "LoraLoader", "inputs": { "lora_name": "a", "strength_model": 1, "strength_clip": 1 },
               "_meta": { "title": "@lora_name, @strength_model" } },
        "3": { "class_type": "SaveImage", "inputs": { "images": ["1", 0] } } }
      """)
    #expect(workflow.bound() == ["1.lora_name = parameters.lora_name", "1.strength_model = parameters.strength_model"])
  }

  @Test func `a seed that another node counts up is replaced, so that the same recipe stays the same`() throws {
    let workflow = try SampleWorkflow.read(
      """
      { "1": { "class_type": "CountUp", "inputs": { "from": 1, "to": 9, "source": ["4", 0] } },
        "2": { "class_type": "Noise", "inputs": { "seed": ["1", 0] } },
        "4": { "class_type": "Other", "inputs": {} },
        "3": { "class_type": "SaveImage", "inputs": { "images": ["2", 0] } } }
      """)
    #expect(workflow.bound() == ["2.seed = seed"])
  }

  @Test func `loaders take references in the order of their ids, those with a number first`() throws {
    let workflow = try SampleWorkflow.read(
      """
      { "10": { "class_type": "LoadImage", "inputs": { "image": "a.png" } },
        "9": { "class_type": "LoadImage", "inputs": { "image": "b.png" } },
        "2": { "class_type": "LoadImage", "inputs": { "image": "c.png" }, "_meta": { "title": "@reference2" } },
        "11": { "class_type": "Stitch", "inputs": { "a": ["10", 0], "b": ["9", 0], "c": ["2", 0] } },
        "12": { "class_type": "SaveImage", "inputs": { "images": ["11", 0] } } }
      """)
    #expect(
      workflow.bound() == ["2.image = references[1]", "9.image = references[0]", "10.image = references[2]"])
    #expect(workflow.graphs[.still]?.referenceCount == 3)
  }

  @Test func `of several outputs the one that most is done for is sent, unless a title says another`() throws {
    #expect(try SampleWorkflow.named("hires-fix").sent().contains("13"))
    let text = try SampleWorkflow.text("hires-fix").replacing(
      "\"class_type\": \"SaveImage\",\n    \"_meta\": {\n      \"title\": \"SaveImage\"",
      with: "\"class_type\": \"SaveImage\",\n    \"_meta\": {\n      \"title\": \"@output\"", maxReplacements: 1)
    #expect(try SampleWorkflow.read(text).sent() == ["3", "4", "5", "6", "7", "8", "9"])
  }
}

struct WorkflowReadingTests {
  private func faults(_ text: String) -> [String] {
    let source = SourceText(file: "workflows/x.json", bytes: Array(text.utf8))
    let reading = Workflow.read(source)
    return (reading.diagnostics + (reading.model?.faults ?? [])).map { diagnostic in
      "\(diagnostic.place?.line ?? 0):\(diagnostic.place?.column ?? 0) \(diagnostic.code): \(diagnostic.message)"
    }
  }

  @Test func `the editor's own format is named as such`() {
    #expect(
      faults("{ \"last_node_id\": 9,\n \"nodes\": [{ \"id\": 1, \"type\": \"KSampler\" }], \"links\": [] }") == [
        "1:1 editor-workflow: this is a workflow as ComfyUI's editor saves it, which its server does not take"
      ])
  }

  @Test(arguments: [
    ("[]", "1:1 not-a-workflow: a workflow is an object that holds nodes"),
    ("{}", "1:1 not-a-workflow: there are no nodes in it"),
    ("{\n \"a\": 1 }", "2:2 not-a-node: `a` is no node: it has no `class_type`"),
    (
      "{ \"1\": { \"class_type\": \"SaveImage\",\n \"inputs\": { \"images\": [\"7\", 0] } } }",
      "2:24 dangling-link: `images` of node 1 comes from node 7, which is not there"
    ),
    (
      "{ \"1\": { \"class_type\": \"KSampler\", \"inputs\": { \"seed\": 1 } } }",
      "1:3 no-output: nothing in this workflow saves what it makes"
    ),
    (
      "{ \"1\": { \"class_type\": \"A\", \"inputs\": { \"x\": [\"2\", 0] } },\n \"2\": { \"class_type\": \"B\", \"inputs\": { \"x\": [\"1\", 0] } },\n"
        + "\"3\": { \"class_type\": \"SaveImage\", \"inputs\": { \"images\": [\"1\", 0] } } }",
      "1:3 circular-workflow: node 1 needs what is made of its own output"
    ),
    ("{ \"1\": { \"class_type\": \"A\", }", "1:27 trailing-comma: there is a comma after the last member"),
  ]) func `what is no workflow is told with its place`(text: String, said: String) {
    #expect(faults(text).first == said)
  }

  @Test func `what was sent to a server is read, too`() throws {
    let text = "{ \"client_id\": \"x\", \"prompt\": \(try SampleWorkflow.text("without-weights")) }"
    #expect(try SampleWorkflow.read(text).kinds == [.still])
  }

  @Test func `ids are told apart and put in order by their numbers`() {
    let ids = ["10", "9", "57:3", "57", "57:20", "a", "100"].sorted { WorkflowNode.precedes($0, $1) }
    #expect(ids == ["9", "10", "57", "57:3", "57:20", "100", "a"])
  }

  @Test func `graphs that are deep, wide or full of links are read in a moment`() throws {
    var nodes = [
      "\"0\": { \"class_type\": \"KSampler\", \"inputs\": { \"seed\": 1, \"positive\": [\"1\", 0], \"negative\": [\"1\", 0] } }"
    ]
    for id in 1...5000 {
      nodes.append(
        "\"\(id)\": { \"class_type\": \"ConditioningCombine\", \"inputs\": { \"conditioning_1\": [\"\(id + 1)\", 0], \"conditioning_2\": [\"\(id + 1)\", 0] } }"
      )
    }
    nodes.append("\"5001\": { \"class_type\": \"CLIPTextEncode\", \"inputs\": { \"text\": \"x\" } }")
    nodes.append("\"5002\": { \"class_type\": \"SaveImage\", \"inputs\": { \"images\": [\"0\", 0] } }")
    let workflow = try SampleWorkflow.read("{ \(nodes.joined(separator: ",\n")) }")
    #expect(workflow.bound() == ["0.seed = seed"])
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
