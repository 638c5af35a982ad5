internal import Synchronization

/// Messages that have come and that nobody has taken yet, and those who wait for one.
final class WebSocketInbox: Sendable {
  private typealias Waiting = CheckedContinuation<Result<WebSocket.Message?, HTTPError>, Never>

  private struct State {
    var messages: [WebSocket.Message] = []
    /// Where the first one stands that is not taken.
    var first = 0
    var size = 0
    var waiting: [(id: Int, continuation: Waiting)] = []
    var lastID = 0
    /// Tasks that were cancelled before they began to wait.
    var cancelled: Set<Int> = []
    /// Whether the connection has stopped reading until there is room.
    var isHeldUp = false
    var end: Result<Void, HTTPError>?

    mutating func take() -> WebSocket.Message? {
      if first == messages.count { return nil }
      let message = messages[first]
      messages[first] = .binary([])
      first += 1
      size -= message.size
      if first == messages.count || first > 1000 {
        messages.removeFirst(first)
        first = 0
      }
      return message
    }
  }

  /// So many messages, or so many bytes of them, hold the peer up.
  private static let countLimit = 256
  private static let sizeLimit = 8 << 20

  private let state = Mutex(State())

  /// Puts a message in.
  /// - Returns: whether there is room for another one; if not, `next` says when there is.
  func offer(_ message: WebSocket.Message) -> Bool {
    let (continuation, hasRoom): (Waiting?, Bool) = state.withLock { state in
      if state.end != nil { return (nil, true) }
      if !state.waiting.isEmpty { return (state.waiting.removeFirst().continuation, true) }
      state.messages.append(message)
      state.size += message.size
      let isFull = state.messages.count - state.first >= Self.countLimit || state.size >= Self.sizeLimit
      if isFull { state.isHeldUp = true }
      return (nil, !isFull)
    }
    continuation?.resume(returning: .success(message))
    return hasRoom
  }

  /// Nothing more comes; what is there can still be taken.
  /// - Parameter isDropping: whether it cannot.
  func end(_ result: Result<Void, HTTPError>, isDropping: Bool = false) {
    let waiting = state.withLock { state in
      if state.end == nil { state.end = result }
      if isDropping { (state.messages, state.first, state.size) = ([], 0, 0) }
      defer { state.waiting = [] }
      return state.waiting
    }
    for (_, continuation) in waiting { continuation.resume(returning: result.map { nil }) }
  }

  /// The next message; nil at the end.
  /// - Parameter hasRoom: called when the connection may read again.
  func next(hasRoom: () -> Void) async throws(HTTPError) -> WebSocket.Message? {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    var isFreed = false
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: Waiting) in
        let result: Result<WebSocket.Message?, HTTPError>? = state.withLock { state in
          if let message = state.take() {
            if state.isHeldUp, state.messages.count - state.first <= Self.countLimit / 2,
              state.size <= Self.sizeLimit / 2
            {
              state.isHeldUp = false
              isFreed = true
            }
            return .success(message)
          }
          if let end = state.end { return end.map { nil } }
          if state.cancelled.remove(id) != nil { return .failure(Self.cancelled) }
          state.waiting.append((id, continuation))
          return nil
        }
        if let result { continuation.resume(returning: result) }
      }
    } onCancel: {
      let continuation: Waiting? = state.withLock { state in
        guard let place = state.waiting.firstIndex(where: { $0.id == id }) else {
          state.cancelled.insert(id)
          return nil
        }
        return state.waiting.remove(at: place).continuation
      }
      continuation?.resume(returning: .failure(Self.cancelled))
    }
    // A task cancelled after it had its message has left its number there.
    state.withLock { state in _ = state.cancelled.remove(id) }
    if isFreed { hasRoom() }
    return try result.get()
  }

  private static var cancelled: HTTPError {
    HTTPError(.cancelled, "waiting for a message was cancelled", neverArrived: false)
  }
}

extension WebSocket.Message {
  /// Bytes of its payload.
  fileprivate var size: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    }
  }
}
