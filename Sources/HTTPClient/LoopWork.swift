internal import CCurl
internal import Glibc
internal import Synchronization

/// What the thread of a `TransferLoop` has in its hands.
final class LoopWork {
  private let loop: TransferLoop
  private let multi: UnsafeMutableRawPointer
  private let userAgent: String
  private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
  private var sockets: [UnsafeMutableRawPointer: WebSocketConnection] = [:]
  /// What is read from WebSockets passes through here.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

  /// Connections that are kept while nobody uses them.
  private static let keptConnections = 16

  init(_ loop: TransferLoop, _ multi: UnsafeMutableRawPointer, userAgent: String) {
    self.loop = loop
    self.multi = multi
    self.userAgent = userAgent
    reel_curl_multi_keep(multi, Self.keptConnections)
  }

  deinit {
    buffer.deallocate()
  }

  /// Works until the loop is stopped, and ends all that still runs then.
  func run() {
    while let orders = loop.take() {
      loop.turns.add(1, ordering: .relaxed)
      for order in orders { carryOut(order) }
      var running: Int32 = 0
      if reel_curl_multi_perform(multi, &running) != CURLM_OK { failAll() }
      finishDone()
      for (raw, socket) in sockets where socket.hasMore { settle(raw, socket.pump(buffer)) }
      expire()
      if !poll() { failAll() }
    }
    for raw in transfers.keys { remove(raw)?.cancel() }
    for raw in sockets.keys { removeSocket(raw)?.cancel() }
  }

  // MARK: Orders

  private func carryOut(_ order: TransferLoop.Order) {
    switch order {
    case .start(let transfer): start(transfer)
    case .cancel(let transfer):
      if let raw = transfer.easy?.raw { remove(raw)?.cancel() }
    case .open(let socket): open(socket)
    case .send(let socket, let frame, let reply):
      socket.send(frame, reply)
      pump(socket)
    case .close(let socket, let reply):
      socket.close(reply)
      pump(socket)
    case .resume(let socket): socket.resume()
    case .abort(let socket):
      if let raw = socket.easy?.raw { removeSocket(raw)?.cancel() }
    }
  }

  private func start(_ transfer: Transfer) {
    if transfer.isCancelled.load(ordering: .relaxed) { return transfer.cancel() }
    do throws(HTTPError) {
      let raw = try transfer.prepare(userAgent: userAgent)
      try add(raw)
      transfers[raw] = transfer
    } catch {
      transfer.end(with: error)
    }
  }

  private func open(_ socket: WebSocketConnection) {
    if socket.isCancelled.load(ordering: .relaxed) { return socket.cancel() }
    do throws(HTTPError) {
      let raw = try socket.prepare(userAgent: userAgent)
      try add(raw)
      sockets[raw] = socket
    } catch {
      socket.end(.failure(error))
    }
  }

  private func add(_ raw: UnsafeMutableRawPointer) throws(HTTPError) {
    if reel_curl_multi_add(multi, raw) != CURLM_OK {
      throw HTTPError(.local, "there is no memory for another connection", neverArrived: true)
    }
  }

  // MARK: Endings

  private func remove(_ raw: UnsafeMutableRawPointer) -> Transfer? {
    guard let transfer = transfers.removeValue(forKey: raw) else { return nil }
    reel_curl_multi_remove(multi, raw)
    return transfer
  }

  private func removeSocket(_ raw: UnsafeMutableRawPointer) -> WebSocketConnection? {
    guard let socket = sockets.removeValue(forKey: raw) else { return nil }
    // With the handle goes the connection, which nobody else may use.
    reel_curl_multi_remove(multi, raw)
    return socket
  }

  /// Transfers that are over, and WebSockets that curl has connected: those stay in its hands, and what is done over them is ours.
  private func finishDone() {
    var code = CURLE_OK
    while let raw = reel_curl_multi_next_done(multi, &code) {
      if let socket = sockets[raw] {
        do throws(HTTPError) { try socket.connected(code) } catch { removeSocket(raw)?.end(.failure(error)) }
      } else {
        remove(raw)?.finish(code)
      }
    }
  }

  private func settle(_ raw: UnsafeMutableRawPointer, _ end: Result<Void, HTTPError>?) {
    if let end { removeSocket(raw)?.end(end) }
  }

  private func pump(_ socket: WebSocketConnection) {
    if let raw = socket.easy?.raw { settle(raw, socket.pump(buffer)) }
  }

  private func expire() {
    let now = SuspendingClock.now
    for (raw, transfer) in transfers where transfer.deadline.map({ $0 <= now }) ?? false && !transfer.hasMoved() {
      remove(raw)?.expire()
    }
    for (raw, socket) in sockets { settle(raw, socket.tick(now)) }
  }

  /// Curl itself is at its end: no memory, no descriptors. What runs is lost; what comes next may do better.
  private func failAll() {
    func message(_ host: String) -> String {
      "this machine has no memory or descriptors left for the connection to \(host)"
    }
    for raw in transfers.keys {
      if let transfer = remove(raw) { transfer.end(.local, message(transfer.host)) }
    }
    for raw in sockets.keys {
      guard let socket = removeSocket(raw) else { continue }
      socket.end(.failure(HTTPError(.local, message(socket.host), neverArrived: false)))
    }
    usleep(20_000)
  }

  // MARK: Waiting

  /// Sleeps until there is something to do, and does it for the WebSockets; transfers are curl's. False when curl cannot.
  private func poll() -> Bool {
    var watched: [(raw: UnsafeMutableRawPointer, socket: WebSocketConnection)] = []
    var descriptors: [curl_waitfd] = []
    for (raw, socket) in sockets {
      let interest = socket.interest
      let events = (interest.reading ? CURL_WAIT_POLLIN : 0) | (interest.writing ? CURL_WAIT_POLLOUT : 0)
      if events == 0 { continue }
      watched.append((raw, socket))
      descriptors.append(curl_waitfd(fd: socket.socket, events: Int16(events), revents: 0))
    }
    if reel_curl_multi_poll(multi, &descriptors, UInt32(descriptors.count), timeout) != CURLM_OK { return false }
    for (place, descriptor) in descriptors.enumerated() where descriptor.revents != 0 {
      settle(watched[place].raw, watched[place].socket.pump(buffer))
    }
    return true
  }

  /// Milliseconds until the next limit. Curl wakes up earlier for its own.
  private var timeout: Int32 {
    if sockets.values.contains(where: \.hasMore) { return 0 }
    let limits = transfers.values.lazy.compactMap(\.deadline)
    guard let next = (Array(limits) + sockets.values.compactMap(\.deadline)).min() else { return 3_600_000 }
    return Int32(clamping: max(0, (next - .now).milliseconds + 1))
  }
}
