internal import Basics
internal import HTTPClient
internal import JSONText

/// One server's interface as calls, each with what can come of it. Remembers nothing; `ComfyUIWorker` does.
///
/// Facts about the interface, with the traps that are avoided here, are told in Documentation/ComfyUI.md.
struct ComfyUIServer: Sendable {
  /// Without a slash at its end; a server may live below a path.
  let url: String
  private let headers: [(name: String, value: String)]
  private let client: HTTPClient

  init(url: String, headers: [(name: String, value: String)], client: HTTPClient) {
    self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
    self.headers = headers
    self.client = client
  }

  /// An answer that is no answer to the question.
  struct Trouble: Error, Sendable {
    enum Kind: Hashable, Sendable {
      /// It cannot be reached, or broke off.
      case away(neverArrived: Bool)
      /// The task was cancelled.
      case cancelled
      /// It answered that it cannot just now: 502, 503, 504 and the like.
      case busy
      /// It wants to know who asks: 401, 403, 407.
      case unauthorised
      /// What answers there is no ComfyUI.
      case stranger
      /// It refused what it was asked for.
      case refused
      /// This machine is at fault: its disk, its descriptors.
      case local
    }

    var kind: Kind
    /// A sentence for people, with the server's address.
    var message: String
  }

  private func request(_ method: String, _ path: String) -> HTTPRequest {
    var request = HTTPRequest(method, url + path)
    request.headers = headers
    return request
  }

  private func send(_ request: HTTPRequest) async throws(Trouble) -> HTTPResponse {
    do throws(HTTPError) {
      return try await client.send(request)
    } catch {
      throw Self.trouble(error)
    }
  }

  private static func trouble(_ error: HTTPError) -> Trouble {
    switch error.kind {
    case .cancelled: Trouble(kind: .cancelled, message: error.message)
    case .badAddress, .local, .tooLarge: Trouble(kind: .local, message: error.message)
    case .unresolved, .refused, .unreachable, .insecure, .lost, .timedOut:
      Trouble(kind: .away(neverArrived: error.neverArrived), message: error.message)
    }
  }

  /// What a status that was not expected means.
  private func trouble(_ response: HTTPResponse, _ question: String) -> Trouble {
    switch response.status {
    case 401, 403, 407:
      Trouble(
        kind: .unauthorised,
        message:
          "\(url) refused us with status \(response.status): it wants a key or a header, see `headers` of the engine")
    case 408, 425, 429, 502, 503, 504, 520...530:
      Trouble(kind: .busy, message: "\(url) is busy: it answered status \(response.status)")
    case 200..<300, 300..<400, 404, 405:
      Trouble(
        kind: .stranger,
        message: "what answers at \(url) is no ComfyUI: status \(response.status) to \(question)")
    default: Trouble(kind: .busy, message: "\(url) failed with status \(response.status) at \(question)")
    }
  }

  private func json(_ path: String) async throws(Trouble) -> JSON {
    let response = try await send(request("GET", path))
    let question = path.prefix { $0 != "?" }
    guard response.status == 200 else { throw trouble(response, String(question)) }
    guard let document = try? JSONDocument(parsing: response.body) else {
      throw Trouble(kind: .stranger, message: "what answers at \(url) is no ComfyUI: \(question) is no JSON there")
    }
    return document.root.value
  }
}

// MARK: Looking

extension ComfyUIServer {
  struct Stats: Hashable, Sendable {
    /// Such as `0.3.64`; empty when the server does not say.
    var version: String
    /// The first device, such as `cuda:0 NVIDIA GeForce RTX 4090`.
    var device: String
  }

  func stats() async throws(Trouble) -> Stats {
    let answer = try await json("/system_stats")
    guard let system = answer["system"]?.object else {
      throw Trouble(
        kind: .stranger, message: "what answers at \(url) is no ComfyUI: /system_stats says nothing of a system")
    }
    return Stats(
      version: system["comfyui_version"]?.string ?? "", device: answer["devices"]?.array?.first?["name"]?.string ?? "")
  }

  func queue() async throws(Trouble) -> ComfyUIQueue {
    guard let queue = ComfyUIQueue(try await json("/queue")) else {
      throw Trouble(kind: .stranger, message: "what answers at \(url) is no ComfyUI: /queue is no queue there")
    }
    return queue
  }

  /// Nil when it knows nothing of the prompt, or not yet.
  func history(_ prompt: String) async throws(Trouble) -> ComfyUIHistory? {
    try await json("/history/\(prompt)")[prompt].map { ComfyUIHistory($0) }
  }

  /// The descriptions of some node classes: of those that it does not know there is none.
  func objectInfo(_ classes: Set<String>) async throws(Trouble) -> JSONObject {
    var found: JSONObject = [:]
    for name in classes.sorted() {
      let answer = try await json("/object_info/\(ComfyUIText.escaped(name))")
      if let info = answer[name] { found[name] = info }
    }
    return found
  }

  /// The descriptions of all node classes, several megabytes of them.
  func wholeObjectInfo() async throws(Trouble) -> JSON { try await json("/object_info") }
}

// MARK: Prompts

extension ComfyUIServer {
  enum Submission: Sendable {
    /// With what the server left out although it took the prompt; nil when nothing is wrong.
    case accepted(fault: String?)
    /// It will not work on it, and says why.
    case refused(String)
    /// It may have it or not: look.
    case unclear(String)
    /// It certainly has not.
    case notSent(Trouble)
  }

