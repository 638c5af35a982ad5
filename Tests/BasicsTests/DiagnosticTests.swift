import Basics
import Testing

struct DiagnosticTests {
  private func place(_ text: String, _ range: Range<Int>) -> Diagnostic.Place {
    Diagnostic.Place(of: range, in: Array(text.utf8), label: "here")
  }

  @Test func `a place is counted in characters from one`() {
    let place = place("{\n  \"é\": 1\n}", 10..<11)
    #expect(place == Diagnostic.Place(line: 2, column: 8, length: 1, snippet: ["  \"é\": 1", "}"], label: "here"))
  }

  @Test func `a range over a line break marks the rest of the line`() {
    let place = place("ab\ncd", 1..<5)
    #expect((place.line, place.column, place.length) == (1, 2, 1))
  }

  @Test func `the end of the text is a place`() {
    let place = place("ab", 2..<2)
    #expect((place.line, place.column, place.length, place.snippet) == (1, 3, 1, ["ab"]))
  }

  @Test func `line ends of Windows and a byte order mark are no characters`() {
    let place = place("\u{FEFF}{\r\n  1\r\n", 8..<9)
    #expect((place.line, place.column, place.snippet.first) == (2, 3, "  1"))
    let first = Diagnostic.Place(of: 3..<4, in: Array("\u{FEFF}{}".utf8))
    #expect((first.line, first.column, first.snippet) == (1, 1, ["{}"]))
  }

  @Test func `diagnostics go by file, by place, the worse first`() {
    func diagnostic(_ severity: Diagnostic.Severity, _ file: ProjectPath, _ line: Int) -> Diagnostic {
      Diagnostic(
        severity, "code", "message", file: file, place: Diagnostic.Place(line: line, column: 1, snippet: []))
    }
    let sorted = [
      diagnostic(.error, "a", 1), diagnostic(.warning, "a", 1), diagnostic(.error, "a", 2), diagnostic(.note, "b", 1),
    ]
    #expect(sorted.reversed().sorted() == sorted)
  }
}
