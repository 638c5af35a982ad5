package import Basics
internal import Glibc
package import ProjectFiles

/// Reads a reference once, from beginning to end: its hash, what its first bytes say it is, whether its end is there.
package enum ContentReader {
  /// Files up to this size are read where they are met; larger ones on threads beside. A megabyte is hashed in a millisecond, or in
  /// five by a processor without instructions for it.
  package static let inlineLimit: Int64 = 1 << 20

  /// - Returns: the content with the stamp it had; nil when the file is not there, or changed while it was read.
  package static func read(_ path: ProjectPath, in folder: Folder) -> InputFile? {
    do throws(FileError) {
      let file = try folder.open(path, O_RDONLY | O_NONBLOCK)
      var before = stat()
      guard fstat(file.raw, &before) == 0 else { return nil }
      let stamp = FileStamp(before)
      if stamp.size < LFSPointer.maximumSize {
        let bytes = try file.readAll(limit: LFSPointer.maximumSize, sizeHint: Int(stamp.size), path: path.string)
        if let pointer = LFSPointer(bytes) { return InputFile(stamp: stamp, content: .pointer(pointer.digest)) }
        return InputFile(stamp: stamp, content: content(of: bytes))
      }
      let content = try readLarge(file, path)
      var after = stat()
      guard fstat(file.raw, &after) == 0, FileStamp(after) == stamp else { return nil }
      return InputFile(stamp: stamp, content: content)
    } catch {
      if error.isAbsence { return nil }
      guard case .file(let stamp)? = try? folder.look(at: path) else { return nil }
      return InputFile(stamp: stamp, content: .unreadable(error))
    }
  }

  private static func content(of bytes: [UInt8]) -> InputFile.Content {
    let format = ImageFormat(head: bytes)
    guard format.isComplete(head: bytes, tail: bytes, size: bytes.count) else { return .incomplete }
    return .here(Digest(of: bytes), format)
  }

  private static func readLarge(_ file: borrowing Descriptor, _ path: ProjectPath) throws(FileError)
    -> InputFile.Content
  {
    var hasher = SHA256()
    var head: [UInt8] = []
    var tail: [UInt8] = []
    var size = 0
    let tailSize = 64 << 10
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(file.raw, buffer.baseAddress, buffer.count)
      if count < 0 {
        let error = FileError.last("read", path.string)
        if error.code == EINTR { continue }
        throw error
      }
      if count == 0 { break }
      let chunk = UnsafeRawBufferPointer(rebasing: buffer[0..<count])
      hasher.update(chunk)
      if head.count < 32 { head += chunk.prefix(32 - head.count) }
      tail += chunk.suffix(tailSize)
      if tail.count > tailSize { tail.removeFirst(tail.count - tailSize) }
      size += count
    }
    let digest = hasher.finish()
    let format = ImageFormat(head: head)
    return format.isComplete(head: head, tail: tail, size: size) ? .here(digest, format) : .incomplete
  }
}
