internal import Basics
internal import JSONText

/// A project as the page shows it: rows of shots and takes with their details, each as the text that is sent.
///
/// A value without a source of its own: everything in it was answered by the loop, and is asked for again when that says that it moved.
struct ShownProject: Sendable {
  struct Sequence: Hashable, Sendable {
    var id: String
    var title: String
    var isReadable: Bool
    /// Keys, in the order of the film.
    var shots: [String]
  }

  struct Shot: Sendable {
    var key: String
    var address: String
    /// What the names of its takes begin with.
    var place: String
    /// What is searched, in lower case.
    var words: String
    var row: [UInt8]
    /// The object without its closing brace: what changes by the moment is put behind it.
    var detail: [UInt8]
    var takes: [String]
    var poster: String?

    /// Its detail as a value.
    var shown: JSON? { (try? JSONDocument(parsing: detail + Array("}".utf8)))?.root.value }
  }

  struct Take: Sendable {
    var key: String
    var path: ProjectPath
    var shot: String?
    var kind: String
    var type: String?
    var presence: String
    var isRemoved: Bool
    /// Which bytes it has; empty when none are here.
    var version: String
    var flags: Int
    /// The row before and behind its flags.
    var rowStart: [UInt8]
    var rowEnd: [UInt8]
    var detail: [UInt8]

    func row(isDamaged: Bool) -> [UInt8] {
      rowStart + Array(String(flags | (isDamaged ? Flag.damaged : 0)).utf8) + rowEnd
    }
  }

  enum Flag {
    static let used = 1
    static let fresh = 2
    static let picked = 4
    static let yours = 8
    static let edited = 16
    static let removed = 32
    static let pointer = 64
    static let absent = 128
    static let damaged = 256
  }

  var sequences: [Sequence] = []
  var shots: [String: Shot] = [:]
  var takes: [String: Take] = [:]
  /// By place, for takes that come.
  var shotsByPlace: [String: String] = [:]
  /// By file name, for ratings.
  var takesByName: [String: Set<String>] = [:]
  /// The keys of takes that belong to no shot.
  var loose: Set<String> = []
  /// What is said of the project as a whole, as it is sent.
  var overview: [UInt8] = Array("{}".utf8)
  /// Of the running jobs, by the key of their shot: `{"kind","fraction","message"}`.
  var progress: [String: [UInt8]] = [:]
  /// Places in the queue, from 1, by the key of their shot.
  var queue: [String: Int] = [:]
  /// Takes that could not be shown, by key: which bytes, and why.
  var damages: [String: Damage] = [:]

  struct Damage: Hashable, Sendable {
    var version: String
    var sentence: String
  }

  static let shotColumns = ["key", "id", "state", "held", "duration", "poster", "takes"]
  static let takeColumns = ["key", "shot", "kind", "flags", "rating", "others", "time", "v"]

  func damage(of take: Take) -> Damage? { damages[take.key].flatMap { $0.version == take.version ? $0 : nil } }

  func row(of take: Take) -> [UInt8] { take.row(isDamaged: damage(of: take) != nil) }
}

// MARK: Taking over

extension ShownProject {
  /// What a change came to.
  struct Difference {
    var shots: Set<String> = []
    var takes: Set<String> = []
    var goneShots: Set<String> = []
    var goneTakes: Set<String> = []

    var isEmpty: Bool { shots.isEmpty && takes.isEmpty && goneShots.isEmpty && goneTakes.isEmpty }

    mutating func form(_ other: Difference) {
      shots = shots.subtracting(other.goneShots).union(other.shots)
      goneShots = goneShots.subtracting(other.shots).union(other.goneShots)
      takes = takes.subtracting(other.goneTakes).union(other.takes)
      goneTakes = goneTakes.subtracting(other.takes).union(other.goneTakes)
    }
  }

