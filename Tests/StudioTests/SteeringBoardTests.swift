@testable import Planning
import ProjectFiles
import Studio
import Testing

/// What the board does when a person steers.
@Suite struct SteeringBoardTests {
  private let start = ContinuousClock.now
  private let busy = JobBoard.Failure(message: "busy", canPass: true)

  /// A board whose first shot runs and whose second is queued.
  private func board() throws -> (JobBoard, [(address: ShotAddress, plan: ShotPlan?)]) {
    var board = Plans.board()
    let plans = [try Plans.plan("a", [Plans.want("a", "1")]), try Plans.plan("b", [Plans.want("b", "1")])]
    _ = board.replan(plans)
    _ = board.startable(at: start)
    return (board, plans)
  }

  @Test func `cancelling takes out what waits, stops what runs, and lets all of it stand down`() throws {
    var (board, plans) = try board()
    plans.append(try Plans.plan("c", [Plans.want("c", "1")]))
    let actions = board.cancel(plans)
    #expect(actions.map(\.line) == ["cancel a 1", "call off b 1", "stand down c 1"])
    #expect(actions.first?.job?.isCalledOff == true)
    #expect(board.cancel(plans).isEmpty, "the second time there is nothing left")
    #expect(board.replan(plans).isEmpty)
    let states = try plans.map { board.state(of: try #require($0.plan)) }
    #expect(states == [.running, .held, .held], "the engine has not let go of the first yet")
    #expect(board.cancelled("job 1")?.isCalledOff == true)
    #expect(board.replan(plans).isEmpty)
    #expect(try board.state(of: #require(plans[0].plan)) == .held)
    #expect(board.isIdle)
  }

  @Test func `a held shot is left to its hold`() throws {
    var board = Plans.board()
    var held = try Plans.plan("a", [Plans.want("a", "1")])
    held.plan?.isHeld = true
    #expect(board.cancel([held]).isEmpty)
    held.plan?.isHeld = false
    #expect(board.replan([held]).map(\.line) == ["enqueue a 1"])
  }

  @Test func `another recipe of a cancelled shot is another want`() throws {
    var (board, plans) = try board()
    _ = board.cancel(plans)
    #expect(board.replan([try Plans.plan("b", [Plans.want("b", "2")])]).map(\.line) == ["enqueue b 2"])
    #expect(board.replan([plans[1]]).map(\.line) == ["drop b 2"])
  }

  @Test func `a retry queues what was cancelled or failed, and the shots of others stay down`() throws {
    var (board, plans) = try board()
    _ = board.failed("job 1", JobBoard.Failure(message: "no", canPass: false), at: start)
    _ = board.cancel(plans)
    let keys = board.retry([plans[1].address])
    #expect(keys.map(\.address) == [plans[1].address])
    #expect(board.replan(plans).map(\.line) == ["enqueue b 1"])
    #expect(board.retry(nil).map(\.address) == [plans[0].address])
    #expect(board.replan(plans).map(\.line) == ["enqueue a 1"])
  }

  @Test func `a retry while the engine still has the cancelled job queues it when that has let go`() throws {
    var (board, plans) = try board()
    _ = board.cancel(plans)
    _ = board.retry(nil)
    #expect(board.replan(plans).map(\.line) == ["enqueue b 1"])
    _ = board.cancelled("job 1")
    #expect(board.replan(plans).map(\.line) == ["enqueue a 1"])
  }

  @Test func `a result that arrives after cancelling is kept, and its want is met for good`() throws {
    var (board, plans) = try board()
    _ = board.cancel([plans[0]])
    #expect(board.made("job 1") != nil)
    #expect(board.finished("job 1") != nil)
    #expect(board.standing(try Plans.want("a", "1").key) == nil)
  }

  @Test func `an output that is there is not cancelled`() throws {
    var (board, plans) = try board()
    _ = board.made("job 1")
    #expect(board.cancel([plans[0]]).isEmpty)
    _ = board.unwritten("job 1", JobBoard.Failure(message: "full", canPass: true, isOfThisMachine: true), at: start)
    #expect(board.cancel([plans[0]]).isEmpty)
  }

  @Test func `what was asked for once more is only cancelled: its take is there`() throws {
    var board = Plans.board()
    let want = try Plans.want("a", "1")
    _ = board.ask(for: want)
    let fresh = try Plans.plan("a", [want], state: .fresh(Plans.take(want)))
    #expect(board.cancel([fresh]).map(\.line) == ["call off a 1"])
    #expect(board.standing(want.key) == nil)
  }

  @Test func `jobs of a shot whose file does not read any more can be cancelled`() throws {
    var (board, plans) = try board()
    let frozen = plans.map { (address: $0.address, plan: ShotPlan?.none) }
    #expect(board.cancel(frozen).map(\.line) == ["cancel a 1", "call off b 1"])
    _ = board.cancelled("job 1")
    #expect(board.replan(plans).isEmpty)
  }

  @Test func `while paused nothing starts, what runs goes on, and that is rest`() throws {
    var (board, plans) = try board()
    board.isPaused = true
    #expect(!board.isIdle)
    _ = board.made("job 1")
    _ = board.finished("job 1")
    #expect(board.startable(at: start).isEmpty)
    #expect(board.isIdle)
    #expect(board.replan([try Plans.plan("c", [Plans.want("c", "1")])]).map(\.line) == ["enqueue c 1"])
    #expect(try board.state(of: #require(plans[1].plan)) == .queued)
    board.isPaused = false
    #expect(board.startable(at: start).map(\.line) == ["start c 1"])
    #expect(!board.isIdle)
  }

  @Test func `an output that could not be written is written while paused`() throws {
    var (board, _) = try board()
    _ = board.made("job 1")
    board.isPaused = true
    _ = board.unwritten("job 1", JobBoard.Failure(message: "full", canPass: true, isOfThisMachine: true), at: start)
    #expect(!board.isIdle)
    #expect(board.startable(at: start + .seconds(1)).map(\.line) == ["write a 1"])
  }

  @Test func `attempts of an earlier run count, and the next one waits for its time`() throws {
    var board = Plans.board()
    let plan = try Plans.plan("a", [Plans.want("a", "1")])
    let key = try Plans.want("a", "1").key
    board.remember(JobBoard.Backoff(attempt: 4, until: start + .seconds(3), message: "busy"), of: key)
    #expect(board.replan([plan]).map(\.line) == ["enqueue a 1"])
    #expect(board.startable(at: start).isEmpty)
    #expect(board.nextDeadline == start + .seconds(3))
    #expect(try board.state(of: #require(plan.plan)) == .waiting)
    #expect(board.startable(at: start + .seconds(3)).map(\.line) == ["start a 1"])
    #expect(board.failed("job 1", busy, at: start).map(\.line) == ["give up a 1: busy"])
    #expect(board.backoff(key) == nil)
  }

  @Test func `a shot that changes and changes back goes on counting its attempts`() throws {
    var (board, plans) = try board()
    _ = board.failed("job 1", busy, at: start)
    _ = board.replan([try Plans.plan("a", [Plans.want("a", "2")])])
    let back = board.replan([plans[0]])
    #expect(back.map(\.line) == ["drop a 2", "enqueue a 1"])
    #expect(back.last?.job?.attempt == 2)
  }

  @Test func `a retry begins what waits for another attempt at once, and counts anew`() throws {
    var (board, plans) = try board()
    _ = board.failed("job 1", busy, at: start)
    #expect(board.retry([plans[0].address]).map(\.address) == [plans[0].address])
    let started = board.startable(at: start)
    #expect(started.map(\.line).contains("start a 1") || started.map(\.line).contains("start b 1"))
    #expect(board.job(try Plans.want("a", "1").key)?.attempt == 1)
    // The alarm of the old wait rings for nobody.
    #expect(board.startable(at: start + .seconds(9)).isEmpty)
  }

  @Test func `once a job has an output its failures are forgotten`() throws {
    var (board, plans) = try board()
    _ = board.failed("job 1", busy, at: start)
    _ = board.startable(at: start)
    _ = board.made("job 2")
    _ = board.startable(at: start + .seconds(1))
    #expect(board.made("job 1") != nil)
    #expect(try board.backoff(#require(plans[0].plan?.wants.first?.want?.key)) == nil)
  }
}
