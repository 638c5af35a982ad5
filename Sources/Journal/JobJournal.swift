package import Basics
internal import Glibc
internal import SQLite

/// The record of a project's jobs: `journal.sqlite` in its state folder. What it holds cannot be found out again from the
/// project, so it is migrated and never thrown away.
///
/// The queue itself lives in memory; each step of a job is here before it is taken (the id before submitting, the output's hash
/// before writing). A killed process loses none of it. Steps are also safe from a power cut when the call returns, unless the
/// caller says that they need not be: losing the step of a job that costs nothing means doing it again, while waiting for the
/// disk at each of them would cost more than the job. After a crash `openJobs()` says what was going on.
///
/// Used from one thread at a time, by the holder of the project only.
package final class JobJournal {
  /// That an earlier journal was found damaged and lies aside, as a sentence for people. Callers let engines that cost money
  /// wait for approval as long as it stands; it comes back at every start until `settleLoss(at:)`.
  package private(set) var notice: String?
  /// Whether there was no journal before this one: the project's first start, or someone removed it.
  package let isNew: Bool

  let connection: Connection

  /// Opens the journal in a folder, which must exist; brings an older one to this version; makes one if there is none. A damaged
  /// one is set aside as `journal.sqlite.damaged-N` with its log, and a new one begun.
  /// - Throws: `.newer` for a journal of a later version, `.locked`, `.notWritable`, `.full`.
  package init(in directory: String, patience: Duration = JobJournal.usualPatience) throws(JournalError) {
    let file = JournalFile(directory: directory, patience: patience)
    (connection, isNew) = try Self.reporting("open the journal in \(directory)") { try file.openOrBegin() }
    try readNotice()
  }

  /// How long a lock of another program is waited for.
  package static let usualPatience = Duration.seconds(5)

  /// Closes the file. Nothing may be asked of the journal afterwards.
  package func close() {
    connection.close()
  }

  /// A person has seen that the journal was lost, by approving what waited: `notice` goes for good.
  package func settleLoss(at time: Int64) throws(JournalError) {
    try write("settle the loss of the journal") {
      try connection.run("UPDATE losses SET settled_at = ? WHERE settled_at IS NULL", .integer(time))
    }
    notice = nil
  }

  private func readNotice() throws(JournalError) {
    let sql = "SELECT set_aside_as FROM losses WHERE settled_at IS NULL ORDER BY number DESC LIMIT 1"
    let names = try read("read the losses") { try connection.rows(sql) { $0.text(0) } }
    notice = names.first.map {
      "the journal was damaged and a new one begun; the old one lies beside it as \(TerminalText.escaped($0)). "
        + "Engines that cost money wait for `reel approve`, since it is not known what they were already asked for"
    }
  }
}

// MARK: - Steps of a job

extension JobJournal {
  /// Journals new jobs, in one transaction and this order. A want (shot, kind and fingerprint) that has an open job keeps it.
  /// - Returns: for each of `jobs` the open job of its want: itself, or the one that was there.
  /// - Throws: `.illegalTransition` for a job that is not `queued`, `.duplicateID`; nothing is queued then.
  @discardableResult
  package func enqueue(_ jobs: [JobRecord], durably: Bool = true) throws(JournalError) -> [JobRecord] {
    for job in jobs where job.state != .queued || job.output != nil {
      throw JournalError(.illegalTransition, "Internal inconsistency: job \(job.id) is queued as \(job.state.rawValue)")
    }
    return try write("queue new jobs", durably: durably) {
      var open: [JobRecord] = []
      for job in jobs {
        if let there = try openJob(shot: job.shot, kind: job.kind, fingerprint: job.fingerprint) {
          open.append(there)
          continue
        }
        if try self.find(job.id) != nil {
          throw JournalError(.duplicateID, "Internal inconsistency: there is a job \(job.id) already")
        }
        let sql = "INSERT INTO jobs (\(JobRow.columns)) VALUES (\(JobRow.marks))"
        try connection.run(sql, JobRow.values(of: job))
        open.append(job)
      }
      return open
    }
  }

  /// Before the job is given to its engine.
  package func markRunning(_ id: String, at time: Int64, durably: Bool = true) throws(JournalError) {
    try change(id, to: .running, durably: durably) { $0.startedAt = time }
  }

