package import JSONText

/// Where the files of the StoryCore editor say what ours say under other keys.
///
/// Four writers of that editor spell the same facts in four ways. This table is all that reel knows of it: reading follows it
/// (`StoryCoreShot.swift`, `StoryCoreProject.swift`), and so does an edit by command, which changes a value where it stands.
package enum StoryCoreKeys {
  typealias Place = [String]

  /// For a key of a shot, the places that may hold it: ours first, and of those that say something the first counts.
  static let shotPlaces: [String: [Place]] = [
    "name": [["name"], ["title"]],
    "prompt": [["prompt"], ["generation", "prompt"], ["description"]],
    "negativePrompt": [
      ["negativePrompt"], ["generation", "negativePrompt"], ["generation", "negative_prompt"], ["negative_prompt"],
    ],
    "model": [["model"], ["generation", "model"]],
    "workflow": [["workflow"], ["generation", "comfyuiPreset"]],
    "seed": [["seed"], ["generation", "parameters", "seed"], ["generation", "seed"]],
  ]

  /// The same for the usual parameters; what else stands in `generation.parameters` keeps its name.
  static let parameterPlaces: [(key: String, places: [Place])] = [
    (
      "cfg",
      [
        ["generation", "parameters", "cfgScale"], ["generation", "parameters", "cfg"],
        ["generation", "parameters", "cfg_scale"], ["cfgScale"], ["cfg_scale"],
      ]
    ),
    ("sampler", [["generation", "parameters", "sampler"], ["generation", "parameters", "sampler_name"]]),
    ("denoise", [["generation", "parameters", "denoisingStrength"], ["generation", "parameters", "denoise"]]),
  ]

  static let referencePlaces: [Place] = [
    ["generation", "styleReferences"], ["generation", "referenceImage"], ["referenceImage"],
  ]

  /// The keys of `generation.parameters` that are no parameters here.
  static let framesAndSeeds: Set<String> = ["width", "height", "seed", "note"]

  /// The keys of a shot in which any of the above may stand.
  static let ofShot: Set<String> = [
    "title", "description", "generation", "timing", "negative_prompt", "cfgScale", "cfg_scale", "referenceImage",
  ]

  /// Keys by which a shot is the editor's. The others that it writes are many, and more with each version, so in such a shot no
  /// unknown key is taken for a slip of the hand.
  static let marksOfShot: Set<String> = [
    "generation", "timing", "sequencePlanId", "sceneId", "sequence_id", "sequenceId", "position", "orderIndex",
    "audioTracks", "textLayers", "composition", "generated_image_url", "generatedImageUrl", "generatedAssetUrl",
    "promoted_panel_path", "result_url", "thumbnailUrl",
  ]

  /// What the editor writes of a sequence beside our own keys.
  static let ofSequence: Set<String> = [
    "shot_ids", "shots_count", "description", "duration", "resume", "metadata", "created_at", "updated_at",
  ]

  static let marksOfProject: Set<String> = ["schema_version", "project_name", "storycore_version", "project_id"]

  /// All of them: no schema offers any, as nobody is told to write them.
  package static let all = ofShot.union(marksOfShot).union(ofSequence).union(marksOfProject)

  /// Whether a value that the editor writes says nothing: a seed of -1 is its word for any, 0 for a length that is not known yet.
  static func isSilent(_ value: JSONNode, as key: String) -> Bool {
    switch (key, value.kind) {
    case (_, .null): true
    case ("seed", .number): value.number?.int == -1
    case ("duration", .number): value.number.map { $0.double <= 0 } ?? false
    case (_, .string): value.string.map { $0.allSatisfy(\.isWhitespace) } ?? false
    default: false
    }
  }

  /// Where in a shot's object a command is to write a key: in the place that counts, else in one that is there and says nothing,
  /// else under the key itself.
  package static func place(of key: String, in shot: JSONNode) -> [String] {
    let there = (shotPlaces[key] ?? [[key]]).filter { shot.at($0) != nil }
    let speaking = there.first { place in shot.at(place).map { !isSilent($0, as: key) } ?? false }
    return speaking ?? there.first ?? [key]
  }

  /// What a shot says under a key, in any of its places; null when it says nothing.
  package static func value(of key: String, in shot: JSONNode) -> JSON {
    guard let node = shot.at(place(of: key, in: shot)), !isSilent(node, as: key) else { return .null }
    return node.value
  }
}

extension JSONNode {
  /// The value at the end of a way of keys.
  package func at(_ keys: [String]) -> JSONNode? {
    keys.reduce(Optional(self)) { node, key in node?[key] }
  }
}
