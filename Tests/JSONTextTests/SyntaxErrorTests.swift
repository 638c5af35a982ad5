import Basics
import JSONText
import Testing

/// What a person is told, whole: the code, the sentence, the place and the way out of it.
@Suite struct SyntaxErrorTests {
  @Test(arguments: faults)
  func `a fault is told with its place and its way out`(fault: Fault) {
    #expect(refusal(of: Array(fault.text.utf8)) == fault.error)
  }

  @Test func `a missing comma is shown after the value with the line that follows`() throws {
    let text = "{\n    \"duration\": 2.5\n    \"seed\": 42\n}\n"
    let bytes = Array(text.utf8)
    let diagnostic = refusal(of: bytes)?.diagnostic(in: bytes, file: "sequences/sequence_001.json")
    #expect(
      diagnostic
        == Diagnostic(
          .error, "expected-comma", "expected ',' or '}' after a value", file: "sequences/sequence_001.json",
          place: Diagnostic.Place(
            line: 2, column: 20, length: 1, snippet: ["    \"duration\": 2.5", "    \"seed\": 42"],
            label: "add a comma here")))
  }

  @Test func `a missing comma is shown at the same place with CRLF`() throws {
    let bytes = Array("{\r\n    \"duration\": 2.5\r\n    \"seed\": 42\r\n}\r\n".utf8)
    let place = refusal(of: bytes)?.diagnostic(in: bytes, file: "a.json").place
    #expect(
      place
        == Diagnostic.Place(
          line: 2, column: 20, length: 1, snippet: ["    \"duration\": 2.5", "    \"seed\": 42"],
          label: "add a comma here"))
  }

  @Test func `a byte order mark is shown at the first character`() {
    let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("{}\n".utf8)
    let diagnostic = refusal(of: bytes)?.diagnostic(in: bytes, file: "project.json")
    #expect(diagnostic?.code == "byte-order-mark")
    #expect(diagnostic?.message == "the file begins with a byte order mark")
    #expect(diagnostic?.place?.line == 1)
    #expect(diagnostic?.place?.column == 1)
    #expect(diagnostic?.place?.label == "save the file as UTF-8 without a byte order mark")
  }

  @Test func `invalid UTF-8 is named by its byte`() {
    let expected = JSONSyntaxError(
      "invalid-utf8", "the byte 0xE9 is no valid UTF-8 here", at: 2..<3, label: "save the file as UTF-8")
    #expect(refusal(of: [0x22, 0x61, 0xE9, 0x61, 0x22]) == expected)
    #expect(refusal(of: [0x5B, 0x31, 0xE9, 0x5D]) == expected)
  }

  @Test func `UTF-16 is named`() {
    #expect(
      refusal(of: [0xFF, 0xFE, 0x7B, 0x00])
        == JSONSyntaxError(
          "invalid-utf8", "the file is UTF-16 or UTF-32, not UTF-8", at: 0..<1, label: "save the file as UTF-8"))
  }

  /// Found by the fuzzer: the message had a control character of the text in it.
  @Test func `what could steer a terminal stands visible in the message`() {
    let fault = refusal(of: Array("[me\u{82}]".utf8))
    #expect(fault?.message == #"`me\u{82}` is no JSON value; strings stand in double quotes"#)
    #expect(refusal(of: Array("[\u{202E}]".utf8))?.message.contains("\u{202E}") == false)
    #expect(refusal(of: Array("{\u{9B}: 1}".utf8))?.message == #"expected a key in double quotes, not '\u{9b}'"#)
    #expect(refusal(of: Array(#"["\"#.utf8) + [0xC2, 0x9B] + Array("\"]".utf8))?.message.contains("\u{9B}") == false)
  }

  @Test func `too many levels are named at the bracket`() {
    #expect(
      refusal(of: [UInt8](repeating: UInt8(ascii: "["), count: 600))
        == JSONSyntaxError(
          "too-deep", "arrays and objects stand more than 512 levels deep in one another", at: 512..<513,
          label: "this is one level too many"))
  }
}

/// A text, the part of it that is meant, and what is said about it.
struct Fault: Sendable, CustomTestStringConvertible {
  let text: String
  let error: JSONSyntaxError

