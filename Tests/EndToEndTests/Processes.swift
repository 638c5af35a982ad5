import Glibc
import TestSupport

/// What /proc says about processes of this machine.
enum Processes {
  /// The fields of `/proc/PID/stat` behind the name: the state first, then the parent.
  private static func fields(_ pid: Int32) -> (name: Substring, rest: [Substring])? {
    guard let stream = fopen("/proc/\(pid)/stat", "r") else { return nil }
    defer { fclose(stream) }
    var buffer = [CChar](repeating: 0, count: 512)
    guard fgets(&buffer, 512, stream) != nil else { return nil }
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")") else { return nil }
    return (text[text.index(after: open)..<close], text[text.index(after: close)...].split(separator: " "))
  }

  static func parent(of pid: Int32) -> Int32? { fields(pid).flatMap { $0.rest.count > 1 ? Int32($0.rest[1]) : nil } }

  /// The drawing processes of a `reel`.
  static func drawers(of pid: Int32) -> [Int32] {
    ScratchFolder.names(in: "/proc").compactMap { Int32($0) }.filter { candidate in
      guard let found = fields(candidate) else { return false }
      return found.name == "reel-imaging" && found.rest.count > 1 && Int32(found.rest[1]) == pid
    }
  }

  /// Bytes of memory that belong to a process alone or that it shares, as far as they are in memory.
  static func memory(of pid: Int32) -> Int {
    guard let stream = fopen("/proc/\(pid)/statm", "r") else { return 0 }
    defer { fclose(stream) }
    var buffer = [CChar](repeating: 0, count: 256)
    guard fgets(&buffer, 256, stream) != nil else { return 0 }
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  static func descriptors(of pid: Int32) -> Int { ScratchFolder.names(in: "/proc/\(pid)/fd").count }
}
