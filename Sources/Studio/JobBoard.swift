package import Planning
package import ProjectFiles

/// Which jobs there are and which comes next: a pure value that answers events with actions.
///
/// The plan says what is wanted; the board keeps what is being done about it. It never looks at a clock or a disk: times come in,
/// actions go out, and `ProjectLoop` carries them out. For each want there is one job at most.
package struct JobBoard: Sendable {
  /// How many jobs each engine type works on at a time.
  private let capacities: [String: Int]
  private let newID: @Sendable () -> String
  var table = JobTable()
  /// What waits for each engine, by its name in the project: two engines of one type work side by side.
  private var lanes: [String: Lane] = [:]
  /// When jobs that wait for a time have waited enough. Entries of jobs that went meanwhile stay in it until their time comes.
  private var alarms = JobQueue<Alarm> { $0.time < $1.time }
  /// Wants that failed for good or were cancelled: they stay down.
  var down: [WantKey: Down] = [:]
  /// Attempts that failed in passing: a job that is queued again for the same want goes on counting there.
  var backoffs: [WantKey: Backoff] = [:]
  /// Engines that cannot be used just now, by name.
  package internal(set) var aways: [String: Away] = [:]
  /// What an earlier run left with its engines, until its shots are decided.
  var left: [WantKey: LeftJob] = [:]
  private(set) var round = 0
  /// After this no job starts and none is queued.
  package private(set) var isStopping = false
  /// While this holds no job starts; those that run go on, and what is wanted is queued.
  package var isPaused = false
  /// Whether a fault of this machine, such as a full disk, is waited out for as long as it takes. A run that is to end gives up
  /// after the usual attempts.
  package var isPatient = true
  /// What decides about jobs on engines of these types, which cost time, a GPU or money.
  package var admission = Admission()
  let costly: Set<String>
  /// While the disk is nearly full nothing is given to engines that cost.
  package var isShortOfDisk = false
  /// While it is not known where changes came from nothing is given to engines that cost: their definitions may be among them.
  package var isWeighing = false
  /// What `admission` decided outside of `admit`, for the journal.
  var unwrittenMarks: [Admission.Key: Admission.Mark?] = [:]

  /// - Parameter costly: the engine types whose jobs need admission.
  package init(
    capacities: [String: Int], costly: Set<String> = [], newID: @escaping @Sendable () -> String
  ) {
    self.capacities = capacities
    self.costly = costly
    self.newID = newID
  }

  /// A job's place in the queue of its engine.
  private struct Lane: Sendable {
    /// How many of its jobs run at a time.
    var capacity: Int
    var isCostly: Bool
    var queue = JobQueue(Turn.isBefore)
  }

  private struct Turn: Sendable {
    var key: WantKey
    var id: String
    var round: Int
    var rank: Int

    /// The shot that was just edited goes first; of one round, the order of the film.
    static func isBefore(_ left: Turn, _ right: Turn) -> Bool {
      left.round != right.round ? left.round > right.round : left.rank < right.rank
    }
  }

  private struct Alarm: Sendable {
    var time: ContinuousClock.Instant
    var id: String
  }

  /// How often a job that failed in passing is tried.
  package static let attempts = 4

  /// How long is waited after a failed attempt (from 1): 1, 2, 4 … 64 seconds.
  package static func backoff(after attempt: Int) -> Duration { .seconds(1 << Swift.min(attempt - 1, 6)) }
}

// MARK: Planning

extension JobBoard {
  /// Takes over what the planner decided for some shots (nil: the shot is gone), in the order of the film.
  package mutating func replan(_ plans: [(address: ShotAddress, plan: ShotPlan?)]) -> [Action] {
    round += 1
    var actions: [Action] = []
    for (rank, entry) in plans.enumerated() where entry.plan?.isDecided ?? true {
      let plan = entry.plan.flatMap { $0.isHeld ? nil : $0 }
      actions += letGo(of: entry.address, butOf: plan)
      if !isStopping, let plan { actions += takeUp(plan, rank: rank) }
    }
    return actions
  }

