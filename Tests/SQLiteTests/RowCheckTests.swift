import SQLite
import Testing

@Suite struct RowCheckTests {
  private func check(_ values: [Value]) -> Int64 {
    var check = RowCheck()
    for value in values { check.add(value) }
    return check.value
  }

  @Test func `every changed byte of a text changes the check`() {
    let text = Array("sequence_001/shot_002".utf8)
    let right = check([.bytes(text), .integer(7)])
    for index in text.indices {
      for bit in 0..<8 {
        var changed = text
        changed[index] ^= 1 << bit
        #expect(check([.bytes(changed), .integer(7)]) != right)
      }
    }
    for bit in 0..<64 { #expect(check([.bytes(text), .integer(7 ^ (1 << bit))]) != right) }
  }

  @Test func `columns do not run together and NULL is not empty`() {
    let checks = [
      check([.text("ab"), .text("c")]), check([.text("a"), .text("bc")]), check([.text("abc")]),
      check([.null]), check([.text("")]), check([]), check([.null, .null]), check([.bytes([0])]),
      check([.bytes([0, 0])]), check([.bytes(Array(repeating: 0, count: 8))]), check([.real(0.5)]),
    ]
    #expect(Set(checks).count == checks.count)
  }

  @Test func `the check of a row is the same in every run`() {
    #expect(check([.text("inbox/mara.png"), .integer(42), .null, .bytes([1, 2, 3])]) == -9_150_099_203_499_341_698)
  }
}
