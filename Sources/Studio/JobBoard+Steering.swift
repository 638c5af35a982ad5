package import Planning
package import ProjectFiles

/// What a person says to the work: stop this, try that again, start nothing for now.
extension JobBoard {
  /// Cancels what is to be made of some shots (nil: the shot has no plan just now): jobs that wait are taken out, those that run are
  /// told to stop, and all their wants stand down, those too that have no job yet. What failed is down already, what is held is left to
  /// its hold; an output that is there is written.
  package mutating func cancel(_ plans: [(address: ShotAddress, plan: ShotPlan?)]) -> [Action] {
    var actions: [Action] = []
    for (address, plan) in plans {
      var named: Set<WantKey> = []
      for planned in plan.map({ $0.isHeld ? [] : $0.wants }) ?? [] {
        guard let want = planned.want, planned.isOpen else { continue }
        named.insert(want.key)
        if let job = table[want.key] {
          actions += callOff(job)
        } else if down[want.key] == nil {
          down[want.key] = .cancelled
          backoffs[want.key] = nil
          actions.append(.standDown(want))
        }
      }
      // Of a shot whose file does not read any more, and what was asked for though it is there.
      for key in table.keys(of: address) where !named.contains(key) {
        if let job = table[key] { actions += callOff(job) }
      }
    }
    return actions
  }

  private mutating func callOff(_ job: Job) -> [Action] {
    let key = job.want.key
    switch job.state {
    case .writing, .unwritten: return []
    case .waiting:
      // The journal of jobs knows nothing of it.
      table.remove(job)
      endAdmission(of: job)
      backoffs[key] = nil
      if job.isAsked { return [] }
      down[key] = .cancelled
      return [.standDown(job.want)]
    case .queued, .backingOff:
      table.remove(job)
      endAdmission(of: job)
    case .running, .cancelling:
      // Unless it was to be tried again since.
      if job.isCalledOff, down[key] != nil { return [] }
      var job = job
      job.state = .cancelling
      job.isCalledOff = true
      table.set(job)
    }
    backoffs[key] = nil
    // The take of what was asked for once more is there: its want is met.
    if !job.isAsked { down[key] = .cancelled }
    return [job.state.isAtEngine ? .cancel(table[key] ?? job) : .callOff(job)]
  }

  /// Lets all wants of these shots be tried again at once, whether they failed, were cancelled, or wait for another attempt; nil
  /// means all shots. Plan them again afterwards.
  /// - Returns: the wants that stood down or waited, wanted still or not.
  package mutating func retry(_ shots: Set<ShotAddress>?) -> Set<WantKey> {
    func isMeant(_ key: WantKey) -> Bool { shots?.contains(key.address) ?? true }
    var keys = Set(down.keys.filter(isMeant))
    for key in keys { down[key] = nil }
    // A person who says so knows that the engine is back, or wants to know.
    aways = [:]
    for key in backoffs.keys.filter(isMeant) {
      keys.insert(key)
      backoffs[key] = nil
      guard var job = table[key], case .backingOff = job.state else { continue }
      job.state = .queued
      job.attempt = 1
      table.set(job)
      queue(job)
    }
    return keys
  }

  /// Lets the failed wants of these shots be tried again; nil means all. Those that a person cancelled stay down.
  package mutating func letUpFailures(of shots: Set<ShotAddress>?) {
    down = down.filter { key, reason in
      if case .failed = reason { !(shots?.contains(key.address) ?? true) } else { true }
    }
  }

  /// Goes on counting the attempts of an earlier run.
  package mutating func remember(_ backoff: Backoff, of key: WantKey) { backoffs[key] = backoff }

  package func backoff(_ key: WantKey) -> Backoff? { backoffs[key] }
}

extension PlannedWant {
  /// Whether something is to be made for it, now or when what it waits for is there.
  fileprivate var isOpen: Bool {
    switch state {
    case .needed, .waits: true
    case .fresh, .copyable, .restorable: false
    }
  }
}
