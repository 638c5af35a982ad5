/// One small request to a server on this machine, on a connection of its own, waited for.
struct LoopbackRequest {
  private var text: [UInt8]
  private var port: Int

  /// In seconds; the test server's clock answers when all has happened that it was set for.
  private static let patience = 120

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
    let socket = try LoopbackSocket(port: port, limit: Self.patience)
    if !socket.send(text) { throw Failure("the request was not taken") }
    guard let reply = try socket.reply() else { throw Failure("the server broke off") }
    return (reply.status, reply.body)
  }
}