  /// - Parameter extra: what the server keeps beside the graph, and writes into pictures.
  func submit(_ graph: JSONObject, id: String, client: String, extra: JSONObject = [:]) async -> Submission {
    var request = request("POST", "/prompt")
    let body: JSON = [
      "prompt": .object(graph), "prompt_id": .string(id), "client_id": .string(client), "extra_data": .object(extra),
    ]
    request.body = .bytes(body.compact, type: "application/json")
    let response: HTTPResponse
    do throws(Trouble) {
      response = try await send(request)
    } catch {
      switch error.kind {
      case .away(neverArrived: true), .local: return .notSent(error)
      default: return .unclear(error.message)
      }
    }
    let answer = (try? JSONDocument(parsing: response.body))?.root.value
    switch response.status {
    case 200:
      // A gateway may have put a page of its own before the answer.
      guard let answer, answer["prompt_id"]?.string != nil else {
        return .unclear("\(url) answered a prompt with something that is no answer")
      }
      let errors = answer["node_errors"]?.object ?? [:]
      return .accepted(fault: errors.isEmpty ? nil : ComfyUIFailure.sentence(ofAnswer: answer))
    case 400:
      return .refused(answer.flatMap { ComfyUIFailure.sentence(ofAnswer: $0) } ?? "it was refused without a reason")
    case 413: return .refused("it is larger than what the server takes")
    case 401, 403, 404, 405, 407: return .notSent(trouble(response, "/prompt"))
    // A server in trouble may have put it into its queue all the same, and so may the one behind a gateway.
    default: return .unclear("\(url) answered status \(response.status) to a prompt")
    }
  }

  /// Takes a prompt out of what is pending. Whether it was there is not said.
  func removePending(_ prompt: String) async throws(Trouble) {
    var request = request("POST", "/queue")
    request.body = .bytes((["delete": [.string(prompt)]] as JSON).compact, type: "application/json")
    let response = try await send(request)
    if response.status != 200 { throw trouble(response, "/queue") }
  }

  /// Ends a prompt that runs. Servers of before September 2025 do not read the id and end whatever runs: who calls this has just seen
  /// that it is this one.
  func interrupt(_ prompt: String) async throws(Trouble) {
    var request = request("POST", "/interrupt")
    request.body = .bytes((["prompt_id": .string(prompt)] as JSON).compact, type: "application/json")
    let response = try await send(request)
    if response.status != 200 { throw trouble(response, "/interrupt") }
  }

  /// Ends a prompt, pending or running, in one step.
  /// - Returns: false where the server has no such call (before 0.4).
  func cancel(_ prompt: String) async throws(Trouble) -> Bool {
    let response = try await send(request("POST", "/api/jobs/\(prompt)/cancel"))
    switch response.status {
    case 200: return true
    case 404, 405: return false
    default: throw trouble(response, "/api/jobs")
    }
  }

  /// Empties what it keeps of earlier results; it does so after the prompt that runs.
  func free() async throws(Trouble) {
    var request = request("POST", "/free")
    request.body = .bytes((["unload_models": true, "free_memory": true] as JSON).compact, type: "application/json")
    _ = try await send(request)
  }
}

// MARK: Files

extension ComfyUIServer {
  /// Whether an input of that name and size is there already.
  func hasInput(_ name: String, subfolder: String, bytes: Int) async throws(Trouble) -> Bool {
    let file = ComfyUIFile(node: "", name: name, subfolder: subfolder, type: "input")
    let response = try await send(request("HEAD", "/view?\(file.query)"))
    return response.status == 200 && response.header("Content-Length").flatMap { Int($0) } == bytes
  }

  /// Gives it a file to read.
  /// - Returns: what the graph calls it: the server may have chosen another name.
  func upload(_ path: String, as name: String, subfolder: String, type: String) async throws(Trouble) -> String {
    var request = request("POST", "/upload/image")
    request.body = .form([
      FormPart(name: "subfolder", content: .text(subfolder)), FormPart(name: "type", content: .text("input")),
      FormPart(name: "image", content: .file(path: path, fileName: name, type: type)),
    ])
    let response = try await send(request)
    if response.status == 413 {
      throw Trouble(
        kind: .refused, message: "\(name) is larger than what \(url) takes: start it with --max-upload-size")
    }
    guard response.status == 200 else { throw trouble(response, "/upload/image") }
    guard let answer = (try? JSONDocument(parsing: response.body))?.root, let given = answer["name"]?.string else {
      throw Trouble(kind: .stranger, message: "what answers at \(url) is no ComfyUI: it took no picture")
    }
    let folder = answer["subfolder"]?.string ?? ""
    return folder.isEmpty ? given : "\(folder)/\(given)"
  }

  /// - Returns: false when it is not there.
  func download(_ file: ComfyUIFile, to path: String, limit: Int) async throws(Trouble) -> Bool {
    let response: HTTPResponse
    do throws(HTTPError) {
      response = try await client.download(request("GET", "/view?\(file.query)"), to: path, limit: limit)
    } catch {
      throw Self.trouble(error)
    }
    switch response.status {
    case 200: return true
    case 404, 400: return false
    default: throw trouble(response, "/view")
    }
  }
}

// MARK: The socket

extension ComfyUIServer {
  /// Opens the socket and says that previews may carry ids; servers that do not know the message let it pass.
  func connect(client id: String) async throws(Trouble) -> WebSocket {
    do throws(HTTPError) {
      let socket = try await client.connect(
        "\(url)/ws?clientId=\(ComfyUIText.escaped(id))", headers: headers, messageLimit: 64 << 20)
      let flags: JSON = ["type": "feature_flags", "data": ["supports_preview_metadata": true]]
      try await socket.send(.text(String(decoding: flags.compact, as: UTF8.self)))
      return socket
    } catch {
      throw Self.trouble(error)
    }
  }
}
