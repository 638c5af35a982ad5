import Testing

@testable import HTTPClient

/// Frames, control frames among them, fragments: what RFC 6455 says of them in section 5, and the classes 1 to 5 and 9 of the Autobahn
/// suite.
struct WebSocketFramingTests {
  // MARK: Lengths

  @Test(arguments: [0, 1, 125, 126, 127, 128, 65535, 65536, 100_000])
  func `a message of any length arrives`(_ count: Int) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 13) }
    #expect(ServerFrames.actions(ServerFrames.frame(2, payload)) == [.message(.binary(payload))])
    let text = String(repeating: "*", count: count)
    #expect(ServerFrames.actions(ServerFrames.text(text)) == [.message(.text(text))])
  }

  @Test func `a length that is not in its shortest form is refused`() {
    for opcode: UInt8 in [1, 2] {
      for (count, length) in [(0, ServerFrames.Length.sixteen), (125, .sixteen), (0, .sixtyFour), (65535, .sixtyFour)] {
        let frame = ServerFrames.frame(opcode, [UInt8](repeating: 0x20, count: count), length: length)
        #expect(
          ServerFrames.actions(frame)
            == ServerFrames.failure(.protocolError("a length is not in its shortest form")))
      }
    }
  }

  @Test func `a length with its highest bit set is refused`() {
    let frame = ServerFrames.frame(2, [], length: .sixtyFour, said: Int.min)
    #expect(ServerFrames.actions(frame) == ServerFrames.failure(.protocolError("a length is negative")))
    #expect(
      ServerFrames.actions(ServerFrames.frame(2, [], length: .sixtyFour, said: -1))
        == ServerFrames.failure(.protocolError("a length is negative")))
  }

  @Test func `a message above the limit is refused as soon as its length is known`() {
    let limit = 1000
    let whole = [UInt8](repeating: 7, count: limit)
    #expect(ServerFrames.actions(ServerFrames.frame(2, whole), limit: limit) == [.message(.binary(whole))])
    let refused = ServerFrames.failure(.tooLarge(limit))
    #expect(ServerFrames.actions(ServerFrames.frame(2, [], said: limit + 1), limit: limit) == refused)
    #expect(ServerFrames.actions(ServerFrames.frame(2, [], said: Int.max), limit: limit) == refused)
    #expect(ServerFrames.actions(ServerFrames.frame(2, [], said: Int.max), limit: .max) == [])
    // Together they are too large.
    let first = ServerFrames.frame(2, [UInt8](repeating: 1, count: 600), isFinal: false)
    #expect(ServerFrames.actions(first + ServerFrames.frame(0, [], said: 401), limit: limit) == refused)
    #expect(
      ServerFrames.actions(first + ServerFrames.frame(0, [], said: Int.max), limit: .max)
        == ServerFrames.failure(.tooLarge(.max)))
    #expect(
      ServerFrames.actions(first + ServerFrames.frame(0, [UInt8](repeating: 2, count: 400)), limit: limit)
        == [.message(.binary([UInt8](repeating: 1, count: 600) + [UInt8](repeating: 2, count: 400)))])
    // The next one has the whole limit again.
    #expect(
      ServerFrames.actions(ServerFrames.frame(2, whole) + ServerFrames.frame(2, whole), limit: limit).count == 2)
    // Control frames do not count.
    #expect(
      ServerFrames.actions(ServerFrames.frame(9, [1, 2, 3]), limit: 0) == [.pong(ServerFrames.ours(10, [1, 2, 3]))])
  }

  // MARK: Control frames

  @Test func `a ping is answered with what it carries`() {
    for count in [0, 1, 124, 125] {
      let payload = (0..<count).map { UInt8(255 - $0) }
      #expect(
        ServerFrames.actions(ServerFrames.frame(9, payload)) == [.pong(ServerFrames.ours(10, payload))])
    }
  }

  @Test func `ten pings are answered in order`() {
    let pings = (0..<10).map { ServerFrames.frame(9, [UInt8($0)]) }
    #expect(
      ServerFrames.actions(Array(pings.joined()))
        == (0..<10).map { .pong(ServerFrames.ours(10, [UInt8($0)])) })
  }

  @Test func `a pong that nobody asked for is nothing`() {
    #expect(ServerFrames.actions(ServerFrames.frame(10, [])) == [])
    #expect(ServerFrames.actions(ServerFrames.frame(10, [1, 2, 3]) + ServerFrames.text("a")) == [.message(.text("a"))])
  }

  @Test(arguments: [8, 9, 10] as [UInt8])
  func `a control frame is short and whole`(_ opcode: UInt8) {
    let long = ServerFrames.frame(opcode, [UInt8](repeating: 0, count: 126))
    #expect(ServerFrames.actions(long) == ServerFrames.failure(.protocolError("a control frame is too long")))
    let pieces = ServerFrames.frame(opcode, [], isFinal: false)
    #expect(ServerFrames.actions(pieces) == ServerFrames.failure(.protocolError("a control frame is in pieces")))
  }

  // MARK: Reserved things, masks

  @Test(arguments: 1...7 as ClosedRange<UInt8>)
  func `reserved bits are refused, in every frame`(_ bits: UInt8) {
    for opcode: UInt8 in [1, 2, 8, 9, 10] {
      let bytes = ServerFrames.text("ok") + ServerFrames.frame(opcode, [], reserved: bits)
      #expect(
        ServerFrames.actions(bytes)
          == [.message(.text("ok"))] + ServerFrames.failure(.protocolError("a reserved bit is set")))
    }
  }

  @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
  func `reserved opcodes are refused`(_ opcode: UInt8) {
    for payload in [[], [1, 2, 3]] as [[UInt8]] {
      #expect(
        ServerFrames.actions(ServerFrames.frame(opcode, payload))
          == ServerFrames.failure(.protocolError("the opcode \(opcode) is reserved")))
    }
  }

  @Test func `a masked frame of a server is refused`() {
    for opcode: UInt8 in [1, 2, 8, 9, 10] {
      #expect(
        ServerFrames.actions(ServerFrames.ours(opcode, []))
          == ServerFrames.failure(.protocolError("a frame of a server is masked")))
    }
  }

  // MARK: Fragments

  @Test func `a message in pieces is put together, empty ones among them`() {
    let pieces: [[UInt8]] = [[], [1], [], [2, 3], [UInt8](repeating: 4, count: 200), []]
    for last in pieces.indices.dropFirst() {
      var bytes = ServerFrames.frame(2, pieces[0], isFinal: false)
      for place in 1...last { bytes += ServerFrames.frame(0, pieces[place], isFinal: place == last) }
      #expect(ServerFrames.actions(bytes) == [.message(.binary(Array(pieces[...last].joined())))])
    }
    #expect(
      ServerFrames.actions(ServerFrames.text("", isFinal: false) + ServerFrames.frame(0, [])) == [.message(.text(""))])
  }

  @Test func `control frames between pieces are answered at once`() {
    let bytes =
      ServerFrames.text("frag", isFinal: false) + ServerFrames.frame(9, [1]) + ServerFrames.frame(10, [])
      + ServerFrames.frame(0, Array("men".utf8), isFinal: false) + ServerFrames.frame(9, [2])
      + ServerFrames.frame(0, Array("t".utf8)) + ServerFrames.frame(9, [3])
    #expect(
      ServerFrames.actions(bytes) == [
        .pong(ServerFrames.ours(10, [1])), .pong(ServerFrames.ours(10, [2])), .message(.text("fragment")),
        .pong(ServerFrames.ours(10, [3])),
      ])
  }

  @Test func `a close between pieces ends it`() {
    let bytes = ServerFrames.text("frag", isFinal: false) + ServerFrames.close(1000) + ServerFrames.frame(0, [0x20])
    #expect(ServerFrames.actions(bytes) == [.send(ServerFrames.ours(8, [3, 232])), .close(code: 1000, reason: "")])
  }

  @Test func `a piece without a beginning is refused`() {
    for isFinal in [true, false] {
      let fault = ServerFrames.failure(.protocolError("a message goes on that has not begun"))
      #expect(ServerFrames.actions(ServerFrames.frame(0, [1], isFinal: isFinal)) == fault)
      #expect(
        ServerFrames.actions(ServerFrames.text("a") + ServerFrames.frame(0, [1], isFinal: isFinal))
          == [.message(.text("a"))] + fault)
    }
  }

  @Test func `a beginning in the middle of a message is refused`() {
    for opcode: UInt8 in [1, 2] {
      for isFinal in [true, false] {
        #expect(
          ServerFrames.actions(
            ServerFrames.text("a", isFinal: false) + ServerFrames.frame(opcode, [0x61], isFinal: isFinal))
            == ServerFrames.failure(.protocolError("a message begins in the middle of another one")))
      }
    }
  }

  @Test func `a message of a thousand pieces arrives, and one of pieces of any size`() {
    var bytes = ServerFrames.frame(2, [], isFinal: false)
    for number in 0..<1000 { bytes += ServerFrames.frame(0, [UInt8(truncatingIfNeeded: number)], isFinal: false) }
    bytes += ServerFrames.frame(0, [])
    #expect(
      ServerFrames.actions(bytes) == [.message(.binary((0..<1000).map { UInt8(truncatingIfNeeded: $0) }))])
    let large = (0..<4_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    for size in [64, 1000, 4096, 65536, 1 << 20] {
      var codec = WebSocketCodec(messageLimit: 1 << 23)
      var actions: [WebSocketCodec.Action] = []
      for start in stride(from: 0, to: large.count, by: size) {
        let end = min(start + size, large.count)
        let frame = ServerFrames.frame(start == 0 ? 2 : 0, Array(large[start..<end]), isFinal: end == large.count)
        // Cut where no frame ends.
        actions += codec.handle(Array(frame.prefix(7))) + codec.handle(Array(frame.dropFirst(7)))
      }
      #expect(actions == [.message(.binary(large))])
    }
  }

  // MARK: What goes out

  @Test(arguments: [0, 1, 2, 3, 4, 5, 7, 8, 9, 125, 126, 127, 65535, 65536, 100_003])
  func `what is sent is masked and has the shortest length`(_ count: Int) {
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 13) }
    let key: [UInt8] = [0x12, 0x34, 0x56, 0xF8]
    let number = key.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
    let plain = ServerFrames.frame(2, payload)
    let head = plain.count - count
    var expected = Array(plain[..<head]) + key
    expected[1] |= 0x80
    expected += payload.enumerated().map { $1 ^ key[$0 % 4] }
    #expect(WebSocketFrame.bytes(of: .binary(payload), key: number) == expected)
    if count < 1000 {
      let text = String(repeating: "ä", count: count)
      let frame = WebSocketFrame.bytes(of: .text(text), key: 0)
      #expect(frame == ServerFrames.ours(1, Array(text.utf8)))
    }
  }

  @Test func `every frame has a key of its own`() {
    let frames = (0..<100).map { _ in WebSocketFrame.bytes(of: .binary([1])) }
    #expect(Set(frames.map { Array($0[2..<6]) }).count > 95)
    let codec = WebSocketCodec(messageLimit: 1)
    #expect(Set((0..<100).map { _ in codec.ping() }).count > 95)
  }
}
