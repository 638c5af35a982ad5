internal import Basics

/// A string that is compared as its bytes.
///
/// Swift's `==` on strings is canonical equivalence: it holds `é` in one code point and in two for equal. To JSON, and to
/// the hash of a recipe, they are different.
struct UTF8Key: Hashable {
  let text: String

  init(_ text: String) {
    self.text = text
  }

  static func == (left: UTF8Key, right: UTF8Key) -> Bool { left.text.hasSameBytes(as: right.text) }

  func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}
