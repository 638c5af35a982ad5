import JSONText
import Testing

@Suite struct ValueTests {
  @Test func `a node tells its kind, its value and its place`() throws {
    let text = #" {"n": null, "t": true, "x": -1.50, "s": "a\u00e9", "a": [1, [2, 3], {}], "o": {"k": "v"}} "#
    let root = try JSONDocument(parsing: Array(text.utf8)).root
    #expect(root.kind == .object)
    #expect(root.count == 6)
    #expect(root.range == 1..<text.utf8.count - 1)
    #expect(root["n"]?.isNull == true)
    #expect(root["t"]?.bool == true)
    #expect(root["x"]?.number?.text == "-1.50")
    #expect(root["s"]?.string == "aé")
    #expect(root["a"]?.elements.map(\.count) == [0, 2, 0])
    #expect(root["a"]?.elements.map(\.kind) == [.number, .array, .object])
    #expect(root["o"]?["k"]?.string == "v")
    #expect(root["none"] == nil)
    #expect(root["s"]?["k"] == nil)
    #expect(root["s"]?.number == nil)
    #expect(root["x"]?.string == nil)
    #expect(root["n"]?.bool == nil)
    #expect(root.members.map(\.key) == ["n", "t", "x", "s", "a", "o"])
    let places = root.members.map { member in
      String(decoding: root.document.bytes[member.keyRange], as: UTF8.self)
        + String(decoding: root.document.bytes[member.value.range], as: UTF8.self)
    }
    #expect(
      places == [
        #""n"null"#, #""t"true"#, #""x"-1.50"#, #""s""a\u00e9""#, #""a"[1, [2, 3], {}]"#, #""o"{"k": "v"}"#,
      ])
  }

  @Test func `a key is found however it is escaped and only by its bytes`() throws {
    let root = try JSONDocument(parsing: Array(#"{"\u0061b": 1, "é": 2}"#.utf8)).root
    #expect(root["ab"]?.number?.int == 1)
    #expect(root["\u{E9}"]?.number?.int == 2)
    #expect(root["e\u{301}"] == nil)
    #expect(root.value["\u{E9}"] == 2)
    #expect(root.value["e\u{301}"] == nil)
  }

  @Test func `each later member of the same key is a duplicate`() throws {
    let text =
      #"{"a": 1, "b": {"x": 1, "x": 2}, "\u0061": 2, "é": 1, "e\#u{301}": 1, "a": 3, "c": [{"a": 1}, {"a": 1}]}"#
    let document = try JSONDocument(parsing: Array(text.utf8))
    let found = document.duplicateKeys.map { String(decoding: document.bytes[$0.range], as: UTF8.self) }
    #expect(found == [#""x": 2"#, #""\u0061": 2"#, #""a": 3"#])
    #expect(document.root["a"]?.number?.int == 1)
    #expect(document.root.value["a"] == 1)
  }

  @Test func `duplicates are found in a large object`() throws {
    let members = (0..<500).map { "\"k\($0 % 499)\": \($0)" }.joined(separator: ",")
    let document = try JSONDocument(parsing: Array("{\(members)}".utf8))
    #expect(document.duplicateKeys.map(\.key) == ["k0"])
    #expect(document.root.value.object?.count == 499)
  }

  @Test func `strings are equal when their bytes are`() {
    #expect(JSON.string("\u{E9}") != JSON.string("e\u{301}"))
    #expect(Set<JSON>(["\u{E9}", "e\u{301}", "\u{E9}"]).count == 2)
    let object: JSONObject = ["\u{E9}": 1, "e\u{301}": 2]
    #expect(object.count == 2)
    #expect(object["\u{E9}"] == 1)
    #expect(object["e\u{301}"] == 2)
  }

  @Test func `objects are equal in any order`() {
    let one: JSON = ["a": 1, "b": [true, nil], "c": "x"]
    let other: JSON = ["c": "x", "b": [true, nil], "a": 1.0]
    #expect(one == other)
    #expect(one.hashValue == other.hashValue)
    #expect(one.canonical == other.canonical)
    #expect(one != ["a": 1, "b": [nil, true], "c": "x"])
    #expect(one != ["a": 1, "b": [true, nil]])
    #expect(one != ["a": 1, "b": [true, nil], "d": "x"])
  }

  @Test func `an object keeps the order of its members`() {
    var object: JSONObject = ["b": 1, "a": 2, "c": 3]
    object["a"] = "x"
    object["d"] = nil
    object["e"] = .null
    #expect(object.keys == ["b", "a", "c", "e"])
    #expect(object["a"] == "x")
    #expect(object["e"] == JSON.null)
    object["b"] = nil
    #expect(object.map(\.key) == ["a", "c", "e"])
    #expect(object.isEmpty == false)
  }

  @Test func `a large object behaves like a small one`() {
    var object = JSONObject()
    for number in 0..<200 { object["k\(number)"] = JSON.number(JSONNumber(number)) }
    for number in stride(from: 0, to: 200, by: 2) { object["k\(number)"] = nil }
    object["k1"] = "first"
    object["k0"] = "again"
    #expect(object.count == 101)
    #expect(object["k1"] == "first")
    #expect(object["k2"] == nil)
    #expect(object["k199"] == 199)
    #expect(object.keys.last == "k0")
    for number in 3..<200 { object["k\(number)"] = nil }
    #expect(object == ["k1": "first", "k0": "again"])
    #expect(object["k1"] == "first")
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("-0.0", 0), ("1.0", 1), ("1e2", 100), ("1.5e1", 15), ("1500e-2", 15), ("-3", -3),
      ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775808", nil),
      ("-9223372036854775809", nil), ("9.223372036854775807e18", Int.max), ("-9.223372036854775808e18", Int.min),
      ("1.5", nil),
      ("1e-1", nil), ("1e400", nil), ("0e400", 0), ("10000000000000000000", nil), ("1e19", nil),
      ("1e18", 1_000_000_000_000_000_000),
      ("0.00001e5", 1), ("100e-3", nil), ("1e-99999999999999999999", nil),
    ] as [(String, Int?)])
  func `a whole number is exact however it is written`(text: String, value: Int?) throws {
    #expect(try #require(JSONNumber(text: text)).int == value)
  }

  @Test(
    arguments: [
      ("18446744073709551615", UInt64.max), ("18446744073709551616", nil), ("-1", nil), ("-0", 0), ("0", 0),
      ("1e1", 10),
      ("1.8446744073709551615e19", UInt64.max), ("0.5", nil),
    ] as [(String, UInt64?)])
  func `an unsigned number is exact`(text: String, value: UInt64?) throws {
    #expect(try #require(JSONNumber(text: text)).uint64 == value)
  }

  @Test func `a number knows whether it is whole and finite`() throws {
    for text in ["1", "-1", "1.0", "1e2", "1e400", "0.0", "-0", "1e99999999999999999999"] {
      #expect(JSONNumber(text: text)?.isInteger == true, "\(text)")
    }
    for text in ["0.5", "1e-1", "1e-400", "1.5e0"] { #expect(JSONNumber(text: text)?.isInteger == false, "\(text)") }
    for text in ["1e400", "-1e400", "1e99999999999999999999"] {
      #expect(JSONNumber(text: text)?.isFinite == false, "\(text)")
    }
    for text in ["1e308", "1e-400", "0", "123456789012345678901234567890"] {
      #expect(JSONNumber(text: text)?.isFinite == true, "\(text)")
    }
    #expect(JSONNumber(text: "2.5")?.double == 2.5)
    #expect(JSONNumber(text: "1e-400")?.double == 0)
  }

  @Test func `only JSON's spellings make a number`() {
    for text in ["", " 1", "1 ", "+1", "01", "1.", ".5", "0x1", "NaN", "1e", "1,5", "١"] {
      #expect(JSONNumber(text: text) == nil, "\(text)")
    }
  }

  @Test func `numbers are equal when their values are`() throws {
    let ones = try ["1", "1.0", "1e0", "10e-1", "0.1e1"].map { try #require(JSONNumber(text: $0)) }
    #expect(Set(ones).count == 1)
    #expect(JSONNumber(1) == JSONNumber(1.0))
    #expect(JSONNumber(UInt64.max) != JSONNumber(UInt64.max &- 1))
    #expect(JSONNumber(-0.0) == 0)
    #expect(JSONNumber(text: "1e400") == JSONNumber(text: "10e399"))
    #expect(JSONNumber(text: "1e400") != JSONNumber(text: "1e401"))
  }

  @Test func `a double is spelled so that it reads back the same`() {
    for value in [0.1, -2.5, 1e300, .leastNonzeroMagnitude, 1.0 / 3, 0x1p53, 0x1p53 + 2, 123456.789, -0.0, 4]
      as [Double]
    {
      let number = JSONNumber(value)
      #expect(number.double == value)
      #expect(JSONNumber(text: number.text) != nil)
    }
    #expect(JSONNumber(4.0).text == "4")
    #expect(JSONNumber(0.3).text == "0.3")
    #expect(JSONNumber(1e21).text == "1e21")
  }

  @Test func `accessors give nothing of another kind`() {
    let value: JSON = ["b": true, "i": 3, "d": 2.5, "s": "x", "a": [1], "o": [:], "n": nil]
    #expect(value["b"]?.bool == true)
    #expect(value["i"]?.int == 3)
    #expect(value["i"]?.double == 3)
    #expect(value["d"]?.double == 2.5)
    #expect(value["d"]?.int == nil)
    #expect(value["s"]?.string == "x")
    #expect(value["a"]?.array == [1])
    #expect(value["o"]?.object?.isEmpty == true)
    #expect(value["n"]?.isNull == true)
    #expect(value["s"]?.int == nil)
    #expect(value["b"]?.string == nil)
    #expect(value["a"]?.object == nil)
    #expect(value["x"] == nil)
    #expect(JSON.null["x"] == nil)
  }
}
