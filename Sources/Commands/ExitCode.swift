/// What the program ends with; scripts rely on these. Any other status is a failure.
package enum ExitCode: Int32, Sendable {
  case done = 0
  case failed = 1
  /// `plan`, `export`: work is pending. `check`: problems were found.
  case pending = 2
  /// Ended, some shots failed.
  case someFailed = 3
  /// Ended, approval or trust is missing for some.
  case someWait = 4
  case noProject = 10
  /// Another process holds this project.
  case held = 11
  case engineUnreachable = 12
  /// The project's data is not usable.
  case unusable = 13
  case noWatcher = 14
  case usage = 64
  /// 128 + SIGINT
  case interrupted = 130
  /// 128 + SIGTERM
  case terminated = 143
}
