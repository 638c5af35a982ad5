import Basics
import ProjectFiles
import Studio
import Testing

@Suite struct ProblemBoardTests {
  private let sequence: ProjectPath = "sequences/s.json"

  private func problem(_ message: String) -> Diagnostic { Diagnostic(.error, "test", message, file: sequence) }

  private func shot(_ id: String) throws -> ProblemBoard.Origin { .shot(try #require(ShotAddress("s/\(id)"))) }

  @Test func `what is new was found, what went was solved, what stays is neither`() {
    var board = ProblemBoard()
    #expect(board.set([problem("a"), problem("b")], of: .file(sequence)).found == [problem("a"), problem("b")])
    let change = board.set([problem("b"), problem("c")], of: .file(sequence))
    #expect(change.found == [problem("c")])
    #expect(change.solved == [problem("a")])
    #expect(board.set([problem("b"), problem("c")], of: .file(sequence)) == ProblemBoard.Difference())
    #expect(board.all == [problem("b"), problem("c")])
  }

  @Test func `a problem that many shots have is told once, and solved when none has it`() throws {
    var board = ProblemBoard()
    #expect(board.set([problem("a")], of: try shot("1")).found.count == 1)
    #expect(board.set([problem("a")], of: try shot("2")) == ProblemBoard.Difference())
    #expect(board.set([], of: try shot("1")) == ProblemBoard.Difference())
    #expect(board.set([], of: try shot("2")).solved == [problem("a")])
    #expect(board.all == [])
  }

  @Test func `a problem that moves from one place to another in one look is neither found nor solved`() throws {
    var board = ProblemBoard()
    _ = board.set([problem("a")], of: try shot("1"))
    var difference = board.set([], of: try shot("1"))
    difference.form(board.set([problem("a")], of: try shot("2")))
    #expect(difference == ProblemBoard.Difference())
    #expect(board.all == [problem("a")])
  }

  @Test func `the same problem twice in one place is one`() throws {
    var board = ProblemBoard()
    #expect(board.set([problem("a"), problem("a")], of: .file(sequence)).found == [problem("a")])
    #expect(board.set([problem("a")], of: .file(sequence)) == ProblemBoard.Difference())
    #expect(board.set([], of: .file(sequence)).solved == [problem("a")])
  }
}
