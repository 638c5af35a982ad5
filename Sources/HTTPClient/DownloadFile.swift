internal import Basics
internal import CShims
internal import Glibc

/// A new file that a body is written into; removed again unless it became whole.
final class DownloadFile {
  private let path: String
  private var raw: Int32
  private(set) var count = 0
  private var isWhole = false

  /// - Throws: EEXIST where there is something of that name.
  init(path: String) throws(FileError) {
    let raw = reel_openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    // Before there is anything that `deinit` could take away: the file that is in the way is not ours.
    if raw < 0 { throw .last("write", path) }
    self.path = path
    self.raw = raw
  }

  deinit {
    if raw >= 0 { close(raw) }
    if !isWhole { unlink(path) }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = write(raw, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 {
        let error = FileError.last("write", path)
        if error.code == EINTR { continue }
        throw error
      }
      rest = rest.dropFirst(written)
      count += written
    }
  }

  /// Closes it, and it stays.
  func finish() throws(FileError) {
    let descriptor = Descriptor(owning: raw)
    raw = -1
    try descriptor.close(path)
    isWhole = true
  }
}
