internal import Basics
internal import CShims
internal import Glibc

/// One run of the built `reel` on a test's folder: how it ended and what it said.
package struct ReelRun: Sendable {
  /// The exit status, or 128 + the signal's number.
  package var status: Int32
  /// Standard output and error together, as they came.
  package var said: String

  /// Runs it to its end.
  /// - Parameter wrapper: a program with its arguments under which it runs, such as strace.
  package static func run(
    _ arguments: [String], on folder: TestFolder, under wrapper: [String] = []
  ) async throws -> ReelRun {
    let scratch = ScratchFolder()
    let raw = reel_openat(AT_FDCWD, scratch.file("said"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(raw) }
    var environment = folder.environment.map { "\($0.key)=\($0.value)" }
    for name in ["PATH", "REEL_IMAGING"] {
      if let value = getenv(name) { environment.append("\(name)=\(String(cString: value))") }
    }
    let command = wrapper + [BuiltProgram.path("reel"), "-C", folder.path] + arguments
    let child = try ChildProcess(
      starting: command[0], arguments: Array(command.dropFirst()), environment: environment,
      output: .descriptor(raw), error: .descriptor(raw))
    let status: Int32 =
      switch await child.waitForExit() {
      case .status(let status): status
      case .signal(let number): 128 + number
      }
    return ReelRun(status: status, said: String(decoding: scratch.read("said") ?? [], as: UTF8.self))
  }
}

/// Faults of the kernel, injected by strace at one call of a run.
package enum Strace {
  private static let path: String? = (["/usr/bin/strace", "/bin/strace"] as [String]).first { access($0, X_OK) == 0 }

  package static var isInstalled: Bool { path != nil }

  /// The command that injects `fault` (such as `signal=SIGKILL` or `error=ENOSPC`) at calls of `call`.
  /// - Parameter when: `3` for the third, `3+` for all from the third on; each thread counts its own calls.
  /// - Parameter folder: only calls on this very folder count.
  /// - Parameter isAlone: whether the programs that it starts are left in peace.
  /// - Parameter log: where the calls are written; see `hits(in:)`.
  package static func injecting(
    _ fault: String, at call: String, when: String, in folder: String? = nil, isAlone: Bool = false,
    log: String = "/dev/null"
  ) -> [String] {
    [path ?? "strace", "-f", "-qqq", "-o", log, "-e", "trace=\(call)"] + (folder.map { ["-P", $0] } ?? [])
      + (isAlone ? ["-b", "execve"] : []) + ["-e", "inject=\(call):\(fault):when=\(when)"]
  }

  /// How many calls of a log failed by injection.
  package static func hits(in log: [UInt8]) -> Int {
    String(decoding: log, as: UTF8.self).split(separator: "\n").count { $0.hasSuffix("(INJECTED)") }
  }
}
