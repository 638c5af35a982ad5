package import Basics
internal import SQLite

// MARK: - Stopped and paused by a person

extension JobJournal {
  /// Lets wants stand down, whether or not they have a job. One that stood down already does so for this reason from now on.
  package func standDown(_ wants: [StandingDown]) throws(JournalError) {
    try write("let what was cancelled stand down") {
      for want in wants {
        try connection.run(
          "INSERT OR REPLACE INTO standing_down (\(JobRow.wantColumns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
          JobRow.values(of: want))
      }
    }
  }

  /// Whether the project is paused: it starts no job, in this run and in later ones.
  package func isPaused() throws(JournalError) -> Bool {
    try read("read whether the project is paused") {
      try !connection.rows("SELECT since FROM pauses") { $0.integer(0) }.isEmpty
    }
  }

  package func pause(at time: Int64) throws(JournalError) {
    try write("pause the project") {
      try connection.run("INSERT OR IGNORE INTO pauses (number, since) VALUES (1, ?)", .integer(time))
    }
  }

  package func resume() throws(JournalError) {
    try write("resume the project") { try connection.run("DELETE FROM pauses") }
  }
}

// MARK: - Attempts that failed in passing

extension JobJournal {
  /// The wants that wait for their next attempt, by shot and kind.
  package func backingOff() throws(JournalError) -> [BackingOff] {
    try read("read the wants that are tried again") {
      let sql =
        "SELECT shot, kind, fingerprint, attempt, next_at, message FROM backoffs ORDER BY shot, kind, fingerprint"
      return try connection.rows(sql) { row -> BackingOff? in
        Digest(bytes: row.bytes(2)).map { fingerprint in
          BackingOff(
            shot: row.text(0), kind: row.text(1), fingerprint: fingerprint, attempt: Int(row.integer(3)),
            nextAt: row.integer(4), message: row.text(5))
        }
      }.compactMap { $0 }
    }
  }

  package func backOff(_ want: BackingOff) throws(JournalError) {
    try write("note the next attempt of \(want.shot)") {
      try connection.run(
        "INSERT OR REPLACE INTO backoffs (shot, kind, fingerprint, attempt, next_at, message) VALUES (?, ?, ?, ?, ?, ?)",
        .text(want.shot), .text(want.kind), .bytes(want.fingerprint.bytes), .integer(Int64(want.attempt)),
        .integer(want.nextAt), .text(want.message))
    }
  }

  /// An attempt came to an end that needs no further one, or a person wants the counting to begin anew.
  package func forgetBackoff(shot: String, kind: String, fingerprint: Digest) throws(JournalError) {
    try write("forget the attempts of \(shot)", durably: false) {
      try connection.run(
        "DELETE FROM backoffs WHERE shot = ? AND kind = ? AND fingerprint = ?", .text(shot), .text(kind),
        .bytes(fingerprint.bytes))
    }
  }

  /// Forgets attempts that were to come before a time: what failed in passing so long ago says nothing of now.
  package func forgetBackoffs(before time: Int64) throws(JournalError) {
    try write("forget old attempts", durably: false) {
      try connection.run("DELETE FROM backoffs WHERE next_at < ?", .integer(time))
    }
  }
}
