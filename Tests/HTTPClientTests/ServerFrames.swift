import Testing

@testable import HTTPClient

/// Frames as a server sends them, right ones and wrong ones, written by hand.
enum ServerFrames {
  enum Length {
    case shortest, sixteen, sixtyFour
  }

  static func frame(
    _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, reserved: UInt8 = 0, length: Length = .shortest,
    said: Int? = nil
  ) -> [UInt8] {
    let count = said ?? payload.count
    var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
    switch length {
    case .shortest where count < 126: bytes.append(UInt8(count))
    case .shortest where count < 65536, .sixteen: bytes += [126, UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
    default: bytes += [127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
    }
    return bytes + payload
  }

  static func text(_ text: String, isFinal: Bool = true) -> [UInt8] { frame(1, Array(text.utf8), isFinal: isFinal) }

  static func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
    frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
  }

  /// What a codec does with bytes, however they are cut: whole, in two at every place (of what is long: of its beginning), and one by one.
  static func actions(
    _ bytes: [UInt8], limit: Int = 1 << 20, closingFirst: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> [WebSocketCodec.Action] {
    func codec() -> WebSocketCodec {
      var codec = WebSocketCodec(messageLimit: limit) { 0 }
      if closingFirst { _ = codec.close(1000) }
      return codec
    }
    var whole = codec()
    let expected = whole.handle(bytes)
    // In what is long, only the beginning of a frame is of interest.
    let isLong = bytes.count > 300
    if !isLong {
      var single = codec()
      #expect(bytes.flatMap { single.handle([$0]) } == expected, "byte by byte", sourceLocation: sourceLocation)
    }
    for place in 0...(isLong ? 20 : bytes.count) {
      var parts = codec()
      let actions = parts.handle(Array(bytes[..<place])) + parts.handle(Array(bytes[place...]))
      if actions != expected { Issue.record("cut at \(place): \(actions)", sourceLocation: sourceLocation) }
    }
    return expected
  }

  /// A frame of ours with the key zero, which masks nothing.
  static func ours(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
    var bytes = frame(opcode, payload)
    bytes[1] |= 0x80
    bytes.insert(contentsOf: [0, 0, 0, 0], at: bytes.count - payload.count)
    return bytes
  }

  /// What is done when the peer breaks a rule: it is told the code, and nothing follows.
  static func failure(_ fault: WebSocketFault) -> [WebSocketCodec.Action] {
    [.send(ours(8, [UInt8(fault.code >> 8), UInt8(fault.code & 0xFF)])), .fail(fault)]
  }
}
