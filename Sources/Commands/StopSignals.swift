internal import Basics
internal import Glibc
internal import Synchronization

/// SIGINT, SIGTERM and SIGHUP, taken one by one on a thread of their own.
///
/// They are blocked for the whole process before any other thread starts (threads inherit what is blocked); whoever works
/// says with `handle` what they mean. Without that they end the process as usual.
final class StopSignals: Sendable {
  private struct State {
    var first: Int32 = 0
    var handler: (@Sendable (Int32) -> Void)?
  }

  private static let numbers = [SIGINT, SIGTERM, SIGHUP]
  private let state = Mutex(State())

  /// Call it first thing in `main`.
  init() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in Self.numbers { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let waited = signals
    NamedThread.start("signals") { [self] in
      var signals = waited
      var number: Int32 = 0
      while sigwait(&signals, &number) == 0 { take(number) }
    }
  }

  /// The signal that came first since `handle`, 0 while none did.
  var first: Int32 { state.withLock { $0.first } }

  /// From now on signals are given to `handler`, on the thread that waits for them.
  func handle(_ handler: @escaping @Sendable (Int32) -> Void) {
    state.withLock { state in
      state.handler = handler
      state.first = 0
    }
  }

  private func take(_ number: Int32) {
    let handler = state.withLock { state in
      if state.first == 0 { state.first = number }
      return state.handler
    }
    guard let handler else { _exit(128 + number) }
    handler(number)
  }
}
