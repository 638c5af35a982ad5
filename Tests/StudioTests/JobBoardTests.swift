import Basics
import JSONText
@testable import Planning
import ProjectFiles
import Studio
import Synchronization
import TestSupport
import Testing

/// Plans for the board, made by hand.
enum Plans {
  static func address(_ shot: String) throws -> ShotAddress { try #require(ShotAddress("s/\(shot)")) }

  static func want(_ shot: String, _ prompt: String, engine: String = "e") throws -> Want {
    let address = try address(shot)
    return Want(
      address: address, kind: .still, engine: engine, engineType: engine, recipe: Recipe(["prompt": .string(prompt)]),
      request: ShotRequest(address: address, kind: .still, prompt: prompt))
  }

  static func plan(
    _ shot: String, _ wants: [Want], state: PlannedWant.State = .needed(.noTake)
  ) throws -> (address: ShotAddress, plan: ShotPlan?) {
    var plan = ShotPlan(address: try address(shot))
    plan.wants = wants.map { PlannedWant(kind: .still, engine: $0.engine, want: $0, state: state) }
    return (plan.address, plan)
  }

  static func gone(_ shot: String) throws -> (address: ShotAddress, plan: ShotPlan?) { (try address(shot), nil) }

  static func take(_ want: Want) -> Take {
    let sidecar = Sidecar(
      kind: .still, shot: want.address.description, fingerprint: want.recipe.fingerprint, recipe: want.recipe.fields,
      output: Sidecar.Output(digest: Digest(of: [1]), bytes: 1, type: "image/png"),
      engine: Sidecar.EngineFacts(name: "e", type: "e", version: "1"))
    return Take(path: "x.png", sidecar: sidecar, fingerprint: want.recipe.fingerprint, modified: 0, presence: .here)
  }

  static func board(_ capacities: [String: Int] = ["e": 1]) -> JobBoard {
    let last = Mutex(0)
    return JobBoard(capacities: capacities) {
      last.withLock { last in
        last += 1
        return "job \(last)"
      }
    }
  }
}

extension JobBoard.Action {
  /// A word and the prompt.
  var line: String {
    func of(_ want: Want) -> String { "\(want.address.shot?.text ?? "-") \(want.request.prompt)" }
    switch self {
    case .withdraw(let job): return "withdraw \(of(job.want))"
    case .enqueue(let job): return "enqueue \(of(job.want))"
    case .drop(let job): return "drop \(of(job.want))"
    case .start(let job): return "start \(of(job.want))"
    case .cancel(let job): return "cancel \(of(job.want))"
    case .callOff(let job): return "call off \(of(job.want))"
    case .standDown(let want): return "stand down \(of(want))"
    case .write(let job): return "write \(of(job.want))"
    case .adopt(let job): return "adopt \(of(job.want)) as \(job.id)"
    case .abandon(let job): return "abandon \(job.id)"
    case .copy(let want, _): return "copy \(of(want))"
    case .restore(let want, _): return "restore \(of(want))"
    case .giveUp(let job, let message, let isForGood):
      return "give up \(of(job.want)): \(message)\(isForGood ? "" : " for now")"
    case .retry(let job, let message, let delay): return "retry \(of(job.want)) after \(delay): \(message)"
    case .rewrite(let job, let message, let delay): return "rewrite \(of(job.want)) after \(delay): \(message)"
    case .putBack(let job): return "put back \(of(job.want))"
    case .stayAway(let engine, let message, let delay):
      return "leave \(engine) alone \(delay.map { "for \($0)" } ?? "for good"): \(message)"
    }
  }

  var job: JobBoard.Job? {
    switch self {
    case .enqueue(let job), .drop(let job), .withdraw(let job), .adopt(let job), .start(let job), .cancel(let job): job
    case .write(let job), .callOff(let job), .putBack(let job): job
    case .giveUp(let job, _, _), .retry(let job, _, _), .rewrite(let job, _, _): job
    case .copy, .restore, .standDown, .abandon, .stayAway: nil
    }
  }
}

extension JobBoard.State {
  /// Whether its output is there.
  fileprivate var isWritten: Bool {
    switch self {
    case .writing, .unwritten: true
    default: false
    }
  }
}

@Suite struct JobBoardTests {
  private let start = ContinuousClock.now

  @Test func `the latest round goes first, and the order of the film within a round`() throws {
    var board = Plans.board(["e": 10])
    let queued = board.replan([
      try Plans.plan("a", [Plans.want("a", "1")]), try Plans.plan("b", [Plans.want("b", "1")]),
    ])
    #expect(queued.map(\.line) == ["enqueue a 1", "enqueue b 1"])
    _ = board.replan([try Plans.plan("c", [Plans.want("c", "1")])])
    #expect(board.startable(at: start).map(\.line) == ["start c 1", "start a 1", "start b 1"])
  }

