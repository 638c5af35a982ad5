internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles
internal import Journal

/// The journal as the loop writes it: one that cannot be written is said once, and the work goes on.
///
/// What is lost with it is what a restart would have known, never a take. A job of which a step is missing in the journal is left alone
/// there until it is begun anew.
struct JobLedger {
  private let journal: JobJournal?
  /// Engine types whose jobs cost something: their steps survive a power cut. Those of others would only be done again, and
  /// waiting for the disk at each of them would cost more than the job.
  private let costly: Set<String>
  /// Open jobs of such engines.
  private var costlyJobs: Set<String> = []
  private let tell: @Sendable (String) -> Void
  /// Jobs that the journal knows nothing of, or something that is no longer so.
  private var behind: Set<String> = []
  private var isTroubled = false
  /// Wants of which the journal knows that an attempt failed in passing: others need not be forgotten there.
  var backingOff: Set<WantKey> = []

  /// - Parameter tell: takes a sentence for people.
  init(_ journal: JobJournal?, costly: Set<String> = [], tell: @escaping @Sendable (String) -> Void) {
    self.journal = journal
    self.costly = costly
    self.tell = tell
  }

  mutating func queued(_ jobs: [JobBoard.Job]) {
    let records = jobs.map { JobRecord($0, queuedAt: FileStamp.now()) }
    let new = records.filter { costly.contains($0.engineType) }.map(\.id)
    costlyJobs.formUnion(new)
    keep(records.map(\.id)) { journal throws(JournalError) in
      let open = try journal.enqueue(records, durably: !new.isEmpty)
      let left = zip(records, open).filter { $0.id != $1.id }
      if left.isEmpty { return }
      // Another job of the same want whose end could not be written at its time.
      for (_, old) in left { try Self.close(old, "its end could not be noted", in: journal) }
      try journal.enqueue(left.map(\.0))
    }
  }

  /// - Returns: whether it is written: an engine that costs must not be asked for what nobody would remember.
  mutating func begun(_ job: JobBoard.Job) -> Bool {
    let isBehind = behind.contains(job.id)
    let isCostly = costlyJobs.contains(job.id)
    return keep([job.id]) { journal throws(JournalError) in
      if isBehind {
        try journal.enqueue([JobRecord(job, queuedAt: FileStamp.now())], durably: isCostly)
        if try journal.job(job.id)?.state != .queued { try journal.backToQueue(job.id) }
      }
      try journal.markRunning(job.id, at: FileStamp.now(), durably: isCostly)
    }
  }

  /// An earlier run began it: the journal has it as running.
  mutating func adopted(_ job: JobBoard.Job) {
    if costly.contains(job.want.engineType) { costlyJobs.insert(job.id) }
  }

  mutating func writing(_ id: String, _ output: JobOutput) {
    let isCostly = costlyJobs.contains(id)
    step(id) { journal throws(JournalError) in try journal.markWriting(id, output, durably: isCostly) }
  }

  mutating func failed(_ id: String, _ message: String, canPass: Bool) {
    step(id) { journal throws(JournalError) in
      try journal.markFailed(id, message, canPass: canPass, at: FileStamp.now())
    }
    if !canPass { ended(id) }
  }

  mutating func done(_ id: String) {
    let isCostly = costlyJobs.contains(id)
    step(id) { journal throws(JournalError) in try journal.markDone(id, at: FileStamp.now(), durably: isCostly) }
    ended(id)
  }

  /// Its shot moved on, or it is given up for now: the same want may be queued again.
  mutating func dropped(_ id: String, _ why: String) {
    step(id) { journal throws(JournalError) in
      if let job = try journal.job(id) { try Self.close(job, why, in: journal) }
    }
    ended(id)
  }

  /// Left in the middle; it is made next time.
  mutating func left(_ id: String) {
    step(id) { journal throws(JournalError) in try journal.backToQueue(id) }
  }

  /// Ends a job of any open state without its want standing down.
  static func close(_ job: JobRecord, _ why: String, in journal: JobJournal) throws(JournalError) {
    // What is being written has an output, which is not cancelled but taken back first.
    if job.state == .writing { try journal.backToQueue(job.id) }
    try journal.markCancelled(job.id, standsDown: false, message: why, at: FileStamp.now())
  }

  private mutating func ended(_ id: String) {
    behind.remove(id)
    costlyJobs.remove(id)
  }

  private mutating func step(_ id: String, _ write: (JobJournal) throws(JournalError) -> Void) {
    if !behind.contains(id) { keep([id], write) }
  }

  /// Writes something that concerns these jobs; a failure is said once.
  @discardableResult
  mutating func keep(_ ids: [String], _ write: (JobJournal) throws(JournalError) -> Void) -> Bool {
    guard let journal else { return true }
    do throws(JournalError) {
      try write(journal)
      behind.subtract(ids)
      if isTroubled { tell("the journal is written again") }
      isTroubled = false
      return true
    } catch {
      behind.formUnion(ids)
      if !isTroubled { tell("the journal could not be written, the work goes on: \(error)") }
      isTroubled = true
      return false
    }
  }
}

extension JobRecord {
  init(_ job: JobBoard.Job, queuedAt: Int64) {
    self.init(
      id: job.id, shot: job.want.address.description, kind: job.want.kind.name,
      fingerprint: job.want.recipe.fingerprint,
      recipe: JSON.object(job.want.recipe.fields).compactText, engine: job.want.engine, engineType: job.want.engineType,
      reason: job.reason.sentence, state: .queued, priority: Int64(job.round) << 32 - Int64(job.rank),
      queuedAt: queuedAt, attempt: job.attempt)
  }
}
