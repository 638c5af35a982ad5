package import Basics

/// Whose ratings a file holds: what git calls its user, else who is logged in where, as a safe file name.
///
/// Only that person's `reel` writes the file, so no two people write one. Lower case, as there are disks that do not tell case apart
/// and no mail system does; letters, digits and `@ . _ + -` stay as they are.
package struct Person: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The stem of the file: `mara@example.org`.
  package let name: String

  private static let longest = 120
  /// How Syncthing marks a copy in conflict: that is nobody's file.
  private static let conflictMark = ".sync-conflict-"

  /// Whose file bears this stem; nil for one that no `reel` writes, such as a sync tool's conflict copy.
  package init?(stem: String) {
    guard Self.isFileName(stem), !stem.contains(Self.conflictMark) else { return nil }
    name = stem
  }

  /// The person of git's `user.email`, or of `USER@HOST`. An identity that is no safe file name gets a safe, stable one, which is
  /// never the name of another.
  package init(identity: String) {
    let folded = identity.lowercased()
    if Self.isFileName(folded), folded.utf8.count <= 100, !folded.contains(Self.conflictMark), !Self.isDevice(folded) {
      name = folded
      return
    }
    let safe = folded.unicodeScalars.prefix(64).map { scalar in
      scalar.isASCII && Self.isLetter(UInt8(truncatingIfNeeded: scalar.value)) ? String(scalar) : "_"
    }
    // A leading `_` keeps it from being hidden, and from being a device on Windows.
    name = "_\(safe.joined())-\(Digest(of: Array(folded.utf8)).short)"
  }

  /// `ratings/PERSON.json`
  package var file: ProjectPath { ProjectPath(trusted: "ratings/\(name).json") }

  package var description: String { name }

  package static func < (left: Person, right: Person) -> Bool {
    left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }

  private static func isFileName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "."), text.utf8.count <= longest else { return false }
    return text.utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: ".") }
  }

  /// All that may stand in a name but the dot.
  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "@"), UInt8(ascii: "_"), UInt8(ascii: "+"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Windows takes `con.anything` for a device.
  private static func isDevice(_ text: String) -> Bool {
    let stem = text.split(separator: ".", maxSplits: 1).first.map(String.init) ?? text
    return ShotID(stem).fileName != stem && SequenceName(stem) != nil && stem.utf8.count <= 4
  }
}
