internal import CShims
internal import Glibc
internal import Synchronization

/// A program that was started, and is waited for on a thread of its own.
///
/// posix_spawn takes 0.6 ms whatever the size of this process; nothing but the three standard descriptors gets through.
/// The program gets default signals, no blocked ones, and its own process group: Ctrl-C at the terminal reaches us alone, and we stop
/// what we started in our order.
package final class ChildProcess: Sendable {
  /// How it ended.
  package enum Exit: Hashable, Sendable {
    case status(Int32)
    case signal(Int32)

    package var isSuccess: Bool { self == .status(0) }
  }

  /// Where one of the three standard descriptors of the program leads.
  package enum Stream: Hashable, Sendable {
    case null
    /// To where ours leads.
    case inherited
    /// To an open descriptor of ours, which stays ours and may be closed after the start.
    case descriptor(Int32)
  }

  private struct State {
    var exit: Exit?
    var waiting: [CheckedContinuation<Exit, Never>] = []
  }

  package let pid: Int32
  /// Guards the moment of reaping: while `exit` is nil the pid is this child's, so a signal reaches no stranger.
  private let state: SharedState

  private final class SharedState: Sendable {
    let mutex = Mutex(State())
  }

  /// Starts a program.
  /// - Parameter executable: a path; it is not looked for in `PATH`.
  /// - Parameter arguments: those after the program's own name.
  /// - Parameter environment: the whole environment, as `NAME=value`; nil gives it ours.
  /// - Parameter directory: where it runs; nil is where we run.
  /// - Parameter inOwnSession: whether it leaves our terminal and session behind: for what is to outlive us.
  /// - Throws: what posix_spawn says: ENOENT, EACCES, ENOEXEC, EAGAIN.
  package init(
    starting executable: String, arguments: [String] = [], environment: [String]? = nil, directory: String? = nil,
    input: Stream = .null, output: Stream = .null, error: Stream = .inherited, inOwnSession: Bool = false
  ) throws(FileError) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in [(Int32(0), input), (1, output), (2, error)] {
      switch stream {
      case .null: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
      // A dup2 onto itself clears CLOEXEC, which is what is wanted for both.
      case .inherited: posix_spawn_file_actions_adddup2(&actions, number, number)
      case .descriptor(let raw): posix_spawn_file_actions_adddup2(&actions, raw, number)
      }
    }
    reel_spawn_close_from(&actions, 3)
    if let directory { reel_spawn_change_directory(&actions, directory) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    // A new session is a new group, too.
    let group = inOwnSession ? reel_spawn_own_session : Int16(POSIX_SPAWN_SETPGROUP)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | group)

    var started: pid_t = 0
    let code = Self.withCStrings([executable] + arguments) { argv in
      guard let environment else { return posix_spawn(&started, executable, &actions, &attributes, argv, environ) }
      return Self.withCStrings(environment) { posix_spawn(&started, executable, &actions, &attributes, argv, $0) }
    }
    if code != 0 { throw FileError(code: code, action: "start", path: executable) }
    let pid = started
    self.pid = pid
    let state = SharedState()
    self.state = state
    NamedThread.start("wait \(pid)") { Self.wait(for: pid, state) }
  }

  /// Waits without reaping, so that the pid stays taken until nobody can send it a signal any more.
  private static func wait(for pid: Int32, _ state: SharedState) {
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, reel_errno() == EINTR {}
    let (exit, waiting) = state.mutex.withLock { state in
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, reel_errno() == EINTR {}
      let signal = status & 0x7F
      let exit = signal == 0 ? Exit.status(reel_exit_status(status)) : .signal(signal)
      state.exit = exit
      defer { state.waiting = [] }
      return (exit, state.waiting)
    }
    for continuation in waiting { continuation.resume(returning: exit) }
  }

  /// Nil while it runs.
  package var exit: Exit? { state.mutex.withLock { $0.exit } }

  /// Waits for its end, without holding a thread of the pool.
  package func waitForExit() async -> Exit {
    await withCheckedContinuation { continuation in
      let exit = state.mutex.withLock { state in
        if state.exit == nil { state.waiting.append(continuation) }
        return state.exit
      }
      if let exit { continuation.resume(returning: exit) }
    }
  }

  /// Sends it a signal, such as SIGTERM; nothing happens when it has ended.
  /// - Parameter toGroup: whether what it started gets the signal, too, as far as that has no group of its own.
  package func signal(_ number: Int32, toGroup: Bool = false) {
    state.mutex.withLock { state in
      if state.exit == nil { kill(toGroup ? -pid : pid, number) }
    }
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        preconditionFailure("Internal inconsistency: a terminated list is empty")
      }
      return body(base)
    }
  }
}
