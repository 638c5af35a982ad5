package import Basics
internal import CShims
internal import Glibc

/// The folder `.reel/sync`, through which one can wait until a watcher has told everything that happened so far.
///
/// Whoever wants to know drops an empty file of a fresh name there, a cookie. The kernel keeps the order of events, so
/// when the cookie's own event has come through, all earlier ones have. Its name then stands in `DirtyPaths.cookies`. A
/// cookie that is merely found by reading the folder proves nothing: earlier events may still be queued. The idea is
/// watchman's.
package enum SyncFolder {
  package static let path: ProjectPath = ".reel/sync"
  static let parent: ProjectPath = ".reel"

  /// Makes the folder, if need be, so that it is watched before the first cookie.
  package static func prepare(in folder: Folder) throws(FileError) {
    try folder.makeFolder(path)
  }

  /// Drops a cookie of a name that nobody else uses.
  /// - Returns: its name, to be awaited in `DirtyPaths.cookies` and removed afterwards.
  package static func dropCookie(in folder: Folder) throws(FileError) -> String {
    let name = "\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    do throws(FileError) {
      try drop(name, in: folder)
    } catch {
      guard error.isAbsence else { throw error }
      // `git clean -xfd` took the folder along. The watcher finds the new one, and the cookie in it.
      try prepare(in: folder)
      try drop(name, in: folder)
    }
    return name
  }

  private static func drop(_ name: String, in folder: Folder) throws(FileError) {
    _ = try folder.open(path.appending(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
  }

  package static func removeCookie(_ name: String, in folder: Folder) throws(FileError) {
    try folder.removeFile(path.appending(name))
  }

  /// The cookies that lie there now; none if the folder is not there.
  static func cookies(in folder: Folder) -> Set<String> {
    guard let entries = try? Tree.entries(of: path, in: folder, skip: { IgnoredNames.contains($0) }) else { return [] }
    return Set(entries.map(\.path.name))
  }
}
