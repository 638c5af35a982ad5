package import ProjectFiles

/// What the planner needs to know of a kind; kinds are data to it.
package struct KindDefinition: Sendable {
  package enum Scope: Sendable {
    case shot
    /// One for the whole sequence, made of takes of its shots.
    case sequence
  }

  package var kind: Kind
  package var scope: Scope
  /// The kinds whose used takes go into the recipe, by content: of the same shot, or of every shot of the sequence.
  package var inputs: [Kind]
  /// Whether a shot wants it.
  package var isWanted: @Sendable (Shot) -> Bool

  package init(
    _ kind: Kind, scope: Scope = .shot, inputs: [Kind] = [], isWanted: @escaping @Sendable (Shot) -> Bool
  ) {
    self.kind = kind
    self.scope = scope
    self.inputs = inputs
    self.isWanted = isWanted
  }
}

/// The kinds that this reel makes, each after those it depends on.
package struct KindList: Sendable {
  package let ordered: [KindDefinition]

  /// - Parameter definitions: in any order; a kind that (through others) depends on itself is a fault of the program.
  package init(_ definitions: [KindDefinition]) {
    var ordered: [KindDefinition] = []
    var left = definitions
    while !left.isEmpty {
      let known = Set(left.map(\.kind))
      guard let next = left.firstIndex(where: { known.isDisjoint(with: $0.inputs) }) else {
        preconditionFailure("Internal inconsistency: the kinds \(known.sorted()) depend on each other in a circle")
      }
      ordered.append(left.remove(at: next))
    }
    self.ordered = ordered
  }

  /// A still of every shot. Clips, voices, talking shots and animatics come with the engines that make them.
  package static let released = KindList([KindDefinition(.still) { _ in true }])
}
