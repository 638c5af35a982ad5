internal import Basics
package import SQLite

/// An entry that the journal could not make or read.
package struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// Written by a later version of the program; it was left as it is.
    case newer
    /// Found damaged while in use. The next start sets it aside.
    case damaged
    case locked
    case full
    /// The folder or the file may not be written, or is not there.
    case notWritable
    /// There is no job of that id.
    case unknownJob
    /// A job was to go where its state does not lead, or to be queued in another state than `queued`.
    case illegalTransition
    /// A new job bears the id of another.
    case duplicateID
    case other
  }

  package let code: Code
  /// The whole sentence when there is nothing underlying; else what was tried: "queue new jobs".
  package let context: String
  package let underlying: SQLiteError?

  init(_ code: Code, _ context: String) {
    self.code = code
    self.context = context
    underlying = nil
  }

  init(_ error: SQLiteError, _ context: String) {
    code =
      switch error.code {
      case .newer: .newer
      case .locked: .locked
      case .full: .full
      case .notWritable, .cannotOpen: .notWritable
      case .damaged: .damaged
      case .constraint, .other: error.isDamage ? .damaged : .other
      }
    self.context = context
    underlying = error
  }

  /// "cannot queue new jobs: the disk is full; free some space and it goes on".
  package var description: String {
    guard let underlying else { return context }
    let advice = code == .damaged ? "; stop and start again: the journal is set aside then and a new one begun" : ""
    return "cannot \(TerminalText.escaped(context)): \(underlying.reason)\(advice)"
  }
}
