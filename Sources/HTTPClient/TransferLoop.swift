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
  /// Signalled when the thread has ended.
  private let hasEnded = Turnstile()

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

  /// Ends all that runs, then the thread.
  /// - Parameter isWaiting: whether to wait until it has ended, a few milliseconds. Not on the thread itself.
  func stop(isWaiting: Bool) {
    let isStarted = state.withLock { state in
      state.isStopped = true
      state.bell?.ring()
      return state.isStarted
    }
    if isWaiting, isStarted { hasEnded.pass() }
  }

  private static func refuse(_ order: Order) {
    switch order {
    case .start(let transfer): transfer.cancel()
    case .cancel: break
    }
  }

  // MARK: On the thread

  private func run() {
    defer { hasEnded.open() }
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
    Work(self, multi, userAgent: userAgent).run()
    state.withLock { $0.bell = nil }
    reel_curl_multi_cleanup(multi)
  }

  /// Nothing can be done: all that is asked for, now and later, is told so.
  private func refuseAll(_ error: HTTPError) {
    while let orders = take() {
      for case .start(let transfer) in orders { transfer.end(with: error) }
      // Rare enough to be asked for again and again.
      usleep(20_000)
    }
  }

  /// The orders since the last time; nil when it is time to stop, after those that came before have been refused.
  fileprivate func take() -> [Order]? {
    let (orders, isStopped) = state.withLock { state in
      defer { state.orders = [] }
      return (state.orders, state.isStopped)
    }
    if !isStopped { return orders }
    for order in orders { Self.refuse(order) }
    return nil
  }
}

/// What the thread has in its hands.
private final class Work {
  private let loop: TransferLoop
  private let multi: UnsafeMutableRawPointer
  private let userAgent: String
  private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]

  /// Connections that are kept while nobody uses them.
  private static let keptConnections = 16

  init(_ loop: TransferLoop, _ multi: UnsafeMutableRawPointer, userAgent: String) {
    self.loop = loop
    self.multi = multi
    self.userAgent = userAgent
    reel_curl_multi_keep(multi, Self.keptConnections)
  }

  func run() {
    while let orders = loop.take() {
      for order in orders { carryOut(order) }
      var running: Int32 = 0
      if reel_curl_multi_perform(multi, &running) != CURLM_OK { failAll() }
      finishDone()
      expire()
      if reel_curl_multi_poll(multi, nil, 0, timeout) != CURLM_OK { failAll() }
    }
    for raw in transfers.keys { remove(raw)?.cancel() }
  }

  private func carryOut(_ order: TransferLoop.Order) {
    switch order {
    case .start(let transfer): start(transfer)
    case .cancel(let transfer):
      if let raw = transfer.easy?.raw { remove(raw)?.cancel() }
    }
  }

  private func start(_ transfer: Transfer) {
    if transfer.isCancelled.load(ordering: .relaxed) { return transfer.cancel() }
    do throws(HTTPError) {
      let raw = try transfer.prepare(userAgent: userAgent)
      if reel_curl_multi_add(multi, raw) != CURLM_OK {
        throw HTTPError(.local, "there is no memory for another connection", neverArrived: true)
      }
      transfers[raw] = transfer
    } catch {
      transfer.end(with: error)
    }
  }

  private func remove(_ raw: UnsafeMutableRawPointer) -> Transfer? {
    guard let transfer = transfers.removeValue(forKey: raw) else { return nil }
    reel_curl_multi_remove(multi, raw)
    return transfer
  }

  private func finishDone() {
    var code = CURLE_OK
    while let raw = reel_curl_multi_next_done(multi, &code) { remove(raw)?.finish(code) }
  }

  private func expire() {
    let now = SuspendingClock.now
    for (raw, transfer) in transfers where transfer.deadline.map({ $0 <= now }) ?? false { remove(raw)?.expire() }
  }

  /// Curl itself is at its end: no memory, no descriptors. What runs is lost; what comes next may do better.
  private func failAll() {
    for raw in transfers.keys {
      guard let transfer = remove(raw) else { continue }
      transfer.end(.local, "this machine has no memory or descriptors left for the connection to \(transfer.host)")
    }
    usleep(20_000)
  }

  /// Milliseconds until the next limit. Curl wakes up earlier for its own.
  private var timeout: Int32 {
    guard let next = transfers.values.compactMap(\.deadline).min() else { return 3_600_000 }
    return Int32(clamping: max(0, (next - .now).milliseconds + 1))
  }
}
