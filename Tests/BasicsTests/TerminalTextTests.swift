import Basics
import Testing

struct TerminalTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("日本 ü 🎬", "日本 ü 🎬"), ("a\nb\tc\r", "a\\nb\\tc\\r"), ("\u{1B}[31mred", "\\u{1b}[31mred"),
    ("a\u{202E}b", "a\\u{202e}b"), ("\u{9B}31m", "\\u{9b}31m"), ("a\u{0}b", "a\\u{0}b"),
  ])
  func `nothing that steers a terminal gets through`(text: String, expected: String) {
    #expect(TerminalText.escaped(text) == expected)
  }

  @Test func `long texts are cut with a sign`() {
    #expect(TerminalText.shortened("abcdef", to: 6) == "abcdef")
    #expect(TerminalText.shortened("abcdefg", to: 6) == "abcde…")
  }

  @Test func `times are those of RFC 3339`() {
    #expect(Timestamp.rfc3339(0) == "1970-01-01T00:00:00Z")
    #expect(Timestamp.rfc3339(1_795_227_011_999_999_999) == "2026-11-21T02:10:11Z")
  }
}
