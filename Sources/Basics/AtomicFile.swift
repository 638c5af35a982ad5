internal import CShims
internal import Glibc

/// Files that appear whole or not at all, and stay after a power cut.
///
/// The order is: a temporary file in the same folder, all bytes, fsync, rename, fsync of the folder. A failed fsync is never
/// repeated on the same descriptor (the kernel may have dropped the pages): the file counts as not written.
package enum AtomicFile {
  package enum Existing: Sendable {
    /// A file of that name is replaced; its permissions are kept.
    case replace
    /// A file of that name stays, and writing throws EEXIST.
    case keep
  }

  /// The beginning of the names of temporary files. Only the process that holds a project writes them there, so whatever is
  /// found with this prefix when a holder starts was left by a dead one.
  package static let temporaryPrefix = ".reel-"

  package static func isTemporary(_ name: some Collection<UInt8>) -> Bool {
    name.starts(with: temporaryPrefix.utf8) && name.suffix(4).elementsEqual(".tmp".utf8)
  }

  /// Writes `bytes` as `path` beneath `folder`. Its folder must exist.
  /// - Throws: what the kernel says, after the temporary file has been removed; `path` is then as it was before.
  /// - Returns: the stamp of the written file.
  @discardableResult
  package static func write(
    _ bytes: [UInt8], to path: ProjectPath, in folder: Folder, existing: Existing
  ) throws(FileError) -> FileStamp {
    try write(to: path, in: folder, existing: existing) { file throws(FileError) in
      try file.writeAll(bytes, path: path.string)
    }
  }

  /// The same with a body that fills the open temporary file, for outputs that are copied or cloned.
  /// - Parameters:
  ///   - mode: the permissions of a file that is new, less what the process's mask takes away.
  ///   - isDurable: whether it is waited until the disk has it. Without that the file still appears whole or not at all to everyone
  ///     who looks, but after a power cut it may hold anything: for what is checked when it is read, and can be done without.
  package static func write(
    to path: ProjectPath, in folder: Folder, existing: Existing, mode newMode: UInt32 = 0o644, isDurable: Bool = true,
    filling body: (borrowing Descriptor) throws(FileError) -> Void
  ) throws(FileError) -> FileStamp {
    guard let parent = path.parent else { throw FileError(code: EISDIR, action: "write", path: path.string) }
    let directory = try folder.open(parent, O_RDONLY | O_DIRECTORY)
    let name = ProjectPath(trusted: Array(path.nameBytes))
    var mode = newMode
    if existing == .replace {
      var status = stat()
      if Folder.withPath(name, { fstatat(directory.raw, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 {
        mode = status.st_mode & 0o7777
      }
    }
    let temporary = ProjectPath(
      trusted: "\(temporaryPrefix)\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).tmp")
    let raw = Folder.withPath(temporary) {
      reel_openat(directory.raw, $0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
    }
    if raw < 0 { throw .last("write", path.string) }
    let file = Descriptor(owning: raw)
    do throws(FileError) {
      // The mask of the process must not take away what the replaced file had.
      if existing == .replace, fchmod(file.raw, mode) != 0 { throw .last("write", path.string) }
      try body(file)
      if isDurable, fsync(file.raw) != 0 { throw .last("sync", path.string) }
      var status = stat()
      if fstat(file.raw, &status) != 0 { throw .last("look at", path.string) }
      try file.close(path.string)
      let renamed = Folder.withPath(temporary) { from in
        Folder.withPath(name) { to in
          existing == .replace
            ? renameat(directory.raw, from, directory.raw, to) : reel_rename_noreplace(directory.raw, from, to)
        }
      }
      if renamed != 0 { throw .last("write", path.string) }
      if isDurable, fsync(directory.raw) != 0 { throw .last("sync", folder.name(of: parent)) }
      // rename moved the inode's change time: the stamp is read again, by name, from the same folder.
      if Folder.withPath(name, { fstatat(directory.raw, $0, &status, AT_SYMLINK_NOFOLLOW) }) != 0 {
        throw .last("look at", path.string)
      }
      return FileStamp(status)
    } catch {
      _ = Folder.withPath(temporary) { unlinkat(directory.raw, $0, 0) }
      throw error
    }
  }

  /// The same for names that are made of the hash of what would be written: one that is taken is no fault.
  package static func writeIfFree(_ bytes: [UInt8], to path: ProjectPath, in folder: Folder) throws(FileError) {
    try writeIfFree(to: path, in: folder) { file throws(FileError) in try file.writeAll(bytes, path: path.string) }
  }

  package static func writeIfFree(
    to path: ProjectPath, in folder: Folder, filling body: (borrowing Descriptor) throws(FileError) -> Void
  ) throws(FileError) {
    do throws(FileError) {
      _ = try write(to: path, in: folder, existing: .keep, filling: body)
    } catch {
      if error.code != EEXIST { throw error }
    }
  }
}
