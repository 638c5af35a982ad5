package import Basics

/// Which parts of a project folder are watched, and what a cold reading of them finds.
///
/// Watched is the whole tree except folders whose name starts with a dot (`.git`, `.stversions`, …) or is ignored, and
/// folders behind links. Of `.reel` only its `sync` is watched, for cookies; nothing in `.reel` is ever reported.
package enum WatchedTree {
  /// Whether a folder's content is watched, given that the folder above it is.
  package static func isEntered(_ folder: ProjectPath) -> Bool {
    if folder == .root || folder == SyncFolder.parent || folder == SyncFolder.path { return true }
    if folder.parent == SyncFolder.parent || folder.parent == SyncFolder.path { return false }
    return folder.nameBytes.first != UInt8(ascii: ".") && !IgnoredNames.contains(folder.nameBytes)
  }

  /// Whether a path in an entered folder is worth reporting.
  package static func isReported(_ path: ProjectPath) -> Bool {
    path != SyncFolder.parent && path.parent != SyncFolder.parent && path.parent != SyncFolder.path
      && !IgnoredNames.contains(path.nameBytes)
  }

  /// All that is reported, below `folder` and at any depth, with what lies there. Folders that cannot be read count as
  /// empty.
  package static func listing(of folder: Folder, below start: ProjectPath = .root) -> [ProjectPath: Folder.Kind] {
    Dictionary(entries(of: folder, below: start).map { ($0.path, $0.kind) }) { first, _ in first }
  }

  /// The same as a list: folder by folder, and in each in byte order, so that a take comes before its sidecar.
  package static func entries(of folder: Folder, below start: ProjectPath) -> [Tree.Entry] {
    var read = [start: entries(of: start, in: folder)]
    var level = [start]
    while !level.isEmpty {
      level = level.flatMap { (read[$0] ?? []).filter { $0.kind == .folder }.map(\.path) }
      // Each folder is read by itself, so many are read on all cores.
      let lists = Spread.map(level, chunk: 8) { entries(of: $0, in: folder) }
      for (path, list) in zip(level, lists) { read[path] = list }
    }
    var found: [Tree.Entry] = []
    found.reserveCapacity(read.values.reduce(0) { $0 + $1.count })
    var waiting = [start]
    while let next = waiting.popLast() {
      let entries = read[next] ?? []
      found += entries
      for entry in entries where entry.kind == .folder { waiting.append(entry.path) }
    }
    return found
  }

  /// What is reported of one folder: its files, and the folders that are entered.
  static func entries(of path: ProjectPath, in folder: Folder) -> [Tree.Entry] {
    guard let entries = try? Tree.entries(of: path, in: folder, skip: { IgnoredNames.contains($0) }) else { return [] }
    // Of their names it is known that they are not ignored.
    let isReported = path != SyncFolder.parent && path != SyncFolder.path
    return entries.filter {
      if $0.kind == .folder { return isEntered($0.path) && $0.path != SyncFolder.parent }
      return isReported && $0.path != SyncFolder.parent
    }
  }
}
