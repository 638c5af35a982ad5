internal import Basics

/// Every file as it was looked at last, by path and by folder: what lies in a folder is found without going through all.
struct KnownFiles: Sendable {
  struct Facts: Sendable {
    var stamp: FileStamp
    /// When it was read, by the file system's clock: see `FileStamp.isSettled(at:)`.
    var readAt: Int64

    /// Whether a file with this stamp is sure to hold what was read.
    func stillHold(at stamp: FileStamp) -> Bool { self.stamp == stamp && stamp.isSettled(at: readAt) }
  }

  private var facts: [ProjectPath: Facts] = [:]
  /// The files and folders in each folder that holds a known file at any depth.
  private var children: [ProjectPath: Set<ProjectPath>] = [:]

  subscript(path: ProjectPath) -> Facts? {
    get { facts[path] }
    set {
      let isNew = facts.updateOrRemove(newValue, at: path) == nil
      if newValue == nil { unlink(path) } else if isNew { link(path) }
    }
  }

  var count: Int { facts.count }

  /// Makes room for so many files at once, where there are few so far.
  mutating func reserve(_ count: Int) {
    if count > facts.count { facts.reserveCapacity(count) }
  }

  /// Whether known files lie below a path.
  func isFolder(_ path: ProjectPath) -> Bool { children[path] != nil }

  /// The known files below a folder, at any depth.
  func below(_ folder: ProjectPath) -> [ProjectPath] {
    if folder == .root { return Array(facts.keys) }
    var found: [ProjectPath] = []
    var waiting = [folder]
    while let next = waiting.popLast() {
      for child in children[next] ?? [] {
        if facts[child] != nil { found.append(child) }
        if children[child] != nil { waiting.append(child) }
      }
    }
    return found
  }

  private mutating func link(_ path: ProjectPath) {
    var child = path
    while let folder = child.parent {
      // Where something was known already, so are the folders above.
      if children[folder]?.insert(child) != nil { return }
      children[folder] = [child]
      child = folder
    }
  }

  private mutating func unlink(_ path: ProjectPath) {
    var child = path
    while children[child] == nil, let folder = child.parent {
      children[folder]?.remove(child)
      if children[folder]?.isEmpty == true { children[folder] = nil }
      child = folder
      if facts[child] != nil { return }
    }
  }
}

extension Dictionary {
  /// - Returns: what stood there before.
  fileprivate mutating func updateOrRemove(_ value: Value?, at key: Key) -> Value? {
    if let value { updateValue(value, forKey: key) } else { removeValue(forKey: key) }
  }
}
