internal import Basics

extension JSONFault {
  /// The fault as a person is told of it.
  func explained(in bytes: [UInt8]) -> JSONSyntaxError { FaultyText(bytes: bytes, fault: self).explanation }
}

/// A text that is no JSON, looked at again from the place where the scanner stopped.
///
/// Only here, after a text has failed, is time spent on guessing what the writer meant: a forgotten comma, a merge
/// conflict, a habit of Python or JavaScript.
struct FaultyText {
  let bytes: [UInt8]
  let fault: JSONFault

  var position: Int { fault.position }
  var byte: UInt8 { bytes[position] }

  var explanation: JSONSyntaxError {
    if let conflict = mergeConflict { return conflict }
    switch fault.expectation {
    case .stringByte: return badString
    case .number: return badNumber
    case .word: return badWord
    case .lessDepth:
      return JSONSyntaxError(
        "too-deep", "arrays and objects stand more than \(JSONDocument.deepestNesting) levels deep in one another",
        at: position..<position + 1, label: "this is one level too many")
    case .value, .key, .colon, .commaOrCloser, .end: break
    }
    if position == bytes.count { return unexpectedEnd }
    if let comment { return comment }
    if let notText { return notText }
    return switch fault.expectation {
    case .key: badKey
    case .colon: missingColon
    case .commaOrCloser: missingComma
    case .end: textAfterEnd
    default: badValue
    }
  }

  // MARK: Surroundings

  /// The offset after the last token before the place of the fault.
  var previousEnd: Int {
    bytes[..<position].lastIndex { !ASCII.isSpace($0) }.map { $0 + 1 } ?? 0
  }

  /// The comma just before the place of the fault, if there is one.
  var previousComma: Int? {
    let end = previousEnd
    return end > 0 && bytes[end - 1] == ASCII.comma ? end - 1 : nil
  }

  var isInObject: Bool { fault.container.map { bytes[$0] == ASCII.openBrace } ?? false }

  var closer: Character { isInObject ? "}" : "]" }

