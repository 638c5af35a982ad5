internal import CShims
internal import Glibc

/// An open folder beneath which files are read and written; nothing outside it can be reached through it.
///
/// Every path is resolved by the kernel with RESOLVE_BENEATH, so neither `..` nor a link that leads out gets through, whoever
/// swaps folders for links meanwhile. Kernels before 5.6 lack that call; there, links are not followed at all.
package final class Folder: Sendable {
  /// The folder as the user named it, made absolute: for messages and for programs that need a path.
  package let path: String
  package let raw: Int32

  /// - Throws: ENOENT, ENOTDIR and whatever else open(2) says.
  package init(opening path: String) throws(FileError) {
    let raw = reel_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0)
    if raw < 0 { throw .last("open", path) }
    self.raw = raw
    self.path = Self.absolute(path)
  }

  deinit {
    close(raw)
  }

  private static func absolute(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// When it was made, nanoseconds since 1970; nil where the file system does not know. With its place it tells a folder from one that
  /// was put in its stead: inode numbers are used again.
  package var birth: Int64? {
    let birth = reel_birth(raw)
    return birth == 0 ? nil : birth
  }

  /// Where `path` lies on this machine, for messages and other programs.
  package func location(of path: ProjectPath) -> String {
    path.bytes.isEmpty ? self.path : "\(self.path)/\(path.string)"
  }

  /// Opens beneath the folder; `flags` as for open(2), CLOEXEC is added.
  package func open(_ path: ProjectPath, _ flags: Int32, mode: UInt32 = 0o644) throws(FileError) -> Descriptor {
    let raw = openRaw(path, flags, mode)
    if raw < 0 { throw .last("open", name(of: path)) }
    return Descriptor(owning: raw)
  }

  /// Opens a folder beneath this one to read it. A link is no folder, whichever part of the path it is: a tree with links to
  /// folders may have circles, and the same file under several paths.
  func openFolder(_ path: ProjectPath, _ flags: Int32 = O_RDONLY) throws(FileError) -> Descriptor {
    let raw = Self.withPath(path) { pointer in
      let descriptor = reel_openat_without_links(self.raw, pointer, flags | O_DIRECTORY, 0)
      if descriptor < 0, reel_errno() == ENOSYS { return openWithoutLinks(path, flags | O_DIRECTORY, 0) }
      return descriptor
    }
    if raw < 0 { throw .last("open", path.string) }
    return Descriptor(owning: raw)
  }

  /// The descriptor, or -1 with errno set.
  private func openRaw(_ path: ProjectPath, _ flags: Int32, _ mode: UInt32) -> Int32 {
    Self.withPath(path) { pointer in
      let descriptor = reel_openat_beneath(self.raw, pointer, flags, mode)
      if descriptor < 0, reel_errno() == ENOSYS { return openWithoutLinks(path, flags, mode) }
      return descriptor
    }
  }

  /// Part by part, no link followed: for kernels without openat2.
  private func openWithoutLinks(_ path: ProjectPath, _ flags: Int32, _ mode: UInt32) -> Int32 {
    var directory = self.raw
    let parts = path.parts
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      let next = Self.withPath(ProjectPath(trusted: Array(part))) { pointer in
        reel_openat(
          directory, pointer, isLast ? flags | O_NOFOLLOW : O_RDONLY | O_DIRECTORY | O_NOFOLLOW, mode)
      }
      let code = reel_errno()
      if directory != self.raw { close(directory) }
      if next < 0 {
        errno = code
        return -1
      }
      directory = next
    }
    return parts.isEmpty ? reel_openat(self.raw, ".", flags, mode) : directory
  }

  /// Calls `body` with the path as the kernel takes it; the project folder itself is `.`.
  package static func withPath<Result>(_ path: ProjectPath, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // On the stack: a path is handed to the kernel several times for each file that is read.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: path.bytes.count + 2) { characters in
      guard let base = characters.baseAddress else {
        preconditionFailure("Internal inconsistency: a terminated path has no bytes")
      }
      characters.initialize(repeating: 0)
      if path.bytes.isEmpty { characters[0] = CChar(bitPattern: UInt8(ascii: ".")) }
      path.bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(characters).copyMemory(from: $0) }
      return body(base)
    }
  }
}

extension Folder {
  /// A whole file, read once, with the stamp it had.
  package struct Content: Sendable {
    package var bytes: [UInt8]
    package var stamp: FileStamp
  }

