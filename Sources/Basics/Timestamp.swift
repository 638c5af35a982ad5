internal import Glibc

/// Points in time as text.
package enum Timestamp {
  /// RFC 3339 in UTC with seconds: `2026-11-21T02:10:11Z`.
  /// - Parameter nanoseconds: since 1970.
  package static func rfc3339(_ nanoseconds: Int64) -> String {
    var seconds = time_t(nanoseconds / 1_000_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return text(parts, "%Y-%m-%dT%H:%M:%SZ")
  }

  /// The time of day where the user is: `14:02:11`.
  package static func timeOfDay(_ nanoseconds: Int64) -> String {
    var seconds = time_t(nanoseconds / 1_000_000_000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return text(parts, "%H:%M:%S")
  }

  private static func text(_ parts: tm, _ format: String) -> String {
    var parts = parts
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
