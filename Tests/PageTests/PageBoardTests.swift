import Basics
import HTTPServer
import JSONText
import Testing

@testable import Page

struct PageBoardTests {
  private func change(_ board: PageBoard) {
    board.change { _ in
      var parts = JSONObjectParts()
      parts.add("x", Array("1".utf8))
      return parts
    }
  }

  @Test func `nothing told is no new state, a change is one`() {
    let board = PageBoard()
    let before = board.etag
    board.change { _ in nil }
    #expect(board.etag == before)
    change(board)
    #expect(board.etag != before)
  }

  @Test func `a state is made once for each revision`() {
    let board = PageBoard()
    let first = board.stateText()
    #expect(board.stateText().bytes == first.bytes)
    change(board)
    #expect(board.stateText().bytes != first.bytes)
  }

  @Test func `there are at most 512 streams`() {
    let board = PageBoard()
    let streams = (0..<512).compactMap { _ in board.follow(after: nil) }
    #expect(streams.count == 512 && board.follow(after: nil) == nil)
    streams[7].end()
    #expect(board.follow(after: nil) != nil)
    board.end("over")
    #expect(!streams.contains { !$0.isEnded })
  }
}
