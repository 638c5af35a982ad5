import JSONText

/// A text and an edit of it: the result reads as the edited value, and no byte changes but those that are meant.
///
/// What the result must read as is worked out a second way, on the value without its text (`Model`).
///
/// The first bytes choose the edit and where it is made, the rest is the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 8 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let document = try? JSONDocument(parsing: Array(bytes[8...])) else { return 0 }
  var choices = bytes[..<8]
  var path: [JSONPathStep] = []
  var node = document.root
  while let choice = choices.popFirst(), choices.count > 2, let step = step(into: node, choice) {
    path.append(step.0)
    node = step.1
  }
  let value = values[Int(bytes[7]) % values.count]
  switch bytes[6] % 4 {
  case 0: Edit(document, path).set(value)
  case 1: Edit(document, path + [.key("pick"), .key("still")]).set(value)
  case 2: Edit(document, path).remove()
  default: Edit(document, path).insert(value, at: Int(bytes[5]) % 3)
  }
  return 0
}

private let values: [JSON] = [
  .null, true, 7, "rain", "line\nbreak \u{1F327}", ["a", 1], ["still": "shot_001.still-7f3a9c21-b04d11aa.png"], [:], [],
]

private func step(into node: JSONNode, _ choice: UInt8) -> (JSONPathStep, JSONNode)? {
  switch node.kind {
  case .object:
    let members = Array(node.members)
    if members.isEmpty { return nil }
    let member = members[Int(choice) % members.count]
    return (.key(member.key), member.value)
  case .array:
    let elements = Array(node.elements)
    if elements.isEmpty { return nil }
    let index = Int(choice) % elements.count
    return (.index(index), elements[index])
  default: return nil
  }
}

/// An edit at a place, and what must come of it.
private struct Edit {
  let document: JSONDocument
  let path: [JSONPathStep]

  init(_ document: JSONDocument, _ path: [JSONPathStep]) {
    self.document = document
    self.path = path
  }

  private var before: [UInt8] { document.bytes }

  func set(_ value: JSON) {
    let there = document.root.at(path)
    guard let edited = try? document.setting(path, to: value) else {
      return check(isRefused: Model.setting(path, to: value, in: document.root) == nil)
    }
    check(edited, Model.setting(path, to: value, in: document.root))
    guard let there else {
      let ways = path.indices.map { document.root.at(Array(path[..<$0])) }
      return checkIsInserted(edited, in: ways.last { $0 != nil } ?? nil)
    }
    if there.value == value { return precondition(edited == before, "an equal value changed the text") }
    // Only the old value's own bytes are gone.
    let (head, tail) = (before[..<there.range.lowerBound], before[there.range.upperBound...])
    precondition(edited.count >= head.count + tail.count, "the new text is too short")
    precondition(edited.starts(with: head), "bytes in front of the value were changed")
    precondition(edited.suffix(tail.count).elementsEqual(tail), "bytes behind the value were changed")
  }

  func remove() {
    guard let edited = try? document.removing(path) else {
      return check(isRefused: Model.removing(path, in: document.root) == nil)
    }
    check(edited, Model.removing(path, in: document.root))
    checkIsInserted(before, into: edited)
  }

  func insert(_ value: JSON, at index: Int) {
    guard let edited = try? document.inserting(value, at: index, in: path) else {
      return check(isRefused: Model.inserting(value, at: index, path, in: document.root) == nil)
    }
    check(edited, Model.inserting(value, at: index, path, in: document.root))
    checkIsInserted(edited, in: document.root.at(path))
  }

  /// What can be done is done. Too deep is the one refusal that the model does not know.
  private func check(isRefused: Bool) {
    precondition(isRefused || path.count > JSONDocument.deepestNesting - 8, "a sound edit was refused")
  }

  private func check(_ edited: [UInt8], _ expected: JSON?) {
    guard let read = try? JSONDocument(parsing: edited) else { fatalError("the edited text does not read") }
    precondition(read.root.value == expected, "the text reads as something else than the edited value")
    precondition(keys(read.root) == keys(expected), "the order of keys was changed")
  }

  /// One piece is new in the container; of an empty one also the space in it, which then is laid out as its siblings are.
  private func checkIsInserted(_ edited: [UInt8], in container: JSONNode?) {
    guard let container, container.count == 0 else { return checkIsInserted(edited, into: before) }
    let (head, tail) = (before[...container.range.lowerBound], before[(container.range.upperBound - 1)...])
    precondition(edited.count > head.count + tail.count, "nothing was inserted")
    precondition(edited.starts(with: head), "bytes in front of it were changed")
    precondition(edited.suffix(tail.count).elementsEqual(tail), "bytes behind it were changed")
  }

  /// One piece is new in `longer`; all else is `shorter`, byte by byte.
  private func checkIsInserted(_ longer: [UInt8], into shorter: [UInt8]) {
    let head = zip(longer, shorter).prefix { $0 == $1 }.count
    let tail = zip(longer.reversed(), shorter.reversed()).prefix { $0 == $1 }.count
    precondition(longer.count >= shorter.count && head + tail >= shorter.count, "more was changed than must be")
  }

  private func keys(_ node: JSONNode) -> [String] {
    var seen: Set<[UInt8]> = []
    return node.elements.flatMap { keys($0) }
      + node.members.filter { seen.insert(Array($0.key.utf8)).inserted }.flatMap { [$0.key] + keys($0.value) }
  }

  private func keys(_ value: JSON?) -> [String] {
    (value?.array ?? []).flatMap { keys($0) } + (value?.object?.flatMap { [$0.key] + keys($0.value) } ?? [])
  }
}

extension JSONNode {
  fileprivate func at(_ path: [JSONPathStep]) -> JSONNode? {
    var node = self
    for step in path {
      switch step {
      case .key(let key):
        guard let value = node[key] else { return nil }
        node = value
      case .index(let index):
        guard let value = node.elements.dropFirst(index).first(where: { _ in true }) else { return nil }
        node = value
      }
    }
    return node
  }
}
