internal import Basics
internal import Glibc
internal import Synchronization

/// SIGINT, SIGTERM and SIGHUP, taken one by one on a thread of their own.
final class StopSignals: Sendable {
  private let last = Mutex<Int32>(0)

  /// The signal that came first, 0 while none did.
  var first: Int32 { last.withLock { $0 } }

  /// Blocks the signals for the whole process; call it before threads are started, they inherit it.
  /// - Parameter handle: called for each signal, in order.
  init(_ handle: @escaping @Sendable (Int32) -> Void) {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let waited = signals
    NamedThread.start("signals") { [weak self] in
      var signals = waited
      var number: Int32 = 0
      while sigwait(&signals, &number) == 0 {
        self?.last.withLock { if $0 == 0 { $0 = number } }
        handle(number)
      }
    }
  }
}
