internal import CSQLite

/// One prepared SQL statement. `Connection` prepares each text once and keeps it; nobody else makes one.
final class Statement {
  private let handle: OpaquePointer
  /// Guards against a statement that is run again from inside its own rows, which would restart them.
  private var isRunning = false

  /// SQLITE_TRANSIENT, a macro that Swift does not import: SQLite copies what is bound before the call returns.
  nonisolated(unsafe) private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  init(_ sql: String, on connection: Connection) throws(SQLiteError) {
    var handle: OpaquePointer?
    let database = connection.handle
    let code = sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else { throw connection.error(code, "use") }
    self.handle = handle
  }

  deinit {
    sqlite3_finalize(handle)
  }

  /// Binds, runs to the end, and calls `body` for each row. Whatever happens, the statement is ready for its next run and
  /// holds no lock.
  func run(
    _ values: [Value], on connection: Connection, _ body: (borrowing Row) -> Void
  ) throws(SQLiteError) {
    precondition(!isRunning, "Internal inconsistency: a statement was run from inside its own rows")
    isRunning = true
    defer {
      sqlite3_reset(handle)
      sqlite3_clear_bindings(handle)
      isRunning = false
    }
    precondition(
      values.count == Int(sqlite3_bind_parameter_count(handle)),
      "Internal inconsistency: \(values.count) values for another number of parameters")
    for (index, value) in values.enumerated() {
      let code = bind(value, at: Int32(index + 1))
      if code != SQLITE_OK { throw connection.error(code, "write to") }
    }
    while true {
      switch sqlite3_step(handle) {
      case SQLITE_ROW: body(Row(of: handle))
      case SQLITE_DONE: return
      case let code: throw connection.error(code, sqlite3_stmt_readonly(handle) != 0 ? "read" : "write to")
      }
    }
  }

  private func bind(_ value: Value, at index: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(handle, index)
    case .integer(let integer): return sqlite3_bind_int64(handle, index, integer)
    case .real(let real): return sqlite3_bind_double(handle, index, real)
    case .text(var text):
      return text.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) { characters in
          // An empty text has no address, and an absent address would bind NULL.
          characters.isEmpty
            ? sqlite3_bind_text(handle, index, "", 0, Self.copied)
            : sqlite3_bind_text64(
              handle, index, characters.baseAddress, UInt64(characters.count), Self.copied, UInt8(SQLITE_UTF8))
        }
      }
    case .bytes(let bytes):
      return bytes.withUnsafeBytes { buffer in
        buffer.isEmpty
          ? sqlite3_bind_zeroblob(handle, index, 0)
          : sqlite3_bind_blob64(handle, index, buffer.baseAddress, UInt64(buffer.count), Self.copied)
      }
    }
  }
}
