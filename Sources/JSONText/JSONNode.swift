/// A value of a document: what it is and where it stands.
package struct JSONNode: Sendable {
  package let document: JSONDocument
  let index: Int

  init(document: JSONDocument, index: Int) {
    self.document = document
    self.index = index
  }

  var entry: JSONTapeEntry { document.tape[index] }

  /// The bytes of the value, without the space around it.
  package var range: Range<Int> { Int(entry.start)..<Int(entry.end) }

  package var kind: JSONKind {
    switch document.bytes[Int(entry.start)] {
    case ASCII.openBrace: .object
    case ASCII.openBracket: .array
    case ASCII.quote: .string
    case UInt8(ascii: "n"): .null
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    default: .number
    }
  }

  package var isNull: Bool { kind == .null }

  /// Nil if this is neither `true` nor `false`.
  package var bool: Bool? {
    kind == .bool ? document.bytes[Int(entry.start)] == UInt8(ascii: "t") : nil
  }

  /// The unescaped text; nil if this is no string.
  package var string: String? {
    guard kind == .string else { return nil }
    let inner = document.bytes[range.lowerBound + 1..<range.upperBound - 1]
    return entry.count == 0 ? String(decoding: inner, as: UTF8.self) : JSONEscapes.unescaped(inner)
  }

  /// Nil if this is no number.
  package var number: JSONNumber? {
    kind == .number ? JSONNumber(verbatim: String(decoding: document.bytes[range], as: UTF8.self)) : nil
  }

  /// How many elements or members; 0 for what is neither array nor object.
  package var count: Int { kind == .array || kind == .object ? Int(entry.count) : 0 }

  /// The elements of an array in order; none for anything else.
  package var elements: Elements { Elements(of: self) }

  /// The members of an object in order, those with the same key too; none for anything else.
  package var members: Members { Members(of: self) }

  /// The value of the first member with that key; nil if there is none or this is no object.
  package subscript(key: String) -> JSONNode? {
    members.first { $0.hasKey(key) }?.value
  }

  /// The value on its own, without places. Of members with the same key the first one is taken, as in `subscript`.
  package var value: JSON {
    switch kind {
    case .null: return .null
    case .bool: return .bool(bool == true)
    case .number: return number.map { .number($0) } ?? .null
    case .string: return string.map { .string($0) } ?? .null
    case .array:
      return .array(elements.map(\.value))
    case .object:
      var object = JSONObject(reserving: count)
      for member in members { object.appendIfAbsent(member.key, member.value.value) }
      return .object(object)
    }
  }
}

extension JSONNode {
  /// The elements of an array.
  package struct Elements: Sequence, Sendable {
    package let count: Int
    private let array: JSONNode

    init(of node: JSONNode) {
      self.array = node
      self.count = node.kind == .array ? node.count : 0
    }

    package var underestimatedCount: Int { count }

    package func makeIterator() -> Iterator {
      Iterator(document: array.document, place: array.index + 1, remaining: count)
    }

    package struct Iterator: IteratorProtocol {
      let document: JSONDocument
      var place: Int
      var remaining: Int

      package mutating func next() -> JSONNode? {
        if remaining == 0 { return nil }
        remaining -= 1
        let node = JSONNode(document: document, index: place)
        place = Int(node.entry.next)
        return node
      }
    }
  }

  /// The members of an object.
  package struct Members: Sequence, Sendable {
    package let count: Int
    private let object: JSONNode

    init(of node: JSONNode) {
      self.object = node
      self.count = node.kind == .object ? node.count : 0
    }

    package var underestimatedCount: Int { count }

    package func makeIterator() -> Iterator {
      Iterator(document: object.document, place: object.index + 1, remaining: count)
    }

    package struct Iterator: IteratorProtocol {
      let document: JSONDocument
      var place: Int
      var remaining: Int

      package mutating func next() -> JSONMember? {
        if remaining == 0 { return nil }
        remaining -= 1
        let member = JSONMember(
          keyNode: JSONNode(document: document, index: place), value: JSONNode(document: document, index: place + 1))
        place = Int(member.value.entry.next)
        return member
      }
    }
  }
}
