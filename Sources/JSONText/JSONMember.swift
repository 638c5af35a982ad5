internal import Basics

/// A key of an object with its value.
package struct JSONMember: Sendable {
  let keyNode: JSONNode
  package let value: JSONNode

  init(keyNode: JSONNode, value: JSONNode) {
    self.keyNode = keyNode
    self.value = value
  }

  /// The key as it reads after unescaping.
  package var key: String { keyNode.string ?? "" }

  /// The bytes of the key with its quotes.
  package var keyRange: Range<Int> { keyNode.range }

  /// The bytes from the key's first quote to the end of the value.
  package var range: Range<Int> { keyRange.lowerBound..<value.range.upperBound }

  /// Whether the key reads so, byte by byte, without making a string of it where that can be helped.
  func hasKey(_ text: String) -> Bool {
    if keyNode.entry.count != 0 { return key.hasSameBytes(as: text) }
    let inner = keyRange.lowerBound + 1..<keyRange.upperBound - 1
    if inner.count != text.utf8.count { return false }
    return keyNode.document.bytes.withUnsafeBytes { bytes in
      let inner = UnsafeRawBufferPointer(rebasing: bytes[inner])
      return text.utf8.withContiguousStorageIfAvailable { $0.elementsEqual(inner) } ?? text.utf8.elementsEqual(inner)
    }
  }
}
