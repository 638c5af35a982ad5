/// RFC 6455 for bytes that are all there, written down once more as plainly as it can be.
enum Reference {
  enum Event: Equatable {
    case text([UInt8])
    case binary([UInt8])
    case pong([UInt8])
    case closeSent([UInt8])
    case closed(Int?, [UInt8])
    case failed(Int)
    case nonsense
  }

  static func events(of bytes: [UInt8], limit: Int) -> [Event] {
    var events: [Event] = []
    var at = 0
    var message: [UInt8] = []
    var kind: UInt8 = 0
    func fail(_ code: Int) -> [Event] { events + [.closeSent([UInt8(code >> 8), UInt8(code & 0xFF)]), .failed(code)] }
    while at + 2 <= bytes.count {
      let (first, second) = (bytes[at], bytes[at + 1])
      let opcode = first & 0xF
      let isFinal = first >= 0x80
      let isControl = opcode >= 8
      if first & 0x70 != 0 || ![0, 1, 2, 8, 9, 10].contains(opcode) || second >= 0x80 { return fail(1002) }
      if isControl, !isFinal || second > 125 || opcode == 8 && second == 1 { return fail(1002) }
      if !isControl, (opcode == 0) != (kind != 0) { return fail(1002) }
      at += 2
      var length = UInt64(second)
      if second >= 126 {
        let size = second == 126 ? 2 : 8
        if at + size > bytes.count { return events }
        length = bytes[at..<at + size].reduce(0) { $0 << 8 | UInt64($1) }
        at += size
        if length < (size == 2 ? 126 : 65536) || length > UInt64(Int64.max) { return fail(1002) }
      }
      if !isControl {
        if length > UInt64(limit - message.count) { return fail(1009) }
        if opcode != 0 { kind = opcode }
      }
      let end = at + min(Int(length), bytes.count - at)
      let payload = Array(bytes[at..<end])
      let isWhole = payload.count == Int(length)
      at = end
      if !isControl {
        message += payload
        if kind == 1, !canBecomeText(message) { return fail(1007) }
      }
      if !isWhole { return events }
      switch opcode {
      case 9: events.append(.pong(payload))
      case 10: break
      case 8:
        if payload.isEmpty { return events + [.closeSent([]), .closed(nil, [])] }
        let code = Int(payload[0]) << 8 | Int(payload[1])
        let mayBeSent =
          [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].contains(code)
          || code >= 3000 && code < 5000
        if !mayBeSent { return fail(1002) }
        if String(validating: payload[2...], as: UTF8.self) == nil { return fail(1007) }
        return events + [.closeSent(Array(payload[..<2])), .closed(code, Array(payload[2...]))]
      default:
        if !isFinal { continue }
        if kind == 1, String(validating: message, as: UTF8.self) == nil { return fail(1007) }
        events.append(kind == 1 ? .text(message) : .binary(message))
        message = []
        kind = 0
      }
    }
    return events
  }

  /// Whether something can follow that makes it UTF-8: tried with all that can make a difference.
  static func canBecomeText(_ bytes: [UInt8]) -> Bool {
    let next: [UInt8] = [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF]
    var tails: [[UInt8]] = [[]]
    for _ in 0..<4 {
      if tails.contains(where: { String(validating: bytes + $0, as: UTF8.self) != nil }) { return true }
      tails = tails.flatMap { tail in next.map { tail + [$0] } }
    }
    return false
  }
}
