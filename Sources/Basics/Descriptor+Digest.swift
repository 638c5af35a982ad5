internal import Glibc

extension Descriptor {
  /// The hash of a whole file and its size, read in pieces: a film may be larger than the memory.
  package borrowing func digest(path: String) throws(FileError) -> (digest: Digest, bytes: Int) {
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
}
