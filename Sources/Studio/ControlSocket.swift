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

  /// Reads up to a line break; nil at the end of the stream or on an error.
  static func readLine(_ raw: Int32) -> [UInt8]? {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while line.count < longestLine {
      let count = read(raw, &buffer, buffer.count)
      if count < 0, reel_errno() == EINTR { continue }
      if count <= 0 { return nil }
      if let end = buffer[..<count].firstIndex(of: UInt8(ascii: "\n")) {
        line += buffer[..<end]
        return line
      }
      line += buffer[..<count]
    }
    return nil
  }
}
