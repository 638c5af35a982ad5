package import Basics
internal import JSONText
package import ProjectFiles

/// One result on disk with its sidecar, without the recipe: that is read again when somebody asks for it.
package struct Take: Hashable, Sendable {
  /// The output's path; the sidecar's is the same with `.json` behind it.
  package var path: ProjectPath
  /// In the current form of recipes.
  package var fingerprint: Digest
  /// Without its recipe; shared with whoever else keeps it, as a project has tens of thousands.
  @Boxed private var sidecar: Sidecar
  /// When the sidecar was last modified, nanoseconds since 1970: tells the newer of two takes that bear no date.
  package var modified: Int64
  package var presence: Presence
  package var bytes: Bytes

  package enum Presence: Hashable, Sendable {
    case here
    /// A git-lfs pointer stands in its place.
    case pointer
    case absent
  }

  /// How the output's bytes compare with what the sidecar says of them.
  package enum Bytes: Hashable, Sendable {
    /// As many as were made; nobody needed to know more so far.
    case unread
    case asMade
    /// A person edited the output. Its hash is nil while nobody needed it.
    case edited(Digest?)
    /// A picture whose end is missing: it is being saved, or was cut off.
    case cutOff
  }

  package init(
    path: ProjectPath, sidecar: Sidecar, fingerprint: Digest, modified: Int64, presence: Presence,
    bytes: Bytes = .asMade
  ) {
    var facts = sidecar
    facts.recipe = [:]
    self.init(
      path: path, facts: Boxed(wrappedValue: facts), fingerprint: fingerprint, modified: modified, presence: presence,
      bytes: bytes)
  }

  /// - Parameter facts: a sidecar without its recipe.
  package init(
    path: ProjectPath, facts: Boxed<Sidecar>, fingerprint: Digest, modified: Int64, presence: Presence, bytes: Bytes
  ) {
    self.path = path
    _sidecar = facts
    self.fingerprint = fingerprint
    self.modified = modified
    self.presence = presence
    self.bytes = bytes
  }

  package var kind: Kind {
    get { sidecar.kind }
    set { sidecar.kind = newValue }
  }
  package var output: Sidecar.Output { sidecar.output }
  package var engine: Sidecar.EngineFacts { sidecar.engine }
  package var created: String? { sidecar.created }
  package var isRemoved: Bool {
    get { sidecar.isRemoved }
    set { sidecar.isRemoved = newValue }
  }

  package var sidecarPath: ProjectPath { ProjectPath(trusted: path.bytes + ".json".utf8) }

  /// The hash of the bytes that are there; nil while nobody has read them. What is made of a take is made of these.
  package var digest: Digest? {
    switch bytes {
    case .asMade: output.digest
    case .edited(let digest): digest
    case .unread, .cutOff: nil
    }
  }

  /// Whether the output is another than the one that was made: such a take is kept as it is, and never written over.
  package var isEdited: Bool {
    switch bytes {
    case .edited, .cutOff: presence != .absent
    case .unread, .asMade: false
    }
  }

  /// Whether its bytes must be read before anyone can say what is made of it, or whether it was edited.
  package var isToRead: Bool {
    switch bytes {
    case .unread, .edited(nil): presence == .here
    case .asMade, .edited, .cutOff: false
    }
  }

  /// Whether a want of its fingerprint needs no work: the take is here, may come by git-lfs, or was removed on purpose.
  package var isMet: Bool { isRemoved || presence != .absent }
}

/// The takes of one kind that lie where a shot's own takes lie.
package struct TakeOwner: Hashable, Sendable {
  package var folder: ProjectPath
  /// The shot's id as a file name; nil for takes of a whole sequence.
  package var shot: String?
  package var kind: Kind

  package init(_ address: ShotAddress, _ kind: Kind) {
    folder = address.sequence.folder
    shot = address.shot?.fileName
    self.kind = kind
  }

  /// Whose a take is by the place where it lies; nil when its name says no kind.
  package init?(of path: ProjectPath) {
    guard let name = TakeName(bytes: path.nameBytes), let folder = path.parent else { return nil }
    self.folder = folder
    shot = name.shot
    kind = name.kind
  }
}
