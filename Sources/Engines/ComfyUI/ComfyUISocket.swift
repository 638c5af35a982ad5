internal import Basics
internal import HTTPClient
internal import Synchronization

/// The socket of a server, open as long as somebody listens and a little longer, opened anew when it breaks.
///
/// Nothing depends on it: what it tells is progress, and when to look. A server keeps one socket for each name, and forgets the newer
/// one when an older of the same name ends late, so an old one is closed to the end and a second passes before the next.
final class ComfyUISocket: Sendable {
  /// What a listener hears.
  enum Word: Sendable {
    case event(ComfyUIEvent)
    /// The connection is gone, or back: it is time to look.
    case look
  }

  private struct State {
    /// By which the server knows us.
    var client = UUIDText.random()
    var listeners: [String: @Sendable (Word) -> Void] = [:]
    var isOpen = false
    var isEnded = false
    var running: Task<Void, Never>?
    /// Counts the times that somebody came: who wants to close it sees whether anybody did meanwhile.
    var arrivals = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
    var remaining: Int?
  }

  private let server: ComfyUIServer
  private let state = Mutex(State())

  /// So long it stays open without a listener.
  private static let linger = Duration.seconds(15)

  init(_ server: ComfyUIServer) {
    self.server = server
  }

  /// The name to send prompts under.
  var client: String { state.withLock { $0.client } }

  /// How many prompts the server has, as it said last; nil while there is no connection.
  var remaining: Int? { state.withLock { $0.remaining } }

  /// Takes over the name that an earlier run had, so that what the server tells of its prompts comes here. Does nothing when there is
  /// a connection already.
  func takeOver(_ client: String) {
    state.withLock { state in
      if state.running == nil { state.client = client }
    }
  }

  /// Hears what concerns a prompt from now on.
  func listen(to prompt: String, _ hear: @escaping @Sendable (Word) -> Void) {
    state.withLock { state in
      state.listeners[prompt] = hear
      state.arrivals += 1
      if state.running == nil, !state.isEnded { state.running = Task { await run() } }
    }
  }

  func forget(_ prompt: String) {
    let arrivals = state.withLock { state -> Int? in
      state.listeners[prompt] = nil
      return state.listeners.isEmpty ? state.arrivals : nil
    }
    guard let arrivals else { return }
    Task {
      try? await Task.sleep(for: Self.linger)
      close(ifStillAt: arrivals)
    }
  }

  private func close(ifStillAt arrivals: Int) {
    let task = state.withLock { state -> Task<Void, Never>? in
      guard state.listeners.isEmpty, state.arrivals == arrivals else { return nil }
      defer { state.running = nil }
      return state.running
    }
    task?.cancel()
  }

  /// Closes it for good.
  func end() {
    let task = state.withLock { state -> Task<Void, Never>? in
      state.isEnded = true
      state.listeners = [:]
      defer { state.running = nil }
      return state.running
    }
    task?.cancel()
    release()
  }

  /// Returns when there is a connection, or when one could not be made just now, and after a second in any case: a prompt that is sent
  /// before has events that nobody hears.
  func opened() async {
    if state.withLock({ $0.isOpen || $0.running == nil }) { return }
    let limit = Task {
      try? await Task.sleep(for: .seconds(1))
      release()
    }
    await withCheckedContinuation { continuation in
      let isDone = state.withLock { state in
        if state.isOpen || state.running == nil { return true }
        state.waiters.append(continuation)
        return false
      }
      if isDone { continuation.resume() }
    }
    limit.cancel()
  }

  private func release() {
    let waiters = state.withLock { state in
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  // MARK: The connection

  private func run() async {
    var pause = 1
    while !Task.isCancelled {
      do {
        let socket = try await server.connect(client: client)
        pause = 1
        tell(isOpen: true)
        do {
          for try await message in socket.messages { hear(message) }
        } catch {}
        await socket.close()
      } catch {}
      tell(isOpen: false)
      try? await Task.sleep(for: .seconds(pause))
      pause = min(pause * 2, 16)
    }
    tell(isOpen: false)
  }

  private func tell(isOpen: Bool) {
    let listeners = state.withLock { state -> [@Sendable (Word) -> Void] in
      defer { state.isOpen = isOpen }
      if !isOpen { state.remaining = nil }
      return state.isOpen == isOpen ? [] : Array(state.listeners.values)
    }
    release()
    for hear in listeners { hear(.look) }
  }

  private func hear(_ message: WebSocket.Message) {
    let event =
      switch message {
      case .text(let text): ComfyUIEvent(text: text)
      case .binary(let bytes): ComfyUIEvent(binary: bytes)
      }
    guard let event else { return }
    if case .remaining(let count) = event { return state.withLock { $0.remaining = count } }
    // What names no prompt may be of anybody's.
    guard let prompt = event.prompt else { return }
    state.withLock { $0.listeners[prompt] }?(.event(event))
  }
}

extension ComfyUIEvent {
  /// The prompt that it is about, where it says so.
  var prompt: String? {
    switch self {
    case .remaining: nil
    case .started(let prompt), .cached(let prompt, _), .executed(let prompt, _), .ended(let prompt),
      .broken(let prompt):
      prompt
    case .executing(let prompt, _), .progress(let prompt, _, _, _): prompt
    case .preview(let preview): preview.prompt
    }
  }
}