  /// Reads a regular file. The stamp taken before equals the one taken after reading, so the bytes are one version of it.
  /// - Throws: EFBIG above `limit` bytes; EINVAL when it is no regular file; EAGAIN when it kept changing while it was read.
  package func read(_ path: ProjectPath, limit: Int) throws(FileError) -> Content {
    for _ in 0..<3 {
      // O_NONBLOCK: a named pipe must not hold us up; it has no effect on regular files.
      let file = try open(path, O_RDONLY | O_NONBLOCK)
      let before = try Self.status(of: file, path)
      guard reel_is_regular(before.st_mode) != 0 else {
        throw FileError(
          code: reel_is_directory(before.st_mode) != 0 ? EISDIR : EINVAL, action: "read", path: path.string)
      }
      let bytes = try file.readAll(limit: limit, sizeHint: Int(before.st_size), path: path.string)
      let after = try Self.status(of: file, path)
      if FileStamp(before) == FileStamp(after), bytes.count == Int(after.st_size) {
        return Content(bytes: bytes, stamp: FileStamp(after))
      }
    }
    throw FileError(code: EAGAIN, action: "read", path: path.string)
  }

  private static func status(of file: borrowing Descriptor, _ path: ProjectPath) throws(FileError) -> stat {
    var status = stat()
    if fstat(file.raw, &status) != 0 { throw .last("look at", path.string) }
    return status
  }

  /// What lies at a path.
  package enum Kind: Hashable, Sendable {
    case file(FileStamp)
    case folder
    /// A pipe, socket, device, or a link that leads nowhere or out of the project.
    case other
  }

  /// Looks at a path; links are followed as long as they stay inside. Nil when nothing is there.
  package func look(at path: ProjectPath) throws(FileError) -> Kind? {
    let raw = openRaw(path, reel_o_path, 0)
    if raw < 0 {
      let error = FileError.last("look at", path.string)
      if error.isAbsence { return nil }
      if error.code == EXDEV || error.code == ELOOP { return .other }
      throw error
    }
    let file = Descriptor(owning: raw)
    let status = try Self.status(of: file, path)
    if reel_is_regular(status.st_mode) != 0 { return .file(FileStamp(status)) }
    return reel_is_directory(status.st_mode) != 0 ? .folder : .other
  }

  /// Makes a folder and those above it; one that is there already is fine. New names are synced into their parents.
  package func makeFolder(_ path: ProjectPath) throws(FileError) {
    if case .folder? = try look(at: path) { return }
    guard let parent = path.parent else { return }
    try makeFolder(parent)
    let directory = try open(parent, O_RDONLY | O_DIRECTORY)
    let made = Self.withPath(ProjectPath(trusted: Array(path.nameBytes))) { mkdirat(directory.raw, $0, 0o755) }
    if made != 0, reel_errno() != EEXIST { throw .last("make the folder", path.string) }
    if fsync(directory.raw) != 0 { throw .last("sync", name(of: parent)) }
  }

  /// Moves a file to another name in another folder, which must exist. What is there already stays, and EEXIST is thrown. Both
  /// folders are synced.
  /// - Throws: EXDEV, too, when the two are on different disks.
  package func move(_ path: ProjectPath, to other: ProjectPath) throws(FileError) {
    guard let start = path.parent, let end = other.parent else {
      throw FileError(code: EISDIR, action: "move", path: path.string)
    }
    let from = try open(start, O_RDONLY | O_DIRECTORY)
    let to = try open(end, O_RDONLY | O_DIRECTORY)
    let moved = Self.withPath(ProjectPath(trusted: Array(path.nameBytes))) { before in
      Self.withPath(ProjectPath(trusted: Array(other.nameBytes))) { after in
        reel_move_noreplace(from.raw, before, to.raw, after)
      }
    }
    if moved != 0 { throw .last("move", path.string) }
    if fsync(to.raw) != 0 { throw .last("sync", name(of: end)) }
    if fsync(from.raw) != 0 { throw .last("sync", name(of: start)) }
  }

  /// Has the disk take the entries of a folder: what was made, renamed or removed in it stays so after a power cut.
  package func sync(_ path: ProjectPath) throws(FileError) {
    let directory = try open(path, O_RDONLY | O_DIRECTORY)
    if fsync(directory.raw) != 0 { throw .last("sync", name(of: path)) }
  }

  /// The same of any folder of this machine.
  package static func sync(_ path: String) throws(FileError) {
    try Folder(opening: path).sync(.root)
  }

  /// As `path.string`; the folder itself, which has none, by where it lies.
  func name(of path: ProjectPath) -> String { path == .root ? self.path : path.string }

  /// Removes one file; one that is not there is fine.
  package func removeFile(_ path: ProjectPath) throws(FileError) {
    guard let parent = path.parent else { return }
    let raw = openRaw(parent, O_RDONLY | O_DIRECTORY, 0)
    if raw < 0 {
      let error = FileError.last("remove", path.string)
      if error.isAbsence { return }
      throw error
    }
    let directory = Descriptor(owning: raw)
    let removed = Self.withPath(ProjectPath(trusted: Array(path.nameBytes))) { unlinkat(directory.raw, $0, 0) }
    if removed != 0, reel_errno() != ENOENT { throw .last("remove", path.string) }
  }
}
