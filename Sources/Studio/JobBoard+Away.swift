internal import Planning
package import ProjectFiles

/// Engines that cannot be used for a while: a server that is not there, or one that refuses us.
///
/// No job is to blame for that. It goes back into the queue without a try being counted, and its engine is let alone for longer and
/// longer; then one job goes first to see whether it is back.
extension JobBoard {
  package struct Away: Hashable, Sendable {
    /// Why, as the engine says it.
    package var message: String
    package var until: ContinuousClock.Instant
    /// How often in a row it was tried in vain.
    package var count: Int
  }

  /// The engine of a job cannot be used.
  package mutating func away(_ id: String, _ message: String, at now: ContinuousClock.Instant) -> [Action] {
    guard var job = table.job(id), job.state.isAtEngine else { return [] }
    job.state = .queued
    job.fraction = 0
    table.set(job)
    queue(job)
    let engine = job.want.engine
    // Several that were under way come back at once: the first one tells.
    if let away = aways[engine], away.until > now { return [.putBack(job)] }
    let count = (aways[engine]?.count ?? 0) + 1
    let delay = Self.backoff(after: count)
    let away = Away(message: message, until: now + delay, count: count)
    aways[engine] = away
    return [.putBack(job), .stayAway(engine: engine, message: message, after: isGivenUp(away) ? nil : delay)]
  }

  /// It answered: nothing is known against it any more.
  /// - Returns: the shots whose state may be another now.
  package mutating func reached(_ engine: String) -> Set<ShotAddress> {
    aways.removeValue(forKey: engine) == nil ? [] : queuedAddresses(for: [engine])
  }

  /// How many jobs may be with an engine now.
  func allowance(of engine: String, _ capacity: Int, at now: ContinuousClock.Instant) -> Int {
    guard let away = aways[engine] else { return capacity }
    return away.until > now || isGivenUp(away) ? 0 : min(1, capacity)
  }

  /// A run that is to end does not wait for ever.
  func isGivenUp(_ away: Away) -> Bool { !isPatient && away.count >= Self.attempts }

  /// Jobs that wait for engines which this run does not wait for.
  var stranded: Int {
    aways.reduce(0) { isGivenUp($1.value) ? $0 + table.count(queuedFor: $1.key) : $0 }
  }

  /// When an engine that is away is tried again for a job.
  var nextReturn: ContinuousClock.Instant? {
    aways.filter { table.count(queuedFor: $0.key) > 0 && !isGivenUp($0.value) }.map(\.value.until).min()
  }

  /// The jobs of an engine that are queued, or on their way back from it.
  package func waitingCount(for engine: String) -> Int {
    table.count(queuedFor: engine) + table.count(atEngine: engine)
  }
}
