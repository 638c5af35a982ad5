import JSONText

/// The edits of `JSONDocument+Editing.swift` on values; nil where they are to be refused.
enum Model {
  static func setting(_ path: [JSONPathStep], to value: JSON, in node: JSONNode?) -> JSON? {
    guard let step = path.first else { return value }
    let rest = Array(path.dropFirst())
    return changing(node, step) { child in setting(rest, to: value, in: child) }
  }

  static func removing(_ path: [JSONPathStep], in node: JSONNode) -> JSON? {
    guard let step = path.first else { return nil }
    let rest = Array(path.dropFirst())
    if !rest.isEmpty {
      return changing(node, step) { child in child.flatMap { removing(rest, in: $0) } }
    }
    switch step {
    case .key(let key):
      guard occurrences(of: key, in: node) == 1, var object = node.value.object else { return nil }
      object[key] = nil
      return .object(object)
    case .index(let index):
      guard node.kind == .array, var elements = node.value.array, elements.indices.contains(index) else { return nil }
      elements.remove(at: index)
      return .array(elements)
    }
  }

  static func inserting(_ value: JSON, at index: Int, _ path: [JSONPathStep], in node: JSONNode) -> JSON? {
    if let step = path.first {
      return changing(node, step) { child in
        child.flatMap { inserting(value, at: index, Array(path.dropFirst()), in: $0) }
      }
    }
    guard node.kind == .array, var elements = node.value.array, index <= elements.count else { return nil }
    elements.insert(value, at: index)
    return .array(elements)
  }

  /// The value of a node with what stands at one step replaced. A nil node is an object that is missing on the way.
  private static func changing(_ node: JSONNode?, _ step: JSONPathStep, _ change: (JSONNode?) -> JSON?) -> JSON? {
    switch step {
    case .key(let key):
      guard let node else { return change(nil).map { .object([key: $0]) } }
      // Of a key that stands twice it is not known which is meant.
      guard var object = node.value.object, occurrences(of: key, in: node) < 2, let changed = change(node[key]) else {
        return nil
      }
      object[key] = changed
      return .object(object)
    case .index(let index):
      guard let node, var elements = node.value.array, elements.indices.contains(index),
        let child = node.elements.dropFirst(index).first(where: { _ in true }), let changed = change(child)
      else { return nil }
      elements[index] = changed
      return .array(elements)
    }
  }

  private static func occurrences(of key: String, in node: JSONNode) -> Int {
    node.members.filter { $0.key.utf8.elementsEqual(key.utf8) }.count
  }
}
