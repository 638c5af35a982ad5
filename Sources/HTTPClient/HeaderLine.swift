/// A header of a request, checked: nothing that it says can become a second header.
struct HeaderLine {
  let name: String
  let value: String

  /// - Throws: `.badAddress`; the message names the header, never its value, which may be a secret.
  init(name: String, value: String) throws(HTTPError) {
    if !Self.isToken(name) {
      throw HTTPError(.badAddress, "'\(name)' is no name of a header", neverArrived: true)
    }
    if value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) {
      throw HTTPError(
        .badAddress, "the value of the header \(name) has a line break or another control character in it",
        neverArrived: true)
    }
    self.name = name
    self.value = value.trimmed
  }

  /// As curl wants it: a colon with nothing behind it would take a header away.
  var forCurl: String { value.isEmpty ? "\(name);" : "\(name): \(value)" }

  /// Whether it is what RFC 9110 calls a token: a method, or the name of a header.
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}

extension StringProtocol {
  /// Without the spaces, tabs and line ends on both sides.
  var trimmed: String {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
    let rest = Substring(self).utf8.drop(while: isBlank)
    let end = rest.lastIndex { !isBlank($0) }.map { rest.index(after: $0) } ?? rest.startIndex
    return String(Substring(rest[..<end]))
  }
}
