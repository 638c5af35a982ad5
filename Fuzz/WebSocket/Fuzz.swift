import Basics

@testable import HTTPClient

/// What a server sends over a WebSocket: its answer to the handshake, and its frames.
///
/// The first byte chooses, the second how the bytes are cut on their way. However that is, what comes of them is the same; it is what
/// `Reference` says, which reads RFC 6455 without any thought of pieces; and what is sent in return are frames that the RFC allows.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 2 else { return 0 }
  let step = 1 + Int(start[1] >> 2)
  let bytes = Array(UnsafeBufferPointer(start: start + 2, count: count - 2))
  switch start[0] % 3 {
  case 0: checkFrames(bytes, step: step, limit: [0, 1, 100, 70_000][Int(start[1] & 3)])
  case 1: checkHandshake(bytes, step: step)
  default: checkText(bytes, step: step)
  }
  return 0
}

private func pieces(_ bytes: [UInt8], _ step: Int) -> [[UInt8]] {
  stride(from: 0, to: bytes.count, by: step).map { Array(bytes[$0..<min($0 + step, bytes.count)]) }
}

private func checkFrames(_ bytes: [UInt8], step: Int, limit: Int) {
  var whole = WebSocketCodec(messageLimit: limit) { 0x1234_5678 }
  let actions = whole.handle(bytes)
  var cut = WebSocketCodec(messageLimit: limit) { 0x1234_5678 }
  precondition(pieces(bytes, step).flatMap { cut.handle($0) } == actions, "where it is cut decides what it says")
  precondition(whole.isOver == cut.isOver && whole.isClosing == cut.isClosing)

  let events = actions.map { action -> Reference.Event in
    switch action {
    case .message(.text(let text)): .text(Array(text.utf8))
    case .message(.binary(let payload)): .binary(payload)
    case .pong(let frame): sent(frame, opcode: 10).map { .pong($0) } ?? .nonsense
    case .send(let frame): sent(frame, opcode: 8).map { .closeSent($0) } ?? .nonsense
    case .close(let code, let reason): .closed(code.map(Int.init), Array(reason.utf8))
    case .fail(let fault): .failed(Int(fault.code))
    }
  }
  precondition(events == Reference.events(of: bytes, limit: limit), "RFC 6455 says something else")
  if whole.isOver {
    precondition(whole.handle([0x81, 0x01, 0x61]).isEmpty && whole.close(1000) == nil, "it goes on after its end")
  }
}

/// The payload of one of our frames; nil when it is not whole, masked and of this opcode.
private func sent(_ frame: [UInt8], opcode: UInt8) -> [UInt8]? {
  guard frame.count >= 6, frame[0] == 0x80 | opcode, frame[1] & 0x80 != 0, frame.count == 6 + Int(frame[1] & 0x7F)
  else {
    return nil
  }
  return frame[6...].enumerated().map { $1 ^ frame[2 + $0 % 4] }
}

private func checkHandshake(_ bytes: [UInt8], step: Int) {
  guard CurlLibrary.fault == nil, let address = try? HostAddress("ws://127.0.0.1:8188/ws") else {
    fatalError("libcurl is not there")
  }
  let key = Array("the sample nonce".utf8)
  var whole = WebSocketHandshake(address, headers: [], userAgent: "x", key: key)
  let outcome = bytes.withUnsafeBytes { whole.handle($0) }
  var cut = WebSocketHandshake(address, headers: [], userAgent: "x", key: key)
  var before: [UInt8] = []
  for piece in pieces(bytes, step) {
    before += piece
    switch (piece.withUnsafeBytes { cut.handle($0) }, outcome) {
    case (.incomplete, _): continue
    case (.opened(let rest), .opened(let all)):
      precondition(rest + bytes[before.count...] == all, "frames behind the header are lost")
    case (.refused(let reason, let status), .refused(let other, let otherStatus)):
      precondition(reason == other && status == otherStatus, "where it is cut decides what it says")
    default: fatalError("where it is cut decides what it says")
    }
    break
  }
  if case .opened = outcome {
    let text = String(decoding: bytes, as: UTF8.self)
    precondition(text.hasPrefix("HTTP/1.1 101") && text.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "it proves nothing")
  }
}

private func checkText(_ bytes: [UInt8], step: Int) {
  var check = UTF8Check()
  var isGood = true
  for piece in pieces(bytes, step) where isGood { isGood = piece.withUnsafeBytes { check.accepts($0) } }
  precondition(isGood == Reference.canBecomeText(bytes), "it is refused too early or too late")
  precondition((isGood && check.isComplete) == (String(validating: bytes, as: UTF8.self) != nil), "Swift disagrees")
}
