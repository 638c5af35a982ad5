package import Basics
internal import CShims
internal import Glibc
internal import Synchronization

/// Listens for commands of the same user. Threads of its own do the blocking; calls are answered by the loop.
package final class ControlServer: Sendable {
  package typealias Handler = @Sendable (ControlCall, @escaping @Sendable (ControlReply) -> Void) -> Void

  private let folder: String
  private let listener: Int32
  private let isStopped = Mutex(false)

  package init(in folder: String, handler: @escaping Handler) throws(FileError) {
    self.folder = folder
    let socket = try ControlSocket.make()
    // The holder's lock says that whoever left a socket here is dead.
    unlink("\(folder)/\(ControlSocket.name)")
    let bound = try ControlSocket.withAddress(in: folder) { bind(socket.raw, $0, $1) }
    if bound != 0 { throw .last("listen on", "\(folder)/\(ControlSocket.name)") }
    chmod("\(folder)/\(ControlSocket.name)", 0o600)
    if listen(socket.raw, 16) != 0 { throw .last("listen on", "\(folder)/\(ControlSocket.name)") }
    listener = socket.release()
    NamedThread.start("control") { [listener] in Self.accept(on: listener, handler) }
  }

  package func stop() {
    let isFirst = isStopped.withLock { stopped in
      defer { stopped = true }
      return !stopped
    }
    if !isFirst { return }
    unlink("\(folder)/\(ControlSocket.name)")
    // Wakes the thread that accepts; it closes the descriptor.
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private static func accept(on listener: Int32, _ handler: @escaping Handler) {
    let listener = Descriptor(owning: listener)
    while true {
      let raw = Glibc.accept(listener.raw, nil, nil)
      if raw < 0 {
        let code = reel_errno()
        if code == EINTR || code == ECONNABORTED { continue }
        if code == EMFILE || code == ENFILE {
          usleep(100_000)
          continue
        }
        return
      }
      _ = reel_fcntl(raw, F_SETFD, FD_CLOEXEC)
      NamedThread.start("control call") { serve(raw, handler) }
    }
  }

  private static func serve(_ raw: Int32, _ handler: Handler) {
    let connection = Connection(owning: raw)
    var pid = pid_t()
    var user = uid_t()
    guard reel_peer(raw, &pid, &user) == 0, user == getuid() || user == 0 else { return }
    var lines = ControlLines(of: raw)
    while let line = lines.next() {
      guard let call = ControlCall(line: line) else {
        connection.answer(.failure(code: "bad-call", message: "this is no call"))
        continue
      }
      handler(call) { connection.answer($0) }
    }
  }

  /// Kept open by whoever still owes an answer.
  private final class Connection: Sendable {
    private let raw: Int32
    private let writing = Mutex(())

    init(owning raw: Int32) {
      self.raw = raw
    }

    deinit {
      close(raw)
    }

    func answer(_ reply: ControlReply) {
      let line = reply.line
      writing.withLock { _ in
        var offset = 0
        while offset < line.count {
          let count = line.withUnsafeBytes { buffer in
            send(raw, buffer.baseAddress.map { $0 + offset }, buffer.count - offset, Int32(MSG_NOSIGNAL))
          }
          if count < 0, reel_errno() == EINTR { continue }
          // The asker went away: nobody is left to tell.
          if count <= 0 { return }
          offset += count
        }
      }
    }
  }
}
