internal import Basics
internal import CShims
internal import Glibc

/// Where a project folder lies, and whether it is still the one that lies there.
struct RootPlace: Sendable {
  let folder: Folder
  /// The absolute path as bytes, without a trailing `/`: empty for the root of the file system.
  let location: [UInt8]

  /// - Throws: `rootGone` when the open folder can no longer be reached by a path.
  init(_ folder: Folder) throws(WatchError) {
    self.folder = folder
    // Asked of the kernel, since a path as String has lost the bytes that are no UTF-8.
    let path = OpenDescriptors.name(of: folder.raw) ?? Array(folder.path.utf8)
    location = path == [UInt8(ascii: "/")] ? [] : path
    if !isThere { throw WatchError(code: .rootGone, path: folder.path) }
  }

  /// Whether the path still leads to the open folder. Both are asked anew each time: some file systems renumber their
  /// files.
  var isThere: Bool {
    var opened = stat()
    var named = stat()
    guard fstat(folder.raw, &opened) == 0 else { return false }
    let looked = Folder.withPath(ProjectPath(trusted: location + [UInt8(ascii: "/")])) { stat($0, &named) }
    return looked == 0 && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
  }

  func absolute(_ path: ProjectPath) -> [UInt8] {
    path == .root && !location.isEmpty ? location : location + [UInt8(ascii: "/")] + path.bytes
  }

  /// The path inside the project of an absolute one; nil when it lies elsewhere.
  func relative(_ absolute: [UInt8]) -> ProjectPath? {
    if absolute.count <= location.count { return absolute == location ? .root : nil }
    guard absolute[location.count] == UInt8(ascii: "/"), absolute.starts(with: location) else { return nil }
    return ProjectPath(trusted: Array(absolute[(location.count + 1)...]))
  }
}
