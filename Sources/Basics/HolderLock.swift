internal import CShims
internal import Glibc

/// The right to work on a project, which one process has at a time.
///
/// It is flock(2) on a file in the project's state folder. The kernel lets go when the holder dies, however it dies; the file
/// itself stays and says nothing. It does not lie in the runtime folder: that one is cleaned by the system, and two processes
/// that lock two files of the same name would both hold it.
package final class HolderLock: Sendable {
  private let raw: Int32

  private init(owning raw: Int32) {
    self.raw = raw
  }

  deinit {
    // Whoever finds the lock held later must not read the number of a process that is gone.
    ftruncate(raw, 0)
    // A process that is being started has a copy of the descriptor until its program runs: closing ours would leave the lock to it.
    flock(raw, LOCK_UN)
    close(raw)
  }

  /// Takes the lock, or says at once who has it. The file is made if it is not there; its folder must exist.
  package static func acquire(at path: String) throws(HolderLockError) -> HolderLock {
    while true {
      let raw = reel_openat(AT_FDCWD, path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
      if raw < 0 { throw .refused(.last("lock", path)) }
      let file = Descriptor(owning: raw)
      var code: Int32
      repeat {
        code = flock(file.raw, LOCK_EX | LOCK_NB) == 0 ? 0 : reel_errno()
      } while code == EINTR
      if code == EWOULDBLOCK { throw .held(pid: holder(file)) }
      if code != 0 { throw .refused(FileError(code: code, action: "lock", path: path)) }
      // Someone may have removed the file between opening and locking, and the next one would lock a new file.
      if !isStillThere(file, path) { continue }
      ftruncate(file.raw, 0)
      // For messages only: a full disk is no reason not to start.
      try? file.writeAll("\(getpid())\n".utf8, path: path)
      return HolderLock(owning: file.release())
    }
  }

  /// The pid in the file; nil when the holder has not written it yet.
  private static func holder(_ file: borrowing Descriptor) -> Int32? {
    guard let bytes = try? file.readAll(limit: 32, sizeHint: 16, path: "lock") else { return nil }
    return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" })
  }

  private static func isStillThere(_ file: borrowing Descriptor, _ path: String) -> Bool {
    var held = stat()
    var named = stat()
    return fstat(file.raw, &held) == 0 && lstat(path, &named) == 0 && held.st_ino == named.st_ino
      && held.st_dev == named.st_dev
  }
}

/// Why a lock could not be taken.
package enum HolderLockError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process holds it. The pid is absent when that process has not written it (yet).
  case held(pid: Int32?)
  case refused(FileError)

  package var description: String {
    switch self {
    case .held(let pid?): "another reel is at work on this project (process \(pid))"
    case .held(nil): "another reel is at work on this project"
    case .refused(let error): error.description
    }
  }
}
