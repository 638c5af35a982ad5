internal import Basics
internal import CSQLite
internal import Glibc

/// A call that SQLite refused: what was tried, on which database, and SQLite's own words.
package struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of refusal that callers treat differently.
  package enum Code: Hashable, Sendable {
    /// The file is no database, or a torn one. What it says cannot be trusted.
    case damaged
    /// Another program holds it, and did not let go in time.
    case locked
    case full
    /// The file or its folder may not be written.
    case notWritable
    /// There is no such folder, or something that is no file lies there.
    case cannotOpen
    /// A UNIQUE, CHECK, NOT NULL or STRICT rule of the schema.
    case constraint
    /// The schema is of a later version than this program knows.
    case newer(found: Int, known: Int)
    case other
  }

  package let code: Code
  /// SQLite's extended result code, such as `SQLITE_IOERR_FSYNC` (1034).
  package let resultCode: Int32
  /// What was tried, completing "cannot …": "open /…/index.sqlite".
  package let context: String
  /// What SQLite says about it, in its words.
  package let message: String

  package init(code: Code, resultCode: Int32, context: String, message: String) {
    self.code = code
    self.resultCode = resultCode
    self.context = context
    self.message = message
  }

  init(resultCode: Int32, context: String, message: String) {
    self.init(code: Self.code(of: resultCode), resultCode: resultCode, context: context, message: message)
  }

  /// What the kernel says that tells people what to do.
  static let telling: Set<Int32> = [ENOSPC, EDQUOT, EIO, EROFS, EACCES, EPERM, EMFILE, ENFILE]

  /// "disk I/O error" says neither what is the matter nor what to do about it; the kernel's word for it does.
  /// - Parameter cause: the errno value that SQLite was given.
  init(resultCode: Int32, context: String, cause: Int32) {
    let isFull = [ENOSPC, EDQUOT].contains(cause)
    self.init(
      code: isFull ? .full : Self.code(of: resultCode), resultCode: resultCode, context: context,
      message: FileError(code: cause, action: "use", path: "").reason)
  }

  private static func code(of resultCode: Int32) -> Code {
    switch resultCode & 0xFF {
    case SQLITE_CORRUPT, SQLITE_NOTADB: .damaged
    case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .locked
    case SQLITE_FULL: .full
    case SQLITE_READONLY, SQLITE_PERM: .notWritable
    case SQLITE_CANTOPEN: .cannotOpen
    case SQLITE_CONSTRAINT: .constraint
    default: .other
    }
  }

  /// Whether the file holds something else than what this program wrote there. To be asked only about SQL that is known to
  /// be right: there, "no such column" and "unsupported file format" (both SQLITE_ERROR) come from a damaged schema or header.
  package var isDamage: Bool {
    code == .damaged || resultCode & 0xFF == SQLITE_ERROR && code == .other
  }

  /// "cannot open /…/index.sqlite: another program is using it (database is locked)".
  package var description: String {
    "cannot \(TerminalText.escaped(context)): \(reason)"
  }

  /// The part after the colon: why, and what to do where that is known.
  package var reason: String {
    let quoted = TerminalText.escaped(message)
    return switch code {
    case .damaged: "the file is damaged (\(quoted))"
    case .locked: "another program is using it (\(quoted)); close that program and try again"
    case .full: "the disk is full; free some space and it goes on"
    case .notWritable: "the file may not be written (\(quoted))"
    case .cannotOpen: "its folder is missing or may not be read, or something else lies there (\(quoted))"
    case .newer(let found, let known):
      "it was written by a newer version of this program (format \(found), known here up to \(known)); "
        + "install that version or a later one"
    case .other where resultCode & 0xFF == SQLITE_IOERR && message.contains("I/O error"):
      "the disk reported an error (\(quoted), SQLite code \(resultCode))"
    case .constraint, .other: resultCode == 0 ? quoted : "\(quoted) (SQLite code \(resultCode))"
    }
  }
}
