internal import CShims
internal import Glibc

/// Threads with a name, for the few places that must block: inotify, child processes, actors on a `ThreadExecutor`.
package enum NamedThread {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Starts a detached thread; it ends when `run` returns. Signals are left to the main thread.
  package static func start(_ name: String, _ run: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    let body = Unmanaged.passRetained(Body(name: String(name.prefix(15)), run: run))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer else { return nil }
        let body = Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue()
        reel_name_thread(body.name)
        body.run()
        return nil
      }, body.toOpaque())
    precondition(code == 0, "Internal inconsistency: no thread could be started (errno \(code))")
  }

  /// Runs one body on threads of their own and another one here, and returns when all are done.
  package static func beside(
    _ name: String, count: Int = 1, _ other: @escaping @Sendable () -> Void, here: () -> Void
  ) {
    let running = Monitor(count)
    for _ in 0..<count {
      start(name) {
        other()
        running.change { $0 -= 1 }
      }
    }
    here()
    running.wait { $0 == 0 ? () : nil }
  }
}
