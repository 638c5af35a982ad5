import ProjectFiles
import Studio
import Testing

/// Engines that cannot be used, as the board takes it.
@Suite struct AwayTests {
  private let start = ContinuousClock.now

  /// A board of one engine with two places and three jobs, of which two were begun.
  private func board() throws -> (board: JobBoard, jobs: [JobBoard.Job]) {
    var board = Plans.board(["e": 2])
    _ = board.replan(try ["a", "b", "c"].map { try Plans.plan($0, [Plans.want($0, "1")]) })
    let jobs = board.startable(at: start).compactMap(\.job)
    #expect(jobs.count == 2)
    return (board, jobs)
  }

  @Test func `a job whose engine is away goes back into the queue, and that is told once`() throws {
    var (board, jobs) = try board()
    #expect(
      board.away(jobs[0].id, "gone", at: start).map(\.line) == ["put back a 1", "leave e alone for 1.0 seconds: gone"])
    #expect(board.away(jobs[1].id, "gone", at: start).map(\.line) == ["put back b 1"])
    #expect(board.startable(at: start).isEmpty)
    #expect(board.nextDeadline == start + .seconds(1))
    #expect(board.state(of: try #require(Plans.plan("a", [Plans.want("a", "1")]).plan)) == .waiting)
    #expect(!board.isIdle, "it is waited for")
  }

  @Test func `one job looks whether the engine is back, and the others follow once it is`() throws {
    var (board, jobs) = try board()
    for job in jobs { _ = board.away(job.id, "gone", at: start) }
    let later = start + .seconds(1)
    #expect(board.startable(at: later).map(\.line) == ["start a 1"])
    #expect(board.startable(at: later).isEmpty)
    #expect(board.away(jobs[0].id, "gone", at: later).last?.line == "leave e alone for 2.0 seconds: gone")
    let evenLater = later + .seconds(2)
    #expect(board.startable(at: evenLater).map(\.line) == ["start a 1"])
    #expect(board.reached("e") == [try Plans.address("b"), try Plans.address("c")])
    #expect(board.startable(at: evenLater).map(\.line) == ["start b 1"])
    #expect(board.reached("e").isEmpty)
  }

  @Test func `no try is counted against a job`() throws {
    var (board, jobs) = try board()
    for job in jobs { _ = board.away(job.id, "gone", at: start) }
    var now = start
    for _ in 0..<20 {
      _ = board.away(jobs[0].id, "gone", at: now)
      now = try #require(board.nextDeadline)
      #expect(board.startable(at: now).first?.job?.attempt == 1)
    }
    #expect(now - start > .seconds(900), "64 s between tries at last")
  }

  @Test func `a run that is to end gives the engine up after four tries`() throws {
    var (board, jobs) = try board()
    board.isPatient = false
    for job in jobs { _ = board.away(job.id, "gone", at: start) }
    var now = start
    var last: String?
    for _ in 2...JobBoard.attempts {
      now = try #require(board.nextDeadline)
      let job = try #require(board.startable(at: now).first?.job)
      last = board.away(job.id, "gone", at: now).last?.line
    }
    #expect(last == "leave e alone for good: gone")
    #expect(board.nextDeadline == nil)
    #expect(board.isIdle)
    #expect(board.startable(at: now + .seconds(1000)).isEmpty)
  }

  @Test func `reel retry has it tried at once`() throws {
    var (board, jobs) = try board()
    for job in jobs { _ = board.away(job.id, "gone", at: start) }
    _ = board.retry(nil)
    #expect(board.startable(at: start).count == 2)
  }
}