  /// `'{' of line 3`: the innermost open array or object.
  var container: String {
    let start = fault.container ?? 0
    let line = 1 + bytes[..<start].count { $0 == ASCII.lineFeed }
    return "'\(isInObject ? "{" : "[")' of line \(line)"
  }

  /// The run of bytes from `start` that fit.
  func run(from start: Int, while fits: (UInt8) -> Bool) -> Range<Int> {
    start..<(bytes[start...].firstIndex { !fits($0) } ?? bytes.count)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The text for a message, cut where it is too long to be read in one, with what could steer a terminal made visible.
  func shown(_ range: Range<Int>) -> String { TerminalText.shortened(text(range), to: 40) }

  /// The whole character at the place of the fault.
  var character: Range<Int> {
    let length = JSONScanner.lengthOfScalar(bytes.span, from: position) ?? 1
    return position..<position + length
  }

  func lineEnd(after place: Int) -> Int {
    let feed = bytes[place...].firstIndex(of: ASCII.lineFeed) ?? bytes.count
    return feed > place && bytes[feed - 1] == ASCII.carriageReturn ? feed - 1 : feed
  }

  // MARK: Faults that can stand anywhere

  /// A line that git left in the file. No string can hold a line break, so such a line is never part of one; the scanner
  /// stops at the first of them at the latest.
  var mergeConflict: JSONSyntaxError? {
    guard isConflictMarker(at: position) else { return nil }
    return JSONSyntaxError(
      "merge-conflict", "the file holds a merge conflict that is not resolved", at: position..<lineEnd(after: position),
      label: "keep one side, and remove the marker lines")
  }

  func isConflictMarker(at place: Int) -> Bool {
    guard place + 7 <= bytes.count, place == 0 || bytes[place - 1] == ASCII.lineFeed else { return false }
    guard "<=>|".utf8.contains(bytes[place]) else { return false }
    guard bytes[place..<place + 7].allSatisfy({ $0 == bytes[place] }) else { return false }
    return place + 7 == bytes.count || ASCII.isSpace(bytes[place + 7])
  }

  var unexpectedEnd: JSONSyntaxError {
    let end = previousEnd
    if end == 0 {
      return JSONSyntaxError(
        "empty", bytes.isEmpty ? "the file is empty" : "the file holds nothing but white space", at: 0..<0,
        label: "write a JSON value here")
    }
    let (message, label) =
      switch fault.expectation {
      case .colon: ("the file ends after a key", "add ':', a value and '}' here")
      case .value where isInObject && previousComma == nil:
        ("the file ends before the value of a key", "add a value and '}' here")
      default: ("the file ends before \(container) is closed", "add '\(closer)' here")
      }
    return JSONSyntaxError("unexpected-end", message, at: end..<end, label: label)
  }

  var comment: JSONSyntaxError? {
    let next = position + 1 < bytes.count ? bytes[position + 1] : 0
    var end = lineEnd(after: position)
    switch (byte, next) {
    case (UInt8(ascii: "#"), _), (UInt8(ascii: "/"), UInt8(ascii: "/")): break
    case (UInt8(ascii: "/"), UInt8(ascii: "*")):
      var at = position + 2
      while at + 1 < bytes.count, !(bytes[at] == UInt8(ascii: "*") && bytes[at + 1] == UInt8(ascii: "/")) { at += 1 }
      end = at + 1 < bytes.count ? at + 2 : bytes.count
    default: return nil
    }
    return JSONSyntaxError("comment", "JSON has no comments", at: position..<end, label: "remove this comment")
  }

  /// Bytes that no token begins with in any language that people mix up with JSON.
  var notText: JSONSyntaxError? {
    if byte >= 0x80, JSONScanner.lengthOfScalar(bytes.span, from: position) == nil { return invalidUTF8 }
    let scalar = text(character).unicodeScalars.first ?? " "
    switch scalar.value {
    case 0xFEFF:
      return JSONSyntaxError(
        "byte-order-mark", "there is a byte order mark inside the text", at: character, label: "remove this character")
    case 0x00..<0x20, 0x7F:
      return JSONSyntaxError(
        "control-character", "the control character \(codePoint(scalar)) stands between the values", at: character,
        label: "remove this character")
    case _ where scalar.properties.isWhitespace || scalar.properties.generalCategory == .format:
      return JSONSyntaxError(
        "unexpected-space", "the character \(codePoint(scalar)) looks like a space but is none to JSON", at: character,
        label: "write a plain space")
    case _ where "“”„‟«»‘’‚‛`".unicodeScalars.contains(scalar):
      return JSONSyntaxError(
        "typographic-quotes", "strings stand in plain double quotes", at: character, label: "write '\"' instead")
    default: return nil
    }
  }

  var invalidUTF8: JSONSyntaxError {
    JSONSyntaxError(
      "invalid-utf8", "the byte 0x\(hexadecimal(UInt32(byte), digits: 2)) is no valid UTF-8 here",
      at: position..<position + 1, label: "save the file as UTF-8")
  }

  func codePoint(_ scalar: Unicode.Scalar) -> String { "U+" + hexadecimal(scalar.value, digits: 4) }

  func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: Swift.max(0, digits - text.utf8.count)) + text
  }

  // MARK: What was waited for

  var badKey: JSONSyntaxError {
    if byte == ASCII.closeBrace, let comma = previousComma { return trailingComma(comma) }
    if byte == ASCII.closeBracket { return mismatchedBracket }
    if byte == UInt8(ascii: "'") { return singleQuotes }
    if ASCII.isWord(byte) || byte == ASCII.minus {
      let word = run(from: position) { ASCII.isWord($0) || $0 == ASCII.minus || $0 >= 0x80 }
      return JSONSyntaxError("unquoted-key", "keys stand in double quotes", at: word, label: "write \"\(shown(word))\"")
    }
    if byte == ASCII.comma {
      return JSONSyntaxError("expected-key", "expected a key before ','", at: character, label: "remove this comma")
    }
    return JSONSyntaxError(
      "expected-key", "expected a key in double quotes, not '\(shown(character))'", at: character,
      label: "write a key here")
  }

  var missingColon: JSONSyntaxError {
    let end = previousEnd
    if byte == UInt8(ascii: "=") {
      return JSONSyntaxError(
        "expected-colon", "expected ':' after a key, not '='", at: character, label: "write ':' instead")
    }
    let isAlone = byte == ASCII.comma || byte == ASCII.closeBrace
    return JSONSyntaxError(
      "expected-colon", isAlone ? "expected ':' and a value after a key" : "expected ':' after a key", at: end..<end,
      label: isAlone ? "add ':' and a value here" : "add a colon here")
  }

  var missingComma: JSONSyntaxError {
    let end = previousEnd
    let expected = "expected ',' or '\(closer)' after a value"
    switch byte {
    case ASCII.closeBrace, ASCII.closeBracket: return mismatchedBracket
    case UInt8(ascii: ";"):
      return JSONSyntaxError("expected-comma", expected + ", not ';'", at: character, label: "write ',' instead")
    case ASCII.colon where !isInObject:
      return JSONSyntaxError(
        "expected-comma", expected + ", not ':'", at: character, label: "keys stand in objects only: '{ }'")
    case UInt8(ascii: "+"), UInt8(ascii: "*"), UInt8(ascii: "/"):
      return JSONSyntaxError(
        "expected-comma", expected, at: character, label: "write the result; JSON does not compute")
    case ASCII.colon:
      return JSONSyntaxError("expected-comma", expected + ", not ':'", at: character, label: "remove this")
    case _ where end == position && bytes[end - 1] == ASCII.quote && ASCII.isWord(byte):
      // "she said "no" to him"
      return JSONSyntaxError(
        "expected-comma", expected, at: end..<end, label: "add a comma here, or write \\\" for a quote in the text")
    default:
      return JSONSyntaxError("expected-comma", expected, at: end..<end, label: "add a comma here")
    }
  }

  var textAfterEnd: JSONSyntaxError {
    switch byte {
    case ASCII.closeBrace, ASCII.closeBracket:
      JSONSyntaxError(
        "text-after-end", "there is one '\(shown(character))' too many", at: character,
        label: "remove this, or a bracket that closed too early")
    default:
      JSONSyntaxError(
        "text-after-end", "the document ends before this; a file holds one JSON value", at: character,
        label: "remove what follows")
    }
  }

  var badValue: JSONSyntaxError {
    let punctuation = [ASCII.closeBrace, ASCII.closeBracket, ASCII.comma]
    if fault.container == nil, punctuation.contains(byte) {
      return expectedValue(label: "write a value here", at: character)
    }
    switch byte {
    case ASCII.closeBrace, ASCII.closeBracket:
      if let comma = previousComma { return isClosedRightly ? trailingComma(comma) : mismatchedBracket }
      if !isInObject { return mismatchedBracket }
      return expectedValue(label: "add a value here", at: previousEnd..<previousEnd)
    case ASCII.comma:
      if previousComma != nil || fault.container.map({ $0 + 1 == previousEnd }) ?? false {
        return expectedValue(label: "remove this comma", at: character)
      }
      return expectedValue(label: "add a value here", at: previousEnd..<previousEnd)
    case UInt8(ascii: "'"): return singleQuotes
    case ASCII.point, ASCII.plus: return badNumber
    case _ where ASCII.isWord(byte): return badWord
    default: return expectedValue(label: "write a value here", at: character)
    }
  }

  var isClosedRightly: Bool { byte == (isInObject ? ASCII.closeBrace : ASCII.closeBracket) }

  func expectedValue(label: String, at range: Range<Int>) -> JSONSyntaxError {
    JSONSyntaxError(
      "expected-value",
      isInObject
        ? "expected a value after ':', not '\(shown(character))'" : "expected a value, not '\(shown(character))'",
      at: range, label: label)
  }

  func trailingComma(_ comma: Int) -> JSONSyntaxError {
    JSONSyntaxError(
      "trailing-comma", "there is a comma after the last \(isInObject ? "member" : "element")", at: comma..<comma + 1,
      label: "remove this comma")
  }

  var mismatchedBracket: JSONSyntaxError {
    JSONSyntaxError(
      "mismatched-bracket", "\(container) is closed by '\(shown(character))'", at: character,
      label: "write '\(closer)' here")
  }

  var singleQuotes: JSONSyntaxError {
    var end = position + 1
    let lineEnd = lineEnd(after: position)
    while end < lineEnd, bytes[end] != UInt8(ascii: "'") { end += bytes[end] == ASCII.backslash ? 2 : 1 }
    end = end < lineEnd ? end + 1 : position + 1
    return JSONSyntaxError(
      "single-quotes", "strings stand in double quotes, not in single ones", at: position..<end,
      label: "use double quotes")
  }
}