  /// Takes over what the loop says of one shot and its takes.
  mutating func set(_ said: JSON, person: String) -> Difference {
    var difference = Difference()
    guard let address = said["shot"]?.string else { return difference }
    let key = PageKey.of(shot: address)
    let before = shots[key]
    let card = said["frozen"]?.bool ?? false ? frozen(said, before) : said
    let place = card["place"]?.string ?? ""
    var keys: [String] = []
    var stills: [(key: String, kind: String)] = []
    for entry in card["takes"]?.array ?? [] {
      guard let take = Self.take(entry, shot: key, person) else { continue }
      keys.append(take.key)
      if !take.isRemoved, take.kind != "voice" { stills.append((take.key, take.kind)) }
      if put(take) { difference.takes.insert(take.key) }
    }
    let kept = Set(keys)
    for old in before?.takes ?? [] where !kept.contains(old) && takes[old]?.shot == key {
      drop(take: old)
      difference.goneTakes.insert(old)
    }
    let used = (card["used"]?.object ?? [:]).map { ($0.key, PageKey.of(ProjectPath(trusted: $0.value.string ?? ""))) }
    let picks = (card["picks"]?.object ?? [:]).map { ($0.key, PageKey.of(ProjectPath(trusted: $0.value.string ?? ""))) }
    let poster =
      ["still", "talk", "clip"].compactMap { kind in used.first { $0.0 == kind && takes[$0.1] != nil }?.1 }.first
      ?? stills.first?.key
    let prompt = card["prompt"]?.string ?? ""
    let name = card["name"]?.string ?? ""
    let row: JSON = [
      .string(key), card["id"] ?? "", card["state"] ?? "unreadable",
      .number(JSONNumber(card["held"]?.bool == true ? 1 : 0)),
      card["duration"] ?? .null, poster.map { .string($0) } ?? .null,
      .number(JSONNumber(keys.count { takes[$0]?.isRemoved == false })),
    ]
    var detail: JSONObject = ["key": .string(key), "shot": .string(address)]
    for field in ["id", "name", "prompt", "state", "detail", "held", "duration", "file", "kinds"] {
      detail[field] = card[field] ?? .null
    }
    detail["prompt"] = .string(String(prompt.unicodeScalars.prefix(400).map(Character.init)))
    detail["used"] = .object(JSONObject(used.map { ($0.0, .string($0.1)) }))
    detail["picks"] = .object(JSONObject(picks.map { ($0.0, .string($0.1)) }))
    detail["poster"] = poster.map { .string($0) } ?? .null
    detail["takes"] = .array(keys.map { .string($0) })
    let shot = Shot(
      key: key, address: address, place: place, words: "\(address) \(name) \(prompt)".lowercased(), row: row.compact,
      detail: Array(JSON.object(detail).compact.dropLast()), takes: keys, poster: poster)
    if before?.row != shot.row || before?.detail != shot.detail { difference.shots.insert(key) }
    shots[key] = shot
    shotsByPlace[place] = key
    return difference
  }

  /// What the loop says of a shot whose file cannot be read, with what was shown of it last: its words, what it used, and of which recipe
  /// its takes were.
  private func frozen(_ card: JSON, _ before: Shot?) -> JSON {
    guard var fields = card.object, let before, let shown = before.shown else { return card }
    for name in ["name", "prompt", "held", "duration", "file"] { fields[name] = shown[name] }
    for name in ["used", "picks"] {
      let paths = (shown[name]?.object ?? [:]).compactMap { kind, key in
        key.string.flatMap { takes[$0] }.map { (kind, JSON.string($0.path.string)) }
      }
      fields[name] = .object(JSONObject(paths))
    }
    fields["takes"] = .array(
      (card["takes"]?.array ?? []).map { entry in
        guard var take = entry.object, let file = take["file"]?.string,
          let flags = takes[PageKey.of(ProjectPath(trusted: file))]?.flags
        else { return entry }
        for (name, flag) in [("used", Flag.used), ("fresh", Flag.fresh), ("picked", Flag.picked)] {
          take[name] = .bool(flags & flag != 0)
        }
        return .object(take)
      })
    return .object(fields)
  }

  /// A shot that is not there any more. Its takes belong to none then; they are asked for with the others of that sort.
  mutating func drop(shot key: String) -> Difference {
    var difference = Difference()
    guard let shot = shots.removeValue(forKey: key) else { return difference }
    if shotsByPlace[shot.place] == key { shotsByPlace[shot.place] = nil }
    progress[key] = nil
    difference.goneShots.insert(key)
    for take in shot.takes where takes[take]?.shot == key {
      drop(take: take)
      difference.goneTakes.insert(take)
    }
    return difference
  }

  /// Takes over all takes that belong to no shot.
  mutating func set(loose entries: [JSON], person: String) -> Difference {
    var difference = Difference()
    var keys: Set<String> = []
    for entry in entries {
      guard let take = Self.take(entry, shot: nil, person) else { continue }
      keys.insert(take.key)
      if put(take) { difference.takes.insert(take.key) }
    }
    for old in loose.subtracting(keys) where takes[old]?.shot == nil {
      drop(take: old)
      difference.goneTakes.insert(old)
    }
    loose = keys
    return difference
  }

  private mutating func put(_ take: Take) -> Bool {
    let before = takes[take.key]
    takes[take.key] = take
    takesByName[take.path.name, default: []].insert(take.key)
    if take.shot != nil { loose.remove(take.key) }
    return before?.row(isDamaged: false) != take.row(isDamaged: false) || before?.detail != take.detail
  }

  private mutating func drop(take key: String) {
    guard let take = takes.removeValue(forKey: key) else { return }
    takesByName[take.path.name]?.remove(key)
    if takesByName[take.path.name]?.isEmpty == true { takesByName[take.path.name] = nil }
    damages[key] = nil
  }

