internal import Planning
internal import ProjectFiles

/// The open jobs, found by want, by id and by shot, with how many each engine has: several tables kept as one.
struct JobTable: Sendable {
  private var jobs: [WantKey: JobBoard.Job] = [:]
  private var keys: [String: WantKey] = [:]
  private var byShot: [ShotAddress: Set<WantKey>] = [:]
  /// Jobs that an engine or the writer has: few among many, so they are kept apart.
  private var busy: Set<WantKey> = []
  private var atEngine: [String: Int] = [:]
  private var queuedFor: [String: Int] = [:]
  private(set) var unwrittenCount = 0

  var count: Int { jobs.count }
  var isEmpty: Bool { jobs.isEmpty }
  var hasBusy: Bool { !busy.isEmpty }
  var busyJobs: [JobBoard.Job] { busy.compactMap { jobs[$0] } }

  subscript(key: WantKey) -> JobBoard.Job? { jobs[key] }

  var addresses: Set<ShotAddress> { Set(byShot.keys) }

  func job(_ id: String) -> JobBoard.Job? { keys[id].flatMap { jobs[$0] } }

  /// The wants of a shot that have a job, in a fixed order, so that the same plan gives the same actions.
  func keys(of address: ShotAddress) -> [WantKey] {
    (byShot[address] ?? []).sorted { ($0.kind, $0.fingerprint) < ($1.kind, $1.fingerprint) }
  }

  /// How many jobs an engine works on.
  func count(atEngine name: String) -> Int { atEngine[name] ?? 0 }

  /// How many jobs could be given to an engine.
  func count(queuedFor engine: String) -> Int { queuedFor[engine] ?? 0 }

  /// Those jobs, or those that will be queued for it again, in the order of their ids.
  func jobs(queuedFor engine: String) -> [JobBoard.Job] {
    jobs.values.filter { job in
      guard job.want.engine == engine else { return false }
      if case .backingOff = job.state { return true }
      return job.state == .queued
    }.sorted { $0.id < $1.id }
  }

  /// Puts a job in, or what became of it.
  mutating func set(_ job: JobBoard.Job) {
    let key = job.want.key
    count(jobs[key], -1)
    jobs[key] = job
    keys[job.id] = key
    byShot[key.address, default: []].insert(key)
    count(job, 1)
  }

  mutating func remove(_ job: JobBoard.Job) {
    let key = job.want.key
    count(jobs.removeValue(forKey: key), -1)
    keys[job.id] = nil
    byShot[key.address]?.remove(key)
    if byShot[key.address]?.isEmpty == true { byShot[key.address] = nil }
  }

  private mutating func count(_ job: JobBoard.Job?, _ step: Int) {
    guard let job else { return }
    if job.state.isAtEngine { atEngine[job.want.engine, default: 0] += step }
    if job.state == .queued { queuedFor[job.want.engine, default: 0] += step }
    if case .unwritten = job.state { unwrittenCount += step }
    guard job.state.isBusy else { return }
    if step > 0 { busy.insert(job.want.key) } else { busy.remove(job.want.key) }
  }
}
