internal import Basics
package import JSONText

/// An entry of `engines`: a type, and what engines of that type want to know.
package struct EngineDefinition: Sendable {
  /// The name that `engine` uses.
  package var name: String
  package var type: String
  /// The whole object, without secrets that somebody wrote out.
  package var definition: JSON
  package var origin: Origin
  /// Where the object stands in its file.
  package var range: Range<Int>
  /// What it says of a program, for the type `command`.
  package var command: CommandDefinition?

  /// Who defined it.
  package enum Origin: Hashable, Sendable {
    /// project.json, which may come from strangers.
    case project
    /// The user's own config.json, which is trusted and wins.
    case user
  }

  package init(
    name: String, type: String, definition: JSON, origin: Origin, range: Range<Int> = 0..<0,
    command: CommandDefinition? = nil
  ) {
    self.name = name
    self.type = type
    self.definition = definition
    self.origin = origin
    self.range = range
    self.command = command
  }
}

extension FieldReader {
  /// Reads `engines`, of a project or of the user.
  func engines(_ member: JSONMember, from origin: EngineDefinition.Origin) -> [String: EngineDefinition] {
    if member.value.isNull { return [:] }
    guard member.value.kind == .object else {
      wrongType(member, expected: "an object", example: "{ \"comfyui\": { \"type\": \"comfyui\" } }")
      return [:]
    }
    var engines: [String: EngineDefinition] = [:]
    for entry in member.value.members where entry.key != "note" {
      engines[entry.key] = engine(entry, from: origin)
    }
    return engines
  }

  private func engine(_ entry: JSONMember, from origin: EngineDefinition.Origin) -> EngineDefinition? {
    guard entry.value.kind == .object else {
      wrongType(entry, expected: "an object", example: "{ \"type\": \"comfyui\" }")
      return nil
    }
    let name = TerminalText.shortened(entry.key, to: 40)
    checkEngine(entry.value)
    guard let type = entry.value["type"]?.string, !type.isEmpty else {
      report(
        .error, "missing-key", "the engine `\(name)` has no `type`", at: entry.keyRange,
        label: "add \"type\": \"comfyui\" or another type")
      return nil
    }
    var definition = entry.value.value.object ?? [:]
    for secret in entry.value.members where LiteralSecrets.isSecret(secret.key) {
      if secret.value.isNull { continue }
      if secret.value.kind == .object {
        // What else stands in it may be the secret, whatever its key: nobody reads it, and it is not kept.
        definition[secret.key] = Self.variable(secret.value).map { ["env": .string($0)] } ?? [:]
        continue
      }
      // The value is never repeated: not here, and not in the line that is shown.
      report(
        .error, "literal-secret",
        "the engine `\(name)` has its `\(secret.key)` written out; a project is shared, secrets are not",
        at: secret.keyRange,
        label: "write { \"env\": \"NAME\" } and set that variable; then change the leaked secret")
      definition[secret.key] = nil
    }
    if let headers = entry.value["headers"], headers.kind == .object {
      definition["headers"] = .object(
        JSONObject(
          headers.members.compactMap { header in
            Self.variable(header.value).map { (header.key, ["env": .string($0)]) }
          }))
    } else {
      definition["headers"] = nil
    }
    EngineDefinition.checkSettle(entry, self)
    return EngineDefinition(
      name: entry.key, type: type, definition: .object(definition), origin: origin, range: entry.value.range,
      command: type == "command" ? CommandDefinition.read(entry, from: origin, self) : nil)
  }

  /// The name of the variable that holds a secret.
  private static func variable(_ secret: JSONNode) -> String? {
    secret["env"]?.string.flatMap { LiteralSecrets.isVariable($0.utf8) ? $0 : nil }
  }
}
