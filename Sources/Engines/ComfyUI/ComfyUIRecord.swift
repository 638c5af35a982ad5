internal import Basics
internal import JSONText
internal import ProjectFiles

/// What is known of a prompt that was sent, or is about to be: on disk before its server hears of it.
///
/// Everything else can be found out from it after a crash: whether the server has the prompt, by its id; whether it made something
/// although it forgot that, by the prefix of its files.
struct ComfyUIRecord: Hashable, Sendable {
  /// The address of the server.
  var server: String
  /// The prompt's id there, a UUID; another one each time it is sent, since servers do not notice that an id comes twice.
  var prompt: String
  /// The beginning of the names of the files that it makes; nobody else has it.
  var prefix: String
  /// By which the server knows our socket: what it tells of the prompt goes to whoever comes under that name.
  var client: String
  /// What came of it, once that is here.
  var output: Output?
  /// The server's version when it was sent.
  var version: String?

  struct Output: Hashable, Sendable {
    var type: String
    var digest: Digest
    var bytes: Int
    var width: Int?
    var height: Int?
  }

  init(server: String, prompt: String, prefix: String, client: String) {
    self.server = server
    self.prompt = prompt
    self.prefix = prefix
    self.client = client
  }

  init?(_ json: JSON) {
    guard let server = json["server"]?.string, let prompt = json["prompt"]?.string,
      let prefix = json["prefix"]?.string, let client = json["client"]?.string
    else { return nil }
    self.init(server: server, prompt: prompt, prefix: prefix, client: client)
    version = json["version"]?.string
    guard let made = json["output"], let type = made["type"]?.string,
      let digest = made["sha256"]?.string.flatMap({ Digest(hex: $0) }), let bytes = made["bytes"]?.int
    else { return }
    output = Output(type: type, digest: digest, bytes: bytes, width: made["width"]?.int, height: made["height"]?.int)
  }

  var json: JSON {
    var fields: JSONObject = [
      "server": .string(server), "prompt": .string(prompt), "prefix": .string(prefix), "client": .string(client),
    ]
    fields["version"] = version.map { .string($0) }
    if let output {
      var made: JSONObject = [
        "type": .string(output.type), "sha256": .string(output.digest.hex), "bytes": .number(JSONNumber(output.bytes)),
      ]
      made["width"] = output.width.map { .number(JSONNumber($0)) }
      made["height"] = output.height.map { .number(JSONNumber($0)) }
      fields["output"] = .object(made)
    }
    return .object(fields)
  }
}
