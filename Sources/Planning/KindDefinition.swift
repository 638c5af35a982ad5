internal import Basics
package import ProjectFiles

/// What the planner needs to know of a kind; kinds are data to it.
package struct KindDefinition: Sendable {
  package enum Scope: Sendable {
    case shot
    /// One for the whole sequence, made of takes of its shots.
    case sequence
  }

  /// A take that goes into the recipe by its content: that of the first of these kinds which the shot wants.
  ///
  /// A talking shot is made of a voice, and of a clip where there is one, else of the still: `["voice", .first(of: "clip", "still")]`.
  /// A kind that the shot does not want is no input of it.
  package struct Input: Sendable, ExpressibleByStringLiteral {
    package var alternatives: [Kind]

    package static func first(of alternatives: Kind...) -> Input { Input(alternatives: alternatives) }

    package init(alternatives: [Kind]) {
      self.alternatives = alternatives
    }

    package init(stringLiteral kind: StaticString) {
      self.init(alternatives: [Kind(stringLiteral: kind)])
    }
  }

  package var kind: Kind
  package var scope: Scope
  /// Of the same shot, or of every shot of the sequence.
  package var inputs: [Input]
  /// Whether a shot wants it; for a sequence's kind, whether the shot is a part of it.
  package var isWanted: @Sendable (Shot) -> Bool

  package init(
    _ kind: Kind, scope: Scope = .shot, inputs: [Input] = [], isWanted: @escaping @Sendable (Shot) -> Bool
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
      let open = Set(left.map(\.kind))
      guard let next = left.firstIndex(where: { open.isDisjoint(with: $0.inputs.flatMap(\.alternatives)) }) else {
        preconditionFailure("Internal inconsistency: the kinds \(open.sorted()) depend on each other in a circle")
      }
      ordered.append(left.remove(at: next))
    }
    self.ordered = ordered
  }

  /// A still of every shot; a clip, a voice and a talking shot of those that have such an object. Nothing of it is wanted where the
  /// engine that holds makes no such kind.
  package static let released = KindList([
    KindDefinition(.still) { _ in true },
    KindDefinition(.clip, inputs: ["still"]) { $0.kinds[.clip] != nil },
    KindDefinition(.voice) { $0.kinds[.voice] != nil },
    KindDefinition(.talk, inputs: ["voice", .first(of: .clip, .still)]) { $0.kinds[.talk] != nil },
  ])
}
