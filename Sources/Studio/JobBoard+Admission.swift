package import Planning
package import ProjectFiles

/// Jobs that may not start yet. They stand on the board as `.waiting`, and are queued when `admission` lets them in.
extension JobBoard {
  func isCostly(_ want: Want) -> Bool { costly.contains(want.engineType) }

  /// What is to be done and written down after a round of deciding.
  package struct Admitted: Sendable {
    package var actions: [Action] = []
    /// To be journaled before the actions are taken.
    package var marks: [Admission.Key: Admission.Mark?] = [:]
    package var newlyWaiting: [Admission.WaitGroup: [WantKey]] = [:]
    /// Shots whose state may be another now.
    package var addresses: Set<ShotAddress> = []
  }

  /// Lets in what may start.
  package mutating func admit(at now: ContinuousClock.Instant) -> Admitted {
    var admitted = Admitted(marks: unwrittenMarks)
    unwrittenMarks = [:]
    if isStopping { return admitted }
    let outcome = admission.decide(at: now)
    admitted.marks.merge(outcome.marks) { _, new in new }
    admitted.newlyWaiting = outcome.newlyWaiting
    let jobs = outcome.letIn.compactMap { table[$0] }.filter { $0.state == .waiting }
    for var job in jobs.sorted(by: Self.isBefore) {
      lineUp(&job)
      admitted.actions.append(.enqueue(job))
    }
    admitted.addresses.formUnion(jobs.map(\.want.address))
    for keys in outcome.newlyWaiting.values { admitted.addresses.formUnion(keys.map(\.address)) }
    return admitted
  }

  /// What would wait if these plans were worked on now. Nothing is queued: of what may start nothing stays on the board.
  package mutating func foresee(
    _ plans: [(address: ShotAddress, plan: ShotPlan?)], at now: ContinuousClock.Instant
  ) -> Admitted {
    for (rank, entry) in plans.enumerated() {
      guard let plan = entry.plan, plan.isDecided, !plan.isHeld else { continue }
      for planned in plan.wants {
        guard let want = planned.want, down[want.key] == nil, table[want.key] == nil, isCostly(want),
          case .needed(let reason) = planned.state
        else { continue }
        park(want, reason, rank: rank)
      }
    }
    var admitted = admit(at: now)
    for action in admitted.actions {
      if case .enqueue(let job) = action { table.remove(job) }
    }
    admitted.actions = []
    return admitted
  }

  /// The wants of some plans that an engine that costs would have to make.
  package func costlyNeeds(of plans: [ShotPlan]) -> [Admission.Key] {
    plans.filter { !$0.isHeld && !$0.isFrozen }.flatMap(\.wants).compactMap { planned in
      guard case .needed = planned.state, let want = planned.want, isCostly(want) else { return nil }
      return Admission.Key(want)
    }
  }

  /// Lets wants in by a person's word.
  package mutating func approve(_ keys: some Sequence<Admission.Key>) {
    note(admission.approve(keys))
  }

  package mutating func hold(_ keys: some Sequence<Admission.Key>, _ cause: Admission.Cause) {
    note(admission.hold(keys, cause))
  }

  /// A want that is wanted no more.
  package mutating func forget(_ key: Admission.Key) { note(admission.leave(key)) }

  /// What holds for an engine from now on. Jobs that were queued for it and may not start any more wait again.
  package mutating func setTerms(_ terms: Admission.Terms?, of engine: String) -> [Action] {
    admission.setTerms(terms, of: engine) ? withdraw(from: engine) : []
  }

  /// Takes back what is queued for an engine, unless that is trusted.
  package mutating func withdraw(from engine: String) -> [Action] {
    if admission.isTrusted(engine) { return [] }
    var actions: [Action] = []
    for job in table.jobs(queuedFor: engine) where isCostly(job.want) {
      table.remove(job)
      actions.append(.withdraw(job))
      // Under another id: what was journaled of this one is closed.
      var again = newJob(job.want, job.reason, rank: job.rank, isAsked: job.isAsked)
      again.round = job.round
      again.attempt = job.attempt
      park(again)
    }
    return actions
  }

  mutating func park(_ want: Want, _ reason: Reason, rank: Int, isAsked: Bool = false) {
    park(newJob(want, reason, rank: rank, isAsked: isAsked))
  }

  private mutating func park(_ job: Job) {
    var job = job
    job.state = .waiting
    table.set(job)
    admission.arrive(job.want)
  }

  /// A want that has a job already: what has not begun is begun with the definition of its engine and the places of its references
  /// as they are now.
  /// - Returns: nil when the job stands; else what ends it, because another engine is to make it.
  mutating func renew(_ job: Job, by want: Want) -> [Action]? {
    var job = job
    switch job.state {
    case .running, .cancelling, .writing, .unwritten: return nil
    case .waiting, .queued, .backingOff: break
    }
    if job.want.engine == want.engine {
      job.want = want
      table.set(job)
      return nil
    }
    table.remove(job)
    endAdmission(of: job)
    return job.state == .waiting ? [] : [.drop(job)]
  }

  mutating func endAdmission(of job: Job) {
    if isCostly(job.want) { note(admission.leave(Admission.Key(job.want))) }
  }

  mutating func made(_ job: Job) {
    if isCostly(job.want) { note(admission.made(Admission.Key(job.want))) }
  }

  private mutating func note(_ marks: [Admission.Key: Admission.Mark?]) {
    unwrittenMarks.merge(marks) { _, new in new }
  }

  private static func isBefore(_ left: Job, _ right: Job) -> Bool {
    if left.round != right.round { return left.round > right.round }
    return left.rank != right.rank ? left.rank < right.rank : left.id < right.id
  }
}

// MARK: Questions

extension JobBoard {
  /// Whether all that is open waits for a person; in a run that is to end, also for room on the disk.
  var hasNothingToWaitFor: Bool {
    let stuck = isShortOfDisk && !isPatient ? costlyEnginesWithWork.reduce(0) { $0 + table.count(queuedFor: $1) } : 0
    return table.count == admission.waitingForPerson + stuck + (isShortOfDisk ? 0 : stranded)
  }

  /// The engines that cost and have jobs which could start.
  package var costlyEnginesWithWork: [String] {
    admission.engineNames.filter { table.count(queuedFor: $0) > 0 }
  }

  package func queuedAddresses(for engines: [String]) -> Set<ShotAddress> {
    Set(engines.flatMap { table.jobs(queuedFor: $0) }.map(\.want.address))
  }

  /// The jobs of some shots (nil: of all) that wait for a person, in the order of the queue.
  package func waitingJobs(of addresses: Set<ShotAddress>? = nil) -> [(job: Job, wait: Admission.Wait)] {
    let keys = admission.waitingKeys.values.joined().filter { addresses?.contains($0.address) ?? true }
    return keys.compactMap { table[$0] }.sorted(by: Self.isBefore).compactMap { job in
      admission.wait(of: job.want.key).map { (job, $0) }
    }
  }
}
