package import Basics
internal import Glibc

/// Asks the process that holds a project.
package enum ControlClient {
  /// Whether anybody listens.
  static func isAnswered(in folder: String) -> Bool {
    guard let socket = try? ControlSocket.make(),
      let connected = try? ControlSocket.withAddress(in: folder, { connect(socket.raw, $0, $1) })
    else { return false }
    return connected == 0
  }

  /// - Parameter folder: the project's runtime folder.
  /// - Parameter patience: how many seconds the answer is waited for; nil waits as long as it takes.
  /// - Returns: nil when nobody listens there, or the answer did not come in time.
  package static func ask(
    _ call: ControlCall, in folder: String, patience: Int? = nil
  ) throws(FileError) -> ControlReply? {
    let socket = try ControlSocket.make()
    if let patience {
      var limit = timeval(tv_sec: patience, tv_usec: 0)
      setsockopt(socket.raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    let connected: Int32
    do throws(FileError) {
      connected = try ControlSocket.withAddress(in: folder) { connect(socket.raw, $0, $1) }
    } catch {
      if error.isAbsence { return nil }
      throw error
    }
    if connected != 0 { return nil }
    try socket.writeAll(call.line, path: ControlSocket.name)
    var lines = ControlLines(of: socket.raw)
    return lines.next().flatMap { ControlReply(line: $0) }
  }
}
