internal import Basics
package import Planning
package import ProjectFiles

/// Which jobs there are and which comes next: a pure value that answers events with actions.
///
/// The plan says what is wanted; the board keeps what is being done about it. It never looks at a clock or a disk: times come in,
/// actions go out, and `ProjectLoop` carries them out.
package struct JobBoard: Sendable {
  /// One want being worked on.
  package struct Job: Sendable {
    package var id: String
    package var want: Want
    package var reason: Reason
    package var state: State
    /// The round of planning that asked for it; the latest goes first, since its shot was just edited.
    package var round: Int
    /// The place in the film, within a round.
    package var rank: Int
    /// From 1.
    package var attempt: Int
    package var startedAt: ContinuousClock.Instant?
    package var fraction = 0.0
    /// A person asked for it although its want is met: it goes on as long as the shot wants that recipe.
    package var isAsked = false
  }

  package enum State: Hashable, Sendable {
    case queued
    /// Queued again after a failure that can pass.
    case backingOff(until: ContinuousClock.Instant)
    case running
    /// Its output is being written.
    case writing
    /// No longer wanted; its engine was told.
    case cancelling
  }

  package enum Action: Sendable {
    /// Journal it; it is queued.
    case enqueue(Job)
    /// It waited and is no longer wanted.
    case drop(Job)
    /// Hand it to its engine.
    case start(Job)
    /// Tell its engine to stop.
    case cancel(Job)
    /// Copy a take that lies elsewhere.
    case copy(Want, from: Take)
    /// It failed for good; its want stands down.
    case giveUp(Job, message: String)
    /// It failed, and is tried again.
    case retry(Job, message: String, after: Duration)
  }

  /// How many jobs each engine type works on at a time.
  private let capacities: [String: Int]
  private var jobs: [WantKey: Job] = [:]
  private var keys: [String: WantKey] = [:]
  private var byShot: [ShotAddress: Set<WantKey>] = [:]
  private var queues: [String: JobQueue<QueueEntry>] = [:]
  private var runningCounts: [String: Int] = [:]
  /// Jobs that an engine has, and jobs that back off: few among many, so they are kept apart.
  private var active: Set<WantKey> = []
  private var backingOff: Set<WantKey> = []
  /// Wants that failed for good or were cancelled, with what was said: they stay down.
  private var down: [WantKey: Down] = [:]
  private var round = 0
  private var nextID: @Sendable () -> String
  /// After this no job starts.
  package private(set) var isStopping = false

  package enum Down: Hashable, Sendable {
    case failed(String)
    case cancelled
  }

  /// Why an attempt came to nothing.
  package struct Failure: Hashable, Sendable {
    package var message: String
    package var canPass: Bool
    /// A full disk and the like: tried again for as long as it takes, the shot is not to blame.
    package var isOfThisMachine = false
  }

  private struct QueueEntry: Sendable {
    var key: WantKey
    var id: String
    var round: Int
    var rank: Int
  }

  package init(capacities: [String: Int], newID: @escaping @Sendable () -> String) {
    self.capacities = capacities
    self.nextID = newID
  }

  /// How often a job that failed in passing is tried, and how long is waited before.
  package static let attempts = 4

  package static func backoff(after attempt: Int) -> Duration { .seconds(1 << Swift.min(attempt - 1, 6)) }
}

// MARK: Events

extension JobBoard {
  /// Takes over what the planner decided for some shots (nil: the shot is gone), in the order of the film.
  package mutating func replan(_ plans: [(address: ShotAddress, plan: ShotPlan?)]) -> [Action] {
    round += 1
    var actions: [Action] = []
    for (rank, entry) in plans.enumerated() {
      actions += replan(entry.address, entry.plan, rank: rank)
    }
    return actions
  }

