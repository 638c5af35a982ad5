@testable import Engines
import JSONText
import ProjectFiles
import Testing

/// What servers answer, read.
@Suite struct ComfyUIAnswerTests {
  private func json(_ text: String) throws -> JSON { try JSONDocument(parsing: Array(text.utf8)).root.value }

  // MARK: The history

  private static let success = """
    {"outputs": {"9": {"images": [{"filename": "a_00001_.png", "subfolder": "x", "type": "output"},
      {"filename": "b.png", "subfolder": "", "type": "temp"}], "animated": [true]},
      "4": {"text": ["hello"]}, "7": {"gifs": [{"filename": "c.mp4", "subfolder": "", "type": "output", "format": "video/h264-mp4"}]},
      "8": {"result": ["model.glb", null, {"x": 1}]}},
     "status": {"status_str": "success", "completed": true, "messages": []}}
    """

  @Test func `files are found under whatever key, texts under theirs`() throws {
    let history = ComfyUIHistory(try json(Self.success))
    #expect(history.end == .success)
    #expect(history.files.map(\.name) == ["a_00001_.png", "b.png", "c.mp4"])
    #expect(history.files.map(\.node) == ["9", "9", "7"])
    #expect(history.files[1].type == "temp")
    #expect(history.texts == ["hello"])
  }

  @Test func `a server of long ago says no status, and an empty history is one`() throws {
    #expect(ComfyUIHistory(try json(#"{"outputs": {}}"#)).end == .success)
    #expect(ComfyUIHistory(try json(#"{"outputs": {}, "status": null}"#)).end == .success)
  }

  @Test func `an interrupted prompt counts as an error there, and not here`() throws {
    let text = #"""
      {"outputs": {}, "status": {"status_str": "error", "completed": false, "messages": [["execution_start", {}],
       ["execution_interrupted", {"prompt_id": "p", "node_id": "2", "node_type": "PeerSleep", "executed": []}]]}}
      """#
    #expect(ComfyUIHistory(try json(text)).end == .interrupted)
  }

  @Test func `an error names the node and the reason in one line`() throws {
    let text = #"""
      {"outputs": {}, "status": {"status_str": "error", "completed": false, "messages": [["execution_error",
       {"node_id": "2", "node_type": "PeerRaise", "exception_message": "boom\nand more", "exception_type": "ValueError"}]]}}
      """#
    #expect(
      ComfyUIHistory(try json(text)).end == .failed("PeerRaise (node 2): boom", isOutOfMemory: false))
    let memory = text.replacing("ValueError", with: "torch.OutOfMemoryError")
    #expect(ComfyUIHistory(try json(memory)).end == .failed("PeerRaise (node 2): boom", isOutOfMemory: true))
  }

  // MARK: The queue

  @Test func `the queue is read in the order in which prompts come`() throws {
    let queue = try #require(
      ComfyUIQueue(
        try json(
          #"{"queue_running": [[3, "r", {}, {}, []]], "queue_pending": [[9, "c", {}, {}, []], [4.5, "a", {}], [5, "b"]]}"#
        )))
    #expect(queue == ComfyUIQueue(running: ["r"], pending: ["a", "b", "c"]))
    #expect(queue.place(of: "r") == .running)
    #expect(queue.place(of: "b") == .pending(ahead: 2))
    #expect(queue.place(of: "x") == nil)
  }

  @Test(arguments: ["{}", "[]", #"{"queue_running": 5, "queue_pending": []}"#]) func `what is no queue is none`(
    text: String
  ) throws {
    #expect(ComfyUIQueue(try json(text)) == nil)
  }

  // MARK: Refusals

  @Test func `the reasons of a refusal are those of the nodes`() throws {
    let text = #"""
      {"error": {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": "", "extra_info": {}},
       "node_errors": {"4": {"errors": [{"type": "value_not_in_list", "message": "Value not in list",
        "details": "ckpt_name: 'x' not in ['y']", "extra_info": {}}], "dependent_outputs": ["9"], "class_type": "CheckpointLoaderSimple"}}}
      """#
    #expect(
      ComfyUIFailure.sentence(ofAnswer: try json(text))
        == "CheckpointLoaderSimple (node 4): Value not in list (ckpt_name: 'x' not in ['y'])")
    let plain =
      #"{"error": {"type": "no_prompt", "message": "No prompt provided", "details": "No prompt provided"}, "node_errors": {}}"#
    #expect(ComfyUIFailure.sentence(ofAnswer: try json(plain)) == "No prompt provided")
    #expect(ComfyUIFailure.sentence(ofAnswer: try json(#"{"node_errors": {}}"#)) == nil)
  }

  // MARK: Ids

  @Test func `ids have the one form that all servers take`() {
    let id = UUIDText.make(0x0123_4567_89ab_cdef, 0xffff_ffff_0000_0001)
    #expect(id == "01234567-89ab-4def-bfff-ffff00000001")
    #expect(UUIDText.random() != UUIDText.random())
  }

  @Test func `names are escaped in addresses`() {
    let file = ComfyUIFile(node: "9", name: "a b&c=ü/..%.png", subfolder: "x", type: "output")
    #expect(file.query == "filename=a%20b%26c%3D%C3%BC%2F..%25.png&subfolder=x&type=output")
  }
}