  @Test func `each engine has as many jobs as it can work on`() throws {
    var board = Plans.board(["e": 2, "f": 1])
    let names = ["a", "b", "c"]
    _ = board.replan(try names.map { try Plans.plan($0, [Plans.want($0, "1"), Plans.want($0, "2", engine: "f")]) })
    #expect(board.startable(at: start).map(\.line) == ["start a 1", "start b 1", "start a 2"])
    #expect(board.startable(at: start).isEmpty)
    // The output is there: the engine is free while it is written.
    _ = board.made("job 1")
    #expect(board.startable(at: start).map(\.line) == ["start c 1"])
    #expect(board.runningJobs.count == 4)
  }

  @Test func `a queued job that nobody wants any more is dropped, a running one cancelled`() throws {
    var board = Plans.board()
    _ = board.replan([try Plans.plan("a", [Plans.want("a", "1")]), try Plans.plan("b", [Plans.want("b", "1")])])
    _ = board.startable(at: start)
    let actions = board.replan([try Plans.gone("a"), try Plans.plan("b", [Plans.want("b", "2")])])
    #expect(actions.map(\.line) == ["cancel a 1", "drop b 1", "enqueue b 2"])
    // The place is free only when the engine has let go.
    #expect(board.startable(at: start).isEmpty)
    _ = board.cancelled("job 1")
    #expect(board.startable(at: start).map(\.line) == ["start b 2"])
  }

  @Test func `what is wanted again while it is cancelled waits for the engine to let go`() throws {
    var board = Plans.board()
    let first = try Plans.plan("a", [Plans.want("a", "1")])
    _ = board.replan([first])
    _ = board.startable(at: start)
    #expect(board.replan([try Plans.plan("a", [Plans.want("a", "2")])]).map(\.line) == ["cancel a 1", "enqueue a 2"])
    #expect(board.replan([first]).map(\.line) == ["drop a 2"])
    _ = board.cancelled("job 1")
    #expect(board.replan([first]).map(\.line) == ["enqueue a 1"])
  }

  @Test func `a shot that is frozen, or whose references are being read, has nothing queued and nothing cancelled`()
    throws
  {
    var board = Plans.board()
    _ = board.replan([try Plans.plan("a", [Plans.want("a", "1")])])
    _ = board.startable(at: start)
    var frozen = try Plans.plan("a", [])
    frozen.plan?.isFrozen = true
    #expect(board.replan([frozen]).isEmpty)
    #expect(board.replan([try Plans.plan("a", [Plans.want("a", "2")], state: .waits(.reading("inbox/x.png")))]).isEmpty)
    #expect(board.runningJobs.count == 1)
    #expect(
      board.replan([try Plans.plan("a", [Plans.want("a", "2")], state: .waits(.pointer("inbox/x.png")))]).map(\.line)
        == ["cancel a 1"])
  }

  @Test func `a held shot lets go of its jobs and is not copied for`() throws {
    var board = Plans.board()
    _ = board.replan([try Plans.plan("a", [Plans.want("a", "1")])])
    let want = try Plans.want("a", "1")
    var held = try Plans.plan("a", [want], state: .copyable(Plans.take(want)))
    held.plan?.isHeld = true
    #expect(board.replan([held]).map(\.line) == ["drop a 1"])
    held.plan?.isHeld = false
    #expect(board.replan([held]).map(\.line) == ["copy a 1"])
    #expect(board.isIdle)
  }

  @Test func `failures that can pass are tried four times, waiting longer each time`() throws {
    var board = Plans.board()
    _ = board.replan([try Plans.plan("a", [Plans.want("a", "1")])])
    var now = start
    let failure = JobBoard.Failure(message: "busy", canPass: true)
    for delay in [1, 2, 4] {
      #expect(board.startable(at: now).map(\.line) == ["start a 1"])
      #expect(board.failed("job 1", failure, at: now).map(\.line) == ["retry a 1 after \(delay).0 seconds: busy"])
      #expect(board.startable(at: now).isEmpty)
      #expect(board.nextDeadline == now + .seconds(delay))
      now += .seconds(delay)
    }
    _ = board.startable(at: now)
    #expect(board.failed("job 1", failure, at: now).map(\.line) == ["give up a 1: busy"])
    let plan = try Plans.plan("a", [Plans.want("a", "1")])
    #expect(board.replan([plan]).isEmpty)
    #expect(try board.state(of: #require(plan.plan)) == .failed)
    board.letUpFailures(of: [try Plans.address("b")])
    #expect(board.replan([plan]).isEmpty)
    board.letUpFailures(of: nil)
    #expect(board.replan([plan]).map(\.line) == ["enqueue a 1"])
  }