  var testDescription: String { text }

  /// `marked` is the text with `«` and `»` around the bytes that are meant.
  init(_ marked: String, _ code: String, _ message: String, _ label: String) {
    let bytes = Array(marked.utf8)
    let parts = marked.split(separator: "«", maxSplits: 1, omittingEmptySubsequences: false)
    let rest = parts[1].split(separator: "»", maxSplits: 1, omittingEmptySubsequences: false)
    text = String(parts[0] + rest[0] + rest[1])
    let start = parts[0].utf8.count
    precondition(bytes.count == text.utf8.count + 4)
    error = JSONSyntaxError(code, message, at: start..<start + rest[0].utf8.count, label: label)
  }
}

private let doubleQuotes = "strings stand in double quotes, not in single ones"
private let faults: [Fault] = [
  Fault("«»", "empty", "the file is empty", "write a JSON value here"),
  Fault("«» \n", "empty", "the file holds nothing but white space", "write a JSON value here"),
  // The end.
  Fault("{\n  \"a\": [1, 2«»\n", "unexpected-end", "the file ends before '[' of line 2 is closed", "add ']' here"),
  Fault("{\"a\": 1«»", "unexpected-end", "the file ends before '{' of line 1 is closed", "add '}' here"),
  Fault("[«»", "unexpected-end", "the file ends before '[' of line 1 is closed", "add ']' here"),
  Fault("{\"a\"«»", "unexpected-end", "the file ends after a key", "add ':', a value and '}' here"),
  Fault("{\"a\":«» ", "unexpected-end", "the file ends before the value of a key", "add a value and '}' here"),
  Fault("{\"a\": 1,«»\n", "unexpected-end", "the file ends before '{' of line 1 is closed", "add '}' here"),
  Fault("{«\"»a", "unterminated-string", "the file ends inside a string", "the string begins here"),
  Fault("[«\"»a\\", "unterminated-string", "the file ends inside a string", "the string begins here"),
  Fault(
    "{\"a\": \"b,«»\n\"c\": 1}", "unterminated-string", "a string ends on the line on which it begins",
    "add '\"' here, or write a line break as \\n"),
  // Commas and colons.
  Fault("{\"a\": 2.5«»\n\"b\": 1}", "expected-comma", "expected ',' or '}' after a value", "add a comma here"),
  Fault("[1«» 2]", "expected-comma", "expected ',' or ']' after a value", "add a comma here"),
  Fault("[\"a\"«»\"b\"]", "expected-comma", "expected ',' or ']' after a value", "add a comma here"),
  Fault(
    "[\"say \"«»no\" now\"]", "expected-comma", "expected ',' or ']' after a value",
    "add a comma here, or write \\\" for a quote in the text"),
  Fault("[{}«»{}]", "expected-comma", "expected ',' or ']' after a value", "add a comma here"),
  Fault("[1«;» 2]", "expected-comma", "expected ',' or ']' after a value, not ';'", "write ',' instead"),
  Fault(
    "[\"a\"«:» 2]", "expected-comma", "expected ',' or ']' after a value, not ':'", "keys stand in objects only: '{ }'"),
  Fault("{\"a\": 1«:» 2}", "expected-comma", "expected ',' or '}' after a value, not ':'", "remove this"),
  Fault("[2 «*» 3]", "expected-comma", "expected ',' or ']' after a value", "write the result; JSON does not compute"),
  Fault("[1«,»]", "trailing-comma", "there is a comma after the last element", "remove this comma"),
  Fault("{\"a\": 1«,»\n}", "trailing-comma", "there is a comma after the last member", "remove this comma"),
  Fault("{\"a\"«» 1}", "expected-colon", "expected ':' after a key", "add a colon here"),
  Fault("{\"a\" «=» 1}", "expected-colon", "expected ':' after a key, not '='", "write ':' instead"),
  Fault("{\"a\"«», \"b\": 1}", "expected-colon", "expected ':' and a value after a key", "add ':' and a value here"),
  // Brackets.
  Fault("{\"a\": 1«]»", "mismatched-bracket", "'{' of line 1 is closed by ']'", "write '}' here"),
  Fault("\n[1«}»", "mismatched-bracket", "'[' of line 2 is closed by '}'", "write ']' here"),
  Fault("[«}»", "mismatched-bracket", "'[' of line 1 is closed by '}'", "write ']' here"),
  Fault("{«]»", "mismatched-bracket", "'{' of line 1 is closed by ']'", "write '}' here"),
  Fault("[1,«}»", "mismatched-bracket", "'[' of line 1 is closed by '}'", "write ']' here"),
  // Keys and values.
  Fault("{«a»: 1}", "unquoted-key", "keys stand in double quotes", "write \"a\""),
  Fault("{«shot-1»: 1}", "unquoted-key", "keys stand in double quotes", "write \"shot-1\""),
  Fault("{«12»: 1}", "unquoted-key", "keys stand in double quotes", "write \"12\""),
  Fault("{\"a\": 1, «,»}", "expected-key", "expected a key before ','", "remove this comma"),
  Fault("{«[»]: 1}", "expected-key", "expected a key in double quotes, not '['", "write a key here"),
  Fault("{«é»: 1}", "expected-key", "expected a key in double quotes, not 'é'", "write a key here"),
  Fault("{\"a\":«», \"b\": 1}", "expected-value", "expected a value after ':', not ','", "add a value here"),
  Fault("{\"a\":«» }", "expected-value", "expected a value after ':', not '}'", "add a value here"),
  Fault("[1, «,» 2]", "expected-value", "expected a value, not ','", "remove this comma"),
  Fault("[«,» 2]", "expected-value", "expected a value, not ','", "remove this comma"),
  Fault("[«@»]", "expected-value", "expected a value, not '@'", "write a value here"),
  Fault("«]»", "expected-value", "expected a value, not ']'", "write a value here"),
  // Habits from elsewhere.
  Fault("[«'a'», 1]", "single-quotes", doubleQuotes, "use double quotes"),
  Fault("[«'it\\'s'»]", "single-quotes", doubleQuotes, "use double quotes"),
  Fault("{«'a'»: 1}", "single-quotes", doubleQuotes, "use double quotes"),
  Fault("[«'»a\n]", "single-quotes", doubleQuotes, "use double quotes"),
  Fault("[«“»a”]", "typographic-quotes", "strings stand in plain double quotes", "write '\"' instead"),
  Fault("{«`»a`: 1}", "typographic-quotes", "strings stand in plain double quotes", "write '\"' instead"),
  Fault("[1, «// one»\n2]", "comment", "JSON has no comments", "remove this comment"),
  Fault("[1 «# one»\r\n]", "comment", "JSON has no comments", "remove this comment"),
  Fault("{«/* a\n b */» \"a\": 1}", "comment", "JSON has no comments", "remove this comment"),
  Fault("[] «/* a»", "comment", "JSON has no comments", "remove this comment"),
  Fault("[«True»]", "unknown-word", "`True` is written `true` in JSON", "write true"),
  Fault("[«FALSE»]", "unknown-word", "`FALSE` is written `false` in JSON", "write false"),
  Fault("[«None»]", "unknown-word", "`None` is written `null` in JSON", "write null"),
  Fault("[«undefined»]", "unknown-word", "`undefined` is written `null` in JSON", "write null"),
  Fault("[«nil»]", "unknown-word", "`nil` is written `null` in JSON", "write null"),
  Fault("[«tru»]", "unquoted-string", "`tru` is no JSON value; strings stand in double quotes", "write \"tru\""),
  Fault("[«nulls»]", "unquoted-string", "`nulls` is no JSON value; strings stand in double quotes", "write \"nulls\""),
  Fault(
    "{\"a\": «Mara»}", "unquoted-string", "`Mara` is no JSON value; strings stand in double quotes", "write \"Mara\""),
  // Numbers.
  Fault("[«01»]", "bad-number", "a number has no leading zeros", "remove the leading zero"),
  Fault("[«+1»]", "bad-number", "a number has no plus sign", "remove the '+'"),
  Fault("[«.5»]", "bad-number", "expected a digit before the point", "write 0 before the point"),
  Fault("[«-.5»]", "bad-number", "expected a digit before the point", "write 0 before the point"),
  Fault("[«1.»]", "bad-number", "expected a digit after the point", "add a digit, or remove the point"),
  Fault("[«1.e5»]", "bad-number", "expected a digit after the point", "add a digit, or remove the point"),
  Fault("[«1e»]", "bad-number", "expected a digit in the exponent", "add the exponent here"),
  Fault("[«0x1F»]", "bad-number", "numbers are decimal in JSON", "write it in decimal"),
  Fault("[«1_000»]", "bad-number", "a number has no '_' between its digits", "remove the '_'"),
  Fault("[«-»]", "bad-number", "expected a digit after '-'", "add the number here"),
  Fault("[«NaN»]", "bad-number", "JSON has no `NaN`", "write a number or null"),
  Fault("[«-Infinity»]", "bad-number", "JSON has no `-Infinity`", "write a number or null"),
  Fault("[«1.2.3»]", "bad-number", "`1.2.3` is no number", "write a number, or put it in double quotes"),
  Fault("[«3px»]", "bad-number", "`3px` is no number", "write a number, or put it in double quotes"),
  // Strings.
  Fault("[\"a«\t»b\"]", "control-character", "a tab stands unescaped in a string", "write \\t"),
  Fault(
    "[\"«\u{1}»\"]", "control-character", "the control character U+0001 stands unescaped in a string", "write \\u0001"),
  Fault(
    "[\"«\0»\"]", "control-character", "the control character U+0000 stands unescaped in a string", "write \\u0000"),
  Fault("[\"«\u{C}»\"]", "control-character", "the control character U+000C stands unescaped in a string", "write \\f"),
  Fault(
    "[1«\u{C}»]", "control-character", "the control character U+000C stands between the values", "remove this character"
  ),
  Fault("[\"C:«\\d»\"]", "bad-escape", "`\\d` is no escape", "write \\\\ for a backslash"),
  Fault("[\"«\\é»\"]", "bad-escape", "`\\é` is no escape", "write \\\\ for a backslash"),
  Fault(
    "[\"«\\»\n\"]", "bad-escape", "a backslash must be followed by what it escapes", "write \\\\ for a backslash"),
  Fault("[\"«\\u00e»\"]", "bad-escape", "`\\u` takes four hexadecimal digits", "write it with four digits"),
  Fault("[\"«\\u»users\"]", "bad-escape", "`\\u` takes four hexadecimal digits", "write it with four digits"),
  Fault(
    "[\"a«\\uD800»b\"]", "lone-surrogate",
    "`\\uD800` is half of a surrogate pair and stands for no character without the other",
    "write the character itself, or both halves"),
  Fault(
    "[\"«\\ud83d»\\u0041\"]", "lone-surrogate",
    "`\\ud83d` is half of a surrogate pair and stands for no character without the other",
    "write the character itself, or both halves"),
  // The rest.
  Fault(
    "[«\u{A0}»1]", "unexpected-space", "the character U+00A0 looks like a space but is none to JSON",
    "write a plain space"),
  Fault(
    "[1«\u{FEFF}»]", "byte-order-mark", "there is a byte order mark inside the text", "remove this character"),
  Fault("{}«}»", "text-after-end", "there is one '}' too many", "remove this, or a bracket that closed too early"),
  Fault(
    "{}\n«{»}", "text-after-end", "the document ends before this; a file holds one JSON value", "remove what follows"),
  Fault(
    "{\n«<<<<<<< HEAD»\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> b\n}", "merge-conflict",
    "the file holds a merge conflict that is not resolved", "keep one side, and remove the marker lines"),
  Fault(
    "{\n\"a\": 1\n«<<<<<<< HEAD»\r\n,\"b\": 1\r\n=======\r\n>>>>>>> b\r\n}", "merge-conflict",
    "the file holds a merge conflict that is not resolved", "keep one side, and remove the marker lines"),
  Fault(
    "[1,\n«=======»\n2]", "merge-conflict", "the file holds a merge conflict that is not resolved",
    "keep one side, and remove the marker lines"),
  Fault(
    "[1]\n«>>>>>>> theirs»", "merge-conflict", "the file holds a merge conflict that is not resolved",
    "keep one side, and remove the marker lines"),
]
