package import Basics
package import ProjectFiles

/// A recipe that should have a take.
package struct Want: Sendable {
  package var address: ShotAddress
  package var kind: Kind
  /// The engine's name in the project, and its type.
  package var engine: String
  package var engineType: String
  /// How several takes of it come about.
  package var seeding: Seeding = .seed
  /// How many jobs the engine works on at a time; nil when only its type says so.
  package var jobLimit: Int?
  package var recipe: Recipe
  /// What the engine needs beside the recipe: where the references lie.
  package var request: ShotRequest

  package var key: WantKey { WantKey(address: address, kind: kind, fingerprint: recipe.fingerprint) }
}

extension Want {
  /// Whose takes meet it.
  var owner: TakeOwner { TakeOwner(address, kind) }
}

/// What tells one want from another.
package struct WantKey: Hashable, Sendable {
  package var address: ShotAddress
  package var kind: Kind
  package var fingerprint: Digest

  package init(address: ShotAddress, kind: Kind, fingerprint: Digest) {
    self.address = address
    self.kind = kind
    self.fingerprint = fingerprint
  }
}

/// What is to be done about one want.
package struct PlannedWant: Sendable {
  package var kind: Kind
  package var engine: String
  /// What tells it from others; nil while its recipe cannot be known yet.
  package var key: WantKey?
  package var state: State
  /// Boxed, since it is large and plans are copied all the time.
  private var boxedWant: Boxed<Want>?

  package init(kind: Kind, engine: String, want: Want?, state: State) {
    self.kind = kind
    self.engine = engine
    self.state = state
    key = want?.key
    boxedWant = want.map { Boxed(wrappedValue: $0) }
  }

  /// What is to be made. Nil while its recipe cannot be known yet, and in plans that are kept also where the take is there: of most shots
  /// it is, and nobody asks. `Planner.wants(of:in:)` makes it again.
  package var want: Want? { boxedWant?.wrappedValue }

  /// Puts back what a plan that is kept does not say.
  package mutating func complete(with wants: [Want]) {
    if let want = wants.first(where: { $0.key == key }) { boxedWant = Boxed(wrappedValue: want) }
  }

  /// As it is kept.
  var kept: PlannedWant {
    var kept = self
    if isMet { kept.boxedWant = nil }
    return kept
  }

  package enum State: Hashable, Sendable {
    case fresh(Take)
    /// A take with that fingerprint lies elsewhere in the project: it is copied, nothing is generated.
    case copyable(Take)
    /// The cache holds what this recipe once gave: it is put back, nothing is generated. The reason is why it would be.
    indirect case restorable(CachedOutput, Reason)
    case needed(Reason)
    case waits(Wait)
  }

  /// What a want waits for before it can be made.
  package enum Wait: Hashable, Sendable {
    /// The used take of another kind that is still to be made, of this shot or of one of the sequence.
    case input(Kind, of: ShotAddress)
    /// A reference whose content is being read.
    case reading(ProjectPath)
    /// A reference that is still being copied.
    case incomplete(ProjectPath)
    /// A reference that git-lfs has not brought yet.
    case pointer(ProjectPath)
    /// This reel has no engine for it.
    case engine(name: String, type: String)

    package var sentence: String {
      switch self {
      case .input(let kind, let address): "waits for the \(kind) of \(TerminalText.escaped(address.description))"
      case .reading(let path): "waits until \(TerminalText.escaped(path.string)) is read"
      case .incomplete(let path): "waits for the rest of \(TerminalText.escaped(path.string))"
      case .pointer(let path): "waits for \(TerminalText.escaped(path.string)), which `git lfs pull` brings"
      case .engine(let name, let type):
        "waits for the engine \(TerminalText.escaped(name)): this reel makes nothing with engines of type \(TerminalText.escaped(type))"
      }
    }
  }
}

extension PlannedWant {
  /// Whether its take is there.
  package var isMet: Bool {
    if case .fresh = state { true } else { false }
  }

  static func waiting(_ kind: Kind, _ engine: String, for wait: Wait) -> PlannedWant {
    PlannedWant(kind: kind, engine: engine, want: nil, state: .waits(wait))
  }
}

/// All that is decided about one shot.
package struct ShotPlan: Sendable {
  package var address: ShotAddress
  /// Something of it cannot be read: nothing of it is queued or cancelled.
  package var isFrozen = false
  /// `hold` stands in its file: nothing is generated for it.
  package var isHeld = false
  package var wants: [PlannedWant] = []
  /// The take that each kind uses: the pick, else the first current recipe's.
  package var used: SmallDictionary<Kind, UsedTake> = [:]
  package var diagnostics: [Diagnostic] = []
  package var uses = Uses()

  package init(address: ShotAddress) {
    self.address = address
  }

  /// What the shot's recipes were made of beside its own file: what makes it be looked at again.
  package struct Uses: Hashable, Sendable {
    package var entries: Set<String> = []
    package var paths: Set<ProjectPath> = []
  }
}

extension ShotPlan {
  /// As it is kept: without what only jobs and questions need, where nothing is to be made.
  var kept: ShotPlan {
    var kept = self
    kept.wants = wants.map(\.kept)
    return kept
  }

  /// The fingerprints of its wants. No two recipes of a shot are the same.
  var fingerprints: [Digest] { wants.compactMap { $0.key?.fingerprint } }

  /// Whether the shot wants anything of that kind.
  func wants(kind: Kind) -> Bool { wants.contains { $0.kind == kind } }
}

/// The take that a kind uses: what is shown of it, and what other kinds are made of.
package struct UsedTake: Hashable, Sendable {
  package var path: ProjectPath
  /// Of the bytes that are there; nil while nobody has read them.
  package var digest: Digest?
  /// False while git-lfs has not brought it.
  package var isHere: Bool
  /// A picture whose end is missing: what is made of it waits.
  package var isCutOff = false

  package init(path: ProjectPath, digest: Digest?, isHere: Bool) {
    self.path = path
    self.digest = digest
    self.isHere = isHere
  }

  init(_ take: Take) {
    self.init(path: take.path, digest: take.digest, isHere: take.presence == .here)
    isCutOff = take.bytes == .cutOff
  }
}