  /// Jobs of the shot that nobody wants any more.
  private mutating func letGo(of address: ShotAddress, butOf plan: ShotPlan?) -> [Action] {
    var wanted: Set<WantKey> = []
    var named: Set<WantKey> = []
    for planned in plan?.wants ?? [] {
      guard let key = planned.key else { continue }
      named.insert(key)
      if case .needed = planned.state { wanted.insert(key) }
    }
    var actions = abandon(of: address, butOf: wanted.filter { down[$0] == nil }, named: named)
    for key in table.keys(of: address) where !wanted.contains(key) {
      guard var job = table[key], !(job.isAsked && named.contains(key)) else { continue }
      switch job.state {
      case .waiting:
        table.remove(job)
        endAdmission(of: job)
      case .queued, .backingOff:
        table.remove(job)
        endAdmission(of: job)
        actions.append(.drop(job))
      case .running:
        job.state = .cancelling
        table.set(job)
        actions.append(.cancel(job))
      // A result that is here, or arrives all the same, is kept as an older take.
      case .writing, .unwritten, .cancelling: break
      }
    }
    return actions
  }

  private mutating func takeUp(_ plan: ShotPlan, rank: Int) -> [Action] {
    var actions: [Action] = []
    for planned in plan.wants {
      guard let want = planned.want, down[want.key] == nil else { continue }
      switch planned.state {
      case .needed(let reason):
        // Also while it is being cancelled: when its engine has let go of it, its shot is planned again.
        if let job = table[want.key] {
          guard let ending = renew(job, by: want) else { continue }
          actions += ending
        }
        if let job = takeUp(want, reason, rank: rank) {
          actions.append(.adopt(job))
        } else if isCostly(want) {
          park(want, reason, rank: rank)
        } else {
          actions.append(.enqueue(add(want, reason, rank: rank)))
        }
      case .copyable(let take): actions.append(.copy(want, from: take))
      case .restorable(let cached, _): actions.append(.restore(want, cached))
      case .fresh:
        // A person had asked for it once more.
        if let job = takeUp(want, .again, rank: rank) { actions.append(.adopt(job)) }
      case .waits: break
      }
    }
    return actions
  }

  /// Makes a want again that is met already.
  package mutating func ask(for want: Want) -> [Action] {
    if isStopping || table[want.key] != nil { return [] }
    round += 1
    down[want.key] = nil
    backoffs[want.key] = nil
    if isCostly(want) {
      approve([Admission.Key(want)])
      park(want, .again, rank: 0, isAsked: true)
      return []
    }
    return [.enqueue(add(want, .again, rank: 0, isAsked: true))]
  }

  private mutating func add(_ want: Want, _ reason: Reason, rank: Int, isAsked: Bool = false) -> Job {
    var job = newJob(want, reason, rank: rank, isAsked: isAsked)
    lineUp(&job)
    return job
  }

  /// Queues a job, or lets it wait for its next attempt where earlier ones failed in passing.
  mutating func lineUp(_ job: inout Job) {
    if let backoff = backoffs[job.want.key] {
      job.attempt = backoff.attempt
      wait(&job, .backingOff(until: backoff.until), until: backoff.until)
    } else {
      job.state = .queued
      table.set(job)
      queue(job)
    }
  }

  func newJob(_ want: Want, _ reason: Reason, rank: Int, isAsked: Bool = false) -> Job {
    Job(id: newID(), want: want, reason: reason, state: .queued, round: round, rank: rank, isAsked: isAsked)
  }

  mutating func queue(_ job: Job) {
    let turn = Turn(key: job.want.key, id: job.id, round: job.round, rank: job.rank)
    let capacity = job.want.jobLimit ?? capacities[job.want.engineType, default: 1]
    let lane = Lane(capacity: capacity, isCostly: isCostly(job.want))
    lanes[job.want.engine, default: lane].capacity = capacity
    lanes[job.want.engine]?.queue.push(turn)
  }

  /// No job starts any more. Those that run go on.
  package mutating func stop() { isStopping = true }

  package mutating func standDown(_ key: WantKey, _ down: Down) { self.down[key] = down }

}

// MARK: A job's way

