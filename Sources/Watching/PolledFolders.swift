internal import Basics

/// What was last seen in folders that are read again and again, to tell what is different.
///
/// A file that changes twice within one tick of the file system's clock may keep its stamp, and the second change
/// would be missed. So a file that is new or different is told in each round until `retelling` has passed: two seconds
/// cover the coarsest clocks in use, and are counted on our own, since a file server's may be wrong.
struct PolledFolders {
  typealias Instant = ContinuousClock.Instant

  private static let retelling: Duration = .seconds(2)

  private var seen: [ProjectPath: [ProjectPath: Folder.Kind]] = [:]
  private var retold: [ProjectPath: Instant] = [:]

  var isEmpty: Bool { seen.isEmpty }
  var count: Int { seen.count }
  var folders: [ProjectPath] { seen.keys.sorted() }

  /// Takes up a folder as it is now. What changed just before is told again for a while.
  /// - Returns: the folders in it.
  @discardableResult
  mutating func add(_ path: ProjectPath, in folder: Folder, at now: Instant) -> [ProjectPath] {
    var entries: [ProjectPath: Folder.Kind] = [:]
    let clock = FileStamp.now()
    for entry in WatchedTree.entries(of: path, in: folder) {
      entries[entry.path] = entry.kind
      if case .file(let stamp) = entry.kind, !stamp.isSettled(at: clock) { retold[entry.path] = now + Self.retelling }
    }
    seen[path] = entries
    return entries.filter { $0.value == .folder }.keys.sorted()
  }

  mutating func remove(_ path: ProjectPath) {
    seen[path] = nil
  }

  struct Difference {
    var dirty = DirtyPaths()
    /// Folders that were not there before; they are not taken up by themselves.
    var newFolders: [ProjectPath] = []
  }

  /// Reads all folders again. Those that are gone are forgotten with all inside them.
  mutating func poll(in folder: Folder, at now: Instant) -> Difference {
    var changed: Set<ProjectPath> = []
    var newFolders: [ProjectPath] = []
    let again = Set(retold.keys)
    for path in folders {
      // Forgotten in this round, with a folder above it.
      guard let before = seen[path] else { continue }
      var after: [ProjectPath: Folder.Kind] = [:]
      for entry in WatchedTree.entries(of: path, in: folder) { after[entry.path] = entry.kind }
      for (child, kind) in after where before[child] != kind {
        changed.insert(child)
        switch kind {
        case .file: retold[child] = now + Self.retelling
        case .folder: newFolders.append(child)
        case .other: break
        }
      }
      for (child, kind) in before where after[child] != kind {
        changed.insert(child)
        if kind == .folder { forget(child) }
        if after[child] == nil { retold[child] = nil }
      }
      seen[path] = after
    }
    changed.formUnion(again.filter { retold[$0] != nil })
    for (path, end) in retold where end <= now { retold[path] = nil }
    return Difference(dirty: DirtyPaths(files: changed, folders: Set(newFolders)), newFolders: newFolders.sorted())
  }

  private mutating func forget(_ gone: ProjectPath) {
    for path in seen.keys where path == gone || path.isInside(gone) { seen[path] = nil }
    for path in retold.keys where path.isInside(gone) { retold[path] = nil }
  }
}
