/// What a shot can have: a still now; a clip, a voice, a talking shot and a sequence's animatic as engines for them come.
///
/// A kind is a name here, not a case: the rooms that plan and work treat all kinds alike, and what a kind needs is said by its
/// `KindDefinition` in the room Planning.
package struct Kind: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  package let name: String

  /// Nil unless the text is lower-case ASCII letters: it is a part of file names.
  package init?(_ name: String) {
    guard !name.isEmpty, name.utf8.count <= 20, name.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else { return nil }
    self.name = name
  }

  package init(stringLiteral name: StaticString) {
    self.name = name.description
  }

  package var description: String { name }

  package static func < (left: Kind, right: Kind) -> Bool { left.name < right.name }

  package static let still: Kind = "still"
  package static let clip: Kind = "clip"
  package static let voice: Kind = "voice"
  package static let talk: Kind = "talk"
  package static let animatic: Kind = "animatic"
}