extension JobBoard {
  /// What can be begun now: jobs for engines with a place free, and takes whose writing failed some time ago.
  ///
  /// While a take waits to be written nothing else begins: a disk that is full for one is full for all, and outputs that cannot
  /// be kept need not be made.
  package mutating func startable(at now: ContinuousClock.Instant) -> [Action] {
    if isStopping { return [] }
    var actions = wake(at: now)
    if isPaused || table.unwrittenCount > 0 { return actions }
    for name in lanes.keys.sorted() where lanes[name].map({ !isClosed($0) }) ?? false {
      let capacity = allowance(of: name, lanes[name]?.capacity ?? 0, at: now)
      // The lane is changed in its place: whoever held a copy of it here would have its whole queue copied for each job.
      while table.count(atEngine: name) < capacity, let turn = lanes[name]?.queue.popFirst() {
        // Turns of jobs that were dropped meanwhile are passed over.
        guard var job = table[turn.key], job.id == turn.id, job.state == .queued else { continue }
        job.state = .running
        table.set(job)
        actions.append(.start(job))
      }
    }
    return actions
  }

  private func isClosed(_ lane: Lane) -> Bool {
    (isShortOfDisk || isWeighing) && lane.isCostly
  }

  private mutating func wake(at now: ContinuousClock.Instant) -> [Action] {
    var actions: [Action] = []
    while let alarm = alarms.first, alarm.time <= now {
      _ = alarms.popFirst()
      guard var job = table.job(alarm.id) else { continue }
      switch job.state {
      case .backingOff(let until) where until <= now:
        job.state = .queued
        table.set(job)
        queue(job)
      case .unwritten(let until) where until <= now:
        job.state = .writing
        table.set(job)
        actions.append(.write(job))
      default: break
      }
    }
    return actions
  }

  package mutating func progressed(_ id: String, _ fraction: Double) -> Job? {
    guard var job = table.job(id) else { return nil }
    job.fraction = fraction
    table.set(job)
    return job
  }

  /// The engine gave its output; it is being written.
  package mutating func made(_ id: String) -> Job? {
    guard var job = table.job(id), job.state.isAtEngine else { return nil }
    job.state = .writing
    job.attempt = 1
    table.set(job)
    backoffs[job.want.key] = nil
    return job
  }

  /// The take is there. One that arrived after its job was cancelled meets its want all the same, which stands down no more.
  package mutating func finished(_ id: String) -> Job? {
    guard let job = remove(id) else { return nil }
    down[job.want.key] = nil
    made(job)
    return job
  }

  /// It was cancelled and its engine let go of it.
  package mutating func cancelled(_ id: String) -> Job? {
    guard let job = remove(id) else { return nil }
    endAdmission(of: job)
    return job
  }

  private mutating func remove(_ id: String) -> Job? {
    guard let job = table.job(id) else { return nil }
    table.remove(job)
    return job
  }

  /// The engine, or what comes before it, failed: the job is made from the beginning once more, or given up.
  package mutating func failed(_ id: String, _ failure: Failure, at now: ContinuousClock.Instant) -> [Action] {
    guard var job = table.job(id) else { return [] }
    guard isTriedAgain(job, failure) else { return giveUp(job, failure) }
    let delay = Self.backoff(after: job.attempt)
    job.attempt += 1
    job.fraction = 0
    backoffs[job.want.key] = Backoff(attempt: job.attempt, until: now + delay, message: failure.message)
    wait(&job, .backingOff(until: now + delay), until: now + delay)
    return [.retry(job, message: failure.message, after: delay)]
  }

  /// Its output could not be written. The output is kept, and only the writing is tried again.
  package mutating func unwritten(_ id: String, _ failure: Failure, at now: ContinuousClock.Instant) -> [Action] {
    guard var job = table.job(id) else { return [] }
    guard isTriedAgain(job, failure) else { return giveUp(job, failure) }
    let delay = Self.backoff(after: job.attempt)
    job.attempt += 1
    wait(&job, .unwritten(until: now + delay), until: now + delay)
    return [.rewrite(job, message: failure.message, after: delay)]
  }

