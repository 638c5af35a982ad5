/// A connection over which both sides send messages at any time (RFC 6455).
///
/// It lives as long as somebody holds it, or its messages, and its `HTTPClient`. The peer is pinged when it is silent, and one that stays
/// silent counts as lost.
package final class WebSocket: Sendable {
  package enum Message: Hashable, Sendable {
    case text(String)
    case binary([UInt8])
  }

  private let connection: WebSocketConnection
  private let loop: TransferLoop

  init(_ connection: WebSocketConnection, _ loop: TransferLoop) {
    self.connection = connection
    self.loop = loop
  }

  deinit {
    loop.post(.abort(connection))
  }

  /// What comes, in order. It ends when the peer has closed as one should (by the codes 1000 and 1001 or with none), or we have; then
  /// its TCP connection is closed too. Otherwise it throws an `HTTPError`. Nothing is dropped: while nobody takes what is there, the peer
  /// has to wait. Each message goes to one reader.
  package var messages: Messages { Messages(socket: self) }

  package struct Messages: AsyncSequence, Sendable {
    package typealias Element = Message
    package typealias Failure = HTTPError

    fileprivate let socket: WebSocket

    package struct AsyncIterator: AsyncIteratorProtocol {
      fileprivate let socket: WebSocket

      package mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPError) -> Message? {
        try await socket.next()
      }

      package mutating func next() async throws(HTTPError) -> Message? {
        try await socket.next()
      }
    }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(socket: socket) }
  }

  private func next() async throws(HTTPError) -> Message? {
    try await connection.inbox.next { [loop, connection] in loop.post(.resume(connection)) }
  }

  /// Sends a message and waits until this machine's kernel has all of it; that the peer has got it is not said. Messages arrive in
  /// the order of the calls. Cancelling ends the waiting; a message that has begun to go out goes out whole.
  package func send(_ message: Message) async throws(HTTPError) {
    let reply = Reply<Void>()
    loop.post(.send(connection, WebSocketFrame.bytes(of: message), reply))
    let host = connection.host
    try await reply.value {
      reply.give(.failure(HTTPError(.cancelled, "the message to \(host) was cancelled", neverArrived: false)))
    }
  }

  /// Closes: tells the peer, waits a moment for its answer, and returns when the TCP connection is closed. Messages that nobody has
  /// taken until now are dropped.
  package func close() async {
    let reply = Reply<Void>()
    loop.post(.close(connection, reply))
    // There is nothing that could go wrong with it.
    try? await reply.value {}
  }
}
