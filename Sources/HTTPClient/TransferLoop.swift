internal import Basics
internal import CCurl
internal import Glibc
internal import Synchronization

/// The thread that all of a client's connections live on, and what others tell it.
///
/// It sleeps in `curl_multi_poll` until a socket moves, an order comes or a limit is reached. It starts with the first order, so a
/// client that is never asked for anything costs nothing.
final class TransferLoop: Sendable {
  enum Order: Sendable {
    case start(Transfer)
    case cancel(Transfer)
    case open(WebSocketConnection)
    case send(WebSocketConnection, [UInt8], Reply<Void>)
    case close(WebSocketConnection, Reply<Void>)
    /// There is room for its messages again.
    case resume(WebSocketConnection)
    /// Nobody waits for it any more.
    case abort(WebSocketConnection)
  }

  private struct State {
    var orders: [Order] = []
    var isStarted = false
    var isStopped = false
    /// Nil before the thread is there and after it has ended.
    var bell: Bell?
  }

  /// Wakes the thread up: the one thing that curl lets other threads do with its handle. Rung under the lock, so it is there.
  private struct Bell: @unchecked Sendable {
    let multi: UnsafeMutableRawPointer

    func ring() { reel_curl_multi_wakeup(multi) }
  }

  private let state = Mutex(State())
  private let name: String
  private let userAgent: String
  /// How often the thread has woken up; tests see by it that it sleeps.
  let turns = Atomic(0)
  /// Open when the thread has ended.
  private let hasEnded = Monitor(false)

  init(name: String, userAgent: String) {
    self.name = name
    self.userAgent = userAgent
  }

  /// Tells the thread; after `stop` the order is refused.
  func post(_ order: Order) {
    let isRefused = state.withLock { state in
      if state.isStopped { return true }
      state.orders.append(order)
      state.bell?.ring()
      if !state.isStarted {
        state.isStarted = true
        NamedThread.start(name) { [self] in run() }
      }
      return false
    }
    if isRefused { Self.refuse(order) }
  }

  /// For the task that asked; the transfer may not have started yet.
  func cancel(_ transfer: Transfer) {
    transfer.isCancelled.store(true, ordering: .relaxed)
    post(.cancel(transfer))
  }

  func abort(_ connection: WebSocketConnection) {
    connection.isCancelled.store(true, ordering: .relaxed)
    post(.abort(connection))
  }

  /// Ends all that runs, then the thread.
  /// - Parameter isWaiting: whether to wait until it has ended, a few milliseconds. Not on the thread itself.
  func stop(isWaiting: Bool) {
    let isStarted = state.withLock { state in
      state.isStopped = true
      state.bell?.ring()
      return state.isStarted
    }
    if isWaiting, isStarted { hasEnded.wait { $0 ? () : nil } }
  }

  private static func refuse(_ order: Order) {
    switch order {
    case .start(let transfer): transfer.cancel()
    case .open(let connection): connection.cancel()
    case .send(_, _, let reply):
      reply.give(.failure(HTTPError(.cancelled, "the message was cancelled", neverArrived: true)))
    case .close(_, let reply): reply.give(.success(()))
    case .cancel, .resume, .abort: break
    }
  }

  // MARK: On the thread

  private func run() {
    defer { hasEnded.change { $0 = true } }
    // A connection that the server has closed is an error to be told, not the end of the process.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    guard CurlLibrary.fault == nil, let multi = reel_curl_multi_init() else {
      return refuseAll(CurlLibrary.fault ?? HTTPError(.local, "there is no memory for connections", neverArrived: true))
    }
    let bell = Bell(multi: multi)
    state.withLock { $0.bell = bell }
    LoopWork(self, multi, userAgent: userAgent).run()
    state.withLock { $0.bell = nil }
    reel_curl_multi_cleanup(multi)
  }

  /// Nothing can be done: all that is asked for, now and later, is told so.
  private func refuseAll(_ error: HTTPError) {
    while let orders = take() {
      for order in orders {
        switch order {
        case .start(let transfer): transfer.end(with: error)
        case .open(let connection): connection.end(.failure(error))
        default: Self.refuse(order)
        }
      }
      // Rare enough to be asked for again and again.
      usleep(20_000)
    }
  }

  /// The orders since the last time; nil when it is time to stop, after those that came before have been refused.
  func take() -> [Order]? {
    let (orders, isStopped) = state.withLock { state in
      defer { state.orders = [] }
      return (state.orders, state.isStopped)
    }
    if !isStopped { return orders }
    for order in orders { Self.refuse(order) }
    return nil
  }
}
