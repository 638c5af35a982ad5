import Basics
import JSONText

/// Any bytes: what is read is written again so that it reads the same, and what is refused names a place in the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(JSONSyntaxError) {
    let document = try JSONDocument(parsing: bytes)
    let value = document.root.value
    // Of keys that stand twice a value keeps one; the canonical text has large integers as strings.
    for text in [value.compact, value.pretty] where document.duplicateKeys.isEmpty {
      guard let again = try? JSONDocument(parsing: text) else { fatalError("what was written does not read") }
      precondition(again.root.value == value, "what was written reads as something else")
      precondition(again.root.value.canonical == value.canonical, "equal values have two canonical texts")
    }
    precondition(document.bytes == bytes, "the text was changed")
    // Not a fixed point of itself: `2e20` becomes digits, which alone would be a large integer and so a string.
    precondition((try? JSONDocument(parsing: value.canonical)) != nil, "the canonical text does not read")
    for member in document.duplicateKeys { precondition(bytes.indices.contains(member.keyRange.lowerBound)) }
  } catch {
    precondition(error.range.lowerBound >= 0 && error.range.upperBound <= count, "a fault outside of the text")
    _ = error.diagnostic(in: bytes, file: "sequences/sequence_001.json")
  }
  return 0
}
