internal import JSONText

/// A message of a server's socket, of those that say something of a prompt.
///
/// Fields are missing after a reconnection, other nodes send other types, and some messages are for everybody: whoever takes them
/// looks at the prompt's id first.
enum ComfyUIEvent: Hashable, Sendable {
  /// How many prompts are pending and running.
  case remaining(Int)
  case started(prompt: String)
  /// Nodes whose results are still there from an earlier prompt.
  case cached(prompt: String, nodes: [String])
  case executing(prompt: String?, node: String)
  case progress(prompt: String?, node: String?, value: Double, of: Double)
  /// A node is done, and gave an output.
  case executed(prompt: String, node: String)
  /// The prompt is over, and stands in the history.
  case ended(prompt: String)
  /// It failed or was interrupted; the history says more, a little later.
  case broken(prompt: String)
  case preview(ComfyUIPreview)

  /// Nil for what is none of our business.
  init?(text: String) {
    guard let document = try? JSONDocument(parsing: Array(text.utf8)) else { return nil }
    let message = document.root
    guard let type = message["type"]?.string, let data = message["data"] else { return nil }
    let prompt = data["prompt_id"]?.string
    switch type {
    case "status":
      guard let count = data["status"]?["exec_info"]?["queue_remaining"]?.value.int else { return nil }
      self = .remaining(count)
    case "execution_start":
      guard let prompt else { return nil }
      self = .started(prompt: prompt)
    case "execution_cached":
      guard let prompt else { return nil }
      self = .cached(prompt: prompt, nodes: (data["nodes"]?.value.array ?? []).compactMap(\.string))
    case "executing":
      if let node = data["node"]?.string {
        self = .executing(prompt: prompt, node: node)
      } else if let prompt, data["node"]?.isNull ?? false {
        self = .ended(prompt: prompt)
      } else {
        return nil
      }
    case "progress":
      guard let value = data["value"]?.value.double, let whole = data["max"]?.value.double, whole > 0 else {
        return nil
      }
      self = .progress(prompt: prompt, node: data["node"]?.string, value: value, of: whole)
    case "executed":
      guard let prompt, let node = data["node"]?.string else { return nil }
      self = .executed(prompt: prompt, node: node)
    case "execution_error", "execution_interrupted":
      guard let prompt else { return nil }
      self = .broken(prompt: prompt)
    default: return nil
    }
  }

  /// Nil for what is no preview.
  init?(binary: [UInt8]) {
    guard let preview = ComfyUIPreview(binary) else { return nil }
    self = .preview(preview)
  }
}

/// A picture of how far a node is: a binary message, with numbers in big-endian order.
///
/// Type 4, which a server sends after we said that we know it, names the prompt; type 1 belongs to whatever runs.
struct ComfyUIPreview: Hashable, Sendable {
  var prompt: String?
  var node: String?
  /// `image/jpeg` or `image/png`.
  var type: String
  var bytes: [UInt8]

  /// Larger ones are no previews.
  static let largest = 16 << 20

  init?(_ message: [UInt8]) {
    guard message.count > 8, message.count <= Self.largest, let kind = Self.number(message, 0) else { return nil }
    switch kind {
    case 1:
      switch Self.number(message, 4) {
      case 1?: type = "image/jpeg"
      case 2?: type = "image/png"
      default: return nil
      }
      bytes = Array(message[8...])
    case 4:
      guard let length = Self.number(message, 4), length <= message.count - 8,
        let facts = try? JSONDocument(parsing: Array(message[8..<(8 + length)])),
        let type = facts.root["image_type"]?.string, ["image/jpeg", "image/png"].contains(type)
      else { return nil }
      self.type = type
      prompt = facts.root["prompt_id"]?.string
      node = facts.root["node_id"]?.string
      bytes = Array(message[(8 + length)...])
    default: return nil
    }
    if bytes.isEmpty { return nil }
  }

  private static func number(_ bytes: [UInt8], _ offset: Int) -> Int? {
    guard bytes.count >= offset + 4 else { return nil }
    return bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
  }
}
