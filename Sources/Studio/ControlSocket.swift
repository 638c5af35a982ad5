internal import Basics
internal import CShims
internal import Glibc

/// The Unix socket of a project's holder: `control.sock` in its runtime folder.
///
/// Addressed through `/proc/self/fd/N/control.sock`: a socket's path has 108 bytes in all, a runtime folder may have more.
enum ControlSocket {
  static let name = "control.sock"
  /// The longest line that is read: a plan of 10,000 jobs has some MB.
  static let longestLine = 256 << 20

  /// Runs `body` with the socket's address in `folder`.
  static func withAddress<Result>(
    in folder: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) throws(FileError) -> Result {
    let raw = reel_openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0)
    if raw < 0 { throw .last("open", folder) }
    let directory = Descriptor(owning: raw)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array("/proc/self/fd/\(directory.raw)/\(name)".utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { buffer in
      for (index, byte) in path.enumerated() where index < buffer.count - 1 { buffer[index] = byte }
    }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }

  static func make() throws(FileError) -> Descriptor {
    let raw = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if raw < 0 { throw .last("open", name) }
    return Descriptor(owning: raw)
  }
}

/// Reads a socket line by line; what came behind a line is kept for the next.
struct ControlLines {
  private let raw: Int32
  private var rest: [UInt8] = []

  /// - Parameter raw: stays the caller's.
  init(of raw: Int32) {
    self.raw = raw
  }

  /// The next line without its break; nil at the end of the stream or on an error.
  mutating func next() -> [UInt8]? {
    var searched = 0
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while rest.count < ControlSocket.longestLine {
      if let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest.removeFirst(end + 1) }
        return Array(rest[..<end])
      }
      searched = rest.count
      let count = read(raw, &buffer, buffer.count)
      if count < 0, reel_errno() == EINTR { continue }
      if count <= 0 { return nil }
      rest += buffer[..<count]
    }
    return nil
  }
}
