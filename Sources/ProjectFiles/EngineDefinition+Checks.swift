internal import Basics
internal import JSONText

/// The keys that all engines have in common, checked where they are written: an engine is asked only once a shot wants it.
extension EngineDefinition {
  static let keys: Set<String> = ["type", "urls", "workflow", "model", "parameters", "key", "headers", "note"]
  static let secretKeys: Set<String> = ["env", "note"]
}

extension FieldReader {
  func checkEngine(_ entry: JSONNode) {
    for member in entry.members {
      switch member.key {
      case "type", "note": break
      case "urls": checkURLs(member)
      case "headers": checkHeaders(member)
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

  /// What goes to servers with each request: a name, and the variable that holds the value.
  private func checkHeaders(_ member: JSONMember) {
    let example = "{ \"Authorization\": { \"env\": \"NAME\" } }"
    if member.value.isNull { return }
    guard member.value.kind == .object else {
      // Its text is not repeated: it may be the header itself.
      return report(
        .error, "wrong-type", "`headers` must be an object", at: member.value.range, label: "such as \(example)")
    }
    for header in member.value.members where header.key != "note" {
      if header.key.isEmpty || !header.key.utf8.allSatisfy(Self.isInToken) {
        report(
          .error, "bad-name", "a header's name is made of letters, digits and `-`", at: header.keyRange,
          label: "such as \(example)")
      }
      if header.value.isNull { continue }
      if header.value.kind == .object {
        checkSecret(header)
      } else {
        report(
          .error, "literal-secret", "a header is written out; a project is shared, what is sent with requests is not",
          at: header.keyRange, label: "write { \"env\": \"NAME\" } and set that variable")
      }
    }
  }

  /// The characters of a header's name (RFC 9110).
  private static func isInToken(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || "!#$%&'*+.^_`|~-".utf8.contains(byte)
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