  /// Before the output is written under its name.
  package func markWriting(_ id: String, _ output: JobOutput, durably: Bool = true) throws(JournalError) {
    try change(id, to: .writing, durably: durably) { $0.output = output }
  }

  /// After the sidecar is there and synced.
  package func markDone(_ id: String, at time: Int64, durably: Bool = true) throws(JournalError) {
    try change(id, to: .done, durably: durably) { job in
      job.endedAt = time
      job.message = nil
    }
  }

  /// An attempt failed. When that can pass (network, busy), the job is queued again with its next attempt; otherwise it has
  /// failed and its want stands down.
  package func markFailed(_ id: String, _ message: String, canPass: Bool, at time: Int64) throws(JournalError) {
    try change(id, to: canPass ? .queued : .failed, standsDown: !canPass) { job in
      job.message = message
      job.output = nil
      if canPass {
        job.startedAt = nil
        job.attempt += 1
      } else {
        job.endedAt = time
      }
    }
  }

  /// Stopped. By a person: its want stands down. Because it is no longer wanted (`standsDown: false`, the shot changed or
  /// went): the same want may come back and is queued then.
  package func markCancelled(
    _ id: String, standsDown: Bool = true, message: String? = nil, at time: Int64
  ) throws(JournalError) {
    try change(id, to: .cancelled, standsDown: standsDown) { job in
      job.endedAt = time
      job.message = message
    }
  }

  /// Nothing went wrong with the job, but it has to be begun anew: its engine does not know it, or its output could not be
  /// kept. It keeps its place and its attempt.
  package func backToQueue(_ id: String) throws(JournalError) {
    try change(id, to: .queued) { job in
      job.startedAt = nil
      job.output = nil
    }
  }

  private func change(
    _ id: String, to state: JobState, standsDown: Bool = false, durably: Bool = true, _ edit: (inout JobRecord) -> Void
  ) throws(JournalError) {
    try write("note that job \(id) is \(state.rawValue)", durably: durably) {
      guard var job = try find(id) else {
        throw JournalError(.unknownJob, "Internal inconsistency: there is no job \(id)")
      }
      guard job.state.canBecome(state) else {
        let (from, to) = (job.state.rawValue, state.rawValue)
        throw JournalError(.illegalTransition, "Internal inconsistency: job \(id) is \(from) and cannot become \(to)")
      }
      job.state = state
      edit(&job)
      let sql = "UPDATE jobs SET (\(JobRow.columns)) = (\(JobRow.marks)) WHERE id = ?"
      try connection.run(sql, JobRow.values(of: job) + [.text(id)])
      guard standsDown else { return }
      let want = StandingDown(
        shot: job.shot, kind: job.kind, fingerprint: job.fingerprint, state: state, message: job.message,
        since: job.endedAt ?? 0)
      try connection.run(
        "INSERT OR REPLACE INTO standing_down (\(JobRow.wantColumns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
        JobRow.values(of: want))
    }
  }
}

// MARK: - Questions

extension JobJournal {
  package func job(_ id: String) throws(JournalError) -> JobRecord? {
    try read("read job \(id)") { try find(id) }
  }

  /// The jobs that are queued, running or writing, in the order of the queue: higher priority first, then as they came.
  package func openJobs() throws(JournalError) -> [JobRecord] {
    try read("read the open jobs") {
      try jobs("WHERE state IN ('queued', 'running', 'writing') ORDER BY priority DESC, number")
    }
  }

  /// Ended jobs, the latest first.
  package func history(limit: Int) throws(JournalError) -> [JobRecord] {
    try read("read the history") {
      try jobs(
        "WHERE \(Self.ended) ORDER BY ended_at DESC, number DESC LIMIT ?",
        [.integer(Int64(limit))])
    }
  }

  /// As the index of ended jobs says it.
  private static let ended = "state IN ('done', 'failed', 'cancelled')"

  /// How many ended jobs stay: enough to see what went on. No restart needs them, and all of a journal is read at each start.
  package static let historyLimit = 1000

