import Basics
import Testing

@testable import Commands

struct DiagnosticTextTests {
  private func text(_ diagnostic: Diagnostic, colour: Bool = false) -> String {
    DiagnosticText(output: Screen().output(isTerminal: colour, usesColour: colour)).text(diagnostic)
  }

  private static let missingComma = Diagnostic(
    .error, "json-syntax", "expected ',' or '}' after a value", file: "sequences/sequence_001.json",
    place: Diagnostic.Place(
      line: 14, column: 20, snippet: [#"    "duration": 2.5"#, #"    "seed": 42"#], label: "add a comma here"),
    notes: ["the shots of this file are frozen until it reads again; nothing was queued or cancelled"])

  @Test func `an error shows its place, its line with a caret, the line after it and what follows`() {
    #expect(
      text(Self.missingComma) == """
        error: expected ',' or '}' after a value
          --> sequences/sequence_001.json:14:20
           |
        14 |     "duration": 2.5
           |                    ^ add a comma here
        15 |     "seed": 42
           = the shots of this file are frozen until it reads again; nothing was queued or cancelled
        """)
  }

  @Test func `numbers of different length stand below each other`() {
    let diagnostic = Diagnostic(
      .warning, "x", "so", file: "project.json",
      place: Diagnostic.Place(line: 9, column: 3, length: 4, snippet: ["a word", "b"]))
    #expect(
      text(diagnostic) == """
        warning: so
          --> project.json:9:3
           |
         9 | a word
           |   ^^^^
        10 | b
        """)
  }

  @Test func `a fault of a whole file has no line`() {
    let diagnostic = Diagnostic(.note, "x", "not here yet", file: "inbox/a.png", notes: ["git lfs pull fetches it"])
    #expect(
      text(diagnostic) == """
        note: not here yet
          --> inbox/a.png
           = git lfs pull fetches it
        """)
  }

  @Test func `a long line is cut around its place, and the caret stays below it`() {
    let line = String(repeating: "a", count: 200) + "X" + String(repeating: "b", count: 200)
    let lines = text(
      Diagnostic(
        .error, "x", "so", file: "project.json", place: Diagnostic.Place(line: 1, column: 201, snippet: [line]))
    ).split(separator: "\n")
    #expect(lines[3].count < 110)
    let position = lines[3].firstIndex(of: "X").map { lines[3].distance(from: lines[3].startIndex, to: $0) }
    let caret = lines[4].firstIndex(of: "^").map { lines[4].distance(from: lines[4].startIndex, to: $0) }
    #expect(position != nil)
    #expect(position == caret)
  }

  @Test func `what strangers wrote is made visible everywhere, and the caret stays below its place`() {
    let diagnostic = Diagnostic(
      .error, "x", "no `\u{1B}[31m`", file: "sequences/a\u{202E}.json",
      place: Diagnostic.Place(line: 1, column: 3, snippet: ["\u{1B}\tX"], label: "did you mean `\u{7}`?"),
      notes: ["or\nthat"])
    #expect(
      text(diagnostic) == #"""
        error: no `\u{1b}[31m`
          --> sequences/a\u{202e}.json:1:3
          |
        1 | \u{1b} X
          |        ^ did you mean `\u{7}`?
          = or\nthat
        """#)
  }

  @Test func `colour marks the severity, the message and the caret only`() {
    let lines = text(Self.missingComma, colour: true).split(separator: "\n")
    #expect(lines[0] == "\u{1B}[31;1merror:\u{1B}[0m \u{1B}[1mexpected ',' or '}' after a value\u{1B}[0m")
    #expect(lines[3] == #"14 |     "duration": 2.5"#)
    #expect(lines[4] == "   |                    \u{1B}[31m^ add a comma here\u{1B}[0m")
  }
}
