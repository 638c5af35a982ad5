internal import Basics
internal import CCurl
internal import CShims
internal import Glibc

/// Bytes of a request that curl fetches piece by piece, from memory or from a file.
///
/// For the client's thread; the transfer that owns it outlives the curl handle that reads it.
final class BodySource {
  private let bytes: [UInt8]
  /// The file that is read; -1 where the bytes are in memory.
  private let file: Int32
  private let path: String
  let count: Int
  private var offset = 0
  /// What went wrong with the file while it was read.
  private(set) var failure: String?
  /// Called whenever bytes are taken.
  var moved: () -> Void = {}

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    file = -1
    path = ""
    count = bytes.count
  }

  /// Opens a file, which must be a regular one.
  init(path: String) throws(FileError) {
    // A pipe would wait for its writer.
    let raw = reel_openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0)
    if raw < 0 { throw .last("read", path) }
    let descriptor = Descriptor(owning: raw)
    var facts = stat()
    if fstat(raw, &facts) != 0 { throw .last("read", path) }
    if reel_is_regular(facts.st_mode) == 0 { throw FileError(code: EINVAL, action: "read", path: path) }
    bytes = []
    self.path = path
    count = Int(facts.st_size)
    file = descriptor.release()
  }

  deinit {
    if file >= 0 { close(file) }
  }

  /// Fills the buffer; returns how many bytes it took, or curl's sign for giving up.
  private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    moved()
    let wanted = min(buffer.count, count - offset)
    if wanted == 0 { return 0 }
    if file < 0 {
      bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + wanted])) }
      offset += wanted
      return wanted
    }
    while true {
      let got = pread(file, buffer.baseAddress, wanted, off_t(offset))
      if got < 0 {
        let error = FileError.last("read", path)
        if error.code == EINTR { continue }
        failure = error.description
        return reel_curl_abort_reading
      }
      if got == 0 {
        failure = "cannot read \(TerminalText.escaped(path)): it became shorter while it was sent"
        return reel_curl_abort_reading
      }
      offset += got
      return got
    }
  }

  private func seek(to place: Int, _ origin: Int32) -> Int32 {
    guard origin == SEEK_SET, 0...count ~= place else { return CURL_SEEKFUNC_CANTSEEK }
    offset = place
    return CURL_SEEKFUNC_OK
  }

  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let read: curl_read_callback = { buffer, size, count, context in
    guard let buffer, let context else { return reel_curl_abort_reading }
    let source = Unmanaged<BodySource>.fromOpaque(context).takeUnretainedValue()
    return source.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
  }

  static let seek: curl_seek_callback = { context, offset, origin in
    guard let context else { return CURL_SEEKFUNC_CANTSEEK }
    return Unmanaged<BodySource>.fromOpaque(context).takeUnretainedValue().seek(to: Int(offset), origin)
  }
}
