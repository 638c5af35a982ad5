/// One step from a value to one inside it.
package enum JSONPathStep: Hashable, Sendable {
  case key(String)
  case index(Int)
}

/// Why a text cannot be edited as asked. The text is left as it is.
package struct JSONEditError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Reason: Hashable, Sendable {
    /// A key was asked of something that has none.
    case notAnObject
    /// An element was asked of something that has none.
    case notAnArray
    /// There is no such member or element.
    case absent
    /// The key stands more than once: which one is meant cannot be known.
    case duplicateKey
    /// The whole document cannot be removed.
    case root
    /// The result would be nested deeper than `JSONDocument.deepestNesting`.
    case tooDeep
  }

  package var reason: Reason
  /// The steps to the value at which it failed.
  package var path: [JSONPathStep]

  package init(_ reason: Reason, at path: [JSONPathStep]) {
    self.reason = reason
    self.path = path
  }

  package var description: String {
    let place = path.isEmpty ? "the document" : "`\(path.dotted)`"
    return switch reason {
    case .notAnObject: "\(place) is not an object, so it has no keys."
    case .notAnArray: "\(place) is not an array, so it has no elements."
    case .absent: "\(place) does not exist."
    case .duplicateKey: "The key \(place) stands more than once in its object; remove all but one."
    case .root: "The whole document cannot be removed."
    case .tooDeep: "\(place) would be nested deeper than \(JSONDocument.deepestNesting) levels."
    }
  }
}

extension [JSONPathStep] {
  /// As people write it: `shots[2].pick.still`.
  package var dotted: String {
    var text = ""
    for step in self {
      switch step {
      case .key(let key): text += (text.isEmpty ? "" : ".") + key
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}