  /// Forgets ended jobs but the latest. Wants that stand down because of them stay down.
  /// - Returns: how many were forgotten.
  @discardableResult
  package func forgetHistory(but limit: Int = JobJournal.historyLimit) throws(JournalError) -> Int {
    try write("forget old jobs", durably: false) {
      try connection.run(
        """
        DELETE FROM jobs WHERE \(Self.ended) AND (ended_at, number) <= (
          SELECT ended_at, number FROM jobs WHERE \(Self.ended) ORDER BY ended_at DESC, number DESC LIMIT 1 OFFSET ?)
        """, .integer(Int64(limit)))
      return connection.changes
    }
  }

  private func find(_ id: String) throws -> JobRecord? {
    try jobs("WHERE id = ?", [.text(id)]).first
  }

  private func openJob(shot: String, kind: String, fingerprint: Digest) throws -> JobRecord? {
    let condition = "WHERE shot = ? AND kind = ? AND fingerprint = ? AND state IN ('queued', 'running', 'writing')"
    return try jobs(condition, [.text(shot), .text(kind), .bytes(fingerprint.bytes)]).first
  }

  private func jobs(_ condition: String, _ values: [Value] = []) throws -> [JobRecord] {
    let rows = try connection.rows("SELECT \(JobRow.columns) FROM jobs \(condition)", values) { JobRow.job($0) }
    return try rows.map(whole)
  }

  private func whole<Element>(_ row: Element?) throws -> Element {
    guard let row else { throw SQLiteError.changedRow(in: connection.path) }
    return row
  }
}

// MARK: - Wants that stand down

extension JobJournal {
  /// The wants that are not tried again by themselves, by shot and kind.
  package func standingDown() throws(JournalError) -> [StandingDown] {
    try read("read the wants that stand down") {
      let sql = "SELECT \(JobRow.wantColumns) FROM standing_down ORDER BY shot, kind, fingerprint"
      return try connection.rows(sql) { JobRow.want($0) }.map(whole)
    }
  }

  /// Lets one want be tried again.
  /// - Returns: whether it stood down.
  @discardableResult
  package func letUp(shot: String, kind: String, fingerprint: Digest) throws(JournalError) -> Bool {
    try write("let \(shot) be tried again") {
      try connection.run(
        "DELETE FROM standing_down WHERE shot = ? AND kind = ? AND fingerprint = ?", .text(shot), .text(kind),
        .bytes(fingerprint.bytes))
      return connection.changes == 1
    }
  }

  /// Lets the wants that failed be tried again, of these shots or of all; those that a person cancelled stay down.
  /// - Returns: how many there were.
  @discardableResult
  package func letUpFailures(shots: Set<String>? = nil) throws(JournalError) -> Int {
    try write("let what failed be tried again") {
      try letUp(shots, "state = 'failed'")
    }
  }

  /// Lets all wants of these shots, or of all, be tried again, whether they failed or were cancelled.
  /// - Returns: how many there were.
  @discardableResult
  package func letUpAll(shots: Set<String>? = nil) throws(JournalError) -> Int {
    try write("let what stands down be tried again") {
      try letUp(shots, "TRUE")
    }
  }

  private func letUp(_ shots: Set<String>?, _ condition: String) throws -> Int {
    guard let shots else {
      try connection.run("DELETE FROM standing_down WHERE \(condition)")
      return connection.changes
    }
    var count = 0
    for shot in shots {
      try connection.run("DELETE FROM standing_down WHERE shot = ? AND \(condition)", .text(shot))
      count += connection.changes
    }
    return count
  }
}

// MARK: - Errors at the door

extension JobJournal {
  /// - Parameter durably: whether it must survive a power cut. A killed process loses nothing either way.
  func write<Result>(
    _ action: String, durably: Bool = true, _ body: () throws -> Result
  ) throws(JournalError) -> Result {
    try Self.reporting(action) {
      try connection.setDurability(durably ? .eachCommit : .checkpoints)
      return try connection.transaction(body)
    }
  }

  func read<Result>(_ action: String, _ body: () throws -> Result) throws(JournalError) -> Result {
    try Self.reporting(action, body)
  }

  private static func reporting<Result>(_ action: String, _ body: () throws -> Result) throws(JournalError) -> Result {
    do {
      return try body()
    } catch let error as JournalError {
      throw error
    } catch let error as SQLiteError {
      throw JournalError(error, action)
    } catch {
      preconditionFailure("Internal inconsistency: the journal threw \(error)")
    }
  }
}
