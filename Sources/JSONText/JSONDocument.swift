/// A JSON text that was read strictly, with the place of every value.
///
/// Accepts what RFC 8259 calls JSON, as UTF-8, and nothing else. Two things that its grammar allows are refused, because no
/// later step could keep them: half a surrogate pair (`"\uD800"` alone names no character) and nesting deeper than
/// `deepestNesting`. Keys that stand twice in an object are accepted, as the grammar has it; `duplicateKeys` finds them, and
/// every look-up takes the first.
///
/// Values are read off the text when they are asked for. The document never changes; `setting(_:to:)` and its siblings
/// give the bytes of an edited one.
package final class JSONDocument: Sendable {
  /// How many arrays and objects may stand in one another.
  package static let deepestNesting = 512
  /// How many bytes a text may have: what 31 bits count.
  package static let largestSize = 1 << 31

  /// The text, untouched.
  package let bytes: [UInt8]
  let tape: [JSONTapeEntry]

  package init(parsing bytes: [UInt8]) throws(JSONSyntaxError) {
    if let refusal = JSONSyntaxError(ofEncoding: bytes) { throw refusal }
    do {
      self.tape = try JSONScanner.tape(of: bytes)
    } catch {
      throw error.explained(in: bytes)
    }
    self.bytes = bytes
  }

  /// Up to here comparing all keys with each other is quicker than a set of them.
  private static let fewKeys = 16

  /// The one value that the text holds.
  package var root: JSONNode { JSONNode(document: self, index: 0) }

  /// Each member whose key stood before in the same object, in the order of the text.
  ///
  /// Keys are compared as they read after unescaping, byte by byte: `"a"` and `"\u0061"` are the same key, `é` in one code
  /// point and in two are different ones.
  package var duplicateKeys: [JSONMember] {
    var found: [JSONMember] = []
    for index in tape.indices where bytes[Int(tape[index].start)] == ASCII.openBrace && tape[index].count > 1 {
      let object = JSONNode(document: self, index: index)
      if object.count > Self.fewKeys {
        var seen: Set<UTF8Key> = []
        for member in object.members where !seen.insert(UTF8Key(member.key)).inserted { found.append(member) }
      } else {
        var seen: [String] = []
        for member in object.members {
          if seen.contains(where: { member.hasKey($0) }) { found.append(member) } else { seen.append(member.key) }
        }
      }
    }
    return found.sorted { $0.keyRange.lowerBound < $1.keyRange.lowerBound }
  }
}
