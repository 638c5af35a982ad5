internal import Basics
internal import Glibc

/// The connections there are, and what each is at: one that takes too long to say what it wants is closed.
///
/// The library closes those that are silent; a client that sends a byte every now and then would hold a place for ever.
final class Connections: Sendable {
  enum Phase {
    /// For its next request; also for its first.
    case waiting
    case receiving(seconds: Int)
    /// Our turn, or the client is reading.
    case answering
  }

  private struct Connection {
    var socket: Int32
    var phase: Phase
    var since: ContinuousClock.Instant
  }

  private struct State: @unchecked Sendable {
    var byPointer: [OpaquePointer: Connection] = [:]
    var isWatched = false
    var isStopped = false
  }

  private let limits: Server.Limits
  private let state = Monitor(State())

  init(_ limits: Server.Limits) {
    self.limits = limits
  }

  var count: Int { state.look { $0.byPointer.count } }

  func open(_ connection: OpaquePointer, _ socket: Int32) {
    let isFirst = state.look { state in
      state.byPointer[connection] = Connection(socket: socket, phase: .waiting, since: .now)
      defer { state.isWatched = true }
      return !state.isWatched
    }
    if isFirst { NamedThread.start("page clock") { [self] in watch() } }
  }

  /// The socket is closed after this.
  func close(_ connection: OpaquePointer) {
    state.look { $0.byPointer[connection] = nil }
  }

  func note(_ connection: OpaquePointer, _ phase: Phase) {
    state.look { state in
      state.byPointer[connection]?.phase = phase
      state.byPointer[connection]?.since = .now
    }
  }

  func stop() { state.change { $0.isStopped = true } }

  /// Looks every two seconds, as long as there are connections; nobody wakes it meanwhile.
  private func watch() {
    while true {
      let isOver = state.wait(atMost: 2) { state -> Bool? in
        guard state.byPointer.isEmpty || state.isStopped else { return nil }
        state.isWatched = false
        return true
      }
      if isOver ?? false { return }
      let now = ContinuousClock.now
      state.look { [limits] state in
        for connection in state.byPointer.values {
          let limit: Int
          switch connection.phase {
          case .waiting: limit = limits.silence
          case .receiving(let seconds): limit = seconds
          case .answering: continue
          }
          // The library does not always hear of a client that goes away right behind what it sent: it asks the kernel for edges, and takes
          // the last bytes and the end for one.
          let isGone = Self.hasEnded(connection.socket)
          // Under the lock: the library takes it out of the table before it closes the socket. It sees the end and cleans up.
          if isGone || connection.since.duration(to: now) > .seconds(limit) {
            shutdown(connection.socket, Int32(SHUT_RDWR))
          }
        }
      }
    }
  }

  /// Whether nothing more can come from the other end.
  private static func hasEnded(_ socket: Int32) -> Bool {
    var byte: UInt8 = 0
    return recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
  }
}
