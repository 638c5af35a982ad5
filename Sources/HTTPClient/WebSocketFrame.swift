/// The frames of RFC 6455 as a client sends them: whole messages, each masked with a key of its own.
///
/// ```
///  FIN RSV1-3 opcode | MASK length(7) | length(16 or 64) | key(32) | payload, masked
/// ```
enum WebSocketFrame {
  enum Opcode: UInt8 {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    var isControl: Bool { rawValue & 0x8 != 0 }
  }

  /// The most that a control frame may carry.
  static let controlLimit = 125

  /// The frame of a message.
  static func bytes(of message: WebSocket.Message, key: UInt32 = .random(in: 0...UInt32.max)) -> [UInt8] {
    switch message {
    case .binary(let payload): bytes(.binary, payload, key: key)
    case .text(var text): text.withUTF8 { bytes(.text, UnsafeRawBufferPointer($0), key: key) }
    }
  }

  /// A whole frame; its payload is copied once, masked on the way.
  static func bytes(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, key: UInt32) -> [UInt8] {
    let head = payload.count < 126 ? 6 : payload.count < 65536 ? 8 : 14
    return [UInt8](unsafeUninitializedCapacity: head + payload.count) { buffer, count in
      let frame = UnsafeMutableRawBufferPointer(buffer)
      frame[0] = 0x80 | opcode.rawValue
      switch head {
      case 6: frame[1] = 0x80 | UInt8(payload.count)
      case 8:
        frame[1] = 0x80 | 126
        frame.storeBytes(of: UInt16(payload.count).bigEndian, toByteOffset: 2, as: UInt16.self)
      default:
        frame[1] = 0x80 | 127
        frame.storeBytes(of: UInt64(payload.count).bigEndian, toByteOffset: 2, as: UInt64.self)
      }
      frame.storeBytes(of: key, toByteOffset: head - 4, as: UInt32.self)
      mask(payload, key: key, into: UnsafeMutableRawBufferPointer(rebasing: frame[head...]))
      count = head + payload.count
    }
  }

  static func bytes(_ opcode: Opcode, _ payload: [UInt8], key: UInt32) -> [UInt8] {
    payload.withUnsafeBytes { bytes(opcode, $0, key: key) }
  }

  /// Copies bytes, each changed by the byte of the key (as it lies in memory) whose turn it is.
  static func mask(_ bytes: UnsafeRawBufferPointer, key: UInt32, into target: UnsafeMutableRawBufferPointer) {
    let wide = UInt64(key) << 32 | UInt64(key)
    var at = 0
    while at + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ wide
      target.storeBytes(of: word, toByteOffset: at, as: UInt64.self)
      at += 8
    }
    withUnsafeBytes(of: key) { key in
      while at < bytes.count {
        target[at] = bytes[at] ^ key[at & 3]
        at += 1
      }
    }
  }
}
