internal import CShims
internal import Glibc

/// Whole contents of open files, whatever their size: hashed and handed on without being held in memory.
extension Descriptor {
  /// The hash of the whole file and its size; where it is read next stays as it was.
  package borrowing func contentHash(_ path: String) throws(FileError) -> (digest: Digest, bytes: Int) {
    var hasher = SHA256()
    var offset = 0
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = pread(raw, buffer.baseAddress, buffer.count, off_t(offset))
      if count < 0 {
        let error = FileError.last("read", path)
        if error.code == EINTR { continue }
        throw error
      }
      if count == 0 { return (hasher.finish(), offset) }
      hasher.update(UnsafeRawBufferPointer(rebasing: buffer[0..<count]))
      offset += count
    }
  }

  /// Fills an empty file with what this one holds: by reference where the file system can (reflink), else byte by byte.
  package borrowing func copyContent(to file: borrowing Descriptor, _ path: String) throws(FileError) {
    if reel_clone(raw, file.raw) == 0 { return }
    var offset = off_t(0)
    while true {
      let count = sendfile(file.raw, raw, &offset, 16 << 20)
      if count == 0 { return }
      if count < 0 {
        let error = FileError.last("copy", path)
        if error.code != EINTR { throw error }
      }
    }
  }
}
