internal import Basics
internal import CShims
internal import Glibc

/// Whether git is at work in the project's repository: while it is, files come and go.
///
/// Asked by a few looks at its folder; no git program is run. `index.lock` says that one command is writing files. What takes several
/// commands (a rebase goes from commit to commit) is in `GitState+Operation.swift`.
package struct GitState: Sendable {
  /// Where the looking for a repository begins.
  private let start: String
  /// Its folder, if there was one at the start; a repository that is made later is looked for each time.
  private let found: String?

  /// - Parameter folder: the path of the project folder; its repository may begin further up.
  package init(of folder: String) {
    start = folder
    found = Self.repository(around: folder)
  }

  /// The folder with HEAD and the index: `.git`, or for a work tree or a submodule the one that its `.git` names.
  var gitFolder: String? { found ?? Self.repository(around: start) }

  /// The folder that git keeps of the repository around a folder.
  static func repository(around folder: String) -> String? {
    var directory = folder
    while true {
      let candidate = "\(directory)/.git"
      var status = stat()
      if stat(candidate, &status) == 0 { return gitFolder(candidate) }
      guard let slash = directory.lastIndex(of: "/"), slash != directory.startIndex else { return nil }
      directory = String(directory[..<slash])
    }
  }

  /// `.git` is a folder, or in work trees and submodules a file that names one: `gitdir: PATH`.
  private static func gitFolder(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    if status.st_mode & S_IFMT == S_IFDIR { return path }
    guard let text = text(path).map({ String($0.prefix { !$0.isNewline }) }) else { return nil }
    guard text.hasPrefix("gitdir: "), let slash = path.lastIndex(of: "/") else { return nil }
    return resolve(String(text.dropFirst("gitdir: ".count)), in: String(path[..<slash]))
  }

  /// The text of a file of git's, of the end of it where it is longer than `limit`. What is no regular file has none: a named pipe that
  /// came with an archive must not hold us up.
  static func text(_ path: String, limit: Int = 4096) -> String? {
    let raw = reel_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0)
    if raw < 0 { return nil }
    let file = Descriptor(owning: raw)
    var status = stat()
    guard fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let size = min(Int(status.st_size), limit)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = max(0, pread(file.raw, buffer.baseAddress, size, status.st_size - off_t(size)))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A path that git wrote into a file in `folder`.
  static func resolve(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }

  /// How long a lock holds us up. Git that works longer is not waited for, and one that was killed leaves its lock for good.
  package static let patience: Int64 = 30_000_000_000

  /// Whether what changes now is on its way to something else: git writes files, or goes from commit to commit.
  package var isBusy: Bool {
    guard let gitFolder else { return false }
    return Self.isLocked(gitFolder) || Self.isMoving(gitFolder)
  }

  /// Whether the lock is there and was made in the last thirty seconds. One from the future is none: a clock was set.
  private static func isLocked(_ gitFolder: String) -> Bool {
    age(of: "\(gitFolder)/index.lock").map { (-tolerance..<patience).contains($0) } ?? false
  }

  /// The clock that stamps files may be a tick behind, and that of a file server some more ahead.
  static let tolerance: Int64 = 2_000_000_000

  /// How long ago something was changed, in nanoseconds; nil when it is not there.
  static func age(of path: String) -> Int64? {
    var status = stat()
    return lstat(path, &status) == 0 ? FileStamp.now() - FileStamp(status).modified : nil
  }
}
