/// What a client's end of a WebSocket (RFC 6455) has to do with the bytes that come: a value, without a socket and without a clock.
///
/// However the bytes are cut on their way, the actions are the same. It is strict, as the RFC asks: lengths in the shortest form, no
/// reserved bits or opcodes, no masked frames from a server, control frames whole and short, text that is UTF-8 (said at the first byte that
/// cannot be), close codes that may be sent. Extensions are none.
struct WebSocketCodec {
  enum Action: Hashable, Sendable {
    case message(WebSocket.Message)
    /// A frame to be sent: the answer to a ping. Only the last one that has not gone out yet needs to.
    case pong([UInt8])
    /// A frame to be sent, the last one: a close.
    case send([UInt8])
    /// The peer has closed, with its reason; the answer has been asked for before. Nothing follows.
    case close(code: UInt16?, reason: String)
    /// The peer has broken the rules; it has been told so if it could be. Nothing follows.
    case fail(WebSocketFault)
  }

  /// What has arrived of a frame's beginning.
  private struct Head {
    var bytes: [10 of UInt8] = .init(repeating: 0)
    var count = 0
  }

  private struct Frame {
    var opcode: WebSocketFrame.Opcode
    var isFinal: Bool
    /// Bytes of its payload that are still to come.
    var missing: Int
  }

  private let messageLimit: Int
  private let makeKey: @Sendable () -> UInt32

  private var head = Head()
  private var frame: Frame?
  /// The payload of a control frame that is not whole.
  private var control: [UInt8] = []
  /// The message that is not whole; nil between messages.
  private var opcode: WebSocketFrame.Opcode?
  private var message: [UInt8] = []
  private var text = UTF8Check()

  /// Whether we have sent a close.
  private(set) var isClosing = false
  /// Whether nothing that comes is looked at any more.
  private(set) var isOver = false

  /// - Parameter messageLimit: bytes that a message may have.
  /// - Parameter makeKey: gives the key for each frame that is sent; nobody must be able to foresee it.
  init(
    messageLimit: Int, makeKey: @escaping @Sendable () -> UInt32 = { UInt32.random(in: 0...UInt32.max) }
  ) {
    self.messageLimit = max(0, messageLimit)
    self.makeKey = makeKey
  }

  // MARK: What comes

  mutating func handle(_ bytes: [UInt8]) -> [Action] {
    bytes.withUnsafeBytes { handle($0) }
  }

  mutating func handle(_ bytes: UnsafeRawBufferPointer) -> [Action] {
    var actions: [Action] = []
    var rest = bytes[...]
    do throws(WebSocketFault) {
      while !isOver {
        guard let frame else {
          guard try takeHead(&rest) else { break }
          continue
        }
        let piece = rest.prefix(frame.missing)
        rest = rest.dropFirst(piece.count)
        try take(UnsafeRawBufferPointer(rebasing: piece), of: frame.opcode)
        self.frame?.missing -= piece.count
        if piece.count < frame.missing { break }
        self.frame = nil
        try finish(frame, &actions)
      }
    } catch {
      if let farewell = close(error.code) { actions.append(.send(farewell)) }
      actions.append(.fail(error))
      isOver = true
    }
    if isOver { message = [] }
    return actions
  }

  /// Reads the beginning of a frame; false while it is not whole.
  private mutating func takeHead(_ rest: inout Slice<UnsafeRawBufferPointer>) throws(WebSocketFault) -> Bool {
    while true {
      // The first two bytes say how many there are.
      var wanted = 2
      if head.count >= 2 {
        switch head.bytes[1] & 0x7F {
        case 126: wanted = 4
        case 127: wanted = 10
        default: break
        }
        if head.count == wanted { break }
      }
      while head.count < wanted {
        guard let byte = rest.popFirst() else { return false }
        head.bytes[head.count] = byte
        head.count += 1
      }
      if wanted == 2 { try checkStart() }
    }
    let length = try length()
    guard let opcode = WebSocketFrame.Opcode(rawValue: head.bytes[0] & 0xF) else {
      throw .protocolError("reserved opcode")
    }
    let isFinal = head.bytes[0] & 0x80 != 0
    head.count = 0
    if !opcode.isControl {
      if length > UInt64(messageLimit - message.count) { throw .tooLarge(messageLimit) }
      if opcode != .continuation {
        self.opcode = opcode
        text = UTF8Check()
      }
      // Only what is soon there anyway: a length is easily said.
      if isFinal, message.isEmpty { message.reserveCapacity(min(Int(length), 1 << 20)) }
    }
    frame = Frame(opcode: opcode, isFinal: isFinal, missing: Int(length))
    return true
  }

