package import Basics
internal import Glibc
internal import SQLite

/// What was known of a project's files when they were last looked at: `index.sqlite` in the project's state folder.
///
/// It saves reading, never decides: without it everything is read and hashed again, with the same results. So it may be lost
/// at any time, and nothing about it stops the program. A file that is damaged or of another version is set aside and a new
/// one made; where none can be had, the index lives in memory. `notice` says so.
///
/// Used from one thread at a time, by the holder of the project only.
package final class ProjectIndex {
  /// What a person should hear of this index, as a sentence; nil when all is well.
  package private(set) var notice: String?
  /// Nil while the index lives in memory.
  private let path: String?
  private var connection: Connection

  /// How long a lock of another program is waited for: a program that starts does not stand still for a cache.
  package static let usualPatience = Duration.milliseconds(500)

  /// Opens the index in a folder, which must exist, or makes it.
  /// - Throws: only when there is no memory for an index that lives in memory.
  package init(in directory: String, patience: Duration = ProjectIndex.usualPatience) throws {
    let path = "\(directory)/index.sqlite"
    do throws(SQLiteError) {
      (connection, notice) = try Self.openOrReplace(path, patience)
      self.path = path
    } catch {
      connection = try Self.openInMemory()
      notice = "\(error); until the next start what is known of the project's files is kept in memory only"
      self.path = nil
    }
  }

  /// Closes the file. Nothing may be asked of the index afterwards.
  package func close() {
    connection.close()
  }
}

extension ProjectIndex {
  /// Everything the index knows.
  ///
  /// A file that turns out to be damaged only now is replaced as at the start, and nothing is known then.
  package func load() throws -> [ProjectPath: IndexedFile] {
    do throws(SQLiteError) {
      return try readAll()
    } catch  where error.isDamage {
      try startAnew(because: error)
      return [:]
    }
  }

  /// Remembers what was learned and forgets what is gone, in one transaction. A path in both is remembered.
  ///
  /// A file that turns out to be damaged only now is replaced, and knows what is recorded from here on.
  /// - Throws: SQLiteError for a full disk, a lock, or a failing disk: the index is as it was, and can be used.
  package func record(_ changed: [ProjectPath: IndexedFile], removed: [ProjectPath]) throws {
    if changed.isEmpty, removed.isEmpty { return }
    do {
      try write(changed, removed)
    } catch let error as SQLiteError where error.isDamage {
      try startAnew(because: error)
      try write(changed, removed)
    }
  }

  private func readAll() throws(SQLiteError) -> [ProjectPath: IndexedFile] {
    var files: [ProjectPath: IndexedFile] = [:]
    // About as many as there are rows, and found without counting them.
    if case .integer(let last) = try connection.value("SELECT max(number) FROM files") {
      files.reserveCapacity(Int(Swift.max(0, Swift.min(last, 100_000))))
    }
    var isWhole = true
    let sql = """
      SELECT path, size, modified, changed, inode, device, digest, hashed_at, facts, row_check FROM files
      """
    try connection.each(sql) { row in
      let path = row.bytes(0)
      if let file = IndexedFile(row, from: 1, path: path) {
        files[ProjectPath(trusted: path)] = file
      } else {
        isWhole = false
      }
    }
    connection.releaseMemory()
    if !isWhole {
      throw SQLiteError(
        code: .damaged, resultCode: 0, context: "read \(connection.path)", message: "a row is not as it was written")
    }
    return files
  }

