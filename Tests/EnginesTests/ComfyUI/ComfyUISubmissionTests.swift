@testable import Engines
import HTTPClient
import JSONText
import TestSupport
import Testing

/// What a server says to a prompt, and what is made of that.
@Suite struct ComfyUISubmissionTests {
  private func graph(_ change: (inout JSONObject) -> Void = { _ in }) throws -> JSONObject {
    var graph = try #require(JSONDocument(parsing: Array(ComfyUIFilm.graph(steps: (1, 0.01)).utf8)).root.value.object)
    change(&graph)
    return graph
  }

  private func submit(_ graph: JSONObject, id: String = UUIDText.random(), version: String = "0.33.0") async throws
    -> String
  {
    let peer = try await ComfyUIPeer(version: version)
    let client = HTTPClient(name: "test", userAgent: "test")
    defer { client.stop() }
    let server = ComfyUIServer(url: peer.url, headers: [], client: client)
    switch await server.submit(graph, id: id, client: UUIDText.random()) {
    case .accepted(nil): return "accepted"
    case .accepted(let fault?): return "in part: \(fault)"
    case .refused(let message): return "refused: \(message)"
    case .unclear(let message): return "unclear: \(message.replacing(peer.url, with: "URL"))"
    case .notSent(let trouble): return "not sent: \(trouble.message.replacing(peer.url, with: "URL"))"
    }
  }

  @Test(arguments: ["0.33.0", "0.3.64"]) func `a good prompt is accepted`(version: String) async throws {
    #expect(try await submit(graph(), version: version) == "accepted")
  }

  @Test(arguments: ["0.33.0", "0.3.64"])
  func `a prompt of which an output is left out under status 200 is accepted in part, with the reason`(
    version: String
  ) async throws {
    let graph = try graph { graph in
      graph["7"] = ["class_type": "ImageBlur", "inputs": ["image": ["1", 0], "blur_radius": 999_999, "sigma": 1.0]]
      graph["8"] = ["class_type": "SaveImage", "inputs": ["images": ["7", 0], "filename_prefix": "blurred"]]
    }
    let answer = try await submit(graph, version: version)
    #expect(answer.hasPrefix("in part: ImageBlur (node 7): "), "\(answer)")
  }

  @Test(arguments: ["0.33.0", "0.3.64"])
  func `a prompt that fails its validation is refused with the node's words`(version: String) async throws {
    let graph = try graph { graph in
      graph["1"] = ["class_type": "EmptyImage", "inputs": ["width": -5, "height": 64, "batch_size": 1, "color": 0]]
    }
    let answer = try await submit(graph, version: version)
    #expect(answer.hasPrefix("refused: EmptyImage (node 1): "), "\(answer)")
    #expect(answer.contains("-5"), "\(answer)")
  }

  @Test(arguments: ["0.33.0", "0.3.64"])
  func `an unknown class is refused`(version: String) async throws {
    let answer = try await submit(graph { $0["1"] = ["class_type": "NoSuchNode", "inputs": [:]] }, version: version)
    #expect(answer.hasPrefix("refused: ") && answer.contains("NoSuchNode"), "\(answer)")
  }

  @Test func `an answer that is an error of the server says nothing of the prompt`() async throws {
    // A graph that is a list makes the newer server fail.
    let answer = try await submit(["nodes": [], "links": []], version: "0.33.0")
    #expect(answer.hasPrefix("unclear: ") || answer.hasPrefix("refused: "), "\(answer)")
  }
}
