package import JSONText

/// A node of a workflow as it stands in the file.
package struct WorkflowNode: Sendable {
  /// Its key: a number as text, or several with colons between them for nodes of subgraphs.
  package var id: String
  /// Its class, `class_type`.
  package var type: String
  /// What the author called it, `_meta.title`.
  package var title: String?
  package var inputs: [Input]
  /// Where the key stands.
  package var range: Range<Int>
  package var typeRange: Range<Int>
  package var titleRange: Range<Int>?

  package struct Input: Sendable {
    package var name: String
    package var value: Value
    package var range: Range<Int>
  }

  package enum Value: Hashable, Sendable {
    /// The output of another node, by the node's id and the output's number.
    case link(node: String, slot: Int)
    case literal(JSON)

    package var json: JSON {
      switch self {
      case .link(let node, let slot): [.string(node), .number(JSONNumber(slot))]
      case .literal(let value): value
      }
    }

    package var literal: JSON? {
      if case .literal(let value) = self { value } else { nil }
    }
  }

  package func index(of name: String) -> Int? { inputs.firstIndex { $0.name == name } }

  package func literal(_ name: String) -> JSON? { index(of: name).flatMap { inputs[$0].value.literal } }

  package func hasLink(_ name: String) -> Bool {
    index(of: name).map { inputs[$0].value.literal == nil } ?? false
  }
}

extension WorkflowNode {
  /// Whether one id goes before another: by their numbers, part by part; what is no number comes last, by its bytes.
  ///
  /// ComfyUI numbers nodes as they are made, so this order stays the same when a graph is rearranged and exported again.
  package static func precedes(_ left: String, _ right: String) -> Bool {
    let (a, b) = (left.split(separator: ":"), right.split(separator: ":"))
    for (a, b) in zip(a, b) where a != b {
      switch (UInt64(a), UInt64(b)) {
      case (let a?, let b?) where a != b: return a < b
      case (.some, nil): return true
      case (nil, .some): return false
      default: return a.utf8.lexicographicallyPrecedes(b.utf8)
      }
    }
    return a.count != b.count ? a.count < b.count : left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
