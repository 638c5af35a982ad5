internal import CSQLite

extension Connection {
  /// Runs `body` in one transaction: all of what it writes is there afterwards, or, when it throws, nothing.
  ///
  /// The lock for writing is taken at the beginning (BEGIN IMMEDIATE), where waiting for it works: a transaction that starts
  /// by reading and then wants to write is refused at once. Transactions do not nest.
  /// - Throws: what `body` throws, after the rollback; SQLiteError when the transaction could not begin or be kept.
  @discardableResult
  package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    precondition(sqlite3_get_autocommit(handle) != 0, "Internal inconsistency: a transaction inside a transaction")
    try run("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      // After some errors (a full disk, say) SQLite has rolled back by itself, and a second one would be an error.
      if sqlite3_get_autocommit(handle) == 0 { try? run("ROLLBACK") }
      throw error
    }
  }
}
