import HTTPServer
import Testing

@testable import Page

struct ConditionsTests {
  private func part(_ range: String, size: Int64 = 10, condition: String? = nil) -> Conditions.Part {
    var headers = [(name: "range", value: range)]
    if let condition { headers.append(("if-range", condition)) }
    return Conditions.part(
      RequestHead(method: "GET", target: "/", version: "HTTP/1.1", headers: headers), size: size, tag: "\"a\"")
  }

  @Test func `one range is understood, in all three forms`() {
    #expect(part("bytes=0-3") == .range(0..<4))
    #expect(part("bytes=4-") == .range(4..<10))
    #expect(part("bytes=-3") == .range(7..<10))
    #expect(part("bytes=-30") == .range(0..<10))
    #expect(part("bytes=8-100") == .range(8..<10))
    #expect(part("bytes=9-9") == .range(9..<10))
  }

  @Test func `a range behind the end cannot be given`() {
    #expect(part("bytes=10-") == .unsatisfiable)
    #expect(part("bytes=-0") == .unsatisfiable)
    #expect(part("bytes=0-", size: 0) == .unsatisfiable)
  }

  @Test(arguments: [
    "bytes=3-1", "bytes=a-b", "bytes=", "bytes=-", "bytes=0-1,4-5", "items=0-1", "bytes=0-1-2",
    "bytes=99999999999999999999-",
  ])
  func `what is no single range is answered whole`(range: String) {
    #expect(part(range) == .whole)
  }

  @Test func `a part of another version is of no use`() {
    #expect(part("bytes=0-3", condition: "\"a\"") == .range(0..<4))
    #expect(part("bytes=0-3", condition: "\"b\"") == .whole)
    #expect(part("bytes=0-3", condition: "W/\"a\"") == .whole)
  }

  @Test func `tags are found in lists`() {
    #expect(Conditions.matches("\"x\", \"a\"", "\"a\""))
    #expect(Conditions.matches("W/\"a\"", "\"a\""))
    #expect(Conditions.matches("*", "\"a\""))
    #expect(!Conditions.matches("\"aa\"", "\"a\""))
  }
}
