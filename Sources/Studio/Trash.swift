package import Basics
internal import CShims
internal import Glibc

/// `.reel/trash`: what `reel remove` took away, until `reel gc` empties it.
///
/// Each removal has a folder of its own, named by its time, and in it the removed files lie under the paths that they had:
/// `.reel/trash/20261121T064543Z-123456789/sequences/sequence_001/shot_001.mine.png`. So nothing in the trash is ever in the way of
/// anything, the newest comes last by name, and a person finds with any file manager what was where.
package struct Trash {
  package static let path: ProjectPath = ".reel/trash"

  let folder: Folder

  package init(_ folder: Folder) {
    self.folder = folder
  }

  /// A file in the trash.
  package struct Item: Hashable, Sendable {
    /// Where it was.
    package var path: ProjectPath
    /// The folder of its removal.
    package var removal: ProjectPath

    /// Where it lies now.
    package var place: ProjectPath { removal.appending(bytes: path.bytes) }
  }

  /// Moves files into the trash, together.
  /// - Returns: the folder that they lie below now.
  package func put(_ paths: [ProjectPath]) throws(FileError) -> ProjectPath {
    try folder.makeFolder(Self.path)
    let now = FileStamp.now()
    let day = Timestamp.rfc3339(now).filter { $0 != "-" && $0 != ":" }
    let part = String(now % 1_000_000_000)
    let removal = Self.path.appending("\(day)-\(String(repeating: "0", count: 9 - part.count))\(part)")
    for path in paths {
      let item = Item(path: path, removal: removal)
      if let parent = item.place.parent { try folder.makeFolder(parent) }
      try move(path, to: item.place)
    }
    return removal
  }

  /// Everything in the trash, the newest first.
  package var items: [Item] {
    let removals = Self.folders(in: Self.path, of: folder).sorted(by: >)
    return removals.flatMap { removal in
      files(below: removal).map { file in
        Item(path: ProjectPath(trusted: Array(file.bytes.dropFirst(removal.bytes.count + 1))), removal: removal)
      }
    }
  }

  /// Brings a file back to where it was. What is there by now stays, and EEXIST is thrown.
  package func restore(_ item: Item) throws(FileError) {
    if let parent = item.path.parent { try folder.makeFolder(parent) }
    try move(item.place, to: item.path)
    removeEmptyFolders(from: item.place)
  }

  private func move(_ path: ProjectPath, to other: ProjectPath) throws(FileError) {
    do throws(FileError) {
      try folder.move(path, to: other)
    } catch {
      if error.code != EXDEV { throw error }
      // The trash lies on another disk, by a link.
      try copy(path, to: other)
      try folder.removeFile(path)
    }
  }

  private func copy(_ path: ProjectPath, to other: ProjectPath) throws(FileError) {
    let source = try folder.open(path, O_RDONLY)
    _ = try AtomicFile.write(to: other, in: folder, existing: .keep) { file throws(FileError) in
      while true {
        let count = sendfile(file.raw, source.raw, nil, 16 << 20)
        if count == 0 { return }
        if count < 0, reel_errno() != EINTR { throw .last("copy", path.string) }
      }
    }
  }

  /// Those that a restored file leaves behind in the trash, up to the removal's own.
  private func removeEmptyFolders(from place: ProjectPath) {
    var next = place.parent
    while let path = next, path.isInside(Self.path), let parent = path.parent {
      guard let above = try? folder.open(parent, O_RDONLY | O_DIRECTORY) else { return }
      let name = ProjectPath(trusted: Array(path.nameBytes))
      if Folder.withPath(name, { unlinkat(above.raw, $0, AT_REMOVEDIR) }) != 0 { return }
      next = parent
    }
  }

  private func files(below start: ProjectPath) -> [ProjectPath] {
    var found: [ProjectPath] = []
    var waiting = [start]
    while let next = waiting.popLast() {
      for entry in (try? Tree.entries(of: next, in: folder)) ?? [] {
        switch entry.kind {
        case .folder: waiting.append(entry.path)
        case .file: found.append(entry.path)
        case .other: break
        }
      }
    }
    return found.sorted()
  }

  private static func folders(in path: ProjectPath, of folder: Folder) -> [ProjectPath] {
    ((try? Tree.entries(of: path, in: folder)) ?? []).filter { $0.kind == .folder }.map(\.path)
  }
}
