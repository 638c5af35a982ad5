import Basics
import JSONText

/// Any bytes: what is JSON is read, and nothing else; what is read is written again so that it reads the same, number by number as it
/// was written; and what is refused names a place in the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let verdict = Grammar.verdict(on: bytes, deepest: JSONDocument.deepestNesting)
  do throws(JSONSyntaxError) {
    let document = try JSONDocument(parsing: bytes)
    precondition(verdict == .valid, "what is no JSON was read")
    precondition(document.bytes == bytes, "the text was changed")
    checkPlaces(document.root, in: 0..<count)
    for member in document.duplicateKeys { precondition(bytes.indices.contains(member.keyRange.lowerBound)) }
    let value = document.root.value
    // Of keys that stand twice a value keeps one.
    let spelled = document.duplicateKeys.isEmpty ? numbers(in: document.root) : numbers(in: value)
    for text in [value.compact, value.pretty] {
      guard let again = try? JSONDocument(parsing: text) else { fatalError("what was written does not read") }
      precondition(again.root.value == value, "what was written reads as something else")
      precondition(again.duplicateKeys.isEmpty, "a key was written twice")
      precondition(numbers(in: again.root) == spelled, "a number was spelled anew")
      precondition(again.root.value.canonical == value.canonical, "equal values have two canonical texts")
    }
    guard let again = try? JSONDocument(parsing: value.canonical) else {
      fatalError("the canonical text does not read")
    }
    // `2e20` becomes digits, which alone are a large integer and so become a string: by design no fixed point.
    let isFixed = !numbers(in: again.root).contains { isLargeInteger($0) }
    precondition(!isFixed || again.root.value.canonical == value.canonical, "the canonical text is not its own")
  } catch {
    precondition(verdict != .valid, "what is JSON was refused")
    precondition(error.range.lowerBound >= 0 && error.range.upperBound <= count, "a fault outside of the text")
    let diagnostic = error.diagnostic(in: bytes, file: "sequences/sequence_001.json")
    let lines = bytes.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    precondition((1...lines).contains(diagnostic.place?.line ?? 0), "a line that is not there")
    precondition(TerminalText.escaped(diagnostic.message) == diagnostic.message, "the message steers a terminal")
  }
  return 0
}

/// Every value lies in the one around it and behind the one before it, and its own bytes read as it.
private func checkPlaces(_ node: JSONNode, in range: Range<Int>) {
  precondition(
    range.lowerBound <= node.range.lowerBound && node.range.upperBound <= range.upperBound, "it lies outside")
  var free = node.range
  for child in Array(node.elements) + node.members.map(\.value) {
    checkPlaces(child, in: free)
    free = child.range.upperBound..<free.upperBound
  }
  guard node.count == 0 else { return }
  let own = try? JSONDocument(parsing: Array(node.document.bytes[node.range]))
  precondition(own?.root.value == node.value, "its bytes are not what it is")
}

/// The numbers as they are spelled, in their order.
private func numbers(in value: JSON) -> [String] {
  if let number = value.number { return [number.text] }
  return (value.array ?? []).flatMap { numbers(in: $0) } + (value.object?.flatMap { numbers(in: $0.value) } ?? [])
}

/// Whether digits alone stand for more than a `Double` tells apart: 2^53 has sixteen.
private func isLargeInteger(_ text: String) -> Bool {
  let digits = text.drop { $0 == "-" }
  return digits.utf8.count >= 16 && digits.utf8.allSatisfy { (48...57).contains($0) }
}

private func numbers(in node: JSONNode) -> [String] {
  if let number = node.number { return [number.text] }
  return node.elements.flatMap { numbers(in: $0) } + node.members.flatMap { numbers(in: $0.value) }
}
