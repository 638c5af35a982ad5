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

  /// Seconds since 1970 of a time as `rfc3339` writes it, or with another offset; nil for anything else.
  package static func seconds(rfc3339 text: String) -> Int64? {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int32? {
      guard start + count <= bytes.count else { return nil }
      var value: Int32 = 0
      for byte in bytes[start..<(start + count)] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int32(byte) - 0x30
      }
      return value
    }
    func has(_ letter: Unicode.Scalar, at place: Int) -> Bool {
      bytes.count > place && bytes[place] == UInt8(ascii: letter)
    }
    guard has("-", at: 4), has("-", at: 7), has(":", at: 13), has(":", at: 16), bytes.count > 19,
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2)
    else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
    let seconds = Int64(timegm(&parts))
    let end = bytes[19...].firstIndex { $0 != UInt8(ascii: ".") && !(0x30...0x39).contains($0) } ?? bytes.count
    if has("Z", at: end) { return seconds }
    guard has("+", at: end) || has("-", at: end), let hours = number(end + 1, 2), let minutes = number(end + 4, 2)
    else {
      return nil
    }
    let offset = Int64(hours) * 3600 + Int64(minutes) * 60
    return has("-", at: end) ? seconds + offset : seconds - offset
  }

  private static func text(_ parts: tm, _ format: String) -> String {
    var parts = parts
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
