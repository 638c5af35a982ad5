internal import CSQLite
internal import Glibc

/// An open database, used from one thread at a time: by an actor with a thread of its own. It is not Sendable on purpose.
///
/// Files are in WAL mode: a reader such as the `sqlite3` program may look in meanwhile, and a process that dies at any point
/// leaves either all of a transaction or nothing of it. SQLite's own locking keeps other programs out, but there must be one
/// writing connection only: Debian 12's SQLite (3.40) has a fault in resetting a WAL that two share. Whoever opens a database
/// here holds the project's `HolderLock`.
package final class Connection {
  /// When a committed transaction is safe from a power cut. A killed process loses nothing either way.
  package enum Durability: Sendable {
    /// As soon as commit returns (`synchronous=FULL`): about 0.1 ms.
    case eachCommit
    /// At the next checkpoint (`synchronous=NORMAL`): the last commits may be missing, but nothing is torn.
    case checkpoints
  }

  /// The path, or `:memory:`.
  package let path: String
  /// The open database; nil once closed.
  private var open: OpaquePointer?
  package private(set) var durability: Durability
  /// By SQL text. All texts are constants of the source, so their number is small.
  private var statements: [String: Statement] = [:]

  /// How long to wait for another program's lock before giving up.
  package static let usualPatience = Duration.seconds(5)

  /// Opens a database file and makes it if it is not there. Its folder must exist.
  /// - Throws: `.cannotOpen`, `.notWritable`, `.locked` after `patience`, `.damaged` when it is no database.
  package init(
    opening path: String, durability: Durability, patience: Duration = Connection.usualPatience
  ) throws(SQLiteError) {
    self.path = path
    self.durability = durability
    var database: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = sqlite3_open_v2(path, &database, flags, nil)
    // Even a database that failed to open has a handle, which holds the message and must be closed: deinit does that.
    open = database
    if code != SQLITE_OK { throw error(code, "open") }
    let milliseconds = patience.components.seconds * 1000 + patience.components.attoseconds / 1_000_000_000_000_000
    sqlite3_busy_timeout(handle, Int32(clamping: milliseconds))
    // Cell sizes are checked when a page is read, so that damage is found before it is used.
    try runScript("PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;")
    let mode = try value("PRAGMA journal_mode = WAL")
    if sqlite3_db_readonly(handle, "main") == 1 {
      // SQLite opens a file read-only when it may not write it, and also when the header bears an unknown format number.
      throw SQLiteError(
        code: access(path, W_OK) == 0 ? .damaged : .notWritable, resultCode: SQLITE_READONLY, context: "open \(path)",
        message: "read-only database")
    }
    guard mode == .text(path == Self.memory ? "memory" : "wal") else {
      throw SQLiteError(
        // SQLite reports the mode that it fell back to as a success, so there is no code of its own for this.
        code: .other, resultCode: SQLITE_IOERR, context: "open \(path)",
        message: "this file system cannot hold a database in WAL mode")
    }
    try setSynchronous(durability)
  }

  /// What commits mean from now on; between transactions only.
  package func setDurability(_ durability: Durability) throws(SQLiteError) {
    if durability == self.durability { return }
    try setSynchronous(durability)
    self.durability = durability
  }

  private func setSynchronous(_ durability: Durability) throws(SQLiteError) {
    try runScript("PRAGMA synchronous = \(durability == .eachCommit ? "FULL" : "NORMAL")")
  }

  private static let memory = ":memory:"

  /// A database that lives as long as the connection.
  package static func inMemory() throws(SQLiteError) -> Connection {
    try Connection(opening: memory, durability: .checkpoints)
  }

  deinit {
    close()
  }

  /// Closes the file; the WAL is folded into it. Nothing may be run afterwards. Closing twice is fine.
  package func close() {
    statements = [:]
    sqlite3_close_v2(open)
    open = nil
  }

  var handle: OpaquePointer {
    guard let open else { preconditionFailure("Internal inconsistency: \(path) was used after it was closed") }
    return open
  }

  /// The error that SQLite just reported. To be called directly after the failed call.
  func error(_ code: Int32, _ action: String) -> SQLiteError {
    // Without a handle there was no memory for one.
    let message = open.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
    // What the kernel said last may be about something else that SQLite did meanwhile, such as removing a file that is not there.
    if let open, [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xFF), case let cause = sqlite3_system_errno(open),
      SQLiteError.telling.contains(cause)
    {
      return SQLiteError(resultCode: code, context: "\(action) \(path)", cause: cause)
    }
    return SQLiteError(
      resultCode: code, context: "\(action) \(path)", message: message.map { String(cString: $0) } ?? "no message")
  }
}

extension Connection {
  /// Runs a statement that gives no rows.
  package func run(_ sql: String, _ values: Value...) throws(SQLiteError) {
    try each(sql, values) { _ in }
  }

  package func run(_ sql: String, _ values: [Value]) throws(SQLiteError) {
    try each(sql, values) { _ in }
  }

  /// The rows of a query, made into values of the caller's.
  package func rows<Element>(
    _ sql: String, _ values: [Value] = [], make: (borrowing Row) -> Element
  ) throws(SQLiteError) -> [Element] {
    var found: [Element] = []
    try each(sql, values) { found.append(make($0)) }
    return found
  }

  /// Calls `body` for each row of a query, in order: for large results. `body` must not run the same query.
  package func each(_ sql: String, _ values: [Value] = [], _ body: (borrowing Row) -> Void) throws(SQLiteError) {
    try statement(sql).run(values, on: self, body)
  }

  /// The first column of the first row; `.null` when there is no row.
  package func value(_ sql: String, _ values: Value...) throws(SQLiteError) -> Value {
    var first: Value?
    try each(sql, values) { row in
      if first == nil { first = row.value(0) }
    }
    return first ?? .null
  }

  /// Runs several statements without values, such as a schema. Not cached.
  package func runScript(_ sql: String) throws(SQLiteError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    if code != SQLITE_OK { throw error(code, "use") }
  }

  /// Gives back the memory in which pages are kept that were read: after a large read of which nothing is asked again.
  package func releaseMemory() {
    sqlite3_db_release_memory(handle)
  }

  /// How many rows the last INSERT, UPDATE or DELETE touched.
  package var changes: Int { Int(sqlite3_changes(handle)) }

  /// Reads every page and looks whether the trees are whole, the schema's rules are kept, and the indices fit their tables. It
  /// sees torn and foreign pages, not a changed value: `RowCheck` does.
  /// - Throws: `.damaged` with the first fault found.
  package func checkWhole() throws(SQLiteError) {
    let answer = try value("PRAGMA integrity_check(1)")
    if answer == .text("ok") { return }
    guard case .text(let fault) = answer else {
      throw SQLiteError(resultCode: SQLITE_CORRUPT, context: "read \(path)", message: "the check gave no answer")
    }
    throw SQLiteError(resultCode: SQLITE_CORRUPT, context: "read \(path)", message: fault)
  }

  private func statement(_ sql: String) throws(SQLiteError) -> Statement {
    if let statement = statements[sql] { return statement }
    let statement = try Statement(sql, on: self)
    statements[sql] = statement
    return statement
  }
}