  @Test func `an output that cannot be written is kept, and meanwhile nothing begins`() throws {
    var board = Plans.board()
    _ = board.replan([try Plans.plan("a", [Plans.want("a", "1")]), try Plans.plan("b", [Plans.want("b", "1")])])
    _ = board.startable(at: start)
    _ = board.made("job 1")
    let full = JobBoard.Failure(message: "full", canPass: true, isOfThisMachine: true)
    var now = start
    for attempt in 1...9 {
      let delay = min(1 << (attempt - 1), 64)
      #expect(board.unwritten("job 1", full, at: now).map(\.line) == ["rewrite a 1 after \(delay).0 seconds: full"])
      #expect(board.startable(at: now).isEmpty)
      now += .seconds(delay)
      let actions = board.startable(at: now).map(\.line)
      #expect(actions.first == "write a 1")
    }
    // Its shot moved on meanwhile: the output is written all the same.
    #expect(board.replan([try Plans.gone("a")]).isEmpty)
    #expect(board.finished("job 1") != nil)
  }

  @Test func `a run that is to end gives up on a full disk, but only for this run`() throws {
    var board = Plans.board()
    board.isPatient = false
    _ = board.replan([try Plans.plan("a", [Plans.want("a", "1")])])
    var now = start
    _ = board.startable(at: now)
    _ = board.made("job 1")
    let full = JobBoard.Failure(message: "full", canPass: true, isOfThisMachine: true)
    var last: [String] = []
    for _ in 0..<JobBoard.attempts {
      last = board.unwritten("job 1", full, at: now).map(\.line)
      now += .seconds(100)
      _ = board.startable(at: now)
    }
    #expect(last == ["give up a 1: full for now"])
    #expect(board.isIdle)
  }

  @Test func `a take asked for again is made though it is there, while its shot wants that recipe`() throws {
    var board = Plans.board()
    let want = try Plans.want("a", "1")
    #expect(board.ask(for: want).map(\.line) == ["enqueue a 1"])
    #expect(board.ask(for: want).isEmpty)
    let fresh = try Plans.plan("a", [want], state: .fresh(Plans.take(want)))
    #expect(board.replan([fresh]).isEmpty)
    #expect(board.replan([try Plans.plan("a", [Plans.want("a", "2")])]).map(\.line) == ["drop a 1", "enqueue a 2"])
  }

  @Test func `after a stop nothing starts and nothing is queued, and what runs is waited for`() throws {
    var board = Plans.board()
    _ = board.replan([try Plans.plan("a", [Plans.want("a", "1")]), try Plans.plan("b", [Plans.want("b", "1")])])
    _ = board.startable(at: start)
    board.stop()
    #expect(!board.isIdle)
    #expect(board.replan([try Plans.plan("c", [Plans.want("c", "1")])]).isEmpty)
    _ = board.made("job 1")
    #expect(!board.isIdle)
    _ = board.finished("job 1")
    #expect(board.startable(at: start).isEmpty)
    #expect(board.isIdle)
  }

