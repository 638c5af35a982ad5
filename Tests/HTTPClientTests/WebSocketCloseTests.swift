import Testing

@testable import HTTPClient

/// How a WebSocket ends: class 7 of the Autobahn suite.
struct WebSocketCloseTests {
  @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
  func `a close is answered with its code`(_ code: Int) {
    let code = UInt16(code)
    let answer = WebSocketCodec.Action.send(ServerFrames.ours(8, [UInt8(code >> 8), UInt8(code & 0xFF)]))
    #expect(ServerFrames.actions(ServerFrames.close(code)) == [answer, .close(code: code, reason: "")])
    let reason = String(repeating: "ä", count: 61) + "x"
    #expect(ServerFrames.actions(ServerFrames.close(code, reason)) == [answer, .close(code: code, reason: reason)])
  }

  @Test func `a close without a code is answered without one`() {
    #expect(
      ServerFrames.actions(ServerFrames.frame(8, [])) == [
        .send(ServerFrames.ours(8, [])), .close(code: nil, reason: ""),
      ])
  }

  @Test(arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
  func `a close with a code that must not be sent is refused`(_ code: Int) {
    #expect(
      ServerFrames.actions(ServerFrames.close(UInt16(code)))
        == ServerFrames.failure(.protocolError("the close code \(code) must not be sent")))
  }

  @Test func `a close with half a code is refused, and one with a reason that is no text`() {
    #expect(
      ServerFrames.actions(ServerFrames.frame(8, [3])) == ServerFrames.failure(.protocolError("half a close code")))
    #expect(
      ServerFrames.actions(ServerFrames.frame(8, [3, 232, 0xCE, 0xBA, 0xED, 0xA0, 0x80]))
        == ServerFrames.failure(.notUTF8))
    #expect(ServerFrames.actions(ServerFrames.frame(8, [3, 232, 0xCE])) == ServerFrames.failure(.notUTF8))
  }

  @Test func `nothing that follows a close counts`() {
    let bytes = ServerFrames.close(1000) + ServerFrames.text("late") + ServerFrames.frame(9, []) + [0xFF, 0xFF]
    #expect(ServerFrames.actions(bytes) == [.send(ServerFrames.ours(8, [3, 232])), .close(code: 1000, reason: "")])
    let broken = ServerFrames.frame(3, []) + ServerFrames.text("late") + ServerFrames.close(1000)
    #expect(ServerFrames.actions(broken) == ServerFrames.failure(.protocolError("the opcode 3 is reserved")))
  }

  @Test func `after our own close nothing is sent any more, and the answer ends it`() {
    let bytes = ServerFrames.text("on its way") + ServerFrames.frame(9, [1]) + ServerFrames.close(1000)
    #expect(
      ServerFrames.actions(bytes, closingFirst: true) == [
        .message(.text("on its way")), .close(code: 1000, reason: ""),
      ])
    #expect(
      ServerFrames.actions(ServerFrames.frame(3, []), closingFirst: true) == [
        .fail(.protocolError("the opcode 3 is reserved"))
      ])
  }

  @Test func `a close is sent once`() {
    var codec = WebSocketCodec(messageLimit: 10) { 0 }
    #expect(codec.close(1000) == ServerFrames.ours(8, [3, 232]))
    #expect(codec.close(1001) == nil)
    var closed = WebSocketCodec(messageLimit: 10) { 0 }
    _ = closed.handle(ServerFrames.close(1000))
    #expect(closed.close(1000) == nil)
  }
}
