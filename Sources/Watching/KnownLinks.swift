internal import Basics
internal import CShims
internal import Glibc

/// The symbolic links of a watched project.
///
/// A link to a file counts as that file, but the kernel tells a change only under the path by which it was made. So the
/// links are kept here and told with every batch: any path in it may be what one of them leads to, directly or over
/// other links. Projects have few links, and looking at one costs microseconds.
struct KnownLinks {
  private(set) var paths: Set<ProjectPath> = []

  /// Takes up the links that lie in a folder.
  mutating func add(in path: ProjectPath, of folder: Folder) {
    guard let opened = try? folder.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return }
    let raw = opened.release()
    guard let stream = fdopendir(raw) else {
      close(raw)
      return
    }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let type = entry.pointee.d_type
      // Some file systems do not say what a name is.
      guard type == UInt8(DT_LNK) || type == UInt8(DT_UNKNOWN) else { continue }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      let child = path.appending(bytes: name)
      if type == UInt8(DT_LNK) { take(child) } else { look(at: child, in: folder) }
    }
  }

  /// Takes up a path if it is a link, forgets it otherwise.
  mutating func look(at path: ProjectPath, in folder: Folder) {
    var status = stat()
    let looked = Folder.withPath(path) { fstatat(folder.raw, $0, &status, AT_SYMLINK_NOFOLLOW) }
    if looked == 0, reel_is_link(status.st_mode) != 0 { take(path) } else { paths.remove(path) }
  }

  private mutating func take(_ path: ProjectPath) {
    if WatchedTree.isReported(path) { paths.insert(path) }
  }
}
