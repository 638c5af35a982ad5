internal import Basics
internal import JSONText

/// What a program says on its standard output, line by line.
///
/// A line that is a JSON object with a known key counts. Anything else is talk: many programs print what they like there, and that is
/// no reason to lose their work; the last of it is shown when the program fails without another word.
struct ProgramTalk {
  enum Line: Hashable {
    /// How far it is, 0 to 1, and what is being done; each stays as it was when it is not said.
    case progress(Double?, doing: String?)
    /// The name of the file that is the take.
    case result(file: String)
    case error(message: String, canPass: Bool)
    case talk(String)
  }

  /// A line of JSON that tells of progress has some hundred bytes. What is longer is kept to this and means nothing.
  private static let longestLine = 1 << 20
  private var rest: [UInt8] = []
  private var isCut = false

  init() {}

  /// Takes bytes as they come.
  mutating func feed(_ bytes: ArraySlice<UInt8>) -> [Line] {
    var lines: [Line] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      keep(bytes[start..<end])
      lines += finish()
      start = end + 1
    }
    keep(bytes[start...])
    return lines
  }

  /// The last line, if no line break ended it.
  mutating func finish() -> [Line] {
    defer {
      rest.removeAll(keepingCapacity: true)
      isCut = false
    }
    if rest.last == UInt8(ascii: "\r") { rest.removeLast() }
    if rest.isEmpty { return [] }
    if !isCut { return [Self.line(rest)] }
    return [.talk(String(decoding: rest.prefix(2 * LastWords.longestLine), as: UTF8.self))]
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>) {
    let free = Self.longestLine - rest.count
    if bytes.count > free { isCut = true }
    rest += bytes.prefix(max(0, free))
  }

  static func line(_ bytes: [UInt8]) -> Line {
    let text = { String(decoding: bytes, as: UTF8.self) }
    guard bytes.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{"),
      let object = (try? JSONDocument(parsing: bytes))?.root.value.object
    else { return .talk(text()) }
    if let result = object["result"], let file = result["file"]?.string { return .result(file: file) }
    if let error = object["error"], let message = error["message"]?.string ?? error.string {
      return .error(message: message, canPass: error["canPass"]?.bool ?? false)
    }
    let fraction = object["progress"]?.double.flatMap { $0.isFinite ? min(max($0, 0), 1) : nil }
    let doing = object["doing"]?.string
    return fraction == nil && doing == nil ? .talk(text()) : .progress(fraction, doing: doing)
  }
}

/// The last words of a program on standard error or output, for the message when it fails.
struct LastWords {
  /// Of a line no more is kept.
  static let longestLine = 8 << 10
  private var current: [UInt8] = []
  private var last: [UInt8] = []

  init() {}

  mutating func feed(_ more: some Collection<UInt8>) {
    var rest = more[...]
    while let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      keep(rest[..<end])
      if Self.saysSomething(current) { last = current }
      current.removeAll(keepingCapacity: true)
      rest = rest[rest.index(after: end)...]
    }
    keep(rest)
  }

  private mutating func keep(_ bytes: some Collection<UInt8>) {
    current += bytes.prefix(Self.longestLine - current.count)
  }

  private static func saysSomething(_ line: [UInt8]) -> Bool { line.contains { $0 > 0x20 } }

  /// The last line that says something, at most some hundred characters of it.
  /// - Parameter secrets: starred out first: half of one is no less a secret, and would not be found.
  func line(without secrets: Secrets) -> String? {
    let line = Self.saysSomething(current) ? current : last
    if line.isEmpty { return nil }
    var text = secrets.masked(String(decoding: line, as: UTF8.self))
    // Where it was cut there may be such a half.
    if line.count == Self.longestLine { text = String(text.dropLast(secrets.longest)) }
    return String(text.prefix(400))
  }
}

/// Values that must not be told on: those of the variables that a definition names, which may be keys.
struct Secrets {
  private let values: [[UInt8]]

  /// Short values are words such as `1` or `cuda`, which would be starred out of every sentence.
  init(_ values: [String]) {
    self.values = values.map { Array($0.utf8) }.filter { $0.count >= 6 }.sorted { $0.count > $1.count }
  }

  /// How many bytes the longest has.
  var longest: Int { values.first?.count ?? 0 }

  /// The beginning of the text with stars in their place.
  func masked(_ text: String, to length: Int) -> String { String(masked(text).prefix(length)) }

  /// The text with stars in their place.
  func masked(_ text: String) -> String {
    if values.isEmpty { return text }
    var bytes = Array(text.utf8)
    for value in values {
      var index = 0
      while index + value.count <= bytes.count {
        if bytes[index] == value[0], bytes[index..<(index + value.count)].elementsEqual(value) {
          bytes.replaceSubrange(index..<(index + value.count), with: Array("***".utf8))
          index += 3
        } else {
          index += 1
        }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
