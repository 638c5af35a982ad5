internal import JSONText
internal import ProjectFiles

/// What a supervisor is to do, as it stands in `order.json`. The environment is not in it: it is the supervisor's own, so that no
/// secret is ever written down.
struct JobOrder {
  /// From the root of this machine.
  var program: String
  /// The program's own name first.
  var arguments: [String]
  /// Where it runs.
  var directory: String
  var seconds: Double
  /// Bytes; nil for as much as there is.
  var memory: Int64?
  var size: Int64
  /// The names of variables whose values are not to be told on.
  var secrets: [String]

  init(program: String, directory: String, _ definition: CommandDefinition) {
    self.program = program
    self.directory = directory
    arguments = definition.command
    seconds = definition.limits.seconds
    memory = definition.limits.memory
    size = definition.limits.size
    secrets = definition.environment
  }

  var json: JSON {
    var fields: JSONObject = [
      "program": .string(program), "arguments": .array(arguments.map { .string($0) }), "directory": .string(directory),
      "seconds": .number(JSONNumber(seconds)), "size": .number(JSONNumber(Int(size))),
      "secrets": .array(secrets.map { .string($0) }),
    ]
    if let memory { fields["memory"] = .number(JSONNumber(Int(memory))) }
    return .object(fields)
  }

  init?(_ json: JSON) {
    guard let program = json["program"]?.string, let directory = json["directory"]?.string,
      let arguments = json["arguments"]?.array?.compactMap(\.string), !arguments.isEmpty,
      let seconds = json["seconds"]?.double, let size = json["size"]?.int
    else { return nil }
    self.program = program
    self.directory = directory
    self.arguments = arguments
    self.seconds = seconds
    self.size = Int64(size)
    memory = json["memory"]?.int.map { Int64($0) }
    secrets = json["secrets"]?.array?.compactMap(\.string) ?? []
  }
}
