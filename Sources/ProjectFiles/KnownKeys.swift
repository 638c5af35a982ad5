/// The keys that the readers know, by the object in which they stand: what a slip of the hand is held against, and what the schemas
/// have to offer.
package enum KnownKeys {
  /// An object in files of some formats, called as in their schemas: empty for the file's own, `#shot` for a definition.
  package struct Place: Hashable, Sendable {
    package var formats: [String]
    package var object: String

    fileprivate init(_ formats: String..., object: String = "") {
      self.formats = formats
      self.object = object
    }
  }

  package static let byPlace: [Place: Set<String>] = [
    Place("project"): ProjectFile.keys,
    Place("config"): UserConfig.keys,
    Place("config", object: "cache"): UserConfig.cacheKeys,
    Place("sequence"): SequenceFile.keys,
    Place("library"): LibraryEntry.keys,
    Place("sidecar"): Sidecar.keys,
    Place("sidecar", object: "output"): Sidecar.Output.keys,
    Place("sidecar", object: "engine"): Sidecar.EngineFacts.keys,
    Place("ratings"): ["note"],
    Place("ratings", object: "#rating"): Rating.keys,
    Place("project", object: "limits"): Limits.keys,
    Place("project", "config", object: "#engines"): ["note"],
    Place("project", "config", object: "#engineEntry"): EngineDefinition.keys.union(CommandDefinition.keys),
    Place("project", "config", object: "#programLimits"): CommandDefinition.Limits.keys,
    Place("project", "config", object: "#engineEntry/headers"): ["note"],
    Place("project", "config", object: "#secret"): EngineDefinition.secretKeys,
    Place("project", "sequence", object: "#frame"): FrameSettings.keys,
    Place("project", "config", "sequence", "library", object: "#parameters"): UsualParameters.keys,
    Place("sequence", object: "#shot"): Shot.keys,
    Place("sequence", object: "#shot/pick"): Shot.pickKeys,
    Place("sequence", object: "#clip"): KindRequest.keys(of: .clip),
    Place("sequence", object: "#voice"): KindRequest.keys(of: .voice),
    Place("sequence", object: "#talk"): KindRequest.keys(of: .talk),
    Place("sequence", object: "#camera"): CameraMoves.keys,
  ]
}
