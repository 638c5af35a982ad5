package import Basics

/// What has to be looked at again; it never says what happened there.
///
/// Whoever takes one looks at the paths first and answers the `cookies` afterwards: a cookie means that everything that
/// happened before it is in this batch or was in an earlier one.
package struct DirtyPaths: Sendable, Hashable {
  /// Files or folders that may have changed, appeared or gone.
  package private(set) var files: Set<ProjectPath>
  /// Folders whose content may be different at any depth: they are read again as a whole.
  package private(set) var folders: Set<ProjectPath>
  /// The whole project is read again. `files` and `folders` are empty then: they would add nothing.
  package private(set) var everything: Bool
  /// Names of the files in `.reel/sync` that were seen to arrive (`SyncFolder`).
  package var cookies: Set<String>

  package init(
    files: Set<ProjectPath> = [], folders: Set<ProjectPath> = [], everything: Bool = false, cookies: Set<String> = []
  ) {
    self.files = everything ? [] : files
    self.folders = everything ? [] : folders
    self.everything = everything
    self.cookies = cookies
  }

  /// The whole project, without a cookie.
  package static let all = DirtyPaths(everything: true)

  package var isEmpty: Bool { !everything && files.isEmpty && folders.isEmpty && cookies.isEmpty }

  package mutating func formUnion(_ other: DirtyPaths) {
    cookies.formUnion(other.cookies)
    everything = everything || other.everything
    if everything {
      files = []
      folders = []
    } else {
      files.formUnion(other.files)
      folders.formUnion(other.folders)
    }
  }

  /// Whether looking at these paths looks at `path` too.
  package func covers(_ path: ProjectPath) -> Bool {
    if everything || files.contains(path) || folders.contains(path) { return true }
    var above = path.parent
    while let folder = above {
      if folders.contains(folder) { return true }
      above = folder.parent
    }
    return false
  }
}