  /// What the first two bytes must not be, whatever follows.
  private func checkStart() throws(WebSocketFault) {
    let (first, second) = (head.bytes[0], head.bytes[1])
    if first & 0x70 != 0 { throw .protocolError("a reserved bit is set") }
    guard let opcode = WebSocketFrame.Opcode(rawValue: first & 0xF) else {
      throw .protocolError("the opcode \(first & 0xF) is reserved")
    }
    if second & 0x80 != 0 { throw .protocolError("a frame of a server is masked") }
    if opcode.isControl {
      if first & 0x80 == 0 { throw .protocolError("a control frame is in pieces") }
      if second > WebSocketFrame.controlLimit { throw .protocolError("a control frame is too long") }
      if opcode == .close, second == 1 { throw .protocolError("half a close code") }
    } else if opcode == .continuation {
      if self.opcode == nil { throw .protocolError("a message goes on that has not begun") }
    } else if self.opcode != nil {
      throw .protocolError("a message begins in the middle of another one")
    }
  }

  private func length() throws(WebSocketFault) -> UInt64 {
    var length: UInt64 = 0
    for index in 2..<max(2, head.count) { length = length << 8 | UInt64(head.bytes[index]) }
    switch head.count {
    case 4:
      if length < 126 { throw .protocolError("a length is not in its shortest form") }
    case 10:
      if length < 65536 { throw .protocolError("a length is not in its shortest form") }
      if length >> 63 != 0 { throw .protocolError("a length is negative") }
    default: length = UInt64(head.bytes[1] & 0x7F)
    }
    return length
  }

  private mutating func take(
    _ piece: UnsafeRawBufferPointer, of opcode: WebSocketFrame.Opcode
  ) throws(WebSocketFault) {
    if opcode.isControl { return control.append(contentsOf: piece) }
    if self.opcode == .text, !text.accepts(piece) { throw .notUTF8 }
    message.append(contentsOf: piece)
  }

  /// All of a frame is there.
  private mutating func finish(_ frame: Frame, _ actions: inout [Action]) throws(WebSocketFault) {
    switch frame.opcode {
    case .continuation, .text, .binary:
      if !frame.isFinal { return }
      if opcode == .text, !text.isComplete { throw .notUTF8 }
      actions.append(.message(opcode == .text ? .text(String(decoding: message, as: UTF8.self)) : .binary(message)))
      opcode = nil
      message = []
    case .ping:
      // After our close nothing more may be sent.
      if !isClosing { actions.append(.pong(WebSocketFrame.bytes(.pong, control, key: makeKey()))) }
      control = []
    case .pong: control = []
    case .close:
      let (code, reason) = try closing(control)
      if let answer = close(code) { actions.append(.send(answer)) }
      actions.append(.close(code: code, reason: reason))
      isOver = true
    }
  }

  /// The code and the reason of a close frame.
  private func closing(_ payload: [UInt8]) throws(WebSocketFault) -> (UInt16?, String) {
    if payload.isEmpty { return (nil, "") }
    let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
    // Those of RFC 6455 that may be sent, those registered since, and those of libraries and applications.
    guard [1000...1003, 1007...1014, 3000...4999].contains(where: { $0.contains(code) }) else {
      throw .protocolError("the close code \(code) must not be sent")
    }
    var check = UTF8Check()
    guard payload.withUnsafeBytes({ check.accepts(UnsafeRawBufferPointer(rebasing: $0[2...])) }), check.isComplete
    else { throw .notUTF8 }
    return (code, String(decoding: payload[2...], as: UTF8.self))
  }

  // MARK: What goes

  func ping() -> [UInt8] { WebSocketFrame.bytes(.ping, [], key: makeKey()) }

  /// The frame that closes; nil when one has been sent before. Nothing may be sent after it.
  /// - Parameter code: nil says nothing.
  mutating func close(_ code: UInt16?) -> [UInt8]? {
    if isClosing { return nil }
    isClosing = true
    return WebSocketFrame.bytes(.close, code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? [], key: makeKey())
  }
}

/// How the peer broke the rules.
enum WebSocketFault: Error, Hashable, Sendable {
  case protocolError(String)
  case notUTF8
  /// With the limit.
  case tooLarge(Int)

  /// The close code by which the peer is told.
  var code: UInt16 {
    switch self {
    case .protocolError: 1002
    case .notUTF8: 1007
    case .tooLarge: 1009
    }
  }

  var words: String {
    switch self {
    case .protocolError(let what): what
    case .notUTF8: "a text is not UTF-8"
    case .tooLarge(let limit): "a message is larger than the \(limit) bytes that are taken"
    }
  }
}
