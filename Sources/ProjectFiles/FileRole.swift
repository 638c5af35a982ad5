package import Basics

/// What a file of a project is, told by its path alone.
package enum FileRole: Hashable, Sendable {
  case project
  case sequence(SequenceName)
  /// `shots/shot_ID.json`, a shot of the StoryCore editor in a file of its own.
  case shot(ShotID)
  /// `library/NAME.json`
  case entry(String)
  /// `ratings/PERSON.json`
  case ratings(Person)
  /// `workflows/NAME.json`, also in folders below.
  case workflow
  /// The sidecar of a take; the path is the output's.
  case sidecar(ProjectPath)
  /// A take's output.
  case output(TakeName)
  /// A file that looks like one of ours but whose name says that it is not: a sync tool's conflict copy, a stray name.
  case misnamed
  /// Anything else: reference images, texts, and what a project holds that is none of our business.
  case other

  package init(of path: ProjectPath) {
    // Most files of a project are takes.
    if path.bytes.starts(with: Self.sequencesFolder), path.bytes.count(where: { $0 == UInt8(ascii: "/") }) == 2 {
      self = Self.besideSequence(path)
      return
    }
    let parts = path.parts
    let name = path.name
    let folder = parts.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
    switch (folder, parts.count) {
    case ("project.json", 1): self = .project
    case ("sequences", 2) where path.fileExtension == "json":
      // `.JSON` would be another file beside `.json` on Linux and the same one elsewhere.
      self = (name.hasSuffix(".json") ? SequenceName(path.stem) : nil).map { .sequence($0) } ?? .misnamed
    case ("library", 2) where path.fileExtension == "json":
      self = Self.isEntryName(path.stem) && name.hasSuffix(".json") ? .entry(path.stem) : .misnamed
    case ("shots", 2) where path.fileExtension == "json" && name.hasPrefix("shot_"):
      let isSafe = name.hasSuffix(".json") && path.stem != "shot_" && SequenceName(path.stem) != nil
      self = isSafe ? .shot(ShotID(String(path.stem.dropFirst(5)))) : .misnamed
    case ("ratings", 2) where path.fileExtension == "json":
      self = (name.hasSuffix(".json") ? Person(stem: path.stem) : nil).map { .ratings($0) } ?? .misnamed
    case ("workflows", 2...) where path.fileExtension == "json": self = .workflow
    default: self = .other
    }
  }

  private static let sequencesFolder = Array("sequences/".utf8)
  private static let jsonEnding = Array(".json".utf8)

  /// Takes lie in their sequence's folder and nowhere else: a copy of one in `inbox/` is a reference like any other.
  private static func besideSequence(_ path: ProjectPath) -> FileRole {
    let name = path.nameBytes
    if name.suffix(5).elementsEqual(jsonEnding), TakeName(bytes: name.dropLast(5)) != nil {
      return .sidecar(ProjectPath(trusted: Array(path.bytes.dropLast(5))))
    }
    return TakeName(bytes: name).map { .output($0) } ?? .other
  }

  /// Whether a text is `[A-Za-z][A-Za-z0-9_-]*`, what can stand behind an `@`.
  package static func isEntryName(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) else {
      return false
    }
    return SequenceName(text) != nil
  }
}

extension ProjectPath {
  /// Whether the name ends as those of still pictures do. What a file really is decides its first bytes, not its name.
  package var isImageName: Bool {
    ["png", "jpg", "jpeg", "webp", "gif", "tif", "tiff", "heic", "heif", "avif"].contains(fileExtension)
  }
}
