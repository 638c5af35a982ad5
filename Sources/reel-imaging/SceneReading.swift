internal import Basics

/// What a tonal sketch shows when a shot has no pictures: read off the words of the prompt where they say it, off the hash of
/// the text where they do not. Pure: the same text gives the same scene on every machine.
struct SceneReading {
  enum Motif: CaseIterable {
    case sea, hills, room, street, figure, portrait, woods, still
  }

  enum Light: CaseIterable {
    case night, dusk, day
  }

  let motif: Motif
  let light: Light
  /// Decides what the words leave open: where the light stands, how the hills run.
  var chance: Chance

  init(of texts: [String]) {
    let text = texts.joined(separator: "\n")
    var chance = Chance(seed: Digest(of: Array(text.utf8)))
    let words = Set(text.lowercased().split { !$0.isLetter }.map(String.init))
    let drawn = (Motif.allCases[chance.below(Motif.allCases.count)], Light.allCases[chance.below(Light.allCases.count)])
    motif = Self.motifs.first { !$0.words.isDisjoint(with: words) }?.motif ?? drawn.0
    light = Self.lights.first { !$0.words.isDisjoint(with: words) }?.light ?? drawn.1
    self.chance = chance
  }

  /// In order: how near the camera stands says more about a picture than where it is.
  private static let motifs: [(motif: Motif, words: Set<String>)] = [
    (.still, ["insert", "detail", "macro", "key", "letter", "photograph", "cup", "clock", "object", "tabletop"]),
    (.portrait, ["close", "closeup", "portrait", "face", "eyes", "profile", "headshot"]),
    (
      .sea,
      [
        "sea", "ocean", "harbour", "harbor", "boat", "ship", "waves", "wave", "beach", "lake", "lighthouse", "pier",
        "coast",
      ]
    ),
    (.woods, ["wood", "woods", "forest", "trees", "tree", "jungle", "pines"]),
    (.street, ["street", "city", "alley", "road", "corridor", "hallway", "tunnel", "train", "car", "traffic"]),
    (.room, ["room", "interior", "kitchen", "office", "bedroom", "window", "house", "bar", "café", "stairs", "desk"]),
    (
      .hills,
      ["hill", "hills", "mountain", "mountains", "desert", "field", "fields", "valley", "landscape", "sky", "cliff"]
    ),
    (
      .figure,
      ["man", "woman", "girl", "boy", "figure", "stands", "walks", "silhouette", "she", "he", "door", "doorway"]
    ),
  ]

  private static let lights: [(light: Light, words: Set<String>)] = [
    (.night, ["night", "midnight", "dark", "moon", "moonlight", "stars", "noir"]),
    (.dusk, ["dusk", "dawn", "sunset", "sunrise", "evening", "twilight", "fog", "foggy", "mist", "storm", "rain"]),
    (.day, ["day", "morning", "noon", "afternoon", "sun", "sunlight", "bright", "summer", "snow"]),
  ]
}

/// Numbers that follow from a hash: SplitMix64, by Sebastiano Vigna's published constants.
struct Chance {
  private var state: UInt64

  init(seed: Digest) {
    state = seed.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  mutating func between(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) / Double(1 << 53)
  }

  mutating func flip() -> Bool { next() & 1 == 1 }
}
