internal import Basics
internal import Glibc

/// Whether git is at work in the project's repository: while `index.lock` is there, files come and go.
package struct GitState: Sendable {
  private let lock: String?

  /// - Parameter folder: the path of the project folder; its repository may begin further up.
  package init(of folder: String) {
    lock = Self.repository(around: folder).map { "\($0)/index.lock" }
  }

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
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 4200)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard text.hasPrefix("gitdir: "), let slash = path.lastIndex(of: "/") else { return nil }
    return resolve(String(text.dropFirst("gitdir: ".count)), in: String(path[..<slash]))
  }

  /// A path that git wrote into a file in `folder`.
  static func resolve(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }

  /// How long a lock holds us up. Git that works longer is not waited for, and one that was killed leaves its lock for good.
  package static let patience: Int64 = 30_000_000_000

  /// Whether the lock is there and was made in the last thirty seconds. One from the future is none: a clock was set.
  package var isBusy: Bool {
    guard let lock else { return false }
    var status = stat()
    guard lstat(lock, &status) == 0 else { return false }
    let age = FileStamp.now() - FileStamp(status).modified
    return (-2_000_000_000..<Self.patience).contains(age)
  }
}
