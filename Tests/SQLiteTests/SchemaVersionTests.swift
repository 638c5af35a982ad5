import SQLite
import TestSupport
import Testing

@Suite struct SchemaVersionTests {
  private let first = "CREATE TABLE things (number INTEGER) STRICT; INSERT INTO things VALUES (1)"
  private let second = "ALTER TABLE things ADD COLUMN name TEXT; UPDATE things SET name = 'one'"

  @Test func `a new database gets all scripts in order`() throws {
    let connection = try Connection.inMemory()
    let schema = SchemaVersion([first, second])
    #expect(try schema.migrate(connection) == 0)
    #expect(try schema.found(in: connection) == 2)
    #expect(try connection.value("SELECT name FROM things") == .text("one"))
  }

  @Test func `an older database gets only what it lacks and keeps its rows`() throws {
    let connection = try Connection.inMemory()
    try SchemaVersion([first]).migrate(connection)
    try connection.run("UPDATE things SET number = 7")
    #expect(try SchemaVersion([first, second]).migrate(connection) == 1)
    #expect(try connection.value("SELECT number FROM things") == .integer(7))
    #expect(try SchemaVersion([first, second]).migrate(connection) == 2)
  }

  @Test func `a script that fails leaves the database as it was`() throws {
    let connection = try Connection.inMemory()
    try SchemaVersion([first]).migrate(connection)
    #expect(throws: SQLiteError.self) {
      try SchemaVersion([first, second, "INSERT INTO nowhere VALUES (1)"]).migrate(connection)
    }
    #expect(try SchemaVersion([first]).found(in: connection) == 1)
    #expect(try connection.value("SELECT count(*) FROM pragma_table_info('things')") == .integer(1))
  }

  @Test func `a database of a later version is refused and left alone`() throws {
    let connection = try Connection.inMemory()
    try SchemaVersion([first, second]).migrate(connection)
    let error = #expect(throws: SQLiteError.self) { try SchemaVersion([first]).migrate(connection) }
    #expect(error?.code == .newer(found: 2, known: 1))
    #expect(error?.isDamage == false)
    #expect(
      error?.description
        == "cannot open :memory:: it was written by a newer version of this program (format 2, known here up to 1); "
        + "install that version or a later one")
    #expect(try connection.value("PRAGMA user_version") == .integer(2))
  }

  @Test func `a version that no program wrote is damage`() throws {
    let connection = try Connection.inMemory()
    try connection.runScript("PRAGMA user_version = -3")
    let error = #expect(throws: SQLiteError.self) { try SchemaVersion([first]).migrate(connection) }
    #expect(error?.code == .damaged)
  }
}