  private func isTriedAgain(_ job: Job, _ failure: Failure) -> Bool {
    failure.canPass && (failure.isOfThisMachine && isPatient || job.attempt < Self.attempts)
  }

  private mutating func wait(_ job: inout Job, _ state: State, until time: ContinuousClock.Instant) {
    job.state = state
    table.set(job)
    alarms.push(Alarm(time: time, id: job.id))
  }

  private mutating func giveUp(_ job: Job, _ failure: Failure) -> [Action] {
    table.remove(job)
    backoffs[job.want.key] = nil
    endAdmission(of: job)
    down[job.want.key] = .failed(failure.message)
    return [.giveUp(job, message: failure.message, isForGood: !failure.isOfThisMachine)]
  }
}

// MARK: Questions

extension JobBoard {
  /// The jobs that an engine or the writer has, in the order of the queue.
  package var runningJobs: [Job] {
    table.busyJobs.sorted { left, right in
      if left.round != right.round { return left.round > right.round }
      return left.rank != right.rank ? left.rank < right.rank : left.id < right.id
    }
  }

  package var openCount: Int { table.count }

  /// How many jobs could start, were there room.
  package var queuedCount: Int { lanes.keys.reduce(0) { $0 + table.count(queuedFor: $1) } }

  /// The jobs that come next, lane by lane. The cost grows with the queue.
  package func queuedJobs(first limit: Int) -> [Job] {
    var jobs: [Job] = []
    for (_, lane) in lanes.sorted(by: { $0.key < $1.key }) {
      var queue = lane.queue
      while jobs.count < limit, let turn = queue.popFirst() {
        guard let job = table[turn.key], job.id == turn.id, job.state == .queued else { continue }
        jobs.append(job)
      }
    }
    return jobs
  }

  /// Nothing runs, and nothing could start without something happening first.
  package var isIdle: Bool {
    if isStopping { return !table.hasBusy }
    return isPaused ? !table.hasBusy && table.unwrittenCount == 0 : hasNothingToWaitFor
  }

  package func job(_ key: WantKey) -> Job? { table[key] }

  package func job(id: String) -> Job? { table.job(id) }

  /// The shots that have jobs, wanted still or not.
  package var addressesAtWork: Set<ShotAddress> { table.addresses }

  package func standing(_ key: WantKey) -> Down? { down[key] }

  /// When to ask for `startable` again though nothing happened.
  package var nextDeadline: ContinuousClock.Instant? {
    isStopping ? nil : [alarms.first?.time, admission.nextDeadline, nextReturn].compactMap { $0 }.min()
  }

  /// A shot's state: its worst want's, by plan and jobs together.
  package func state(of plan: ShotPlan) -> ShotState {
    if plan.isFrozen { return .unreadable }
    if plan.wants.isEmpty { return plan.isHeld ? .held : .fresh }
    return plan.wants.map { state(of: $0, in: plan) }.min() ?? .fresh
  }

  package func state(of planned: PlannedWant, in plan: ShotPlan) -> ShotState {
    guard let key = planned.key else { return ShotState(of: planned, isHeld: plan.isHeld) }
    if case .fresh = planned.state { return .fresh }
    switch table[key]?.state {
    case .queued?:
      let isShort = isShortOfDisk && planned.want.map(isCostly) ?? false
      return isShort || aways[planned.engine] != nil ? .waiting : .queued
    case .waiting?, .backingOff?, .unwritten?: return .waiting
    case .running?, .writing?: return .running
    // Whoever cancelled it sees that its engine still has it.
    case .cancelling? where table[key]?.isCalledOff == true: return .running
    case .cancelling?, nil: break
    }
    switch down[key] {
    case .failed?: return .failed
    case .cancelled?: return .held
    case nil: return ShotState(of: planned, isHeld: plan.isHeld)
    }
  }
}

extension ShotPlan {
  /// Whether it says what is wanted. A shot that cannot be read, or whose references are still being read, has nothing of it queued
  /// and nothing cancelled.
  var isDecided: Bool {
    !isFrozen && !wants.contains { if case .waits(.reading) = $0.state { true } else { false } }
  }
}
