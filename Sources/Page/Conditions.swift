internal import HTTPServer

/// Whether a client has an answer already, and which part of it it asks for (RFC 9110, 13 and 14).
enum Conditions {
  /// `If-None-Match`: a list of tags, or `*`.
  static func matches(_ header: String, _ tag: String) -> Bool {
    header.split(separator: ",").contains { part in
      let part = part.filter { $0 != " " && $0 != "\t" }
      return part == "*" || part == tag || part == "W/\(tag)"
    }
  }

  enum Part: Hashable {
    case whole
    case range(Range<Int64>)
    case unsatisfiable
  }

  /// The one range that is asked for. Several, and what is none, count as no range.
  static func part(_ head: RequestHead, size: Int64, tag: String) -> Part {
    guard let header = head.value(of: "range"), header.hasPrefix("bytes=") else { return .whole }
    // A part of another version is of no use.
    if let condition = head.value(of: "if-range"), condition != tag { return .whole }
    let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, !header.contains(",") else { return .whole }
    let (first, last) = (number(ends[0]), number(ends[1]))
    switch (first, last) {
    case (let first?, let last?) where first <= last:
      return first < size ? .range(first..<min(last + 1, size)) : .unsatisfiable
    case (let first?, nil) where ends[1].isEmpty:
      return first < size ? .range(first..<size) : .unsatisfiable
    case (nil, let last?) where ends[0].isEmpty:
      return last > 0 && size > 0 ? .range(max(0, size - last)..<size) : .unsatisfiable
    default: return .whole
    }
  }

  private static func number(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(text)
  }
}
