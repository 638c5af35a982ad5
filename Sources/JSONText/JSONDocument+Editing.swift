/// Edits that change only the bytes that they must.
///
/// A person's order, spacing, number spellings, unknown keys and line ends stay. What is new follows what stands beside
/// it: the siblings' indentation, their `"key": value` or `"key":value`, one line or many (`JSONStyle`).
extension JSONDocument {
  /// The bytes with the value at `path` replaced, or added as the last member of its object. Objects that are missing on the
  /// way are made; array elements are not. A value that is there already, in whatever spelling, changes nothing.
  package func setting(_ path: [JSONPathStep], to value: JSON) throws(JSONEditError) -> [UInt8] {
    try checkDepth(path.count, of: value, at: path)
    var node = root
    for (depth, step) in path.enumerated() {
      if let child = try child(of: node, step, at: Array(path[...depth])) {
        node = child
        continue
      }
      guard case .key(let key) = step else { throw JSONEditError(.absent, at: Array(path[...depth])) }
      var added = value
      for step in path[(depth + 1)...].reversed() {
        guard case .key(let inner) = step else { throw JSONEditError(.absent, at: path) }
        added = .object([inner: added])
      }
      return appending(key: key, added, to: node)
    }
    if node.value == value { return bytes }
    return replacing(node.range, with: JSONStyle(of: self).printer(replacing: node).text(value))
  }

  /// The bytes without the member or element at `path`, its comma and its line.
  package func removing(_ path: [JSONPathStep]) throws(JSONEditError) -> [UInt8] {
    guard let last = path.last else { throw JSONEditError(.root, at: path) }
    let container = try node(at: Array(path.dropLast()))
    guard let node = try child(of: container, last, at: path) else { throw JSONEditError(.absent, at: path) }
    let items = JSONStyle.items(of: container)
    guard let place = items.firstIndex(where: { $0.upperBound == node.range.upperBound }) else {
      throw JSONEditError(.absent, at: path)
    }
    if items.count == 1 { return replacing(container.range.lowerBound + 1..<container.range.upperBound - 1, with: []) }
    if place < items.count - 1 { return replacing(items[place].lowerBound..<items[place + 1].lowerBound, with: []) }
    return replacing(items[place - 1].upperBound..<items[place].upperBound, with: [])
  }

  /// The bytes with `value` as the element `index` of the array at `path`; what stood there moves on. `index` may be the
  /// count of the array.
  package func inserting(
    _ value: JSON, at index: Int, in path: [JSONPathStep]
  ) throws(JSONEditError) -> [UInt8] {
    let array = try node(at: path)
    guard array.kind == .array else { throw JSONEditError(.notAnArray, at: path) }
    guard (0...array.count).contains(index) else { throw JSONEditError(.absent, at: path + [.index(index)]) }
    try checkDepth(path.count + 1, of: value, at: path)
    let layout = JSONStyle(of: self).layout(inside: array)
    return inserting(layout.printer.text(value), at: index, in: array, layout)
  }

  private func appending(key: String, _ value: JSON, to object: JSONNode) -> [UInt8] {
    let layout = JSONStyle(of: self).layout(inside: object)
    var text: [UInt8] = []
    layout.printer.appendMember(key, value, to: &text)
    return inserting(text, at: object.count, in: object, layout)
  }

  private func inserting(
    _ text: [UInt8], at place: Int, in container: JSONNode, _ layout: JSONStyle.Layout
  ) -> [UInt8] {
    let items = JSONStyle.items(of: container)
    if items.isEmpty {
      let inside = container.range.lowerBound + 1..<container.range.upperBound - 1
      return replacing(inside, with: layout.opening + text + layout.closing)
    }
    if place == items.count {
      let end = items[place - 1].upperBound
      return replacing(end..<end, with: layout.separator + text)
    }
    let start = items[place].lowerBound
    return replacing(start..<start, with: text + layout.separator)
  }

  private func replacing(_ range: Range<Int>, with text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count - range.count + text.count)
    result += bytes[..<range.lowerBound]
    result += text
    result += bytes[range.upperBound...]
    return result
  }

  private func node(at path: [JSONPathStep]) throws(JSONEditError) -> JSONNode {
    var node = root
    for (depth, step) in path.enumerated() {
      let here = Array(path[...depth])
      guard let child = try child(of: node, step, at: here) else { throw JSONEditError(.absent, at: here) }
      node = child
    }
    return node
  }

  /// One step down; nil if there is no such member or element. `path` leads to the child.
  private func child(of node: JSONNode, _ step: JSONPathStep, at path: [JSONPathStep]) throws(JSONEditError)
    -> JSONNode?
  {
    switch step {
    case .key(let key):
      guard node.kind == .object else { throw JSONEditError(.notAnObject, at: path.dropLast()) }
      let members = node.members.filter { $0.hasKey(key) }
      if members.count > 1 { throw JSONEditError(.duplicateKey, at: path) }
      return members.first?.value
    case .index(let index):
      guard node.kind == .array else { throw JSONEditError(.notAnArray, at: path.dropLast()) }
      return index < 0 ? nil : node.elements.dropFirst(index).first { _ in true }
    }
  }

  private func checkDepth(_ depth: Int, of value: JSON, at path: [JSONPathStep]) throws(JSONEditError) {
    if depth + value.depth > Self.deepestNesting { throw JSONEditError(.tooDeep, at: path) }
  }
}

extension JSON {
  /// How many arrays and objects stand in one another here; 0 for a plain value.
  var depth: Int {
    switch self {
    case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
    case .object(let members): 1 + (members.map(\.value.depth).max() ?? 0)
    default: 0
    }
  }
}
