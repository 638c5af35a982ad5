package import Basics

/// How a file of the project is called in a timeline that lies somewhere.
///
/// A timeline in the project's folder, or right beside it, goes where the project goes: it names media by their way from it. Anywhere else
/// that way would lead through folders that are nobody's business here, and media have the address that they have on this machine.
package struct MediaAddress: Hashable, Sendable {
  /// The project's folder, absolute and without links.
  private let project: String
  /// What stands before a path in the project: `../`, `my film/`; nil where the whole address is needed.
  private let way: String?

  /// - Parameter folder: where the timeline will lie, absolute and without links; nil where nobody knows.
  package init(project: String, from folder: String?) {
    self.project = project
    let parts = project.split(separator: "/")
    if folder == project {
      way = ""
    } else if let folder, folder.hasPrefix("\(project)/") {
      let depth = folder.utf8.dropFirst(project.utf8.count).count { $0 == UInt8(ascii: "/") }
      way = String(repeating: "../", count: depth)
    } else if let folder, let name = parts.last, folder.split(separator: "/") == parts.dropLast() {
      way = "\(name)/"
    } else {
      way = nil
    }
  }

  /// A URL, percent-encoded: relative (`sequences/a%20b.png`), or `file:///…`.
  package func url(of path: ProjectPath) -> String {
    way.map { Self.encoded(Array($0.utf8) + path.bytes) } ?? absoluteURL(of: path)
  }

  package func absoluteURL(of path: ProjectPath) -> String {
    "file://" + Self.encoded(Array("\(project)/".utf8) + path.bytes)
  }

  /// Where it lies on this machine.
  package func location(of path: ProjectPath) -> String { "\(project)/\(path.string)" }

  /// All but what RFC 3986 calls unreserved: so no name can be taken for a scheme, a query or a fragment.
  private static func encoded(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.append(byte)
      default: text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
