internal import Glibc

/// A path inside a project folder: relative, `/` between its parts, without `.`, `..`, empty parts or NUL.
///
/// Kept and compared as bytes. Swift's `String` calls an NFC and an NFD spelling equal and repairs invalid UTF-8, but to
/// Linux these are different files, and a user may have both.
package struct ProjectPath: Sendable {
  /// The bytes as the kernel takes them, without a leading or trailing `/`; empty for the project folder itself.
  package let bytes: [UInt8]

  /// The project folder itself.
  package static let root = ProjectPath(trusted: [])

  /// A path that is known to be well formed: made of names that came from the kernel, or written in the source.
  package init(trusted bytes: [UInt8]) {
    self.bytes = bytes
  }

  package init(trusted text: String) {
    self.bytes = Array(text.utf8)
  }

  /// Why a text that someone wrote is no path inside the project.
  package enum Refusal: Error, Hashable, Sendable {
    case empty
    case absolute
    case url
    case parent
    case nul
    case emptyPart
    case backslash
    case tooLong

    /// What is wrong, as the predicate of a sentence: "`/etc/passwd` is an absolute path …".
    package var predicate: String {
      switch self {
      case .empty: "is empty"
      case .absolute: "is an absolute path; paths start at the project folder"
      case .url: "is a URL; put the file into `inbox/` and name it from there"
      case .parent: "leaves the project folder with `..`"
      case .nul: "holds a NUL character"
      case .emptyPart: "has an empty part between two `/`"
      case .backslash: "has a backslash; write `/` between folders"
      case .tooLong: "is longer than the 4095 bytes that a path may have"
      }
    }
  }

  /// Reads a path that a person wrote. `./` and `.` parts and one trailing `/` are dropped; everything else that is not a
  /// plain path inside the project is refused.
  package init(written text: String) throws(Refusal) {
    self = try ProjectPath(relayed: text)
    if bytes.contains(UInt8(ascii: "\\")) { throw .backslash }
  }

  /// Reads a path that another of our programs or processes took from the disk, where names may hold whatever a disk takes:
  /// as `init(written:)`, but for backslashes, which a person means as something else.
  package init(relayed text: String) throws(Refusal) {
    let utf8 = Array(text.utf8)
    if utf8.isEmpty { throw .empty }
    if utf8.count > 4095 { throw .tooLong }
    if utf8.contains(0) { throw .nul }
    if utf8[0] == UInt8(ascii: "/") { throw .absolute }
    if text.contains("://") { throw .url }
    var parts: [ArraySlice<UInt8>] = []
    let split = utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for (index, part) in split.enumerated() {
      if part.isEmpty {
        if index == split.count - 1 { continue }
        throw .emptyPart
      }
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8) { throw .parent }
      parts.append(part)
    }
    if parts.isEmpty { throw .empty }
    self.bytes = Array(parts.joined(separator: [UInt8(ascii: "/")]))
  }

  /// The path as text, for people; invalid UTF-8 shows as replacement characters.
  package var string: String { String(decoding: bytes, as: UTF8.self) }

  /// The last part: a file's or folder's own name.
  package var name: String { String(decoding: nameBytes, as: UTF8.self) }

  package var nameBytes: ArraySlice<UInt8> {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes[...] }
    return bytes[(slash + 1)...]
  }

  /// The name without its last extension: `sequence_001` of `sequences/sequence_001.json`. A leading dot is no extension.
  package var stem: String {
    let name = nameBytes
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return self.name }
    return String(decoding: name[..<dot], as: UTF8.self)
  }

  /// The extension in lower case without its dot, empty if there is none.
  package var fileExtension: String {
    let name = nameBytes
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
    return String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
  }

  /// The folder this lies in; nil for the project folder itself.
  package var parent: ProjectPath? {
    if bytes.isEmpty { return nil }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return .root }
    return ProjectPath(trusted: Array(bytes[..<slash]))
  }

  /// The parts in order: `["inbox", "mara.png"]`.
  package var parts: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "/")) }

  package func appending(_ name: String) -> ProjectPath { appending(bytes: name.utf8) }

  package func appending(bytes name: some Collection<UInt8>) -> ProjectPath {
    if bytes.isEmpty { return ProjectPath(trusted: Array(name)) }
    var joined = bytes
    joined.reserveCapacity(bytes.count + 1 + name.count)
    joined.append(UInt8(ascii: "/"))
    joined.append(contentsOf: name)
    return ProjectPath(trusted: joined)
  }

  /// Whether this lies in `folder`, at any depth. A folder is not inside itself.
  package func isInside(_ folder: ProjectPath) -> Bool {
    if folder.bytes.isEmpty { return !bytes.isEmpty }
    return bytes.count > folder.bytes.count + 1 && bytes[folder.bytes.count] == UInt8(ascii: "/")
      && bytes.starts(with: folder.bytes)
  }
}

extension ProjectPath: Hashable, Comparable {
  /// All bytes in one go, here and below: an array hashes and compares them one by one, which takes four times as long, and paths
  /// are keys everywhere.
  package func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }

  package static func == (left: ProjectPath, right: ProjectPath) -> Bool {
    left.bytes.count == right.bytes.count && compare(left, right, left.bytes.count) == 0
  }

  package static func < (left: ProjectPath, right: ProjectPath) -> Bool {
    let order = compare(left, right, min(left.bytes.count, right.bytes.count))
    return order == 0 ? left.bytes.count < right.bytes.count : order < 0
  }

  /// As memcmp(3) has it, over the first `count` bytes of both.
  private static func compare(_ left: ProjectPath, _ right: ProjectPath, _ count: Int) -> Int32 {
    left.bytes.withUnsafeBytes { left in
      right.bytes.withUnsafeBytes { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return 0 }
        return memcmp(left, right, count)
      }
    }
  }
}

extension ProjectPath: CustomStringConvertible, ExpressibleByStringLiteral {
  package var description: String { string }

  package init(stringLiteral text: StaticString) {
    self.init(trusted: text.withUTF8Buffer { Array($0) })
  }
}
