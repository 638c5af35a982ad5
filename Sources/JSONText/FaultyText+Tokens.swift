/// What is wrong inside one token: a word, a number or a string.
extension FaultyText {
  // MARK: Words and numbers

  var badWord: JSONSyntaxError {
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

  var badNumber: JSONSyntaxError {
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
        ("expected a digit after '\(shown(character))'", "add the number here")
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

  var badString: JSONSyntaxError {
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

  var badEscape: JSONSyntaxError {
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
          "`\(shown(range))` is half of a surrogate pair and stands for no character without the other",
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
      "bad-escape", "`\(shown(range))` is no escape", at: range, label: "write \\\\ for a backslash")
  }
}
