internal import Basics
internal import CShims
internal import Glibc

/// A connection to a server on 127.0.0.1, for threads that may block.
package final class LoopbackSocket: Sendable {
  private let socket: Descriptor
  /// What came behind the last answer.
  private let rest = Monitor<[UInt8]>([])

  /// The descriptor, to be polled.
  package var raw: Int32 { socket.raw }

  /// - Parameter limit: how many seconds one call waits.
  package init(port: Int, limit: Int = 20) throws {
    let raw = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if raw < 0 { throw Failure("no socket (errno \(reel_errno()))") }
    socket = Descriptor(owning: raw)
    var wait = timeval(tv_sec: limit, tv_usec: 0)
    setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code != 0 { throw Failure("port \(port) answers nobody (errno \(reel_errno()))") }
  }

  /// - Returns: whether the kernel took all of it.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes {
        Glibc.send(socket.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      offset += count
    }
    return true
  }

  /// What comes next; empty when the connection was closed, nil when nothing came in time.
  package func receive() -> [UInt8]? {
    let kept = rest.change { rest in
      defer { rest = [] }
      return rest
    }
    if !kept.isEmpty { return kept }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, size in
      repeat {
        count = recv(socket.raw, buffer.baseAddress, buffer.count, 0)
      } while count < 0 && reel_errno() == EINTR
      size = max(0, count)
    }
    return count < 0 && reel_errno() == EAGAIN ? nil : bytes
  }

  /// The next answer whole; nil when the connection was closed without one.
  package func reply(toHead: Bool = false) throws -> HTTPReply? {
    var bytes: [UInt8] = []
    while true {
      if let (reply, count) = HTTPReply.parse(bytes, isEnded: false, toHead: toHead) {
        rest.change { $0 = Array(bytes[count...]) }
        return reply
      }
      guard let more = receive() else {
        throw Failure("no answer in time; so far: \(String(decoding: bytes, as: UTF8.self))")
      }
      if more.isEmpty { return bytes.isEmpty ? nil : HTTPReply.parse(bytes, isEnded: true, toHead: toHead)?.0 }
      bytes += more
    }
  }
}
