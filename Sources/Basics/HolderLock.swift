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
    let deadline = ContinuousClock.now + patienceWithTheDead
    while true {
      let raw = reel_openat(AT_FDCWD, path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
      if raw < 0 { throw .refused(.last("lock", path)) }
      let file = Descriptor(owning: raw)
      var code: Int32
      repeat {
        code = flock(file.raw, LOCK_EX | LOCK_NB) == 0 ? 0 : reel_errno()
      } while code == EINTR
      if code == EWOULDBLOCK {
        let pid = holder(file)
        // A process that its holder was just starting has a copy of the lock until its program runs; the holder was killed meanwhile.
        if let pid, isGone(pid), ContinuousClock.now < deadline {
          usleep(2000)
          continue
        }
        throw .held(pid: pid)
      }
      if code != 0 { throw .refused(FileError(code: code, action: "lock", path: path)) }
      // Someone may have removed the file between opening and locking, and the next one would lock a new file.
      if !isStillThere(file, path) { continue }
      ftruncate(file.raw, 0)
      // For messages only: a full disk is no reason not to start.
      try? file.writeAll("\(getpid())\n".utf8, path: path)
      return HolderLock(owning: file.release())
    }
  }

  /// Starting a program takes a moment, longer where much else goes on; whoever really holds it from another container, where its
  /// number means nothing here, is named after this time.
  private static let patienceWithTheDead = Duration.seconds(3)

  /// Whether a process has ended, reaped or not.
  private static func isGone(_ pid: Int32) -> Bool {
    if kill(pid, 0) != 0 { return reel_errno() == ESRCH }
    guard let folder = try? Folder(opening: "/proc"), let stat = try? folder.read(procStat(pid), limit: 4096) else {
      return false
    }
    // PID (NAME) STATE …
    let state = stat.bytes.suffix(from: stat.bytes.lastIndex(of: UInt8(ascii: ")")) ?? 0).dropFirst(2).first
    return state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")
  }

  private static func procStat(_ pid: Int32) -> ProjectPath { ProjectPath(trusted: "\(pid)/stat") }

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
