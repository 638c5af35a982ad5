internal import JSONText

/// Secrets that stand written out in a project.json, where only `{ "env": "NAME" }` belongs.
///
/// They are refused, and never shown: a diagnostic quotes lines of the file, and a terminal, a log or a screenshot must not become
/// the next place where the secret lies. So the text that is shown has stars in their place, whether it is valid JSON or not.
enum LiteralSecrets {
  /// Whether a key of an engine holds a secret, however it is spelled: `key`, `apiKey`, `access_token`.
  static func isSecret(_ key: String) -> Bool {
    let name = key.lowercased().filter { $0 != "_" && $0 != "-" }
    return names.contains(name)
  }

  private static let names: Set<String> = [
    "key", "apikey", "accesskey", "secretkey", "token", "apitoken", "accesstoken", "authtoken", "secret", "apisecret",
    "clientsecret", "password", "passwd", "authorization",
  ]

  /// The key of what is sent with requests: any of it may be a secret.
  private static let headers = "headers"

  /// The same bytes with stars in place of what stands behind such a key, and of a password in a URL. Of an object that stands there,
  /// only `env` and `note` say what may be seen.
  static func masked(_ bytes: [UInt8]) -> [UInt8] {
    var masked = bytes
    var index = 0
    var endOfSecret = 0
    while index < bytes.count {
      guard bytes[index] == quote else {
        index += 1
        continue
      }
      let end = endOfString(bytes, from: index)
      let inner = (index + 1)..<max(index + 1, end - 1)
      let key = key(bytes, index..<end)
      if isSecret(key) || key == headers, let object = object(bytes, after: end) {
        endOfSecret = max(endOfSecret, object.upperBound)
        index = object.lowerBound
      } else if let value = value(bytes, after: end),
        isSecret(key) || key == headers || key == "env" && isNoVariable(bytes[value])
          || index < endOfSecret && !["env", "note"].contains(key)
      {
        cover(value, in: &masked)
        index = value.upperBound
      } else {
        cover(password(bytes, in: inner), in: &masked)
        index = end
      }
    }
    return masked
  }

  /// Whether a text is `[A-Za-z_][A-Za-z0-9_]*`.
  static func isVariable(_ text: some Collection<UInt8>) -> Bool {
    guard let first = text.first, !(0x30...0x39).contains(first) else { return false }
    return text.allSatisfy { byte in
      (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
    }
  }

  /// Whether a text in quotes names no variable: then it may be the secret itself, written where its name belongs.
  private static func isNoVariable(_ value: ArraySlice<UInt8>) -> Bool {
    value.first == quote && !isVariable(value.dropFirst().prefix { $0 != quote })
  }

  /// A star for each character, of as many bytes as it has: columns count characters.
  private static func cover(_ range: Range<Int>, in masked: inout [UInt8]) {
    let stars = ["*", "\u{B7}", "\u{2217}", "\u{1F7B6}"].map { Array($0.utf8) }
    var place = range.lowerBound
    while place < range.upperBound {
      let byte = masked[place]
      let end = place + (byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1)
      let isWhole = end <= range.upperBound && masked[(place + 1)..<end].allSatisfy { $0 & 0xC0 == 0x80 }
      let next = isWhole ? end : place + 1
      if !frame.contains(byte) { masked.replaceSubrange(place..<next, with: stars[next - place - 1]) }
      place = next
    }
  }

  /// A key may be spelled with escapes.
  private static func key(_ bytes: [UInt8], _ place: Range<Int>) -> String {
    if bytes[place].contains(UInt8(ascii: "\\")),
      let key = (try? JSONDocument(parsing: Array(bytes[place])))?.root.string
    {
      return key
    }
    return String(decoding: bytes[place].dropFirst().dropLast(), as: UTF8.self)
  }

  private static let quote = UInt8(ascii: "\"")
  /// What stays visible around a secret, so that lines and quotes stand where they stood.
  private static let frame: Set<UInt8> = [quote, 0x0A, 0x0D]

  /// The place behind a string's closing quote; the end of its line when it has none.
  private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
      if bytes[index] == quote { return index + 1 }
      index +=
        bytes[index] == UInt8(ascii: "\\") && index + 1 < bytes.count && bytes[index + 1] != UInt8(ascii: "\n") ? 2 : 1
    }
    return index
  }

  /// Where the value behind a key's colon begins; nil where there is no colon.
  private static func start(_ bytes: [UInt8], after key: Int) -> Int? {
    var index = key
    func skipSpace() { while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 } }
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return nil }
    index += 1
    skipSpace()
    return index < bytes.count ? index : nil
  }

  /// The inside of the object behind a key's colon; of one that is not closed, what is left of its line.
  private static func object(_ bytes: [UInt8], after key: Int) -> Range<Int>? {
    guard let start = start(bytes, after: key), bytes[start] == UInt8(ascii: "{") else { return nil }
    let end = end(bytes, from: start, opener: UInt8(ascii: "{"), closer: UInt8(ascii: "}"))
    return (start + 1)..<(end ?? bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count)
  }

  /// The place of the bracket that closes the one at `start`; nil where there is none.
  private static func end(_ bytes: [UInt8], from start: Int, opener: UInt8, closer: UInt8) -> Int? {
    var depth = 0
    var index = start
    while index < bytes.count {
      switch bytes[index] {
      case quote:
        index = endOfString(bytes, from: index)
        continue
      case opener: depth += 1
      case closer: depth -= 1
      default: break
      }
      if depth == 0 { return index }
      index += 1
    }
    return nil
  }

  /// The text, list or word behind a key's colon; nil for objects, null, and where there is no colon.
  private static func value(_ bytes: [UInt8], after key: Int) -> Range<Int>? {
    guard let start = start(bytes, after: key) else { return nil }
    if bytes[start] == quote { return start..<endOfString(bytes, from: start) }
    if bytes[start] == UInt8(ascii: "[") {
      let end = end(bytes, from: start, opener: UInt8(ascii: "["), closer: UInt8(ascii: "]"))
      return (start + 1)..<(end ?? bytes.count)
    }
    var index = start
    while index < bytes.count, !",{}[] \t\r\n".utf8.contains(bytes[index]) { index += 1 }
    let word = String(decoding: bytes[start..<index], as: UTF8.self)
    return index == start || word == "null" ? nil : start..<index
  }

  /// What stands between `:` and `@` in `scheme://user:password@host`.
  private static func password(_ bytes: [UInt8], in text: Range<Int>) -> Range<Int> {
    let none = text.lowerBound..<text.lowerBound
    let characters = Array(bytes[text])
    guard let scheme = characters.indices.dropLast(2).first(where: { characters[$0...].starts(with: "://".utf8) })
    else {
      return none
    }
    let authority = characters[(scheme + 3)...].prefix { $0 != UInt8(ascii: "/") }
    guard let at = authority.lastIndex(of: UInt8(ascii: "@")),
      let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":"))
    else { return none }
    return (text.lowerBound + colon + 1)..<(text.lowerBound + at)
  }
}
