internal import Glibc

/// One small request to a server on this machine, on a connection of its own, waited for.
struct LoopbackRequest {
  private var text: [UInt8]
  private var port: Int

  init(_ method: String, _ path: String, body: [UInt8] = [], port: Int) {
    let head = [
      "\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close", "Content-Length: \(body.count)", "",
      "",
    ]
    text = Array(head.joined(separator: "\r\n").utf8) + body
    self.port = port
  }

  /// The status and the body.
  func answer() throws -> (status: Int, body: [UInt8]) {
    let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if raw < 0 { throw Failure("no socket: \(errno)") }
    defer { close(raw) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if connected != 0 { throw Failure("nothing listens on port \(port): \(errno)") }
    guard send(raw, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else {
      throw Failure("the request was not taken: \(errno)")
    }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(raw, &chunk, chunk.count, 0)
      if count <= 0 { break }
      answer += chunk[..<count]
    }
    let line = String(decoding: answer.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self).split(separator: " ")
    guard line.count > 1, let status = Int(line[1]), let end = endOfHead(answer) else {
      throw Failure("the server broke off")
    }
    return (status, Array(answer[end...]))
  }

  private func endOfHead(_ answer: [UInt8]) -> Int? {
    let line = Array("\r\n\r\n".utf8)
    return answer.indices.first { answer[$0...].starts(with: line) }.map { $0 + line.count }
  }
}
