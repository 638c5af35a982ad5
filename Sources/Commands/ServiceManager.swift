internal import Basics
internal import CShims
internal import Glibc

/// systemd, where it started this program as a service with `Type=notify`: it is told when everything is watched, how it goes,
/// and that we stop.
///
/// The protocol is a datagram of `NAME=value` lines to the socket that `NOTIFY_SOCKET` names (sd_notify(3), which invites
/// implementing it oneself rather than linking libsystemd for it).
struct ServiceManager: Sendable {
  private let path: String

  /// Nil when no service manager waits for word. What this program starts is not to speak in its name, so the variable goes.
  init?() {
    guard let value = getenv("NOTIFY_SOCKET") else { return nil }
    path = String(cString: value)
    unsetenv("NOTIFY_SOCKET")
    // A path, or with an @ in front a name without a file.
    guard path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
  }

  func tellReady() { send("READY=1") }

  func tellStopping() { send("STOPPING=1") }

  /// - Parameter status: one line for people, as `systemctl --user status` shows it.
  func tell(status: String) { send("STATUS=\(status)") }

  /// A word that does not get through is no reason to stop working.
  private func send(_ text: String) {
    let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if raw < 0 { return }
    defer { close(raw) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    // Of a name without a file every byte counts; that of a file ends with a zero.
    let length = socklen_t(offset + name.count + (name.first == 0 ? 0 : 1))
    let bytes = Array(text.utf8)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = sendto(raw, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
      }
    }
  }
}
