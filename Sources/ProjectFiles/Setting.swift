package import Basics

/// What one level (project, sequence, shot, kind) says about a key that the next one may inherit.
package enum Setting<Value: Sendable>: Sendable {
  /// The key does not stand there: what the level above says holds.
  case inherited
  /// `null`: what the levels above say is unset.
  case unset
  case set(Written<Value>)

  /// This level's word laid over the one above it.
  package func over(_ above: Sourced<Value>?, file: ProjectPath) -> Sourced<Value>? {
    switch self {
    case .inherited: above
    case .unset: nil
    case .set(let written): Sourced(value: written.value, file: file, range: written.range)
    }
  }

  package var value: Value? {
    if case .set(let written) = self { written.value } else { nil }
  }
}

extension Setting: Equatable where Value: Equatable {}

/// A value that holds after inheritance, with the place that said it.
package struct Sourced<Value: Sendable>: Sendable {
  package var value: Value
  package var file: ProjectPath
  package var range: Range<Int>
}
