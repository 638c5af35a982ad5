internal import Basics
internal import SQLite

/// How jobs and wants stand in their tables: the order of columns, the way there and the way back.
enum JobRow {
  static let columns = """
    id, shot, kind, fingerprint, recipe, engine, engine_type, reason, state, priority, queued_at, started_at, ended_at, \
    attempt, message, output_file, output_digest, output_bytes, output_facts, row_check
    """

  static let marks = Array(repeating: "?", count: 20).joined(separator: ", ")

  /// The values of a job's columns, its check last.
  static func values(of job: JobRecord) -> [Value] {
    withCheck([
      .text(job.id), .text(job.shot), .text(job.kind), .bytes(job.fingerprint.bytes), .text(job.recipe),
      .text(job.engine), .text(job.engineType), .text(job.reason), .text(job.state.rawValue), .integer(job.priority),
      Value(job.queuedAt), Value(job.startedAt), Value(job.endedAt), .integer(Int64(job.attempt)), Value(job.message),
      Value(job.output?.file.bytes), Value(job.output?.digest.bytes), Value(job.output.map { Int64($0.bytes) }),
      Value(job.output?.facts),
    ])
  }

  /// Nil for a row that is not as it was written.
  static func job(_ row: borrowing Row) -> JobRecord? {
    guard let fingerprint = Digest(bytes: row.bytes(3)), let state = JobState(rawValue: row.text(8)) else { return nil }
    var output: JobOutput?
    if let file = row.optionalBytes(15) {
      guard let digest = Digest(bytes: row.bytes(16)) else { return nil }
      output = JobOutput(
        file: ProjectPath(trusted: file), digest: digest, bytes: Int(row.integer(17)), facts: row.text(18))
    }
    let job = JobRecord(
      id: row.text(0), shot: row.text(1), kind: row.text(2), fingerprint: fingerprint, recipe: row.text(4),
      engine: row.text(5), engineType: row.text(6), reason: row.text(7), state: state, priority: row.integer(9),
      queuedAt: row.optionalInteger(10), startedAt: row.optionalInteger(11), endedAt: row.optionalInteger(12),
      attempt: Int(row.integer(13)), message: row.optionalText(14), output: output)
    return values(of: job).last == row.value(19) ? job : nil
  }

  static let wantColumns = "shot, kind, fingerprint, state, message, since, row_check"

  static func values(of want: StandingDown) -> [Value] {
    withCheck([
      .text(want.shot), .text(want.kind), .bytes(want.fingerprint.bytes), .text(want.state.rawValue),
      Value(want.message), .integer(want.since),
    ])
  }

  /// Nil for a row that is not as it was written.
  static func want(_ row: borrowing Row) -> StandingDown? {
    guard let fingerprint = Digest(bytes: row.bytes(2)), let state = JobState(rawValue: row.text(3)) else { return nil }
    let want = StandingDown(
      shot: row.text(0), kind: row.text(1), fingerprint: fingerprint, state: state, message: row.optionalText(4),
      since: row.integer(5))
    return values(of: want).last == row.value(6) ? want : nil
  }

  private static func withCheck(_ values: [Value]) -> [Value] {
    var check = RowCheck()
    for value in values { check.add(value) }
    return values + [.integer(check.value)]
  }
}