  private mutating func replan(_ address: ShotAddress, _ plan: ShotPlan?, rank: Int) -> [Action] {
    var wanted: [WantKey: (Want, Reason)] = [:]
    var actions: [Action] = []
    if let plan {
      // Frozen, or not decided yet: nothing is queued and nothing cancelled.
      if plan.isFrozen { return [] }
      for planned in plan.wants {
        if case .waits(.reading) = planned.state { return [] }
      }
      for planned in plan.wants where !plan.isHeld {
        guard let want = planned.want else { continue }
        switch planned.state {
        case .needed(let reason): wanted[want.key] = (want, reason)
        case .copyable(let take) where down[want.key] == nil: actions.append(.copy(want, from: take))
        case .copyable, .fresh, .waits: break
        }
      }
    }
    let named = Set(plan?.isHeld == true ? [] : plan?.wants.compactMap { $0.want?.key } ?? [])
    for key in byShot[address] ?? [] where wanted[key] == nil {
      guard let job = jobs[key], !(job.isAsked && named.contains(key)) else { continue }
      switch job.state {
      case .queued, .backingOff:
        forget(job)
        actions.append(.drop(job))
      case .running:
        set(job, .cancelling)
        actions.append(.cancel(job))
      // A result that arrives all the same is kept, as an older take.
      case .writing, .cancelling: break
      }
    }
    for planned in plan?.wants ?? [] {
      guard let key = planned.want?.key, let (want, reason) = wanted[key], down[key] == nil else { continue }
      if let job = jobs[key], job.state != .cancelling { continue }
      if jobs[key] != nil { continue }
      let job = Job(id: nextID(), want: want, reason: reason, state: .queued, round: round, rank: rank, attempt: 1)
      put(job)
      actions.append(.enqueue(job))
    }
    return actions
  }

  /// Makes a want again that is met already.
  package mutating func ask(for want: Want) -> [Action] {
    if jobs[want.key] != nil { return [] }
    round += 1
    down[want.key] = nil
    var job = Job(id: nextID(), want: want, reason: .again, state: .queued, round: round, rank: 0, attempt: 1)
    job.isAsked = true
    put(job)
    return [.enqueue(job)]
  }

  /// The jobs that can start now.
  package mutating func startable(at now: ContinuousClock.Instant) -> [Action] {
    if isStopping { return [] }
    for key in backingOff {
      guard let job = jobs[key], case .backingOff(let until) = job.state, until <= now else { continue }
      set(job, .queued)
      queue(job)
    }
    var actions: [Action] = []
    for type in queues.keys.sorted() {
      while runningCounts[type, default: 0] < capacities[type, default: 1], let entry = queues[type]?.popFirst() {
        // Entries of jobs that were dropped meanwhile are passed over.
        guard var job = jobs[entry.key], job.id == entry.id, job.state == .queued else { continue }
        job.startedAt = now
        set(job, .running)
        runningCounts[type, default: 0] += 1
        actions.append(.start(job))
      }
    }
    return actions
  }

  package mutating func progressed(_ id: String, _ fraction: Double) -> Job? {
    guard let key = keys[id], jobs[key] != nil else { return nil }
    jobs[key]?.fraction = fraction
    return jobs[key]
  }

  /// The engine gave its output; it is being written.
  package mutating func made(_ id: String) -> Job? {
    guard let key = keys[id], let job = jobs[key] else { return nil }
    set(job, .writing)
    release(job)
    return jobs[key]
  }

  /// The take is there.
  package mutating func finished(_ id: String) -> Job? {
    guard let key = keys[id], let job = jobs[key] else { return nil }
    forget(job)
    return job
  }

  /// It was cancelled and its engine let go of it.
  package mutating func cancelled(_ id: String) -> Job? {
    guard let key = keys[id], let job = jobs[key] else { return nil }
    release(job)
    forget(job)
    return job
  }

  package mutating func failed(_ id: String, _ failure: Failure, at now: ContinuousClock.Instant) -> [Action] {
    guard let key = keys[id], var job = jobs[key] else { return [] }
    release(job)
    if failure.canPass, failure.isOfThisMachine || job.attempt < Self.attempts {
      let delay = Self.backoff(after: job.attempt)
      job.attempt += 1
      job.startedAt = nil
      job.fraction = 0
      jobs[key] = job
      set(job, .backingOff(until: now + delay))
      return [.retry(job, message: failure.message, after: delay)]
    }
    forget(job)
    down[key] = .failed(failure.message)
    return [.giveUp(job, message: failure.message)]
  }

