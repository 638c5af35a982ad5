internal import JSONText

/// What a server remembers of a prompt that is over: `GET /history/ID`.
///
/// It is kept in the server's memory only: after a restart, or when somebody cleared it, the prompt is as unknown as one that was
/// never sent.
struct ComfyUIHistory: Sendable {
  enum End: Hashable, Sendable {
    case success
    /// A sentence for people.
    case failed(String, isOutOfMemory: Bool)
    /// Somebody ended it: a cancelled job counts as an error there, and only its messages say which.
    case interrupted
  }

  var end: End
  /// All that it made, node by node in the order of the history.
  var files: [ComfyUIFile] = []
  var texts: [String] = []

  /// - Parameter json: the value under the prompt's id.
  init(_ json: JSON) {
    end = Self.end(json["status"])
    for (node, output) in json["outputs"]?.object ?? [:] { take(output, of: node) }
  }

  /// Files stand under keys such as `images`, `gifs`, `audio` and whatever else a node made up, films under `images`: each thing
  /// with a file name is a file, and its content says of what kind.
  private mutating func take(_ output: JSON, of node: String) {
    for (key, value) in output.object ?? [:] {
      for element in value.array ?? [] {
        if let name = element["filename"]?.string, !name.isEmpty {
          files.append(
            ComfyUIFile(
              node: node, name: name, subfolder: element["subfolder"]?.string ?? "",
              type: element["type"]?.string ?? "output"))
        } else if key == "text", let text = element.string {
          texts.append(text)
        }
      }
    }
  }

  /// Servers of long ago say nothing of the status.
  private static func end(_ status: JSON?) -> End {
    guard let status, status["status_str"]?.string == "error" else { return .success }
    let messages = (status["messages"]?.array ?? []).compactMap(\.array)
    func last(_ type: String) -> JSON? {
      messages.last { $0.first?.string == type }.flatMap { $0.count > 1 ? $0[1] : .null }
    }
    if let error = last("execution_error") {
      return .failed(ComfyUIFailure.sentence(ofExecution: error), isOutOfMemory: ComfyUIFailure.isOutOfMemory(error))
    }
    if last("execution_interrupted") != nil { return .interrupted }
    return .failed("the server says no more than that it failed", isOutOfMemory: false)
  }
}
