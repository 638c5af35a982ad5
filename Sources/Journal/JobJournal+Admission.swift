internal import Basics
internal import SQLite

// MARK: - Trust, approval, and where files came from

extension JobJournal {
  /// What is known of the project and stands in none of its files, by name.
  package func projectFacts() throws(JournalError) -> [String: String] {
    try read("read what is known of the project") {
      let rows = try connection.rows("SELECT name, value FROM project_facts") { ($0.text(0), $0.text(1)) }
      return Dictionary(rows) { first, _ in first }
    }
  }

  package func trust() throws(JournalError) -> [TrustRow] {
    try read("read which engines are trusted") {
      try connection.rows("SELECT definition, engine, is_trusted FROM trust ORDER BY definition") { row -> TrustRow? in
        Digest(bytes: row.bytes(0)).map {
          TrustRow(definition: $0, engine: row.text(1), isTrusted: row.integer(2) == 1)
        }
      }.compactMap { $0 }
    }
  }

  /// Nothing is trusted or approved any more: the folder is another one than it was for.
  package func forgetTrust() throws(JournalError) {
    try write("forget what was trusted") {
      try connection.run("DELETE FROM trust")
      try connection.run("DELETE FROM admissions")
    }
  }

  package func admissions() throws(JournalError) -> [AdmissionRow] {
    try read("read what was approved") {
      try connection.rows("SELECT shot, kind, fingerprint, engine, mark FROM admissions") { row -> AdmissionRow? in
        Digest(bytes: row.bytes(2)).map {
          AdmissionRow(
            shot: row.text(0), kind: row.text(1), fingerprint: $0, engine: row.text(3), mark: row.text(4))
        }
      }.compactMap { $0 }
    }
  }

  /// Notes all that one decision changed, in one transaction: a HEAD that is noted as seen without the wants that it held back
  /// would let them in next time.
  /// - Parameter facts: nil takes a fact out.
  package func note(
    admissions: [AdmissionRow] = [], trust: [TrustRow] = [], facts: [String: String?] = [:], at time: Int64,
    durably: Bool = true
  ) throws(JournalError) {
    try write("note what may start", durably: durably) {
      for row in admissions { try put(row, at: time) }
      for row in trust {
        try connection.run(
          "INSERT OR REPLACE INTO trust (definition, engine, is_trusted, since) VALUES (?, ?, ?, ?)",
          .bytes(row.definition.bytes), .text(row.engine), .integer(row.isTrusted ? 1 : 0), .integer(time))
      }
      for (name, value) in facts {
        if let value {
          try connection.run(
            "INSERT OR REPLACE INTO project_facts (name, value) VALUES (?, ?)", .text(name), .text(value))
        } else {
          try connection.run("DELETE FROM project_facts WHERE name = ?", .text(name))
        }
      }
    }
  }

  private func put(_ row: AdmissionRow, at time: Int64) throws {
    if let mark = row.mark {
      try connection.run(
        "INSERT OR REPLACE INTO admissions (shot, kind, fingerprint, engine, mark, since) VALUES (?, ?, ?, ?, ?, ?)",
        .text(row.shot), .text(row.kind), .bytes(row.fingerprint.bytes), .text(row.engine), .text(mark),
        .integer(time))
    } else {
      try connection.run(
        "DELETE FROM admissions WHERE shot = ? AND kind = ? AND fingerprint = ? AND engine = ?", .text(row.shot),
        .text(row.kind), .bytes(row.fingerprint.bytes), .text(row.engine))
    }
  }
}
