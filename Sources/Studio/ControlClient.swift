package import Basics
internal import Glibc

/// Asks the process that holds a project.
package enum ControlClient {
  /// - Parameter folder: the project's runtime folder.
  /// - Returns: nil when nobody listens there.
  package static func ask(_ call: ControlCall, in folder: String) throws(FileError) -> ControlReply? {
    let socket = try ControlSocket.make()
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
