package import Basics
package import JSONText
package import ProjectFiles

/// What a shot asks of an engine for one kind, with everything resolved: inheritance, library entries, references by content.
package struct ShotRequest: Sendable {
  package var address: ShotAddress
  package var kind: Kind
  /// The entry of `engines` that the engine works by; nil for a built-in engine without one.
  package var engine: EngineDefinition?
  package var shotName: String?
  /// Seconds, for kinds that last; of a still it decides nothing.
  package var duration: Double?
  /// The prompt with entries expanded and the style appended.
  package var prompt: String
  package var negativePrompt: String?
  package var model: String?
  package var workflow: ProjectPath?
  /// The workflow that holds, for engines that work by one; shared by all requests.
  package var graph: Workflow?
  package var parameters: [String: JSON] = [:]
  /// Pixels.
  package var width: Int?
  package var height: Int?
  package var fps: JSONNumber?
  package var references: [Reference] = []
  /// The pictures of library entries that the workflow asks for by name.
  package var entries: [String: [Reference]] = [:]
  /// The kinds that this one is made of, whether their takes are there or not.
  package var madeOf: Set<Kind> = []
  /// The takes of other kinds that this one is made of.
  package var inputs: [Kind: Reference] = [:]
  /// The shots that a whole sequence's take is made of, in the order of the film.
  package var parts: [Part] = []
  /// The kind's own object, such as `clip`, without notes and generation keys.
  package var fields: JSONObject = [:]
  /// The camera move of the shot's clip, which a storyboard draws into the still.
  package var camera: JSON?
  /// Where `model` and the parameters stand that hold, for what a server says of them.
  package var origins: [Origin] = []

  package init(address: ShotAddress, kind: Kind, prompt: String) {
    self.address = address
    self.kind = kind
    self.prompt = prompt
  }

  init(_ address: ShotAddress, _ kind: Kind, _ settings: ResolvedSettings) {
    self.init(address: address, kind: kind, prompt: "")
    model = settings.model?.value
    workflow = settings.workflow?.value
    parameters = settings.parameters.mapValues(\.value)
    width = settings.width?.value
    height = settings.height?.value
    fps = settings.fps?.value
    negativePrompt = settings.negativePrompt?.value
  }

  /// Notes where the values stand that only a server can judge.
  mutating func noteOrigins(_ settings: ResolvedSettings) {
    if let model = settings.model { origins.append(Origin(key: "model", file: model.file, range: model.range)) }
    for (name, value) in settings.parameters.sorted(by: { $0.key < $1.key }) {
      origins.append(Origin(key: "parameters.\(name)", file: value.file, range: value.range))
    }
  }

  /// Where a key was written.
  package struct Origin: Hashable, Sendable {
    /// `model`, `parameters.sampler`.
    package var key: String
    package var file: ProjectPath
    package var range: Range<Int>

    package init(key: String, file: ProjectPath, range: Range<Int>) {
      self.key = key
      self.file = file
      self.range = range
    }
  }

  /// One shot of a sequence.
  package struct Part: Hashable, Sendable {
    package var shot: ShotID
    /// Seconds; nil leaves the engine's own.
    package var duration: Double?
    package var inputs: [Kind: Reference] = [:]
  }

  /// A reference by its content; the path is for messages and for the engine that opens it, never for a recipe.
  package struct Reference: Hashable, Sendable {
    package var path: ProjectPath
    package var digest: Digest
    /// False for a git-lfs pointer: the hash is known, the picture is not here.
    package var isHere: Bool

    package init(path: ProjectPath, digest: Digest, isHere: Bool = true) {
      self.path = path
      self.digest = digest
      self.isHere = isHere
    }
  }
}
