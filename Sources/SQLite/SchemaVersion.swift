internal import CSQLite

/// The history of a database's schema: the n-th script leads from version n-1 to version n. The version a file has stands in
/// its `user_version`; a file without any tables has 0.
///
/// A script that was once released is never edited: what changes is a further script.
package struct SchemaVersion: Sendable {
  private let scripts: [String]

  package init(_ scripts: [String]) {
    self.scripts = scripts
  }

  /// The version this program works with.
  package var known: Int { scripts.count }

  package func found(in connection: Connection) throws(SQLiteError) -> Int {
    guard case .integer(let version) = try connection.value("PRAGMA user_version") else { return 0 }
    return Int(version)
  }

  /// Brings a database to the known version, in one transaction. `also` runs in it, after the last script, and only if there
  /// was something to do.
  /// - Returns: the version it had before.
  /// - Throws: `.newer` when the file is of a later version: it is left as it is; `.damaged` for a version that no program wrote.
  @discardableResult
  package func migrate(
    _ connection: Connection, also: (Connection) throws -> Void = { _ in }
  ) throws -> Int {
    let found = try self.found(in: connection)
    if found > known {
      throw SQLiteError(
        code: .newer(found: found, known: known), resultCode: SQLITE_SCHEMA, context: "open \(connection.path)",
        message: "user_version \(found)")
    }
    if found < 0 {
      throw SQLiteError(
        resultCode: SQLITE_CORRUPT, context: "open \(connection.path)", message: "user_version \(found)")
    }
    if found == known { return found }
    try connection.transaction {
      for script in scripts[found...] { try connection.runScript(script) }
      try also(connection)
      try connection.runScript("PRAGMA user_version = \(known)")
    }
    return found
  }
}
