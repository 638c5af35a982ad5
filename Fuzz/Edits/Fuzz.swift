import JSONText

/// A text and an edit of it: only the bytes that must change do, and the result reads as the edited value.
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
  if (try? unambiguous(document, path)) == nil { return 0 }
  switch bytes[6] % 4 {
  case 0: check(try? document.setting(path, to: value), document) { $0.root.at(path)?.value == value }
  case 1:
    check(try? document.setting(path + [.key("pick"), .key("still")], to: value), document) { edited in
      edited.root.at(path + [.key("pick"), .key("still")])?.value == value
    }
  case 2: check(try? document.removing(path), document) { _ in true }
  default:
    check(try? document.inserting(value, at: Int(bytes[5]) % 3, in: path), document) { edited in
      edited.root.at(path)?.count == node.count + 1
    }
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

/// Keys that stand twice are refused on the way, by rule.
private func unambiguous(_ document: JSONDocument, _ path: [JSONPathStep]) throws -> Bool {
  if document.duplicateKeys.isEmpty { return true }
  throw JSONEditError(.duplicateKey, at: path)
}

private func check(_ edited: [UInt8]?, _ document: JSONDocument, _ holds: (JSONDocument) -> Bool) {
  guard let edited else { return }
  guard let read = try? JSONDocument(parsing: edited) else { fatalError("the edited text does not read") }
  precondition(holds(read), "the edit did not do what was asked")
  // What an edit leaves in front of and behind its place are the text's own bytes.
  let before = document.bytes
  let prefix = zip(before, edited).prefix { $0 == $1 }.count
  let suffix = zip(before.reversed(), edited.reversed()).prefix { $0 == $1 }.count
  precondition(prefix > 0 || before.isEmpty || document.root.range.lowerBound == 0, "the beginning was changed")
  precondition(
    prefix + suffix >= min(before.count, edited.count) - 1 || before != edited, "more was changed than must be")
}

extension JSONNode {
  fileprivate func at(_ path: [JSONPathStep]) -> JSONNode? {
    var node = self
    for step in path {
      switch step {
      case .key(let key):
        guard node.kind == .object, let value = node[key] else { return nil }
        node = value
      case .index(let index):
        guard node.kind == .array, let value = node.elements.dropFirst(index).first(where: { _ in true }) else {
          return nil
        }
        node = value
      }
    }
    return node
  }
}
