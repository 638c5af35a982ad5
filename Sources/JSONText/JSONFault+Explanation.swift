/// From the place where the scanner stopped to a sentence that helps.
///
/// Only here, after a text has failed, is time spent on guessing what the writer meant: a forgotten comma, a merge
/// conflict, a habit of Python or JavaScript.
extension JSONFault {
  func explained(in bytes: [UInt8]) -> JSONSyntaxError {
    FaultyText(bytes: bytes, fault: self).explanation
  }
}

private struct FaultyText {
  let bytes: [UInt8]
  let fault: JSONFault

  private var position: Int { fault.position }
  private var byte: UInt8 { bytes[position] }

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
  private var previousEnd: Int {
    bytes[..<position].lastIndex { !ASCII.isSpace($0) }.map { $0 + 1 } ?? 0
  }

  /// The comma just before the place of the fault, if there is one.
  private var previousComma: Int? {
    let end = previousEnd
    return end > 0 && bytes[end - 1] == ASCII.comma ? end - 1 : nil
  }

  private var isInObject: Bool { fault.container.map { bytes[$0] == ASCII.openBrace } ?? false }

  private var closer: Character { isInObject ? "}" : "]" }

  /// `'{' of line 3`: the innermost open array or object.
  private var container: String {
    let start = fault.container ?? 0
    let line = 1 + bytes[..<start].count { $0 == ASCII.lineFeed }
    return "'\(isInObject ? "{" : "[")' of line \(line)"
  }

  /// The run of bytes from `start` that fit.
  private func run(from start: Int, while fits: (UInt8) -> Bool) -> Range<Int> {
    start..<(bytes[start...].firstIndex { !fits($0) } ?? bytes.count)
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The text for a message, cut where it is too long to be read in one.
  private func shown(_ range: Range<Int>) -> String {
    let text = text(range)
    return text.count <= 40 ? text : text.prefix(39) + "…"
  }

  /// The whole character at the place of the fault.
  private var character: Range<Int> {
    let length = JSONScanner.lengthOfScalar(bytes.span, from: position) ?? 1
    return position..<position + length
  }

  private func lineEnd(after place: Int) -> Int {
    let feed = bytes[place...].firstIndex(of: ASCII.lineFeed) ?? bytes.count
    return feed > place && bytes[feed - 1] == ASCII.carriageReturn ? feed - 1 : feed
  }

  // MARK: Faults that can stand anywhere

  /// A line that git left in the file. No string can hold a line break, so such a line is never part of one; the scanner
  /// stops at the first of them at the latest.
  private var mergeConflict: JSONSyntaxError? {
    guard isConflictMarker(at: position) else { return nil }
    return JSONSyntaxError(
      "merge-conflict", "the file holds a merge conflict that is not resolved", at: position..<lineEnd(after: position),
      label: "keep one side, and remove the marker lines")
  }

  private func isConflictMarker(at place: Int) -> Bool {
    guard place + 7 <= bytes.count, place == 0 || bytes[place - 1] == ASCII.lineFeed else { return false }
    guard "<=>|".utf8.contains(bytes[place]) else { return false }
    guard bytes[place..<place + 7].allSatisfy({ $0 == bytes[place] }) else { return false }
    return place + 7 == bytes.count || ASCII.isSpace(bytes[place + 7])
  }

  private var unexpectedEnd: JSONSyntaxError {
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

  private var comment: JSONSyntaxError? {
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
  private var notText: JSONSyntaxError? {
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

  private var invalidUTF8: JSONSyntaxError {
    JSONSyntaxError(
      "invalid-utf8", "the byte 0x\(hexadecimal(UInt32(byte), digits: 2)) is no valid UTF-8 here",
      at: position..<position + 1, label: "save the file as UTF-8")
  }

  private func codePoint(_ scalar: Unicode.Scalar) -> String { "U+" + hexadecimal(scalar.value, digits: 4) }

  private func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: Swift.max(0, digits - text.utf8.count)) + text
  }

  // MARK: What was waited for

  private var badKey: JSONSyntaxError {
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
      "expected-key", "expected a key in double quotes, not '\(text(character))'", at: character,
      label: "write a key here")
  }

  private var missingColon: JSONSyntaxError {
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

  private var missingComma: JSONSyntaxError {
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
    default:
      return JSONSyntaxError("expected-comma", expected, at: end..<end, label: "add a comma here")
    }
  }

  private var textAfterEnd: JSONSyntaxError {
    switch byte {
    case ASCII.closeBrace, ASCII.closeBracket:
      JSONSyntaxError(
        "text-after-end", "there is one '\(text(character))' too many", at: character,
        label: "remove this, or a bracket that closed too early")
    default:
      JSONSyntaxError(
        "text-after-end", "the document ends before this; a file holds one JSON value", at: character,
        label: "remove what follows")
    }
  }

  private var badValue: JSONSyntaxError {
    switch byte {
    case ASCII.closeBrace, ASCII.closeBracket:
      if let comma = previousComma { return isClosedRightly ? trailingComma(comma) : mismatchedBracket }
      if fault.container != nil, !isInObject { return mismatchedBracket }
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

  private var isClosedRightly: Bool { byte == (isInObject ? ASCII.closeBrace : ASCII.closeBracket) }

  private func expectedValue(label: String, at range: Range<Int>) -> JSONSyntaxError {
    JSONSyntaxError(
      "expected-value",
      isInObject
        ? "expected a value after ':', not '\(text(character))'" : "expected a value, not '\(text(character))'",
      at: range, label: label)
  }

  private func trailingComma(_ comma: Int) -> JSONSyntaxError {
    JSONSyntaxError(
      "trailing-comma", "there is a comma after the last \(isInObject ? "member" : "element")", at: comma..<comma + 1,
      label: "remove this comma")
  }

  private var mismatchedBracket: JSONSyntaxError {
    JSONSyntaxError(
      "mismatched-bracket", "\(container) is closed by '\(text(character))'", at: character,
      label: "write '\(closer)' here")
  }

  private var singleQuotes: JSONSyntaxError {
    var end = position + 1
    let lineEnd = lineEnd(after: position)
    while end < lineEnd, bytes[end] != UInt8(ascii: "'") { end += bytes[end] == ASCII.backslash ? 2 : 1 }
    end = end < lineEnd ? end + 1 : position + 1
    return JSONSyntaxError(
      "single-quotes", "strings stand in double quotes, not in single ones", at: position..<end,
      label: "use double quotes")
  }

  // MARK: Words and numbers

  private var badWord: JSONSyntaxError {
    let word = run(from: position) { ASCII.isWord($0) || $0 >= 0x80 }
    let written = text(word)
    let meant: String? =
      switch written.lowercased() {
      case "true": "true"
      case "false": "false"
      case "null", "nil", "none", "undefined": "null"
      default: nil
      }
    if let meant {
      return JSONSyntaxError(
        "unknown-word", "`\(written)` is written `\(meant)` in JSON", at: word, label: "write \(meant)")
    }
    if ["nan", "infinity", "inf"].contains(written.lowercased()) { return badNumber }
    return JSONSyntaxError(
      "unquoted-string", "`\(shown(word))` is no JSON value; strings stand in double quotes", at: word,
      label: "write \"\(shown(word))\"")
  }

  private var badNumber: JSONSyntaxError {
    let run = run(from: position) {
      ASCII.isWord($0) || $0 == ASCII.point || $0 == ASCII.plus || $0 == ASCII.minus
    }
    let written = text(run).lowercased()
    var unsigned = Substring(written)
    if let sign = unsigned.first, "+-".contains(sign) { unsigned.removeFirst() }
    let (message, label): (String, String) =
      if ["nan", "infinity", "inf"].contains(String(unsigned)) {
        ("JSON has no `\(shown(run))`", "write a number or null")
      } else if unsigned.isEmpty {
        ("expected a digit after '\(text(character))'", "add the number here")
      } else if written.hasPrefix("+") {
        ("a number has no plus sign", "remove the '+'")
      } else if unsigned.hasPrefix("0x") || unsigned.hasPrefix("0o") || unsigned.hasPrefix("0b") {
        ("numbers are decimal in JSON", "write it in decimal")
      } else if unsigned.hasPrefix(".") {
        ("expected a digit before the point", "write 0 before the point")
      } else if unsigned.contains("_") {
        ("a number has no '_' between its digits", "remove the '_'")
      } else if unsigned.hasPrefix("0"), unsigned.dropFirst().first.map({ $0.isNumber }) ?? false {
        ("a number has no leading zeros", "remove the leading zero")
      } else if unsigned.hasSuffix(".") || unsigned.contains(".e") {
        ("expected a digit after the point", "add a digit, or remove the point")
      } else if unsigned.hasSuffix("e") || unsigned.hasSuffix("e+") || unsigned.hasSuffix("e-") {
        ("expected a digit in the exponent", "add the exponent here")
      } else {
        ("`\(shown(run))` is no number", "write a number, or put it in double quotes")
      }
    return JSONSyntaxError("bad-number", message, at: run, label: label)
  }

  // MARK: Strings

  private var badString: JSONSyntaxError {
    if position == bytes.count {
      return JSONSyntaxError(
        "unterminated-string", "the file ends inside a string", at: fault.tokenStart..<fault.tokenStart + 1,
        label: "the string begins here")
    }
    if byte == ASCII.backslash { return badEscape }
    if byte >= 0x80 { return invalidUTF8 }
    if byte == ASCII.lineFeed || byte == ASCII.carriageReturn {
      return JSONSyntaxError(
        "unterminated-string", "a string ends on the line on which it begins", at: position..<position,
        label: "add '\"' here, or write a line break as \\n")
    }
    let escape =
      switch byte {
      case ASCII.tab: "\\t"
      case 0x08: "\\b"
      case 0x0C: "\\f"
      default: "\\u" + hexadecimal(UInt32(byte), digits: 4)
      }
    let name = byte == ASCII.tab ? "a tab" : "the control character \(codePoint(Unicode.Scalar(byte)))"
    return JSONSyntaxError(
      "control-character", "\(name) stands unescaped in a string", at: position..<position + 1, label: "write \(escape)"
    )
  }

  private var badEscape: JSONSyntaxError {
    guard position + 1 < bytes.count else {
      return JSONSyntaxError(
        "unterminated-string", "the file ends inside a string", at: fault.tokenStart..<fault.tokenStart + 1,
        label: "the string begins here")
    }
    if bytes[position + 1] == UInt8(ascii: "u") {
      let digits = bytes[(position + 2)...].prefix { ASCII.hexValue($0) != nil }.prefix(4)
      let range = position..<position + 2 + digits.count
      if digits.count == 4 {
        return JSONSyntaxError(
          "lone-surrogate",
          "`\(text(range))` is half of a surrogate pair and stands for no character without the other",
          at: range, label: "write the character itself, or both halves")
      }
      return JSONSyntaxError(
        "bad-escape", "`\\u` takes four hexadecimal digits", at: range, label: "write it with four digits")
    }
    let next = JSONScanner.lengthOfScalar(bytes.span, from: position + 1) ?? 1
    let range = position..<position + 1 + next
    if bytes[position + 1] < 0x20 || bytes[position + 1] == 0x7F {
      return JSONSyntaxError(
        "bad-escape", "a backslash must be followed by what it escapes", at: position..<position + 1,
        label: "write \\\\ for a backslash")
    }
    return JSONSyntaxError(
      "bad-escape", "`\(text(range))` is no escape", at: range, label: "write \\\\ for a backslash")
  }
}
