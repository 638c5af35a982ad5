internal import JSONText

/// What a server says went wrong, in a sentence.
enum ComfyUIFailure {
  /// Of an `execution_error`, as it stands in the history and comes over the socket.
  static func sentence(ofExecution error: JSON) -> String {
    let said = firstLine(error["exception_message"]?.string ?? "")
    let type = error["exception_type"]?.string?.split(separator: ".").last.map(String.init) ?? ""
    let what = said.isEmpty ? (type.isEmpty ? "it failed" : type) : said
    return node(error["node_id"]?.string, error["node_type"]?.string).map { "\($0): \(what)" } ?? what
  }

  /// Memory may be free again later, or there may be more of it on another worker.
  static func isOutOfMemory(_ error: JSON) -> Bool {
    let type = error["exception_type"]?.string ?? ""
    let message = error["exception_message"]?.string ?? ""
    return ["OutOfMemory", "MemoryError"].contains { type.contains($0) } || message.contains("out of memory")
  }

  /// Of what `POST /prompt` answers: `error`, and `node_errors` where the reasons are when `error.details` is empty.
  /// - Returns: nil when it names no error.
  static func sentence(ofAnswer answer: JSON) -> String? {
    var sentences: [String] = []
    for (id, node) in answer["node_errors"]?.object ?? [:] {
      for error in node["errors"]?.array ?? [] {
        let name = Self.node(id, node["class_type"]?.string) ?? "a node"
        sentences.append("\(name): \(plain(error))")
      }
    }
    if !sentences.isEmpty {
      let shown = sentences.prefix(3).joined(separator: "; ")
      return sentences.count > 3 ? "\(shown); and \(sentences.count - 3) more" : shown
    }
    // Old servers give a text instead of an object in places.
    if let text = answer["error"]?.string { return firstLine(text) }
    guard let error = answer["error"]?.object else { return nil }
    return plain(.object(error))
  }

  private static func plain(_ error: JSON) -> String {
    let message = firstLine(error["message"]?.string ?? "")
    let details = firstLine(error["details"]?.string ?? "")
    if message.isEmpty || details.isEmpty { return message + details }
    return message.hasSuffix(details) ? message : "\(message) (\(details))"
  }

  private static func node(_ id: String?, _ type: String?) -> String? {
    switch (type, id) {
    case (let type?, let id?): "\(type) (node \(id))"
    case (let type?, nil): type
    case (nil, let id?): "node \(id)"
    case (nil, nil): nil
    }
  }

  private static func firstLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return String(line.prefix(300))
  }
}
