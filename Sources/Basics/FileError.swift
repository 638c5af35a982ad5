internal import CShims
internal import Glibc

/// A call on a file that the kernel refused: what was tried, on what, and its errno.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The errno value, such as `ENOENT`.
  package let code: Int32
  /// What was tried: a verb, such as "read".
  package let action: String
  /// The path as the user would name it.
  package let path: String

  package init(code: Int32, action: String, path: String) {
    self.code = code
    self.action = action
    self.path = path
  }

  /// Reads errno at once: call it directly after the failed call.
  package static func last(_ action: String, _ path: String) -> FileError {
    FileError(code: reel_errno(), action: action, path: path)
  }

  /// "cannot read inbox/mara.png: permission denied", and what to do where that is known.
  package var description: String {
    "cannot \(action) \(TerminalText.escaped(path)): \(reason)"
  }

  package var reason: String {
    switch code {
    case ENOENT: "it is not there"
    case EACCES, EPERM: "permission denied"
    case ENOSPC: "the disk is full; free some space and it goes on"
    case EDQUOT: "the disk quota is used up"
    case EROFS: "the file system is read-only"
    case EMFILE: "this process has too many files open; raise `ulimit -n`"
    case ENFILE: "the system has too many files open"
    case EXDEV, ELOOP: "it is a link that leads out of the project folder, or in a circle"
    case EISDIR: "it is a folder"
    case ENOTDIR: "a part of its path is no folder"
    case EIO: "the disk reported an error (EIO)"
    case EFBIG: "it is larger than the limit for such files"
    case ENAMETOOLONG: "its name is too long"
    case EINVAL: "it is no regular file"
    default: String(cString: strerror(code)).lowercased()
    }
  }

  /// Whether the file, or a folder on the way to it, is simply not there.
  package var isAbsence: Bool { code == ENOENT || code == ENOTDIR }

  /// Whether it says something about this machine at this moment and nothing about the file: it may be there, whole, all the same.
  package var isOfTheMoment: Bool { [EIO, EMFILE, ENFILE, ENOMEM, EAGAIN, EINTR].contains(code) }

  /// Tries what only looks a second and a third time before a refusal is believed, where a wrong answer would have work done twice.
  package static func twiceRefused<Result: ~Copyable>(_ look: () throws(FileError) -> Result) throws(FileError)
    -> Result
  {
    for _ in 0..<2 {
      do throws(FileError) {
        return try look()
      } catch {
        // A link that leads out does not change by being looked at again.
        if error.isAbsence || [ELOOP, EXDEV].contains(error.code) { throw error }
        usleep(2000)
      }
    }
    return try look()
  }
}
