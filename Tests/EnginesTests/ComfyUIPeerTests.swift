import Basics
import JSONText
import TestSupport
import Testing

/// The server that ComfyUI's tests are made against; Tests/comfyui/replay holds what it says against real ones.
@Suite struct ComfyUIPeerTests {
  /// A graph that saves a picture.
  private func prompt(_ id: String, prefix: String = "a/b", sleeping steps: Int = 0) -> JSON {
    var graph: [(String, JSON)] = [
      ("1", ["class_type": "EmptyImage", "inputs": ["width": 8, "height": 8, "batch_size": 1, "color": 255]]),
      ("9", ["class_type": "SaveImage", "inputs": ["images": ["1", 0], "filename_prefix": .string(prefix)]]),
    ]
    if steps > 0 {
      let inputs: JSON = [
        "image": ["1", 0], "steps": .number(JSONNumber(steps)), "step_s": 0.01, "seed": 1, "previews": false,
      ]
      graph.append(("2", ["class_type": "PeerSleep", "inputs": inputs]))
      graph[1] = (
        "9", ["class_type": "SaveImage", "inputs": ["images": ["2", 0], "filename_prefix": .string(prefix)]]
      )
    }
    return ["prompt_id": .string(id), "prompt": .object(JSONObject(graph))]
  }

  private let first = "00000000-0000-4000-8000-000000000001"
  private let second = "00000000-0000-4000-8000-000000000002"

  private func waitForHistory(of id: String, on peer: ComfyUIPeer) async throws -> JSON {
    try await eventually("the history of \(id)") { try peer.ask("GET", "/history/\(id)").json[id] }
  }

  @Test func `a prompt is run, its file is there, and the log tells of both`() async throws {
    let peer = try await ComfyUIPeer()
    #expect(try peer.ask("POST", "/prompt", prompt(first)).status == 200)
    let entry = try await waitForHistory(of: first, on: peer)
    #expect(entry["status"]?["status_str"]?.string == "success")
    #expect(entry["outputs"]?["9"]?["images"]?.array?.first?["filename"]?.string == "b_00001_.png")
    #expect(peer.read("output/a/b_00001_.png")?.starts(with: [0x89, 0x50, 0x4e, 0x47]) == true)
    #expect(peer.log.accepted == [first])
    #expect(peer.log.started == [first])
    #expect(peer.log.written == ["a/b"])
    #expect(peer.log.executed("EmptyImage") == 1)
    #expect(peer.log.requests("POST", "/prompt") == 1)
  }

  @Test(arguments: ["0.3.64", "0.33.0"])
  func `each version says which it is and refuses as that one does`(version: String) async throws {
    let peer = try await ComfyUIPeer(version: version)
    let stats = try peer.ask("GET", "/system_stats").json
    #expect(stats["system"]?["comfyui_version"]?.string == version)
    let odd = try peer.ask("POST", "/prompt", prompt("no-uuid"))
    #expect(odd.status == (version == "0.33.0" ? 400 : 200))
    #expect(try peer.ask("GET", "/api/jobs").status == (version == "0.33.0" ? 200 : 404))
  }

  @Test
  func `an answer that is cut after the prompt was taken leaves one prompt behind, one that is cut before leaves none`()
    async throws
  {
    let peer = try await ComfyUIPeer()
    try peer.faults(["rules": [["do": "drop_after", "path": "/prompt"]]])
    #expect(throws: Failure.self) { try peer.ask("POST", "/prompt", prompt(first)) }
    try peer.faults(["rules": [["do": "drop_before", "path": "/prompt"]]])
    #expect(throws: Failure.self) { try peer.ask("POST", "/prompt", prompt(second)) }
    _ = try await waitForHistory(of: first, on: peer)
    #expect(peer.log.accepted == [first])
  }

  @Test func `a prompt that is killed while it runs is gone after the restart, its number of files goes on`()
    async throws
  {
    let peer = try await ComfyUIPeer()
    #expect(try peer.ask("POST", "/prompt", prompt(first)).status == 200)
    _ = try await waitForHistory(of: first, on: peer)
    try peer.faults(["kill_at": "executing"])
    // It may begin, and be killed by that, before the answer is on its way.
    _ = try? peer.ask("POST", "/prompt", prompt(second, sleeping: 3))
    try await peer.end()
    #expect(peer.log.started == [first, second])
    try await peer.restart()
    #expect(try peer.ask("GET", "/history").json == [:])
    #expect(try peer.ask("GET", "/queue").json == ["queue_running": [], "queue_pending": []])
    #expect(try peer.ask("POST", "/prompt", prompt(second)).status == 200)
    let entry = try await waitForHistory(of: second, on: peer)
    #expect(entry["outputs"]?["9"]?["images"]?.array?.first?["filename"]?.string == "b_00002_.png")
  }

  @Test func `a dead worker takes prompts and runs none, while everything else answers`() async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["worker_dead": true])
    #expect(try peer.ask("POST", "/prompt", prompt(first)).status == 200)
    #expect(try peer.ask("GET", "/system_stats").status == 200)
    #expect(try peer.ask("GET", "/prompt").json["exec_info"]?["queue_remaining"]?.int == 1)
    #expect(peer.log.started == [])
  }

  @Test func `what is held waits, and is run when it is let go`() async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["hold": true])
    #expect(try peer.ask("POST", "/prompt", prompt(first)).status == 200)
    #expect(try peer.ask("GET", "/queue").json["queue_pending"]?.array?.count == 1)
    try peer.forgive()
    _ = try await waitForHistory(of: first, on: peer)
  }

  @Test func `connections are refused while it starts`() async throws {
    let peer = try await ComfyUIPeer()
    try await peer.kill()
    try await peer.restart(refusing: 6)
    #expect(throws: Failure.self) { try peer.ask("GET", "/queue") }
    _ = try await eventually("an answer") { (try? peer.ask("GET", "/queue"))?.status == 200 ? true : nil }
  }

  @Test func `a fault that is misspelt is refused`() async throws {
    let peer = try await ComfyUIPeer()
    #expect(throws: Failure.self) { try peer.faults(["wroker_dead": true]) }
    #expect(throws: Failure.self) { try peer.faults(["rules": [["do": "nothing"]]]) }
  }
}
