import Glibc
import SQLite
import TestSupport
import Testing

@Suite struct ConnectionTests {
  private let folder = ScratchFolder()

  private func open(_ name: String = "test.sqlite", patience: Duration = .zero) throws -> Connection {
    try Connection(opening: folder.file(name), durability: .eachCommit, patience: patience)
  }

  @Test func `every type of value comes back as it went in`() throws {
    let connection = try open()
    try connection.runScript("CREATE TABLE things (number INTEGER, measure REAL, name TEXT, content BLOB) STRICT")
    let rows: [[Value]] = [
      [.integer(.min), .real(-0.1), .text("a\0b é 映画"), .bytes([0, 255, 0])],
      [.integer(.max), .real(.infinity), .text(""), .bytes([])],
      [.null, .null, .null, .null],
    ]
    for row in rows { try connection.run("INSERT INTO things VALUES (?, ?, ?, ?)", row) }
    let found = try connection.rows("SELECT * FROM things ORDER BY rowid") { row in
      (0..<4).map { row.value($0) }
    }
    #expect(found == rows)
  }

  @Test func `optional values are NULL when absent`() throws {
    let connection = try Connection.inMemory()
    let query = "SELECT ?, ?, ?, ?"
    let absent: [Value] = [Value(Int64?.none), Value(Double?.none), Value(String?.none), Value([UInt8]?.none)]
    let areAbsent = try connection.rows(query, absent) { row in
      row.optionalInteger(0) == nil && row.optionalReal(1) == nil && row.optionalText(2) == nil
        && row.optionalBytes(3) == nil
    }
    #expect(areAbsent == [true])
    let present: [Value] = [Value(Int64(7)), Value(0.5), Value("x"), Value([1, 2])]
    let arePresent = try connection.rows(query, present) { row in
      row.optionalInteger(0) == 7 && row.optionalReal(1) == 0.5 && row.optionalText(2) == "x"
        && row.optionalBytes(3) == [1, 2]
    }
    #expect(arePresent == [true])
  }

  @Test func `the two spellings of an accented letter are two keys`() throws {
    let connection = try Connection.inMemory()
    try connection.runScript("CREATE TABLE names (name TEXT PRIMARY KEY) STRICT")
    try connection.run("INSERT INTO names VALUES (?)", .text("caf\u{E9}"))
    try connection.run("INSERT INTO names VALUES (?)", .text("cafe\u{301}"))
    #expect(try connection.value("SELECT count(*) FROM names") == .integer(2))
  }

  @Test func `a database is in WAL mode with the durability asked for and foreign keys on`() throws {
    let connection = try open()
    #expect(try connection.value("PRAGMA journal_mode") == .text("wal"))
    #expect(try connection.value("PRAGMA synchronous") == .integer(2))
    #expect(try connection.value("PRAGMA foreign_keys") == .integer(1))
    #expect(try connection.value("PRAGMA busy_timeout") == .integer(0))
    let other = try Connection(opening: folder.file("other.sqlite"), durability: .checkpoints)
    #expect(try other.value("PRAGMA synchronous") == .integer(1))
    #expect(try other.value("PRAGMA busy_timeout") == .integer(5000))
  }

