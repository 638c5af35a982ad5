/// One request: its line and headers as they came, and what came behind them.
package struct Request: Sendable {
  package var head: RequestHead
  /// All of it, unless a sink took it.
  package var body: [UInt8] = []
  /// What took the body in; only for routes that have one.
  package var sink: (any BodySink)?

  package init(_ head: RequestHead, body: [UInt8] = [], sink: (any BodySink)? = nil) {
    self.head = head
    self.body = body
    self.sink = sink
  }

  /// The first value of a name in the query.
  package func query(_ name: String) -> String? { head.query.first { $0.name == name }?.value }

  /// All values of a name in the query.
  package func queries(_ name: String) -> [String] { head.query.filter { $0.name == name }.map(\.value) }
}

/// Takes in the body of an upload piece by piece, on the server's thread. What it holds at last is dealt with by its route.
package protocol BodySink: AnyObject, Sendable {
  /// - Throws: a fault that is answered once the whole body has come.
  func take(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault)
  /// The client went away, or was refused: nothing of it is to be left.
  func abandon()
}

/// The request line and the headers.
package struct RequestHead: Sendable {
  package var method: String
  /// As it was sent: `/thumb/qz1Ym0a7Xw4c?w=256`.
  package var target: String
  /// `HTTP/1.1`
  package var version: String
  /// Names in lower case, in the order in which they came, doubles too.
  package var headers: [(name: String, value: String)]
  /// What stands before the first `?`, as it was sent.
  package private(set) var path: String
  /// Names and values of what stands behind it, unescaped; nil where that is no query that we would write.
  private var parsedQuery: [(name: String, value: String)]?

  package init(method: String, target: String, version: String, headers: [(name: String, value: String)]) {
    self.method = method
    self.target = target
    self.version = version
    self.headers = headers
    let mark = target.firstIndex(of: "?")
    path = String(target[..<(mark ?? target.endIndex)])
    parsedQuery = Self.parse(mark.map { target[target.index(after: $0)...] } ?? "")
  }

  package var query: [(name: String, value: String)] { parsedQuery ?? [] }

  package func values(of name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }

  /// The value of a header that stands there once.
  package func value(of name: String) -> String? {
    let values = values(of: name)
    return values.count == 1 ? values[0] : nil
  }

  /// The number of bytes that follow; nil when that is not said, or not said as one plain number.
  package var contentLength: Int? {
    guard let value = value(of: "content-length"), !value.isEmpty, value.utf8.count <= 18,
      value.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int(value)
  }

  /// The media type without its parameters, in lower case.
  package var contentType: String? {
    value(of: "content-type").map { value in
      let end = value.firstIndex(of: ";") ?? value.endIndex
      return value[..<end].lowercased().filter { $0 != " " && $0 != "\t" }
    }
  }

  /// Whether the target is a path of printable ASCII, as browsers send it, and its query can be read. Everything else is none of ours:
  /// `#`, `\`, whole URLs and what is escaped wrongly have all been ways around somebody's checks.
  package var isPlain: Bool {
    guard path.utf8.first == UInt8(ascii: "/"), parsedQuery != nil else { return false }
    return target.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\") }
  }

  private static func parse(_ text: Substring) -> [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    for part in text.split(separator: "&", omittingEmptySubsequences: true) {
      let sign = part.firstIndex(of: "=")
      guard let name = unescaped(part[..<(sign ?? part.endIndex)]),
        let value = unescaped(sign.map { part[part.index(after: $0)...] } ?? "")
      else { return nil }
      pairs.append((name, value))
    }
    return pairs
  }

  /// Undoes `%2F` and `+`; nil when an escape is none, or what comes out is no UTF-8 or holds a NUL.
  package static func unescaped(_ text: Substring, plusIsSpace: Bool = true) -> String? {
    var bytes: [UInt8] = []
    var source = text.utf8.makeIterator()
    while let byte = source.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = source.next().flatMap(digit), let low = source.next().flatMap(digit) else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    if bytes.contains(0) { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