  @Test(arguments: Array(1...40) as [UInt64])
  func `on any walk wants have one job at most, engines no more than they can do, and nothing is forgotten`(
    _ seed: UInt64
  ) throws {
    var random = SeededGenerator(seed: seed)
    let capacities = ["e": 2, "f": 1]
    var board = Plans.board(capacities)
    var now = start
    // The model: what each shot wants, what is done, and the jobs that the engines and the writer have.
    let shots = ["a", "b", "c", "d", "e"]
    var plans: [String: [Want]] = [:]
    var met: Set<WantKey> = []
    var down: Set<WantKey> = []
    var isPaused = false
    var atEngine: [String: JobBoard.Job] = [:]
    var cancelled: Set<String> = []
    var writing: [String: JobBoard.Job] = [:]
    var open: [String: JobBoard.Job] = [:]

    func plan(_ shot: String) throws -> (address: ShotAddress, plan: ShotPlan?) {
      guard let wants = plans[shot] else { return try Plans.gone(shot) }
      var plan = ShotPlan(address: try Plans.address(shot))
      plan.wants = wants.map { want in
        PlannedWant(
          kind: .still, engine: want.engine, want: want,
          state: met.contains(want.key) ? .fresh(Plans.take(want)) : .needed(.noTake))
      }
      return (plan.address, plan)
    }

    func carryOut(_ actions: [JobBoard.Action]) throws {
      for action in actions {
        if case .standDown(let want) = action {
          #expect(down.insert(want.key).inserted, "seed \(seed)")
          continue
        }
        if case .stayAway = action { continue }
        let job = try #require(action.job)
        switch action {
        case .enqueue:
          #expect(!open.values.contains { $0.want.key == job.want.key }, "two jobs for one want, seed \(seed)")
          #expect(!down.contains(job.want.key))
          open[job.id] = job
        case .drop, .withdraw: #expect(open.removeValue(forKey: job.id) != nil && atEngine[job.id] == nil)
        case .start:
          #expect(atEngine[job.id] == nil && open[job.id] != nil)
          #expect(!isPaused, "seed \(seed)")
          atEngine[job.id] = job
        case .cancel:
          #expect(atEngine[job.id] != nil)
          cancelled.insert(job.id)
          if job.isCalledOff { down.insert(job.want.key) }
        case .callOff:
          #expect(open.removeValue(forKey: job.id) != nil && atEngine[job.id] == nil)
          #expect(down.insert(job.want.key).inserted, "seed \(seed)")
        case .write: writing[job.id] = job
        case .giveUp:
          open[job.id] = nil
          down.insert(job.want.key)
        case .putBack: #expect(open[job.id] != nil && atEngine[job.id] == nil)
        case .retry, .rewrite, .copy, .restore, .standDown, .adopt, .abandon, .stayAway: break
        }
      }
    }

    for _ in 0..<400 {
      switch Int.random(in: 0..<13, using: &random) {
      case 0, 1:
        let shot = random.pick(shots)
        plans[shot] =
          random.one(in: 4)
          ? nil
          : try ["1", "2", "3"].filter { _ in random.one(in: 2) }.map {
            try Plans.want(shot, $0, engine: random.pick(["e", "f"]))
          }
        try carryOut(board.replan([plan(shot)]))
      case 2: try carryOut(board.replan(shots.map(plan)))
      case 3, 4, 5:
        guard let job = atEngine.values.sorted(by: { $0.id < $1.id }).first else { break }
        atEngine[job.id] = nil
        if cancelled.remove(job.id) != nil, random.one(in: 2) {
          #expect(board.cancelled(job.id)?.id == job.id)
          open[job.id] = nil
          try carryOut(board.replan([plan(job.want.address.shot?.text ?? "")]))
        } else if random.one(in: 4), !cancelled.contains(job.id), board.job(job.want.key)?.state == .running {
          try carryOut(board.failed(job.id, JobBoard.Failure(message: "", canPass: random.one(in: 2)), at: now))
        } else if random.one(in: 4), !cancelled.contains(job.id), board.job(job.want.key)?.state == .running {
          try carryOut(board.away(job.id, "gone", at: now))
        } else {
          _ = board.reached(job.want.engine)
          #expect(board.made(job.id)?.id == job.id)
          writing[job.id] = job
        }
      case 6, 7:
        guard let job = writing.values.sorted(by: { $0.id < $1.id }).first else { break }
        writing[job.id] = nil
        if random.one(in: 3) {
          let failure = JobBoard.Failure(message: "", canPass: true, isOfThisMachine: true)
          try carryOut(board.unwritten(job.id, failure, at: now))
        } else {
          #expect(board.finished(job.id)?.id == job.id)
          open[job.id] = nil
          met.insert(job.want.key)
          down.remove(job.want.key)
          try carryOut(board.replan([plan(job.want.address.shot?.text ?? "")]))
        }
      case 8: now += .seconds(random.pick([0, 1, 5, 200]))
      case 9, 10:
        let shot = random.pick(shots)
        try carryOut(board.cancel([plan(shot)]))
        for want in plans[shot] ?? [] where !met.contains(want.key) && !down.contains(want.key) {
          // Only what is being written is not stopped.
          #expect(writing.values.contains { $0.want.key == want.key } || board.job(want.key)?.state.isWritten == true)
        }
      case 11:
        let shot = random.pick(shots)
        let keys = board.retry([try Plans.address(shot)])
        #expect(keys.isSuperset(of: down.filter { $0.address.shot?.text == shot }), "seed \(seed)")
        down = down.filter { $0.address.shot?.text != shot }
        try carryOut(board.replan([plan(shot)]))
      default:
        isPaused.toggle()
        board.isPaused = isPaused
      }
      try carryOut(board.startable(at: now))
      for (type, capacity) in capacities {
        #expect(atEngine.values.count { $0.want.engineType == type } <= capacity, "seed \(seed)")
      }
      #expect(board.openCount == open.count, "seed \(seed)")
      #expect(board.runningJobs.count == atEngine.count + writing.count, "seed \(seed)")
    }
    // Everything wanted is met, down, or has a job.
    try carryOut(board.replan(shots.map(plan)))
    for want in plans.values.joined() where !met.contains(want.key) && !down.contains(want.key) {
      #expect(board.job(want.key) != nil, "\(want.key) was forgotten, seed \(seed)")
    }
  }
}
