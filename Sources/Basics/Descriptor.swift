internal import CShims
internal import Glibc

/// An open file descriptor, closed when it goes out of scope.
package struct Descriptor: ~Copyable, Sendable {
  /// The number the kernel gave; valid as long as this value lives.
  package let raw: Int32

  package init(owning raw: Int32) {
    self.raw = raw
  }

  deinit {
    _ = Glibc.close(raw)
  }

  /// Closes and reports what the kernel says: for written files, where close may be the first to hear of an error.
  package consuming func close(_ path: String) throws(FileError) {
    let raw = self.raw
    discard self
    // EINTR after close leaves the descriptor closed on Linux: never repeated.
    if Glibc.close(raw) != 0, reel_errno() != EINTR { throw .last("close", path) }
  }

  /// Gives the number away: the caller closes it.
  package consuming func release() -> Int32 {
    let raw = self.raw
    discard self
    return raw
  }
}

extension Descriptor {
  /// Reads up to `limit` bytes until the end of the file.
  /// - Throws: EFBIG when there is more than `limit`.
  package borrowing func readAll(limit: Int, sizeHint: Int, path: String) throws(FileError) -> [UInt8] {
    var failure: FileError?
    // One byte more than the size: a file that does not grow is read in one call that also sees its end.
    var capacity = Swift.min(limit, Swift.max(sizeHint, 0)) + 1
    var bytes: [UInt8] = []
    while true {
      let start = bytes.count
      let chunk = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        while count < capacity {
          let got = Glibc.read(raw, buffer.baseAddress.map { $0 + count }, capacity - count)
          if got < 0 {
            if reel_errno() == EINTR { continue }
            failure = .last("read", path)
            return
          }
          if got == 0 { return }
          count += got
        }
      }
      if let failure { throw failure }
      if start == 0 { bytes = chunk } else { bytes += chunk }
      if bytes.count > limit { throw FileError(code: EFBIG, action: "read", path: path) }
      if chunk.count < capacity { return bytes }
      capacity = Swift.max(capacity, 64 * 1024)
    }
  }

  /// Writes all bytes, whatever the kernel takes at a time.
  package borrowing func writeAll(_ bytes: some Collection<UInt8>, path: String) throws(FileError) {
    let done = bytes.withContiguousStorageIfAvailable { Self.write($0, to: raw) }
    let code = done ?? Array(bytes).withUnsafeBufferPointer { Self.write($0, to: raw) }
    if code != 0 { throw FileError(code: code, action: "write", path: path) }
  }

  private static func write(_ buffer: UnsafeBufferPointer<UInt8>, to raw: Int32) -> Int32 {
    var offset = 0
    while offset < buffer.count {
      let count = Glibc.write(raw, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
      if count < 0 {
        let code = reel_errno()
        if code == EINTR { continue }
        return code
      }
      offset += count
    }
    return 0
  }
}
