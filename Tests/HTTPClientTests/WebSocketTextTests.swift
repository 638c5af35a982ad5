import Testing

@testable import HTTPClient

/// Text is UTF-8, and what is not is said at its first byte: class 6 of the Autobahn suite.
struct WebSocketTextTests {
  /// From the shortest to the longest forms, and what lies at the borders.
  private static let good: [[UInt8]] = [
    [], Array("Hello-µ@ßöäüàá-UTF-8!!".utf8), Array("κόσμε".utf8), [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF],
    [0xE0, 0xA0, 0x80], [0xEF, 0xBF, 0xBF], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBD],
    [0xEF, 0xBF, 0xBE], [0xF0, 0x90, 0x80, 0x80], [0xF0, 0x9F, 0x98, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    [0xF3, 0xBF, 0xBF, 0xBE], Array("12345678ä12345678".utf8), Array("1234567ä2345678".utf8),
  ]

  /// What is no UTF-8, each with the number of bytes after which that is certain.
  private static let bad: [(bytes: [UInt8], at: Int)] = [
    ([0x80], 1), ([0xBF], 1), ([0xC0, 0x80], 1), ([0xC1, 0xBF], 1), ([0xC2, 0x20], 2), ([0xC2, 0xC2], 2),
    ([0xE0, 0x80, 0x80], 2), ([0xE0, 0x9F, 0xBF], 2), ([0xE1, 0x80, 0x20], 3), ([0xE1, 0x20, 0x20], 2),
    ([0xED, 0xA0, 0x80], 2), ([0xED, 0xBF, 0xBF], 2), ([0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], 2),
    ([0xF0, 0x80, 0x80, 0x80], 2), ([0xF0, 0x8F, 0xBF, 0xBF], 2), ([0xF1, 0x80, 0x80, 0x20], 4),
    ([0xF4, 0x90, 0x80, 0x80], 2), ([0xF5, 0x80, 0x80, 0x80], 1), ([0xF8, 0x88, 0x80, 0x80, 0x80], 1),
    ([0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], 1), ([0xFE], 1), ([0xFF], 1),
    (Array("κόσμε".utf8) + [0xF4, 0x90, 0x80, 0x80] + Array("edited".utf8), 12),
    (Array("12345678".utf8) + [0xFF] + Array("12345678".utf8), 9), (Array("1234567".utf8) + [0xFF], 8),
  ]

  @Test func `what is UTF-8 arrives, in one frame and in a frame for each byte`() {
    for bytes in Self.good {
      let message = WebSocketCodec.Action.message(.text(String(decoding: bytes, as: UTF8.self)))
      #expect(ServerFrames.actions(ServerFrames.frame(1, bytes)) == [message])
      for place in 0...bytes.count {
        let cut =
          ServerFrames.frame(1, Array(bytes[..<place]), isFinal: false)
          + ServerFrames.frame(9, []) + ServerFrames.frame(0, Array(bytes[place...]))
        #expect(ServerFrames.actions(cut) == [.pong(ServerFrames.ours(10, [])), message])
      }
      var single = ServerFrames.frame(1, [], isFinal: false)
      for byte in bytes { single += ServerFrames.frame(0, [byte], isFinal: false) }
      #expect(ServerFrames.actions(single + ServerFrames.frame(0, [])) == [message])
    }
  }

  @Test func `what is not is refused, however it is cut`() {
    for (bytes, _) in Self.bad {
      let refused = ServerFrames.failure(.notUTF8)
      #expect(ServerFrames.actions(ServerFrames.frame(1, bytes)) == refused)
      for place in 0...bytes.count {
        let cut =
          ServerFrames.frame(1, Array(bytes[..<place]), isFinal: false) + ServerFrames.frame(0, Array(bytes[place...]))
        #expect(ServerFrames.actions(cut) == refused)
      }
      // As anything else it may be anything.
      #expect(ServerFrames.actions(ServerFrames.frame(2, bytes)) == [.message(.binary(bytes))])
    }
  }

  @Test func `it is refused at the byte that cannot be, whatever is still to come`() {
    for (bytes, at) in Self.bad {
      // A frame that says it is longer than what has come of it.
      var codec = WebSocketCodec(messageLimit: 1000) { 0 }
      let frame = ServerFrames.frame(1, bytes, said: 100)
      #expect(codec.handle(Array(frame[..<(2 + at - 1)])) == [], "\(bytes)")
      #expect(codec.handle(Array(frame[(2 + at - 1)..<(2 + at)])) == ServerFrames.failure(.notUTF8), "\(bytes)")
      #expect(codec.handle(Array(frame[(2 + at)...])) == [])
    }
  }

  @Test func `a character that is broken off at the end is refused, at the end`() {
    for bytes in Self.good where bytes.last.map({ $0 >= 0x80 }) ?? false {
      let cut = Array(bytes.dropLast())
      #expect(ServerFrames.actions(ServerFrames.frame(1, cut)) == ServerFrames.failure(.notUTF8))
      #expect(ServerFrames.actions(ServerFrames.frame(1, cut, isFinal: false)) == [])
    }
  }

  @Test func `the check agrees with Swift's own, on every short sequence there is`() {
    // Every first byte, and behind it all that can matter.
    let others: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xFF]
    var count = 0
    for first in UInt8.min...UInt8.max {
      for second in others {
        for third in others {
          for fourth: UInt8 in [0x7F, 0x80, 0xBF, 0xC0] {
            let bytes = [first, second, third, fourth]
            var check = UTF8Check()
            let isGood = bytes.withUnsafeBytes { check.accepts($0) } && check.isComplete
            if isGood != (String(validating: bytes, as: UTF8.self) != nil) { Issue.record("\(bytes)") }
            count += isGood ? 1 : 0
          }
        }
      }
    }
    #expect(count > 500)
  }
}
