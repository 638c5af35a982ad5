package import Glibc

/// What one stat call says of a file: enough to know that its bytes cannot have changed, without reading them.
///
/// Two equal stamps mean equal bytes, except for a file that changed twice within one tick of the file system's clock: see
/// `isSettled(at:)`, git's rule for the same case (git's Documentation/technical/racy-git.adoc).
package struct FileStamp: Hashable, Sendable {
  package var size: Int64
  /// Modification time, nanoseconds since 1970.
  package var modified: Int64
  /// Change time of the inode, nanoseconds since 1970: moves even when a program sets the modification time back.
  package var changed: Int64
  package var inode: UInt64
  package var device: UInt64

  package init(size: Int64, modified: Int64, changed: Int64, inode: UInt64, device: UInt64) {
    self.size = size
    self.modified = modified
    self.changed = changed
    self.inode = inode
    self.device = device
  }

  package init(_ status: stat) {
    size = Int64(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
  }

  /// Whether the file was last touched long enough before `now` (nanoseconds since 1970, the same clock) that a later change
  /// is sure to show in the stamp. Two seconds cover the coarsest file systems in use (FAT). A time in the future never settles.
  package func isSettled(at now: Int64) -> Bool {
    changed <= now - 2_000_000_000
  }

  /// The clock that file systems stamp with, nanoseconds since 1970.
  package static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
