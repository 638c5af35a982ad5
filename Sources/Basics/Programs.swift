internal import Glibc

/// Finding programs by their names, as a shell does.
package enum Programs {
  /// The path of a program; nil when no folder of `path` has one of that name that may be run.
  /// - Parameter path: folders with colons between them. Relative ones are passed over: they would be a project's, which nobody
  ///   trusted.
  package static func find(_ name: String, in path: String? = getenv("PATH").map { String(cString: $0) }) -> String? {
    for folder in (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/\(name)"
      var status = stat()
      if stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 {
        return candidate
      }
    }
    return nil
  }
}
