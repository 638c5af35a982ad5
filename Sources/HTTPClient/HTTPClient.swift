/// Asks servers: requests, downloads, WebSockets. All of them over one thread of its own, with curl.
///
/// Connections are kept for the next request. Certificates are checked, redirects not followed, cookies not kept; the proxies of the
/// environment are used, except for this machine itself. Cancelling the task that waits ends what it asked for and closes the connection.
package final class HTTPClient: Sendable {
  let loop: TransferLoop
  private let pace: WebSocketConnection.Pace

  /// Costs nothing until something is asked for.
  /// - Parameter name: of the thread, for `top` and debuggers; 15 bytes of it.
  package convenience init(name: String, userAgent: String) {
    self.init(name: name, userAgent: userAgent, pace: WebSocketConnection.Pace())
  }

  init(name: String, userAgent: String, pace: WebSocketConnection.Pace) {
    loop = TransferLoop(name: name, userAgent: userAgent)
    self.pace = pace
  }

  deinit {
    // The last one to let go may be anybody, the thread itself too.
    loop.stop(isWaiting: false)
  }

  /// Sends a request and waits for the whole answer, whatever its status.
  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    try await run(Transfer(request, into: .memory))
  }

  /// Sends a request and writes the body of the answer into a new file, which nobody may have made before; its mode is 0600, and it is
  /// not synced. With a status other than 2xx there is no file, and the response has the body. A file that does not become whole is
  /// removed again.
  /// - Parameter limit: bytes that the file may have; more is an error.
  package func download(
    _ request: HTTPRequest, to path: String, limit: Int
  ) async throws(HTTPError) -> HTTPResponse {
    try await run(Transfer(request, into: .file(path: path, limit: limit)))
  }

  private func run(_ transfer: Transfer) async throws(HTTPError) -> HTTPResponse {
    loop.post(.start(transfer))
    return try await transfer.reply.value { [loop] in
      loop.cancel(transfer)
    }
  }

  /// Opens a WebSocket.
  /// - Parameter url: `ws://` or `wss://`; `http://` and `https://` mean the same.
  /// - Parameter messageLimit: bytes that a message may have; a larger one ends the connection.
  /// - Throws: where the server answers with another status than 101, an error with that status.
  package func connect(
    _ url: String, headers: [(name: String, value: String)] = [], messageLimit: Int
  ) async throws(HTTPError) -> WebSocket {
    let connection = WebSocketConnection(url, headers: headers, messageLimit: messageLimit, pace: pace)
    loop.post(.open(connection))
    try await connection.opened.value { [loop] in loop.abort(connection) }
    return WebSocket(connection, loop)
  }

  /// Ends all that runs as cancelled and waits for the thread to end. What is asked for afterwards is cancelled at once.
  package func stop() {
    loop.stop(isWaiting: true)
  }
}
