package import Basics
internal import JSONText

/// Which pictures a template stands for: `inbox/products/*.jpg`.
///
/// A path inside the project whose last part may hold `*` (any characters, also none) and `?` (one character). It means the pictures
/// of that one folder, told by the ends of their names; names that begin with a dot only where the pattern does. Case matters, but
/// not behind the last dot: a camera's `.JPG` is a `.jpg`. Brackets, braces and `**` mean nothing: a file may be called
/// `chair [2].jpg`, and a folder below is a pattern of its own.
package struct PicturePattern: Hashable, Sendable {
  package let folder: ProjectPath
  /// The last part, its extension in lower case.
  private let name: [UInt8]
  /// As it was written, for messages.
  package let text: String

  /// Why a text is no pattern.
  package enum Refusal: Error, Hashable, Sendable {
    case path(ProjectPath.Refusal)
    case folderWildcard
    case doubleStar
    case noName
    case takes
  }

  package init(written text: String) throws(Refusal) {
    let path: ProjectPath
    do throws(ProjectPath.Refusal) {
      path = try ProjectPath(written: text)
    } catch {
      throw .path(error)
    }
    if text.utf8.last == UInt8(ascii: "/") { throw .noName }
    let name = Array(path.nameBytes)
    for (byte, next) in zip(name, name.dropFirst()) where byte == Self.star && next == Self.star { throw .doubleStar }
    for part in path.parts.dropLast() {
      if part.elementsEqual("**".utf8) { throw .doubleStar }
      if part.contains(where: { $0 == Self.star || $0 == Self.one }) { throw .folderWildcard }
    }
    // Every take would make another shot, and that another take.
    if path.parts[0].elementsEqual("sequences".utf8), path.parts.count > 1 { throw .takes }
    self.folder = path.parent ?? .root
    self.name = Self.withPlainExtension(name)
    self.text = text
  }

  /// Whether the pattern can mean several pictures.
  package var hasWildcard: Bool { name.contains { $0 == Self.star || $0 == Self.one } }

  /// Whether a file is one of the pictures that are meant.
  package func fits(_ path: ProjectPath) -> Bool {
    guard path.isImageName, path.parent == folder else { return false }
    let dot = UInt8(ascii: ".")
    if path.nameBytes.first == dot, name.first != dot { return false }
    return Self.matches(Self.withPlainExtension(Array(path.nameBytes)), name)
  }

  private static let star = UInt8(ascii: "*")
  private static let one = UInt8(ascii: "?")

  /// The name with what stands behind its last dot in lower case.
  private static func withPlainExtension(_ name: [UInt8]) -> [UInt8] {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return name }
    return name[..<dot] + name[dot...].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }

  /// Byte by byte; on a mismatch the last star takes one more, so that the time is at most the product of the lengths.
  private static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
    var (at, place) = (0, 0)
    var retry: (name: Int, pattern: Int)?
    while at < name.count {
      if place < pattern.count, pattern[place] == star {
        retry = (at, place)
        place += 1
      } else if place < pattern.count, pattern[place] == one {
        at = characterEnd(name, at)
        place += 1
      } else if place < pattern.count, pattern[place] == name[at] {
        at += 1
        place += 1
      } else if let last = retry {
        retry = (last.name + 1, last.pattern)
        at = last.name + 1
        place = last.pattern + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == star }
  }

  /// Behind the character that begins at `start`: its bytes from the second on are 10xxxxxx in UTF-8.
  private static func characterEnd(_ name: [UInt8], _ start: Int) -> Int {
    var end = start + 1
    while end < name.count, name[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}

extension FieldReader {
  /// Reads `each`; nil when it is unset, or no pattern.
  func pattern(_ member: JSONMember) -> Written<PicturePattern>? {
    guard case .set(let text) = string(member, example: "\"inbox/products/*.jpg\"") else { return nil }
    do throws(PicturePattern.Refusal) {
      return Written(try PicturePattern(written: text.value), at: text.range)
    } catch {
      let shown = TerminalText.shortened(text.value, to: 80)
      let example = "write a folder and a name in it, such as \"inbox/products/*.jpg\""
      switch error {
      case .path(let refusal):
        report(.error, "bad-path", "`each`: `\(shown)` \(refusal.predicate)", at: text.range, label: example)
      case .folderWildcard:
        report(
          .error, "bad-pattern", "`each`: `\(shown)` has a `*` or `?` in a folder's name", at: text.range,
          label: example)
      case .doubleStar:
        report(
          .error, "bad-pattern", "`each`: `\(shown)` has a `**`, but a template looks into one folder", at: text.range,
          label: example)
      case .noName:
        report(
          .error, "bad-pattern", "`each`: `\(shown)` names a folder and no pictures", at: text.range,
          label: "write \"\(shown)*\" for every picture in it")
      case .takes:
        report(
          .error, "bad-pattern", "`each`: `\(shown)` would make shots of takes, and takes of those, without end",
          at: text.range, label: example)
      }
      return nil
    }
  }
}
