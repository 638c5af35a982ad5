import JSONText
import Testing

/// RFC 8259 along its edges: what must be read, and what must be refused.
@Suite struct GrammarTests {
  @Test(arguments: accepted)
  func `a valid text is read`(text: String) throws {
    let document = try JSONDocument(parsing: Array(text.utf8))
    #expect(document.root.range == trimmed(text))
  }

  @Test(arguments: refused)
  func `an invalid text is refused`(text: String) {
    #expect(throws: JSONSyntaxError.self) { try JSONDocument(parsing: Array(text.utf8)) }
  }

  @Test(arguments: acceptedBytes)
  func `well-formed UTF-8 is read`(inner: [UInt8]) throws {
    let document = try JSONDocument(parsing: [0x22] + inner + [0x22])
    #expect(document.root.string.map { Array($0.utf8) } == inner)
  }

  @Test(arguments: refusedBytes)
  func `ill-formed UTF-8 is refused at its byte`(inner: [UInt8], offset: Int) {
    for text in [[0x22] + inner + [0x22], [0x22] + inner] {
      let error = refusal(of: text)
      #expect(error?.code == "invalid-utf8")
      #expect(error?.range.lowerBound == offset + 1)
    }
  }

  @Test func `every control character is refused in a string and between values`() {
    for byte: UInt8 in 0..<0x20 {
      #expect(refusal(of: [0x22, 0x61, byte, 0x61, 0x22]) != nil, "byte \(byte) in a string")
      if ![0x09, 0x0A, 0x0D].contains(byte) {
        #expect(refusal(of: [0x5B, 0x31, byte, 0x5D]) != nil, "byte \(byte) between values")
        #expect(refusal(of: [0x31, byte]) != nil, "byte \(byte) after the end")
      }
    }
  }

  @Test func `every control character is read as an escape`() throws {
    for value: UInt8 in 0..<0x20 {
      let digits = String(value, radix: 16)
      let text = "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\""
      let string = try JSONDocument(parsing: Array(text.utf8)).root.string
      #expect(string.map { Array($0.utf8) } == [value])
    }
  }

  @Test func `every byte on its own is refused unless it is a digit`() {
    for byte: UInt8 in 0...255 {
      let isDigit = (0x30...0x39).contains(byte)
      #expect((refusal(of: [byte]) == nil) == isDigit, "byte \(byte)")
    }
  }

  @Test func `every beginning of a text is refused without a crash`() {
    let text = Array(#"{"a": [1, -2.5e+3, "x\u00e9\ud83d\ude00\n"], "b": {"c": [true, false, null]}}"#.utf8)
    for count in 0..<text.count {
      #expect(refusal(of: Array(text[..<count])) != nil, "the first \(count) bytes")
    }
    #expect(refusal(of: text) == nil)
  }

  @Test func `512 levels are read and 513 refused`() throws {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      let deepest = String(repeating: open, count: 512) + "1" + String(repeating: close, count: 512)
      _ = try JSONDocument(parsing: Array(deepest.utf8)).root.value
      let tooDeep = String(repeating: open, count: 513) + "1" + String(repeating: close, count: 513)
      let error = refusal(of: Array(tooDeep.utf8))
      #expect(error?.code == "too-deep")
      #expect(error?.range == 512 * open.utf8.count..<512 * open.utf8.count + 1)
    }
    let empty = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    #expect(refusal(of: Array(empty.utf8)) == nil)
  }

