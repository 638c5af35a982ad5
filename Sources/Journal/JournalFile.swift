internal import Basics
internal import Glibc
internal import SQLite

/// The journal as a file: opened and checked, begun, or set aside.
///
/// A new journal is made under another name and renamed, so whatever is found under its own name was whole once: an empty file
/// there is a damaged journal, not a new one.
struct JournalFile {
  let directory: String
  let patience: Duration

  private var path: String { "\(directory)/journal.sqlite" }

  /// A database begins with a header of 100 bytes.
  private static let headerSize = 100

  /// - Returns: the open journal, and whether it was begun only now.
  func openOrBegin() throws -> (Connection, isNew: Bool) {
    if !exists(path) {
      try begin()
      return (try open(), true)
    }
    do {
      return (try open(), false)
    } catch let error as SQLiteError where error.isDamage {
      try setAside()
      try begin()
      return (try open(), false)
    }
  }

  /// Opens a journal that is there.
  ///
  /// All pages are read: what is damaged is found now, when it can be set aside, and not in the middle of a job.
  private func open() throws -> Connection {
    // SQLite takes an empty file for a new database, and writes into it.
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size < Self.headerSize {
      throw SQLiteError(code: .damaged, resultCode: 0, context: "read \(path)", message: "it is cut off")
    }
    let connection = try Connection(opening: path, durability: .eachCommit, patience: patience)
    if try JournalSchema.version.found(in: connection) == 0 {
      throw SQLiteError(code: .damaged, resultCode: 0, context: "read \(path)", message: "there are no tables in it")
    }
    try JournalSchema.version.migrate(connection)
    try connection.checkWhole()
    let jobs = try connection.rows("SELECT \(JobRow.columns) FROM jobs") { JobRow.job($0) != nil }
    let wants = try connection.rows("SELECT \(JobRow.wantColumns) FROM standing_down") { JobRow.want($0) != nil }
    if jobs.contains(false) || wants.contains(false) { throw SQLiteError.changedRow(in: path) }
    connection.releaseMemory()
    return connection
  }

  /// Makes an empty journal. One that was set aside is noted in it as lost: found in the folder, not handed over, so that a crash
  /// between setting aside and beginning loses no note.
  private func begin() throws {
    let unfinished = "\(path).new"
    for leftover in ["", "-wal", "-shm"] { unlink(unfinished + leftover) }
    let connection = try Connection(opening: unfinished, durability: .eachCommit, patience: patience)
    let lost = lastSetAside()
    try JournalSchema.version.migrate(connection) { connection in
      guard let lost else { return }
      try connection.run(
        "INSERT INTO losses (set_aside_as, noticed_at) VALUES (?, ?)", .text(lost), .integer(FileStamp.now()))
    }
    // Everything into the file itself, and an error if that fails: a log would not be renamed with it.
    try connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    try move(unfinished, to: path)
  }

  /// Gives the damaged journal another name, with its log: someone may want to see what can be saved.
  private func setAside() throws {
    var number = 1
    while exists(name(number)) { number += 1 }
    // The file first. Without its file a log is worthless and SQLite drops it; without its log a file would pass for whole, and
    // lack the last commits.
    try move(path, to: name(number))
    rename("\(path)-wal", "\(name(number))-wal")
    unlink("\(path)-shm")
  }

  private func lastSetAside() -> String? {
    var last: Int?
    var number = 1
    while exists(name(number)) {
      last = number
      number += 1
    }
    return last.map(name)
  }

  private func name(_ number: Int) -> String { "\(path).damaged-\(number)" }

  private func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  private func move(_ from: String, to: String) throws {
    guard rename(from, to) == 0 else {
      throw SQLiteError(
        code: .notWritable, resultCode: 0, context: "rename \(from)", message: FileError.last("rename", from).reason)
    }
    // A name is safe from a power cut when its folder is synced.
    do throws(FileError) {
      try Folder.sync(directory)
    } catch {
      throw SQLiteError(code: .other, resultCode: 0, context: "sync \(directory)", message: error.reason)
    }
  }
}

extension SQLiteError {
  static func changedRow(in path: String) -> SQLiteError {
    SQLiteError(code: .damaged, resultCode: 0, context: "read \(path)", message: "a row is not as it was written")
  }
}
