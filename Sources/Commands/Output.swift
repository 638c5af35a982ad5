internal import Basics
internal import CShims
internal import Glibc
package import JSONText

/// The two streams a command speaks on: stdout is the answer, stderr is talk.
///
/// Written with write(2) at once: `print` to a pipe waits for a full block. A reader that went away is no fault: from then on
/// nothing is written any more.
package final class Output: Sendable {
  package enum Stream: Int32, Sendable {
    case answer = 1
    case talk = 2
  }

  package let isTerminal: Bool
  package let usesColour: Bool
  /// Characters in a line; 80 where nobody knows.
  package let columns: Int

  private let sink: @Sendable (String, Stream) -> Void

  /// Somewhere else than to this process's own streams.
  package init(
    isTerminal: Bool, usesColour: Bool = false, columns: Int = 80, to sink: @escaping @Sendable (String, Stream) -> Void
  ) {
    self.isTerminal = isTerminal
    self.usesColour = usesColour
    self.columns = columns
    self.sink = sink
  }

  package init() {
    sink = { Self.writeAll($0, to: $1) }
    isTerminal = isatty(Stream.answer.rawValue) == 1 && Self.variable("TERM") != "dumb"
    usesColour = isTerminal && (Self.variable("NO_COLOR") ?? "").isEmpty
    let width = Int(reel_terminal_columns(Stream.answer.rawValue))
    columns = width > 0 ? width : 80
  }

  static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  package func line(_ text: String = "", to stream: Stream = .answer) {
    write(text + "\n", to: stream)
  }

  package func json(_ value: JSON) {
    write(Self.harmless(value.compactText) + "\n", to: .answer)
  }

  /// The same JSON with what could steer a terminal as escapes; JSON itself demands them below U+0020 only, and a terminal takes
  /// U+009B for the beginning of an escape sequence. Such characters stand nowhere but in strings.
  private static func harmless(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x7F }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if TerminalText.isSteering(scalar) {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
        }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  package func write(_ text: String, to stream: Stream) {
    sink(text, stream)
  }

  private static func writeAll(_ text: String, to stream: Stream) {
    var text = text
    text.withUTF8 { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = Glibc.write(stream.rawValue, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
        if count < 0, reel_errno() == EINTR { continue }
        if count <= 0 { return }
        offset += count
      }
    }
  }

  // MARK: Colour

  package enum Colour: String, Sendable {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case dim = "2"
    case bold = "1"
  }

  package func coloured(_ text: String, _ colours: Colour...) -> String {
    usesColour ? "\u{1B}[\(colours.map(\.rawValue).joined(separator: ";"))m\(text)\u{1B}[0m" : text
  }
}
