package import Basics

/// What a file of a project is, told by its path alone.
package enum FileRole: Hashable, Sendable {
  case project
  case sequence(SequenceName)
  /// `library/NAME.json`
  case entry(String)
  /// The sidecar of a take; the path is the output's.
  case sidecar(ProjectPath)
  /// A take's output.
  case output(TakeName)
  /// A file that looks like one of ours but whose name says that it is not: a sync tool's conflict copy, a stray name.
  case misnamed
  /// Anything else: reference images, workflows, texts, and what a project holds that is none of our business.
  case other

  package init(of path: ProjectPath) {
    let name = path.name
    if path.bytes.elementsEqual("project.json".utf8) {
      self = .project
      return
    }
    if name.hasSuffix(".json"), TakeName(String(name.dropLast(5))) != nil {
      self = .sidecar(ProjectPath(trusted: path.bytes.dropLast(5)))
      return
    }
    if let take = TakeName(name) {
      self = .output(take)
      return
    }
    let parts = path.parts
    guard parts.count == 2, path.fileExtension == "json" else {
      self = .other
      return
    }
    if parts[0].elementsEqual("sequences".utf8) {
      self = SequenceName(path.stem).map { .sequence($0) } ?? .misnamed
      // `.JSON` would be another file beside `.json` on Linux and the same one elsewhere.
      if !name.hasSuffix(".json") { self = .misnamed }
    } else if parts[0].elementsEqual("library".utf8) {
      self = Self.isEntryName(path.stem) && name.hasSuffix(".json") ? .entry(path.stem) : .misnamed
    } else {
      self = .other
    }
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
