internal import Basics
internal import JSONText

/// The keys that all engines have in common, checked where they are written: an engine is asked only once a shot wants it.
extension EngineDefinition {
  static let keys: Set<String> = ["type", "urls", "workflow", "model", "parameters", "key", "note"]
  static let secretKeys: Set<String> = ["env", "note"]
}

extension FieldReader {
  func checkEngine(_ entry: JSONNode) {
    for member in entry.members {
      switch member.key {
      case "type", "note": break
      case "urls": checkURLs(member)
      case "workflow", "model", "parameters":
        var settings = GenerationSettings()
        _ = generation(member, into: &settings)
      default: if LiteralSecrets.isSecret(member.key) { checkSecret(member) }
      }
    }
  }

  private func checkURLs(_ member: JSONMember) {
    let example = "[\"http://127.0.0.1:8188\"]"
    if member.value.isNull { return }
    guard member.value.kind == .array else {
      return wrongType(member, expected: "a list of addresses", example: example)
    }
    if member.value.count == 0 {
      report(
        .error, "out-of-range", "`urls` must hold one address at least", at: member.value.range,
        label: "such as \(example)")
    }
    for element in member.value.elements {
      guard let text = element.string else {
        report(
          .error, "wrong-type", "`urls` must hold addresses as texts", at: element.range, label: "such as \(example)")
        continue
      }
      guard let fault = Self.fault(ofURL: text) else { continue }
      // Its text is not repeated: there may be a password in it.
      report(.error, "bad-url", "an address of `urls` \(fault)", at: element.range, label: "such as \(example)")
    }
  }

  /// What is wrong with an address, as the predicate of a sentence.
  private static func fault(ofURL text: String) -> String? {
    let schemes = ["http://", "https://"]
    guard let scheme = schemes.first(where: { text.utf8.starts(with: $0.utf8) }) else {
      return "must begin with http:// or https://"
    }
    if text.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0 == "\u{FEFF}" }) {
      return "has a space in it"
    }
    let host = text.utf8.dropFirst(scheme.utf8.count).prefix { !"/?#".utf8.contains($0) }
    if host.contains(UInt8(ascii: "@")) {
      return "has a user's name or password in it; write { \"env\": \"NAME\" } under `key` instead"
    }
    return host.isEmpty ? "names no host" : nil
  }

  /// A secret is named, never written: `{ "env": "NAME" }`. One that is written out is told elsewhere.
  private func checkSecret(_ member: JSONMember) {
    guard member.value.kind == .object else { return }
    let label = "write { \"env\": \"NAME\" }, the name of a variable"
    guard let node = member.value["env"] else {
      return report(.error, "missing-key", "`\(member.key)` has no `env`", at: member.value.range, label: label)
    }
    if !LiteralSecrets.isVariable((node.string ?? "").utf8) {
      // What stands there may be the secret itself, and is not repeated.
      report(
        .error, "literal-secret", "the `env` of `\(member.key)` is no name of a variable", at: node.range,
        label: label)
    }
  }
}
