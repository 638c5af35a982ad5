import Engines
import JSONText
import ProjectFiles
import TestSupport
import Testing

/// What ComfyUI's editor saves, made into what its server takes.
struct EditorWorkflowTests {
  private func info() throws -> ObjectInfo {
    ObjectInfo(try JSONDocument(parsing: SampleWorkflow.bytes("object_info.json")).root.value)
  }

  private func converted(_ name: String) throws -> (graph: JSONObject, faults: [String]) {
    let json = try JSONDocument(parsing: SampleWorkflow.bytes("editor/\(name).json")).root.value
    return try #require(EditorWorkflow(json)).graph(with: info())
  }

  @Test func `values get their names from the server, and what happens to a seed after a run is left out`() throws {
    let (graph, faults) = try converted("default")
    #expect(faults == [])
    #expect(graph.keys == ["3", "4", "5", "6", "7", "8", "9"])
    #expect(
      graph["3"] == [
        "inputs": [
          "seed": 156_680_208_700_286, "steps": 20, "cfg": 8, "sampler_name": "euler", "scheduler": "normal",
          "denoise": 1,
          "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0],
        ], "class_type": "KSampler", "_meta": ["title": "KSampler"],
      ])
    #expect(graph["6"]?["_meta"] == ["title": "@prompt"])
    #expect(graph["9"]?["inputs"] == ["filename_prefix": "ComfyUI", "images": ["8", 0]])
    let workflow = try SampleWorkflow.read(JSON.object(graph).prettyText)
    #expect(workflow.faults == [] && workflow.bound().count == 12)
  }

  @Test func `nodes that only hand on, muted and bypassed ones are seen through`() throws {
    let (graph, faults) = try converted("helpers")
    #expect(faults == [])
    #expect(graph.keys == ["3", "4", "5", "6", "7", "8", "9", "13"])
    let sampler = graph["3"]?["inputs"]
    #expect(sampler?["model"] == ["4", 0], "through a reroute and a bypassed LoRA")
    #expect(sampler?["latent_image"] == ["5", 0], "through Set and Get")
    #expect(sampler?["seed"] == 77, "the value of a primitive")
    #expect(graph["6"]?["inputs"]?["clip"] == ["4", 1] && graph["7"]?["inputs"]?["clip"] == ["4", 1])
    #expect(graph["13"]?["inputs"] == ["filename_prefix": "after a muted one"])
  }

  @Test func `subgraphs are laid open, with the values of the fields that they show`() throws {
    let (graph, faults) = try converted("subgraph")
    #expect(graph.keys == ["1", "7:1", "7:2", "9", "10", "11"])
    #expect(graph["7:1"]?["inputs"] == ["seed": 5, "strength": 0.7, "image": ["1", 0]])
    #expect(graph["7:2"]?["inputs"]?["image"] == ["7:1", 0])
    #expect(graph["9"]?["inputs"]?["images"] == ["7:2", 0])
    #expect(graph["10"]?["inputs"] == ["image": "mask.png", "channel": "red"])
    #expect(
      faults == [
        "the server has no node class `VHS_VideoCombine` (node 11), so the names of its values are not known"
      ])
  }

  @Test func `a field of a subgraph that nobody filled leaves the value inside`() throws {
    for empty in ["null", ""] {
      let text = String(decoding: try SampleWorkflow.bytes("editor/subgraph.json"), as: UTF8.self)
      let json = try JSONDocument(parsing: Array(text.replacing("0.7", with: empty).utf8)).root.value
      let graph = try #require(EditorWorkflow(json)).graph(with: info()).graph
      #expect(graph["7:1"]?["inputs"]?["strength"] == 0.1)
    }
  }

  @Test func `a choice that has more behind it gives each of its values a name`() throws {
    let json: JSON = [
      "last_node_id": 1,
      "nodes": [
        ["id": 1, "type": "SaveVideo", "inputs": [], "outputs": [], "widgets_values": ["film", "mp4", "h264", "auto"]]
      ], "links": [],
    ]
    let (graph, _) = try #require(EditorWorkflow(json)).graph(with: info())
    #expect(graph["1"]?["inputs"]?["filename_prefix"] == "film" && graph["1"]?["inputs"]?["format"] == "mp4")
    #expect(graph["1"]?["inputs"]?["format.codec"] == "h264")
  }

  @Test func `what is no graph of the editor is none`() throws {
    #expect(EditorWorkflow(["1": ["class_type": "A"]]) == nil)
    #expect(EditorWorkflow(["nodes": 5, "links": []]) == nil)
    #expect(EditorWorkflow([]) == nil)
  }

  @Test func `a subgraph that holds itself, and links in a circle, come to an end`() throws {
    let own: JSON = ["id": "s", "nodes": [["id": 1, "type": "s"], ["id": 2, "type": "s"]], "links": []]
    let json: JSON = [
      "last_node_id": 1, "nodes": [["id": 1, "type": "s"]], "links": [], "definitions": ["subgraphs": [own]],
    ]
    #expect(EditorWorkflow(json) == nil || EditorWorkflow(json)?.classes == ["s"])
    let circle: JSON = [
      "last_node_id": 3,
      "nodes": [
        ["id": 1, "type": "Reroute", "inputs": [["name": "", "type": "*", "link": 2]]],
        ["id": 2, "type": "Reroute", "inputs": [["name": "", "type": "*", "link": 1]]],
        ["id": 3, "type": "SaveImage", "inputs": [["name": "images", "type": "IMAGE", "link": 2]]],
      ], "links": [[1, 1, 0, 2, 0, "*"], [2, 2, 0, 1, 0, "*"]],
    ]
    #expect(try #require(EditorWorkflow(circle)).graph(with: info()).graph["3"]?["inputs"] == [:])
  }
}
