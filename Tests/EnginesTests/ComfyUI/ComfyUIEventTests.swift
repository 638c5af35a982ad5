@testable import Engines
import JSONText
import Testing

/// What a server says over its socket.
@Suite struct ComfyUIEventTests {
  @Test func `messages about a prompt are understood, whatever is missing in them`() {
    func event(_ text: String) -> ComfyUIEvent? { ComfyUIEvent(text: text) }
    #expect(
      event(#"{"type": "status", "data": {"status": {"exec_info": {"queue_remaining": 3}}, "sid": "s"}}"#)
        == .remaining(3))
    #expect(event(#"{"type": "status", "data": {"status": {}}}"#) == nil)
    #expect(event(#"{"type": "execution_start", "data": {"prompt_id": "p", "timestamp": 1}}"#) == .started(prompt: "p"))
    #expect(
      event(#"{"type": "execution_cached", "data": {"nodes": ["1"], "prompt_id": "p"}}"#)
        == .cached(prompt: "p", nodes: ["1"]))
    #expect(
      event(#"{"type": "executing", "data": {"node": "2", "display_node": "2", "prompt_id": "p"}}"#)
        == .executing(prompt: "p", node: "2"))
    // After a reconnection.
    #expect(event(#"{"type": "executing", "data": {"node": "2"}}"#) == .executing(prompt: nil, node: "2"))
    #expect(event(#"{"type": "executing", "data": {"node": null, "prompt_id": "p"}}"#) == .ended(prompt: "p"))
    #expect(event(#"{"type": "executing", "data": {"node": null}}"#) == nil)
    #expect(
      event(#"{"type": "progress", "data": {"value": 2.5, "max": 10, "prompt_id": "p", "node": "2"}}"#)
        == .progress(prompt: "p", node: "2", value: 2.5, of: 10))
    #expect(event(#"{"type": "progress", "data": {"value": 0, "max": 0, "prompt_id": "p"}}"#) == nil)
    #expect(
      event(#"{"type": "executed", "data": {"node": "9", "output": null, "prompt_id": "p"}}"#)
        == .executed(prompt: "p", node: "9"))
    #expect(event(#"{"type": "execution_interrupted", "data": {"prompt_id": "p"}}"#) == .broken(prompt: "p"))
    #expect(
      event(#"{"type": "execution_success", "data": {"prompt_id": "p"}}"#) == nil, "the history may not be there yet")
    #expect(event(#"{"type": "crystools.monitor", "data": {"cpu": 3}}"#) == nil)
    #expect(event("no JSON") == nil)
    #expect(event("[]") == nil)
  }

  private static func message(_ kind: UInt8, _ rest: [UInt8]) -> [UInt8] { [0, 0, 0, kind] + rest }

  @Test func `previews come with ids or without`() throws {
    let plain = try #require(ComfyUIPreview(Self.message(1, [0, 0, 0, 1, 0xFF, 0xD8])))
    #expect(plain == ComfyUIPreview(Self.message(1, [0, 0, 0, 1, 0xFF, 0xD8])))
    #expect(plain.type == "image/jpeg" && plain.bytes == [0xFF, 0xD8] && plain.prompt == nil)
    #expect(ComfyUIPreview(Self.message(1, [0, 0, 0, 2, 0x89, 0x50]))?.type == "image/png")

    let facts = Array(#"{"prompt_id": "p", "node_id": "3", "image_type": "image/jpeg"}"#.utf8)
    let named = try #require(ComfyUIPreview(Self.message(4, [0, 0, 0, UInt8(facts.count)] + facts + [1, 2, 3])))
    #expect(named.prompt == "p" && named.node == "3" && named.bytes == [1, 2, 3])
  }

  @Test func `what is cut off or something else is no preview`() {
    let messages: [[UInt8]] = [
      [], [0, 0, 0, 1], Self.message(1, [0, 0, 0, 1]), Self.message(1, [0, 0, 0, 9, 1]),
      Self.message(2, [0, 0, 0, 1, 1]),
      Self.message(3, [0, 0, 0, 1, 1, 1]), Self.message(4, [0xFF, 0xFF, 0xFF, 0xFF, 1]),
      Self.message(4, [0, 0, 0, 2, 0x7B, 0x7D, 1]),
      Self.message(4, [0, 0, 0, 200, 1, 1]),
    ]
    for message in messages { #expect(ComfyUIPreview(message) == nil, "\(message)") }
  }
}

/// How far a prompt is.
@Suite struct ComfyUIProgressTests {
  private let graph: JSONObject = [
    "1": ["class_type": "CheckpointLoaderSimple", "inputs": [:]], "2": ["class_type": "CLIPTextEncode", "inputs": [:]],
    "3": ["class_type": "KSampler", "inputs": [:]], "9": ["class_type": "SaveImage", "inputs": [:]],
  ]

  @Test func `a sampler's steps are most of it, and the share never falls`() {
    var progress = ComfyUIProgress(graph: graph)
    var shares: [Double] = []
    var words: [String] = []
    let events: [ComfyUIEvent] =
      [
        .started(prompt: "p"), .cached(prompt: "p", nodes: ["1"]), .executing(prompt: "p", node: "2"),
        .executing(prompt: "p", node: "3"),
      ]
      + (1...10).map { .progress(prompt: "p", node: "3", value: Double($0), of: 10) }
      // Another tick for nothing, as nodes do.
      + [
        .progress(prompt: "p", node: "3", value: 0, of: 10), .executing(prompt: "p", node: "9"),
        .executed(prompt: "p", node: "9"),
      ]
    for event in events where progress.heard(event) {
      shares.append(progress.fraction)
      words.append(progress.doing)
    }
    #expect(shares == shares.sorted())
    #expect(words.contains("step 5 of 10"))
    #expect(progress.fraction == 1)
    #expect(shares.contains { $0 > 0.45 && $0 < 0.6 }, "half of the steps is about half of the way: \(shares)")
  }

  @Test func `a graph whose results are all there still ends`() {
    var progress = ComfyUIProgress(graph: graph)
    _ = progress.heard(.cached(prompt: "p", nodes: ["1", "2", "3", "9"]))
    #expect(progress.fraction == 0)
    _ = progress.heard(.executed(prompt: "p", node: "9"))
    #expect((0...1).contains(progress.fraction))
  }
}
