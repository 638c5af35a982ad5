internal import Basics

/// The first thing said on a WebSocket's connection: the request, and what makes of an answer one that opens it (RFC 6455, section 4.1).
struct WebSocketHandshake {
  enum Outcome: Hashable, Sendable {
    case incomplete
    /// What came behind the header are the first frames.
    case opened(rest: [UInt8])
    /// - Parameter status: what the server answered, as far as it is HTTP.
    case refused(String, status: Int?)
  }

  /// The most that the header of an answer may have.
  static let headerLimit = 64 << 10
  private static let end = Array("\r\n\r\n".utf8)

  /// The bytes to send.
  let request: [UInt8]
  private let accept: String
  private var header: [UInt8] = []
  private var isOver = false

  /// - Parameter key: sixteen bytes chosen at random.
  init(_ address: HostAddress, headers: [HeaderLine], userAgent: String, key: [UInt8]) {
    let key = Base64.text(key)
    accept = Base64.text(SHA1.hash(of: Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)))
    var lines = [
      "GET \(address.target) HTTP/1.1", "Host: \(address.hostHeader)", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13", "User-Agent: \(userAgent)",
    ]
    if let credentials = address.credentials,
      !headers.contains(where: { $0.name.equalsIgnoringASCIICase("Authorization") })
    {
      lines.append("Authorization: Basic \(Base64.text(Array(credentials.utf8)))")
    }
    lines += headers.map { "\($0.name): \($0.value)" }
    request = Array(lines.map { "\($0)\r\n" }.joined().utf8) + Array("\r\n".utf8)
  }

  /// Takes what came; to be called until the outcome is another than `incomplete`.
  mutating func handle(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    // The end may lie across what was there and what came.
    var from = max(0, header.count - (Self.end.count - 1))
    header.append(contentsOf: bytes)
    while from + Self.end.count <= header.count {
      if header[from...].starts(with: Self.end) {
        if from > Self.headerLimit { break }
        return outcome(header[..<from], rest: header[(from + Self.end.count)...])
      }
      from += 1
    }
    if header.count > Self.headerLimit { return .refused("its answer has too large a header", status: nil) }
    return .incomplete
  }

  private func outcome(_ header: ArraySlice<UInt8>, rest: ArraySlice<UInt8>) -> Outcome {
    let lines = header.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self)
    }
    let first = lines[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard first.count >= 2, first[0].hasPrefix("HTTP/1."), first[1].utf8.count == 3, let status = Int(first[1]) else {
      return .refused("its answer is not HTTP", status: nil)
    }
    if status != 101 { return .refused("it answers \(status)", status: status) }
    func refused(_ reason: String) -> Outcome { .refused(reason, status: status) }
    if first[0] != "HTTP/1.1" { return refused("its answer is not HTTP/1.1") }
    var values: [String: [String]] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":"), HeaderLine.isToken(String(line[..<colon])) else {
        return refused("its answer has a line that is no header")
      }
      values[line[..<colon].lowercased(), default: []].append(line[line.index(after: colon)...].trimmed)
    }
    func names(_ header: String, _ wanted: String) -> Bool {
      (values[header] ?? []).joined(separator: ",").split(separator: ",").contains {
        $0.trimmed.equalsIgnoringASCIICase(wanted)
      }
    }
    if !names("upgrade", "websocket") || !names("connection", "upgrade") {
      return refused("its answer does not open a WebSocket")
    }
    if values["sec-websocket-accept"] != [accept] { return refused("its answer is not one to our key") }
    if !(values["sec-websocket-extensions"] ?? []).allSatisfy(\.isEmpty) {
      return refused("it wants an extension that was not offered")
    }
    if !(values["sec-websocket-protocol"] ?? []).allSatisfy(\.isEmpty) {
      return refused("it wants a protocol that was not offered")
    }
    return .opened(rest: Array(rest))
  }
}