  private func write(_ changed: [ProjectPath: IndexedFile], _ removed: [ProjectPath]) throws {
    try connection.transaction {
      for path in removed {
        try connection.run("DELETE FROM files WHERE path = ?", .bytes(path.bytes))
      }
      let sql = """
        INSERT INTO files (path, size, modified, changed, inode, device, digest, hashed_at, facts, row_check)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (path) DO UPDATE SET
          size = excluded.size, modified = excluded.modified, changed = excluded.changed, inode = excluded.inode,
          device = excluded.device, digest = excluded.digest, hashed_at = excluded.hashed_at, facts = excluded.facts,
          row_check = excluded.row_check
        """
      for (path, file) in changed {
        try connection.run(
          sql, .bytes(path.bytes), .integer(file.stamp.size), .integer(file.stamp.modified),
          .integer(file.stamp.changed), .integer(Int64(bitPattern: file.stamp.inode)),
          .integer(Int64(bitPattern: file.stamp.device)), Value(file.digest?.bytes), .integer(file.hashedAt),
          Value(file.facts), .integer(file.check(path: path.bytes)))
      }
    }
  }
}

extension ProjectIndex {
  private static func openInMemory() throws(SQLiteError) -> Connection {
    let connection = try Connection.inMemory()
    try connection.runScript(IndexSchema.sql)
    return connection
  }

  /// - Returns: the index, and what to say if a file was set aside for it.
  private static func openOrReplace(
    _ path: String, _ patience: Duration
  ) throws(SQLiteError) -> (Connection, notice: String?) {
    do throws(SQLiteError) {
      return (try open(path, patience), nil)
    } catch {
      let isOfAnotherVersion = if case .newer = error.code { true } else { false }
      guard error.isDamage || isOfAnotherVersion else { throw error }
      return (try replace(path, patience), notice(of: error))
    }
  }

  /// Opens the file, or makes it with its tables.
  /// - Throws: `.newer` for a file of any other version, `.damaged`, `.locked`, and whatever else stands in the way.
  private static func open(_ path: String, _ patience: Duration) throws(SQLiteError) -> Connection {
    let connection = try Connection(opening: path, durability: .checkpoints, patience: patience)
    guard case .integer(let version) = try connection.value("PRAGMA user_version") else { return connection }
    let isEmpty = try connection.value("SELECT count(*) FROM sqlite_schema") == .integer(0)
    if version != IndexSchema.version, !(version == 0 && isEmpty) {
      throw SQLiteError(
        code: .newer(found: Int(version), known: Int(IndexSchema.version)), resultCode: 0, context: "open \(path)",
        message: "user_version \(version)")
    }
    // Reading works beside another program's write lock: that it can be had is found out now, not at the first record.
    do {
      try connection.transaction {
        if isEmpty { try connection.runScript(IndexSchema.sql) }
      }
    } catch let error as SQLiteError {
      throw error
    } catch {
      preconditionFailure("Internal inconsistency: making the tables threw \(error)")
    }
    // Asks for every column once: a table that is not ours shows here.
    try connection.each(
      "SELECT path, size, modified, changed, inode, device, digest, hashed_at, facts, row_check FROM files LIMIT 1"
    ) { _ in }
    return connection
  }

  /// Sets the file aside as `….damaged-1`, an older such file as `….damaged-2`, and makes a new one.
  private static func replace(_ path: String, _ patience: Duration) throws(SQLiteError) -> Connection {
    rename("\(path).damaged-1", "\(path).damaged-2")
    if rename(path, "\(path).damaged-1") != 0, access(path, F_OK) == 0 {
      throw SQLiteError(code: .notWritable, resultCode: 0, context: "set aside \(path)", message: "rename failed")
    }
    // They belong to the old file. Left here, the log would be played into the new one.
    unlink("\(path)-wal")
    unlink("\(path)-shm")
    return try open(path, patience)
  }

  private static func notice(of error: SQLiteError) -> String {
    let reason =
      if case .newer(let found, let known) = error.code {
        "cannot \(TerminalText.escaped(error.context)): it is of format \(found), this program works with \(known)"
      } else {
        error.description
      }
    return "\(reason); it was set aside and is built anew, nothing is lost by that"
  }

  private func startAnew(because error: SQLiteError) throws(SQLiteError) {
    connection.close()
    notice = Self.notice(of: error)
    do throws(SQLiteError) {
      guard let path else { throw error }
      connection = try Self.replace(path, Self.usualPatience)
    } catch {
      connection = try Self.openInMemory()
    }
  }
}