  @Test func `a transaction that throws leaves nothing behind`() throws {
    struct Stop: Error {}
    let connection = try open()
    try connection.runScript("CREATE TABLE things (number INTEGER) STRICT")
    #expect(throws: Stop.self) {
      try connection.transaction {
        try connection.run("INSERT INTO things VALUES (1)")
        throw Stop()
      }
    }
    #expect(try connection.value("SELECT count(*) FROM things") == .integer(0))
    try connection.transaction { try connection.run("INSERT INTO things VALUES (2)") }
    #expect(try connection.value("SELECT number FROM things") == .integer(2))
  }

  @Test func `what was committed is there after closing and opening again`() throws {
    let connection = try open()
    try connection.runScript("CREATE TABLE things (number INTEGER) STRICT")
    try connection.run("INSERT INTO things VALUES (?)", .integer(42))
    connection.close()
    connection.close()
    #expect(folder.names == ["test.sqlite"])
    #expect(try open().value("SELECT number FROM things") == .integer(42))
  }

  @Test func `a statement that failed can be run again`() throws {
    let connection = try Connection.inMemory()
    try connection.runScript("CREATE TABLE things (number INTEGER UNIQUE) STRICT")
    let sql = "INSERT INTO things VALUES (?)"
    try connection.run(sql, .integer(1))
    let error = #expect(throws: SQLiteError.self) { try connection.run(sql, .integer(1)) }
    #expect(error?.code == .constraint)
    #expect(error?.isDamage == false)
    try connection.run(sql, .integer(2))
    #expect(connection.changes == 1)
    #expect(try connection.value("SELECT sum(number) FROM things") == .integer(3))
  }

  @Test func `a lock that another program holds is reported as such`() throws {
    let holder = try open()
    try holder.runScript("CREATE TABLE things (number INTEGER) STRICT; BEGIN IMMEDIATE")
    let connection = try open()
    let error = #expect(throws: SQLiteError.self) {
      try connection.transaction { try connection.run("INSERT INTO things VALUES (1)") }
    }
    #expect(error?.code == .locked)
    #expect(
      error?.description
        == "cannot write to \(folder.file("test.sqlite")): another program is using it (database is locked); "
        + "close that program and try again")
    #expect(try connection.value("SELECT count(*) FROM things") == .integer(0))
    try holder.runScript("COMMIT")
    try connection.transaction { try connection.run("INSERT INTO things VALUES (1)") }
  }

  @Test func `a full disk is said, and the transaction leaves nothing behind`() throws {
    let connection = try open()
    try connection.runScript("CREATE TABLE things (content BLOB) STRICT; PRAGMA max_page_count = 10")
    let error = #expect(throws: SQLiteError.self) {
      try connection.transaction {
        for _ in 0..<20 { try connection.run("INSERT INTO things VALUES (randomblob(3000))") }
      }
    }
    #expect(error?.code == .full)
    #expect(
      error?.description
        == "cannot write to \(folder.file("test.sqlite")): the disk is full; free some space and it goes on")
    #expect(try connection.value("SELECT count(*) FROM things") == .integer(0))
    try connection.transaction { try connection.run("INSERT INTO things VALUES (randomblob(3000))") }
  }

  @Test func `a file that is no database is damage`() {
    folder.write(
      "test.sqlite",
      Array("a film, not a database; more than a hundred bytes of it. ".utf8) + Array(repeating: 65, count: 4096))
    let error = #expect(throws: SQLiteError.self) { try open() }
    #expect(error?.code == .damaged)
    #expect(error?.isDamage == true)
    #expect(
      error?.description
        == "cannot use \(folder.file("test.sqlite")): the file is damaged (file is not a database)")
  }

  @Test func `a missing folder and a folder in place of the file cannot be opened`() {
    let missing = #expect(throws: SQLiteError.self) { try open("no/such/folder.sqlite") }
    #expect(missing?.code == .cannotOpen)
    mkdir(folder.file("test.sqlite"), 0o700)
    let instead = #expect(throws: SQLiteError.self) { try open() }
    #expect(instead?.code == .cannotOpen)
  }

  @Test func `a page of another content is found by the check of the whole`() throws {
    let connection = try open()
    try connection.runScript("CREATE TABLE things (content BLOB) STRICT")
    for _ in 0..<50 { try connection.run("INSERT INTO things VALUES (randomblob(900))") }
    try connection.checkWhole()
    connection.close()
    var bytes = try #require(folder.read("test.sqlite"))
    bytes.replaceSubrange(4096 * 3..<4096 * 4, with: Array(repeating: 0xA5, count: 4096))
    folder.write("test.sqlite", bytes)
    let error = #expect(throws: SQLiteError.self) { try open().checkWhole() }
    #expect(error?.code == .damaged)
  }

  @Test func `wrong SQL counts as damage only where the SQL is known to be right`() throws {
    let error = #expect(throws: SQLiteError.self) { try Connection.inMemory().run("SELECT * FROM nowhere") }
    #expect(error?.code == .other)
    #expect(error?.isDamage == true)
    #expect(error?.description == "cannot use :memory:: no such table: nowhere (SQLite code 1)")
  }
}