  /// No job starts any more. Those that run go on.
  package mutating func stop() { isStopping = true }

  package mutating func standDown(_ key: WantKey, _ down: Down) { self.down[key] = down }

  package mutating func letUp(_ key: WantKey) { down[key] = nil }
}

// MARK: Questions

extension JobBoard {
  package var runningJobs: [Job] {
    active.compactMap { jobs[$0] }.sorted(by: Self.order)
  }

  package var openCount: Int { jobs.count }

  /// Nothing runs, and nothing could start without something happening first.
  package var isIdle: Bool { isStopping ? active.isEmpty : jobs.isEmpty }

  package func job(_ key: WantKey) -> Job? { jobs[key] }

  package func standing(_ key: WantKey) -> Down? { down[key] }

  /// When a job that backs off may start again.
  package var nextDeadline: ContinuousClock.Instant? {
    backingOff.compactMap { key in
      if case .backingOff(let until)? = jobs[key]?.state { until } else { nil }
    }.min()
  }

  /// How many wants of those that are standing down failed.
  package var failures: [(key: WantKey, message: String)] {
    down.compactMap { key, value in
      if case .failed(let message) = value { (key, message) } else { nil }
    }
  }

  /// A shot's state: its worst want's, by plan and jobs together.
  package func state(of plan: ShotPlan) -> ShotState {
    if plan.isFrozen { return .unreadable }
    if plan.wants.isEmpty { return plan.isHeld ? .held : .fresh }
    return plan.wants.map { state(of: $0, in: plan) }.min() ?? .fresh
  }

  package func state(of planned: PlannedWant, in plan: ShotPlan) -> ShotState {
    guard let key = planned.want?.key else { return ShotState(of: planned, isHeld: plan.isHeld) }
    if case .fresh = planned.state { return .fresh }
    switch jobs[key]?.state {
    case .queued?: return .queued
    case .backingOff?: return .waiting
    case .running?, .writing?: return .running
    case .cancelling?, nil: break
    }
    switch down[key] {
    case .failed?: return .failed
    case .cancelled?: return .held
    case nil: return ShotState(of: planned, isHeld: plan.isHeld)
    }
  }
}

// MARK: Keeping the tables together

extension JobBoard {
  private static func order(_ left: Job, _ right: Job) -> Bool {
    left.round != right.round
      ? left.round > right.round : left.rank != right.rank ? left.rank < right.rank : left.id < right.id
  }

  private mutating func put(_ job: Job) {
    jobs[job.want.key] = job
    keys[job.id] = job.want.key
    byShot[job.want.address, default: []].insert(job.want.key)
    queue(job)
  }

  private mutating func queue(_ job: Job) {
    let entry = QueueEntry(key: job.want.key, id: job.id, round: job.round, rank: job.rank)
    if queues[job.want.engineType] == nil {
      queues[job.want.engineType] = JobQueue { left, right in
        left.round != right.round ? left.round > right.round : left.rank < right.rank
      }
    }
    queues[job.want.engineType]?.push(entry)
  }

  private mutating func set(_ job: Job, _ state: State) {
    var changed = job
    changed.state = state
    jobs[job.want.key] = changed
    active.remove(job.want.key)
    backingOff.remove(job.want.key)
    switch state {
    case .queued: break
    case .backingOff: backingOff.insert(job.want.key)
    case .running, .writing, .cancelling: active.insert(job.want.key)
    }
  }

  private mutating func forget(_ job: Job) {
    jobs[job.want.key] = nil
    active.remove(job.want.key)
    backingOff.remove(job.want.key)
    keys[job.id] = nil
    byShot[job.want.address]?.remove(job.want.key)
    if byShot[job.want.address]?.isEmpty == true { byShot[job.want.address] = nil }
  }

  /// Gives the engine's place back, once for each start.
  private mutating func release(_ job: Job) {
    guard job.startedAt != nil, let key = keys[job.id] else { return }
    runningCounts[job.want.engineType, default: 1] -= 1
    jobs[key]?.startedAt = nil
  }
}
