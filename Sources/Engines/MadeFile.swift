internal import Basics
internal import Glibc
internal import ProjectFiles

/// A file that an engine made, looked at before it becomes a take: what it is, whether it is whole, and its hash.
struct MadeFile: Sendable {
  var type: MediaType
  var digest: Digest
  var bytes: Int

  /// Why a file is no take, as the predicate of a sentence: "is empty".
  struct Refusal: Error, Hashable, Sendable {
    var predicate: String
  }

  /// - Parameters:
  ///   - file: open for reading.
  ///   - name: for messages.
  /// - Throws: `Refusal` for what is no take of that kind, `FileError` for what cannot be read.
  init(_ file: borrowing Descriptor, _ name: String, for kind: Kind) throws {
    let size = try Self.size(of: file, name)
    type = try Self.type(of: file, size, kind)
    (digest, bytes) = try file.contentHash(name)
    if bytes != size { throw Refusal(predicate: "changed while it was read") }
  }

  /// Bytes of a regular file that is not empty.
  static func size(of file: borrowing Descriptor, _ name: String) throws -> Int {
    var status = stat()
    if fstat(file.raw, &status) != 0 { throw FileError.last("look at", name) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Refusal(predicate: "is no regular file") }
    if status.st_size == 0 { throw Refusal(predicate: "is empty") }
    return Int(status.st_size)
  }

  private static func type(of file: borrowing Descriptor, _ size: Int, _ kind: Kind) throws(Refusal) -> MediaType {
    let head = bytes(of: file, 0..<min(size, MediaType.headSize))
    guard let type = MediaType(head: head) else {
      throw Refusal(
        predicate:
          "is no picture (PNG, JPEG, WebP, GIF), film (MP4, WebM, MOV, MKV) or sound (WAV, FLAC, MP3, Ogg, M4A)")
    }
    guard type.suits(kind) else {
      throw Refusal(predicate: "is \(type.name), and a \(kind) is another kind of thing")
    }
    let tail = bytes(of: file, max(0, size - (64 << 10))..<size)
    if type.isPicture, !ImageFormat(head: head).isComplete(head: head, tail: tail, size: size) {
      throw Refusal(predicate: "is cut off: its end is missing")
    }
    return type
  }

  static func bytes(of file: borrowing Descriptor, _ range: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      count = max(0, pread(file.raw, buffer.baseAddress, range.count, off_t(range.lowerBound)))
    }
  }
}
