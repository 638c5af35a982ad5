import JSONText
import Testing

@Suite struct CanonicalTests {
  /// RFC 8785, sections 3.2.2 to 3.2.4.
  @Test func `the sample of RFC 8785 gives the bytes that it prints`() throws {
    let sample = #"""
      {
        "numbers": [333333333.33333329, 1E30, 4.50,
                    2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
      }
      """#
    let expected = """
      7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72
      75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 72 73 22 3a
      5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31
      65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37
      5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30
      30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d
      """
    let bytes = expected.split { $0 == " " || $0 == "\n" }.compactMap { UInt8($0, radix: 16) }
    #expect(try value(sample).canonical == bytes)
  }

  /// RFC 8785, section 3.2.3.
  @Test func `keys are sorted by their UTF-16 code units`() throws {
    let sample = #"""
      {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\ud83d\ude00": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
      }
      """#
    let expected =
      #"{"\r":"Carriage Return","1":"One",""# + "\u{80}" + #"":"Control","ö":"Latin Small Letter O With Diaeresis","#
      + #""€":"Euro Sign","😀":"Emoji: Grinning Face",""# + "\u{FB33}" + #"":"Hebrew Letter Dalet With Dagesh"}"#
    #expect(Array(try value(sample).canonicalText.utf8) == Array(expected.utf8))
  }

  @Test func `any keys are sorted by their UTF-16 code units, however many there are and however they begin`() {
    var random = RandomJSON(seed: 11)
    let letters: [Unicode.Scalar] = [
      "\0", "\u{1F}", "\"", "A", "a", "b", "\u{7F}", "\u{80}", "é", "€", "\u{D7FF}", "\u{E000}", "\u{EFFF}", "\u{F000}",
      "\u{FFFF}", "\u{10000}", "😀", "\u{10FFFF}",
    ]
    for round in 0..<2000 {
      var object = JSONObject()
      for _ in 0..<random.below(round % 4 == 0 ? 60 : 9) {
        // Many are alike in their first bytes.
        var key = String(repeating: "n", count: random.pick([0, 0, 1, 6, 7, 8, 9]))
        for _ in 0..<random.below(5) { key.unicodeScalars.append(random.pick(letters)) }
        object[key] = 0
      }
      let sorted = object.keys.sorted { Array($0.utf16).lexicographicallyPrecedes(Array($1.utf16)) }
      let expected = "{" + sorted.map { JSON.string($0).compactText + ":0" }.joined(separator: ",") + "}"
      #expect(Array(JSON.object(object).canonicalText.utf8) == Array(expected.utf8))
    }
  }

  /// RFC 8785, appendix B, without its NaN and infinities, which `JSONNumber` does not take.
  @Test(
    arguments: [
      (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
      (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
      (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
      (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
      (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
      (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"), (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
      (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
      (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
      (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
      (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
      (0x41b3_de43_5555_5557, "333333333.33333343"), (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
      (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] as [(UInt64, String)])
  func `a double is written as ECMAScript writes it`(bits: UInt64, text: String) {
    let number = JSONNumber(Double(bitPattern: bits))
    #expect(number.canonicalText == text)
    #expect(number.double == Double(bitPattern: bits))
  }

  @Test(arguments: [
    ("1", "1"), ("1.0", "1"), ("1e0", "1"), ("10e-1", "1"), ("-0", "0"), ("-0.0", "0"), ("0e9", "0"), ("100", "100"),
    ("1e2", "100"), ("1E+2", "100"), ("2.50", "2.5"), ("0.1", "0.1"), ("0.10000000000000000001", "0.1"),
    ("1e20", "100000000000000000000"),
    ("1e21", "1e+21"), ("123e-9", "1.23e-7"), ("0.0000001", "1e-7"), ("0.000001", "0.000001"), ("-1.5", "-1.5"),
    ("1e-400", "0"),
    // Integers keep all their digits: up to 2^53-1 as numbers, from there as strings.
    ("9007199254740991", "9007199254740991"), ("-9007199254740991", "-9007199254740991"),
    ("9007199254740992", #""9007199254740992""#), ("9007199254740993", #""9007199254740993""#),
    ("-9007199254740992", #""-9007199254740992""#), ("18446744073709551615", #""18446744073709551615""#),
    ("18446744073709551616", #""18446744073709551616""#),
    ("123456789012345678901234567890", #""123456789012345678901234567890""#),
    // What no Double holds.
    ("1e400", #""1e+400""#), ("-1e400", #""-1e+400""#), ("10.0E399", #""1e+400""#), ("0.00123e450", #""1.23e+447""#),
    ("1E9999999999999999999999", #""1e+9999999999999999999999""#),
    ("1e+0009999999999999999999999", #""1e+9999999999999999999999""#),
  ])
  func `a written number has one canonical text`(written: String, canonical: String) throws {
    let number = try #require(JSONNumber(text: written))
    #expect(number.text == written)
    #expect(number.canonicalText == canonical)
  }

  @Test func `a plain decimal has the text that its double has`() throws {
    var random = RandomJSON(seed: 12)
    for _ in 0..<20_000 {
      var text = random.chance(30) ? "-" : ""
      text += random.chance(40) ? "0" : String(Int.random(in: 0..<random.pick([10, 1000, 1 << 40]), using: &random))
      text +=
        "." + String(repeating: "0", count: random.below(8)) + String(random.below(random.pick([10, 100_000_000])))
      let number = try #require(JSONNumber(text: text))
      // Zero alone has no sign in canonical text.
      let expected = number.double == 0 ? "0" : JSONNumber(number.double).text
      #expect(number.canonicalText == expected, "\(text)")
    }
  }

  @Test func `an absurd exponent makes no long text`() throws {
    for text in [
      "1e999999999", "-1.5e999999999999999999", "1e-999999999999999999999", "0e99999999999999999999",
      "1e9223372036854775807", "1e-9223372036854775808",
    ] {
      let number = try #require(JSONNumber(text: text))
      #expect(number.canonicalText.utf8.count <= text.utf8.count + 3, "\(text)")
      #expect(number.int == nil || number.int == 0)
    }
  }

  @Test func `pretty text has two spaces, a line to each value and numbers as written`() throws {
    let sample = #"{"b":[1.50,{}, [],[[]]],"a":{"x":"é\u0001\"\\/\u007f","y":{"z":null}},"":true}"#
    let expected = #"""
      {
        "b": [
          1.50,
          {},
          [],
          [
            []
          ]
        ],
        "a": {
          "x": "é\u0001\"\\/\#u{7F}",
          "y": {
            "z": null
          }
        },
        "": true
      }

      """#
    #expect(try value(sample).prettyText == expected)
    #expect(try value("{}").prettyText == "{}\n")
    #expect(try value("[]").prettyText == "[]\n")
    #expect(try value(" 1.0 ").prettyText == "1.0\n")
  }

  @Test func `compact text keeps the order on one line`() throws {
    let sample = "{ \"b\" : [ 1.50 , { } ] ,\n \"a\" : \"x\\ny\" }"
    #expect(try value(sample).compactText == #"{"b":[1.50,{}],"a":"x\ny"}"#)
  }

  @Test func `control characters are escaped in their shortest form`() {
    let all = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) }))
    let expected =
      #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
      + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f""#
    #expect(JSON.string(all).canonicalText == expected)
  }

  @Test func `what must be escaped is found wherever it stands among other letters`() throws {
    var random = RandomJSON(seed: 13)
    let letters: [Unicode.Scalar] = [
      "\"", "\\", "\0", "\n", "\u{1F}", " ", "!", "#", "[", "]", "\u{7F}", "\u{A0}", "é", "😀",
    ]
    for _ in 0..<2000 {
      var string = String(repeating: "x", count: random.below(20))
      for _ in 0..<random.below(24) { string.unicodeScalars.append(random.chance(70) ? "x" : random.pick(letters)) }
      var expected = "\""
      for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": expected += "\\\""
        case "\\": expected += "\\\\"
        case "\n": expected += "\\n"
        case "\0": expected += "\\u0000"
        case "\u{1F}": expected += "\\u001f"
        default: expected.unicodeScalars.append(scalar)
        }
      }
      #expect(Array(JSON.string(string).canonicalText.utf8) == Array((expected + "\"").utf8))
    }
  }

  private func value(_ text: String) throws -> JSON {
    try JSONDocument(parsing: Array(text.utf8)).root.value
  }
}
