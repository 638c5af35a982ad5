internal import Basics
internal import Journal
package import Planning
internal import ProjectFiles

/// A job that an earlier run of this program left with an engine whose jobs outlive it.
package struct LeftJob: Hashable, Sendable {
  /// The same as then: the engine knows it by that.
  package var id: String
  package var key: WantKey
  package var engineType: String
  package var attempt: Int
  /// Nanoseconds since 1970.
  package var startedAt: Int64?
  /// A person had asked for it although its want was met.
  package var isAsked: Bool

  package init(
    id: String, key: WantKey, engineType: String, attempt: Int = 1, startedAt: Int64? = nil, isAsked: Bool = false
  ) {
    self.id = id
    self.key = key
    self.engineType = engineType
    self.attempt = attempt
    self.startedAt = startedAt
    self.isAsked = isAsked
  }

  /// Nil for a record that means no shot and no kind.
  init?(_ job: JobRecord) {
    guard let address = ShotAddress(job.shot), let kind = Kind(job.kind) else { return nil }
    let key = WantKey(address: address, kind: kind, fingerprint: job.fingerprint)
    self.init(
      id: job.id, key: key, engineType: job.engineType, attempt: job.attempt, startedAt: job.startedAt,
      isAsked: job.reason == Reason.again.sentence)
  }
}

/// Taking up what an earlier run left.
///
/// Left jobs wait on the board until their shot is decided: one whose recipe is still wanted becomes the job of that want, under its old
/// id and without being queued; any other is abandoned. Of a shot that cannot be read nothing is known, so its jobs stay as they are.
extension JobBoard {
  package mutating func expect(_ jobs: [LeftJob]) {
    for job in jobs { left[job.key] = job }
  }

  /// Whether an earlier run left a job of a want.
  func isExpected(_ key: WantKey) -> Bool { !left.isEmpty && left[key] != nil }

  /// The left job of a want as its job from now on.
  mutating func takeUp(_ want: Want, _ reason: Reason, rank: Int) -> Job? {
    guard let earlier = left.removeValue(forKey: want.key) else { return nil }
    let job = Job(
      id: earlier.id, want: want, reason: reason, state: .running, round: round, rank: rank, attempt: earlier.attempt,
      isAsked: earlier.isAsked, isAdopted: true, startedAt: earlier.startedAt)
    table.set(job)
    return job
  }

  /// Left jobs of a shot whose wants are met, or not there any more.
  /// - Parameters:
  ///   - wanted: the wants of the shot that miss their takes.
  ///   - named: all its wants: what a person asked for once more goes on although its want is met.
  mutating func abandon(of address: ShotAddress, butOf wanted: Set<WantKey>, named: Set<WantKey>) -> [Action] {
    if left.isEmpty { return [] }
    return abandon { job in
      job.key.address == address && !wanted.contains(job.key) && !(job.isAsked && named.contains(job.key))
    }
  }

  /// Left jobs of shots that are gone.
  package mutating func abandon(where isGone: (LeftJob) -> Bool) -> [Action] {
    let gone = left.values.filter(isGone).sorted { $0.id < $1.id }
    for job in gone { left[job.key] = nil }
    return gone.map { .abandon($0) }
  }

  /// Its engine turned out to know nothing of it: it is begun anew.
  package mutating func lost(_ id: String) -> Job? {
    guard var job = table.job(id), job.state == .running else { return nil }
    job.isAdopted = false
    job.fraction = 0
    job.state = .queued
    table.set(job)
    queue(job)
    return job
  }

  /// What became of it is known: from now on it is a job like any other.
  package mutating func answered(_ id: String) {
    guard var job = table.job(id), job.isAdopted else { return }
    job.isAdopted = false
    table.set(job)
  }

  /// Its engine could not say what became of it: it is asked again, and nothing is begun.
  package mutating func unanswered(_ id: String) {
    guard var job = table.job(id), job.state.isAtEngine, !job.isAdopted else { return }
    job.isAdopted = true
    table.set(job)
  }

  /// It goes on without us, and is taken up by the next run.
  package mutating func leave(_ id: String) {
    if let job = table.job(id) { table.remove(job) }
  }
}