  @Test func `a hundred thousand open brackets are refused`() {
    #expect(refusal(of: [UInt8](repeating: UInt8(ascii: "["), count: 100_000))?.code == "too-deep")
    let objects = String(repeating: #"{"a":"#, count: 100_000)
    #expect(refusal(of: Array(objects.utf8))?.code == "too-deep")
  }

  @Test func `a string of a megabyte is read whole`() throws {
    let megabyte = String(repeating: "0123456789abcdef", count: 1 << 16)
    let document = try JSONDocument(parsing: Array("[\"\(megabyte)\"]".utf8))
    #expect(document.root.elements.first { _ in true }?.string == megabyte)
    let escaped = String(repeating: #"\u0041"#, count: 1 << 16)
    let unescaped = try JSONDocument(parsing: Array("\"\(escaped)\"".utf8)).root.string
    #expect(unescaped == String(repeating: "A", count: 1 << 16))
  }

  @Test func `a hundred thousand elements are read`() throws {
    let text = "[" + Array(repeating: "1", count: 100_000).joined(separator: ",") + "]"
    let document = try JSONDocument(parsing: Array(text.utf8))
    #expect(document.root.count == 100_000)
    #expect(document.root.elements.reduce(0) { $0 + ($1.number?.int ?? 0) } == 100_000)
  }

  @Test(arguments: otherEncodings)
  func `another encoding is named`(bytes: [UInt8], code: String) {
    #expect(refusal(of: bytes)?.code == code)
    #expect(refusal(of: bytes)?.range.lowerBound == 0)
  }

  private func trimmed(_ text: String) -> Range<Int> {
    let bytes = Array(text.utf8)
    let isSpace = { (byte: UInt8) in [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
    let start = bytes.firstIndex { !isSpace($0) } ?? 0
    return start..<(bytes.lastIndex { !isSpace($0) } ?? 0) + 1
  }
}

/// The error that a text is refused with; nil if it is read.
func refusal(of bytes: [UInt8]) -> JSONSyntaxError? {
  do {
    _ = try JSONDocument(parsing: bytes)
    return nil
  } catch {
    return error
  }
}

private let accepted: [String] = [
  // Values on their own, with and without space.
  "null", "true", "false", "0", "\"\"", "[]", "{}", " null", "null ", "\tnull\t", "\nnull\n", "\r\nnull\r\n",
  " \t\r\n[ \t\r\n] \t\r\n", "{ }", "[ ]", "\n\n\n{}\n\n\n",
  // Numbers.
  "-0", "1", "-1", "10", "123456789", "-123456789", "0.0", "-0.0", "0.5", "-0.5", "1.0", "1.50", "123.456", "0e0",
  "0E0",
  "0e+0", "0e-0", "-0e0", "1e1", "1E1", "1e+1", "1E+1", "1e-1", "1E-1", "1.5e10", "-1.5E-10", "1e01", "1e+01", "1e-01",
  "1e00", "0.000000000000000000000000000000000000001", "123456789012345678901234567890", "1e400", "-1e400", "1e-400",
  "1e999999999999999999999999", "18446744073709551615", "-9223372036854775808", "9223372036854775808", "20e1", "[-0]",
  "[1,2 ,3, 4 , 5]",
  "100000000000000000000000000000000000000000000000000000000000000000000.00000000000000000000000000000",
  // Strings.
  #""a""#, #"" ""#, #""\"""#, #""\\""#, #""\/""#, #""/""#, #""\b\f\n\r\t""#, #""\u0000""#, #""\u0041""#, #""\u00e9""#,
  #""\u00E9""#, #""\uFFFF""#, #""\ud83d\ude00""#, #""\uD83D\uDE00""#, #""\uDBFF\uDFFF""#, #""\ud800\udc00""#,
  #""\uD7FF""#, #""\uE000""#, #""\\u0041""#, #""\\\\""#, #""\\\"""#, "\"\u{7F}\"", "\"\u{80}\"", "\"é\"",
  "\"e\u{301}\"",
  "\"€\"", "\"😀\"", "\"\u{2028}\u{2029}\"", "\"\u{FEFF}\"", "\"\u{FFFE}\"", "\"\u{10FFFF}\"", "\"// no comment\"",
  "\"/* none */\"", "\"'\"", "\"{}[]:,\"", "\"<<<<<<< HEAD\"", #""\ud83d\ude00\ud83d\ude00""#, "\"\u{A0}\"",
  "\"\u{85}\"",
  #""\u0022""#, #""\u005c""#, #""\u002F""#, #""a\u0000b""#,
  // Arrays.
  "[null]", "[true,false,null]", "[[]]", "[[],[]]", "[[[[[[[[]]]]]]]]", "[{}]", "[{},[],{},[]]",
  "[1,\"a\",null,true,{},[]]",
  "[\n1\n,\n2\n]", "[1,[2,[3,[4]]]]", "[\"\"]", "[\"\",\"\"]", "[0,0,0]", "[1e1,1E1]", "[[1],[2]]", "[ [ ] , [ ] ]",
  // Objects.
  #"{"a":1}"#, #"{"":1}"#, #"{"":""}"#, #"{"a":1,"b":2}"#, #"{"a":1,"a":2}"#, #"{"a":{"a":{"a":{}}}}"#,
  #"{ "a" : 1 , "b" : 2 }"#, "{\"a\"\n:\n1}", #"{"a\n":1}"#, #"{"\u0061":1}"#, #"{"a":null,"b":true,"c":false}"#,
  #"{"é":1}"#, #"{"a":[]}"#, #"{"a":[{}]}"#, #"{"null":null,"true":true}"#, #"{"a b":1}"#, #"{"__proto__":1}"#,
  #"[{"a":1},{"a":1}]"#, "{\r\n\t\"a\":\t1\r\n}\r\n", #"{"\ud83d\ude00":1}"#,
]

private let refused: [String] = [
  // Nothing, too little, too much.
  "", " ", "\n", "\r\n\t ", "[", "]", "{", "}", "[[", "]]", "{}}", "[]]", "[}", "{]", "[1", "[1,", "{\"a\"", "{\"a\":",
  "{\"a\":1", "{\"a\":1,", "\"", "\"a", "\"\\", "\"\\\"", "1 2", "1,2", "1,", ",1", ",", ":", "{}{}", "[][]", "[] []",
  "{} 1",
  "null null", "nulltrue", "\"a\" \"b\"", "\"a\"\"b\"", "[1]x", "true false", "[]\0", "\0", "\0[]", "[\0]",
  // Words.
  "nul", "nulll", "Null", "NULL", "None", "nil", "undefined", "tru", "truee", "True", "TRUE", "fals", "falsey", "False",
  "yes",
  "n", "t", "f", "[nul]", "[tru]", "[fals]", "[nul", "nan", "NaN", "-NaN", "Infinity", "-Infinity", "+Infinity", "inf",
  "abc", "[abc]", "true1", "null_", "1true",
  // Numbers.
  "+1", "+0", "-", "--1", "-+1", "+-1", "01", "-01", "00", "-00", "0123", "1.", "-1.", "0.", ".5", "-.5", ".", "-.",
  "1..2",
  "1.2.3", "1e", "1E", "1e+", "1e-", "1.5e", "1e1.5", "1e1e1", "1.e1", "0e", "0x10", "0X10", "0xFF", "0b1", "0o7",
  "1_000",
  "1,000.5", "1a", "1-", "1+", "1+1", "1 000", "[-]", "[01]", "[1.]", "[.5]", "[1e]", "- 1", "1 .5", "1. 5", "1e 5",
  "\u{FF11}", "\u{661}", "1\u{A0}", "-a", "-\"1\"", "1'000", "$1", "1f", "1L", "1n", "e1", "E1",
  // Strings.
  "'a'", "'a", "a\"", "\"a'", "\u{201C}a\u{201D}", "`a`", "\"\t\"", "\"\n\"", "\"\r\"", "\"\0\"", "\"a\nb\"",
  "\"\u{1F}\"",
  #""\a""#, #""\x41""#, #""\0""#, #""\'""#, #""\v""#, #""\U0041""#, #""\ ""#, "\"\\\n\"", #""\u""#, #""\u0""#,
  #""\u00""#,
  #""\u004""#, #""\u004g""#, #""\u 041""#, #""\u-041""#, #""\u+041""#, #""\u{41}""#, #""\ud800""#, #""\udc00""#,
  #""\ud800\ud800""#, #""\udc00\ud800""#, #""\ud800a""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\udbff""#, #""\udfff""#,
  #""\ud83d\u""#, #""\ud83d\ude0""#, #""\ud83d\ude""#, #""\ud83d\""#, #""\ud83d"#, #""\ud83dude00""#, #"\"a""#, #"\n"#,
  "\"\\é\"", #""\uD834\\DD1E""#,
  // Arrays.
  "[,]", "[1,]", "[,1]", "[1,,2]", "[1,,]", "[1 2]", "[1\n2]", "[\"a\" \"b\"]", "[1;2]", "[1:2]", "[\"a\":1]", "[1)",
  "(1]", "[1}",
  "[[1]", "[1]]", "[1,[2]", "[1,]]", "[ , ]", "[\"a\",]", "[\"a\",\n]", "[{}", "[{]", "[{},]", "[[],]", "[1,#]", "[*]",
  "[...]",
  "[\u{A0}1]", "[\u{FEFF}1]", "[1\u{2003}]", "[1\u{C}]", "[1\u{B}]",
  // Objects.
  "{,}", "{\"a\"}", "{\"a\",}", "{\"a\":}", "{\"a\":,}", "{\"a\":1,}", "{,\"a\":1}", "{\"a\":1,,\"b\":2}",
  "{\"a\":1 \"b\":2}",
  "{\"a\":1\n\"b\":2}", "{\"a\" 1}", "{\"a\"=1}", "{\"a\"::1}", "{:1}", "{a:1}", "{'a':1}", "{1:1}", "{null:1}",
  "{true:1}", "{[]:1}",
  "{{}:1}", "{\"a\":1;\"b\":2}", "{\"a\":1:2}", "{\"a\":1]", "{\"a\":[1}", "{\"a\":1}}", "{\"a\":1},", "{\"a\":1} x",
  "{\"a\"\"b\":1}",
  "{\"a\":\"b\" \"c\"}", "{\"a\":1,\"b\"}", "{\"a\":1,b:2}", "{\"a\":1,]", "{\"a\":a}", "{\"a\": 'b'}",
  "{\"a\":1,\"b\":}", "{\"\\u00\":1}",
  "{\"a\":1,2}", "{-1:1}", "{\"a\":undefined}", "{\"a\"", "{\"a", "{\"", "{\"a\":\"", "{\"a\":t",
  // Comments and what else people add.
  "// a\n1", "1 // a", "/* a */ 1", "1 /* a", "[1, // a\n2]", "[1 /* a */]", "{/* a */}", "# a\n1", "1 # a", "[1,/",
  "/", "<!-- -->1",
  "---\n1", "%YAML", "callback(1)", "x=1", "1;", ")]}'\n{}",
  // Merge conflicts.
  "<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n", "{\n<<<<<<< HEAD\n\"a\":1\n=======\n\"a\":2\n>>>>>>> b\n}",
  "=======\n1",
  "[1,\n||||||| base\n2]", "[1\n>>>>>>> theirs\n]",
]

private let acceptedBytes: [[UInt8]] = [
  [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xE0, 0xBF, 0xBF], [0xE1, 0x80, 0x80], [0xEC, 0xBF, 0xBF],
  [0xED, 0x80, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF], [0xEF, 0xBB, 0xBF],
  [0xF0, 0x90, 0x80, 0x80], [0xF0, 0xBF, 0xBF, 0xBF], [0xF1, 0x80, 0x80, 0x80], [0xF3, 0xBF, 0xBF, 0xBF],
  [0xF4, 0x80, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF], [0x61, 0xC3, 0xA9, 0x61],
]

/// What stands between the quotes, and the offset of the byte that is wrong.
private let refusedBytes: [([UInt8], Int)] = [
  ([0x80], 0), ([0xBF], 0), ([0x61, 0x80], 1), ([0xC0, 0x80], 0), ([0xC0, 0xAF], 0), ([0xC1, 0xBF], 0), ([0xC2], 0),
  ([0xC2, 0x20], 0), ([0xC2, 0xC2], 0), ([0xC3, 0xA9, 0xA9], 2), ([0xE0, 0x80, 0x80], 0), ([0xE0, 0x9F, 0xBF], 0),
  ([0xE0, 0xA0], 0), ([0xE2, 0x82], 0), ([0xE2, 0x82, 0x20], 0), ([0xE2, 0x20, 0xAC], 0), ([0xED, 0xA0, 0x80], 0),
  ([0xED, 0xAF, 0xBF], 0), ([0xED, 0xB0, 0x80], 0), ([0xED, 0xBF, 0xBF], 0),
  ([0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], 0), ([0xF0, 0x80, 0x80, 0x80], 0), ([0xF0, 0x8F, 0xBF, 0xBF], 0),
  ([0xF0, 0x9F, 0x98], 0), ([0xF0, 0x9F], 0), ([0xF0], 0), ([0xF4, 0x90, 0x80, 0x80], 0),
  ([0xF5, 0x80, 0x80, 0x80], 0),
  ([0xF8, 0x88, 0x80, 0x80, 0x80], 0), ([0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], 0), ([0xFE], 0), ([0xFF], 0),
  ([0xE9], 0), ([0x61, 0xE9, 0x61], 1), ([0xE0, 0xFF, 0x80], 0), ([0xF0, 0x90, 0x80, 0x41], 0),
]

private let otherEncodings: [([UInt8], String)] = [
  ([0xEF, 0xBB, 0xBF, 0x7B, 0x7D], "byte-order-mark"), ([0xEF, 0xBB, 0xBF], "byte-order-mark"),
  ([0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], "invalid-utf8"), ([0xFE, 0xFF, 0x00, 0x7B, 0x00, 0x7D], "invalid-utf8"),
  ([0x7B, 0x00, 0x7D, 0x00], "invalid-utf8"), ([0x00, 0x7B, 0x00, 0x7D], "invalid-utf8"),
  ([0xFF, 0xFE, 0x00, 0x00, 0x7B, 0x00, 0x00, 0x00], "invalid-utf8"),
  ([0x00, 0x00, 0xFE, 0xFF, 0x00, 0x00, 0x00, 0x7B], "invalid-utf8"), ([0xFF, 0xFE], "invalid-utf8"),
]