  private static func take(_ entry: JSON, shot: String?, _ person: String) -> Take? {
    guard let file = entry["file"]?.string else { return nil }
    let path = ProjectPath(trusted: file)
    let key = PageKey.of(path)
    func isSet(_ field: String) -> Bool { entry[field]?.bool ?? false }
    let presence = entry["presence"]?.string ?? "absent"
    let version = presence == "absent" ? "" : entry["stamp"]?.string ?? ""
    var flags = 0
    for (field, flag) in [
      ("used", Flag.used), ("fresh", Flag.fresh), ("picked", Flag.picked), ("yours", Flag.yours),
      ("edited", Flag.edited),
      ("removed", Flag.removed),
    ] where isSet(field) { flags |= flag }
    if presence == "pointer" { flags |= Flag.pointer }
    if presence == "absent" { flags |= Flag.absent }
    let others = (entry["ratings"]?.array ?? []).reduce(0) { sum, rating in
      rating["person"]?.string == person ? sum : sum + (rating["value"]?.int ?? 0)
    }
    let start: JSON = [.string(key), shot.map { .string($0) } ?? .null, entry["kind"] ?? "still"]
    let own = entry["rating"]?.int ?? 0
    let end: JSON = [
      .number(JSONNumber(own)), .number(JSONNumber(others)), entry["time"] ?? 0, .string(version),
    ]
    var detail: JSONObject = ["key": .string(key)]
    for (name, value) in entry.object ?? [:] where name != "stamp" { detail[name] = value }
    detail["shot"] = shot.map { .string($0) } ?? .null
    detail["v"] = .string(version)
    detail["thumb"] = .string("/thumb/\(key)?v=\(version)")
    detail["media"] = .string("/media/\(key)?v=\(version)")
    return Take(
      key: key, path: path, shot: shot, kind: entry["kind"]?.string ?? "still", type: entry["type"]?.string,
      presence: presence, isRemoved: isSet("removed"), version: version, flags: flags,
      rowStart: Array(start.compact.dropLast()) + Array(",".utf8), rowEnd: Array(",".utf8) + end.compact.dropFirst(),
      detail: Array(JSON.object(detail).compact.dropLast()))
  }
}

// MARK: Texts

extension ShownProject {
  /// The answer to `/api/state`.
  func state(run: String, revision: Int, event: String) -> [UInt8] {
    var text = JSONParts.head([
      "version": 1, "run": .string(run), "revision": .number(JSONNumber(revision)), "event": .string(event),
    ])
    text += Array(",\"overview\":".utf8) + overview
    text += Array(",\"sequences\":".utf8) + list(sequences.map { $0.json.compact })
    text += Array(",\"shotColumns\":".utf8) + JSON.array(Self.shotColumns.map { .string($0) }).compact
    let inOrder = sequences.flatMap(\.shots).compactMap { shots[$0]?.row }
    text += Array(",\"shots\":".utf8) + list(inOrder)
    text += Array(",\"takeColumns\":".utf8) + JSON.array(Self.takeColumns.map { .string($0) }).compact
    text += Array(",\"takes\":".utf8) + list(takes.values.sorted { $0.key < $1.key }.map { row(of: $0) })
    return text + Array("}".utf8)
  }

  func card(_ key: String) -> [UInt8]? {
    guard let shot = shots[key] else { return nil }
    var text = shot.detail
    if let progress = progress[key] { text += Array(",\"progress\":".utf8) + progress }
    if let place = queue[key] { text += Array(",\"place\":\(place)".utf8) }
    return text + Array("}".utf8)
  }

  func takeDetail(_ key: String) -> [UInt8]? {
    guard let take = takes[key] else { return nil }
    let damage = damage(of: take).map { JSON.string($0.sentence) } ?? .null
    return take.detail + Array(",\"damaged\":".utf8) + damage.compact + Array("}".utf8)
  }

  func list(_ parts: [[UInt8]]) -> [UInt8] { JSONParts.list(parts) }
}

extension ShownProject.Sequence {
  var json: JSON {
    [
      "id": .string(id), "title": .string(title), "readable": .bool(isReadable),
      "shots": .array(shots.map { .string($0) }),
    ]
  }
}

/// JSON put together of texts that are JSON already.
enum JSONParts {
  static func list(_ parts: [[UInt8]]) -> [UInt8] {
    var text: [UInt8] = [UInt8(ascii: "[")]
    text.reserveCapacity(parts.reduce(2) { $0 + $1.count + 1 })
    for (index, part) in parts.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      text += part
    }
    text.append(UInt8(ascii: "]"))
    return text
  }

  /// An object without its closing brace.
  static func head(_ object: JSONObject) -> [UInt8] { Array(JSON.object(object).compact.dropLast()) }
}
