internal import Basics
internal import Glibc

/// Finds the project that a command is about.
enum ProjectFinder {
  /// The folder, or the nearest one above it, that holds a project.json.
  static func project(from start: String) throws(Refusal) -> String {
    guard let resolved = realpath(start, nil) else {
      throw Refusal("there is no folder \(TerminalText.escaped(start))", .noProject)
    }
    var folder = String(cString: resolved)
    free(resolved)
    var status = stat()
    while stat("\(folder == "/" ? "" : folder)/project.json", &status) != 0 {
      let error = FileError.last("look at", "\(folder)/project.json")
      if error.isOfTheMoment { throw Refusal("\(error)", .unusable) }
      guard folder != "/", let slash = folder.lastIndex(of: "/") else {
        throw Refusal(
          "no project here: \(TerminalText.escaped(start)) and the folders above it hold no project.json", .noProject,
          hint: "reel init makes one")
      }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
    return folder
  }
}

/// Why a command does not do what was asked: one sentence, what to do, and the exit status.
struct Refusal: Error, Hashable, Sendable {
  var message: String
  var code: ExitCode
  var hint: String?

  init(_ message: String, _ code: ExitCode, hint: String? = nil) {
    self.message = message
    self.code = code
    self.hint = hint
  }
}
