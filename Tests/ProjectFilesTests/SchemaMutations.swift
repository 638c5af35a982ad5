import JSONText
import TestSupport

/// Texts that differ from good ones in one place or some: each key taken out, misspelt, given all kinds of values.
///
/// Whether such a text is good nobody knows; the schema and the reader have to agree on it.
struct SchemaMutations {
  private var random: SeededGenerator

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
  }

  /// Every change of a text that takes something out, misspells a key or gives a value another type, and some of those that give it
  /// another value.
  mutating func of(_ entry: SchemaCase, values count: Int) throws -> [SchemaCase] {
    let root = try JSONDocument(parsing: entry.text).root.value
    var cases: [SchemaCase] = []
    for place in Self.places(in: root) {
      var changes = Self.structural(at: place) + Self.others.map { Change.value($0) }
      for _ in 0..<count { changes.append(.value(random.pick(Self.values))) }
      for change in changes {
        guard let changed = Self.changed(root, place[...], change) else { continue }
        cases.append(
          SchemaCase(format: entry.format, name: "\(entry.name) \(Self.name(place)) \(change)", text: changed.compact))
      }
    }
    return cases
  }

  /// Texts with some changes at once.
  mutating func several(of entries: [SchemaCase], count: Int) throws -> [SchemaCase] {
    try (0..<count).map { _ in
      let entry = random.pick(entries)
      var value = try JSONDocument(parsing: entry.text).root.value
      var name = entry.name
      for _ in 0..<Int.random(in: 2...4, using: &random) {
        let places = Self.places(in: value)
        if places.isEmpty { break }
        let place = random.pick(places)
        let change = random.pick(Self.structural(at: place) + Self.values.map { .value($0) })
        value = Self.changed(value, place[...], change) ?? value
        name += " \(Self.name(place)) \(change)"
      }
      return SchemaCase(format: entry.format, name: name, text: value.compact)
    }
  }

  // MARK: Changes

  enum Step: Hashable {
    case key(String)
    case index(Int)
  }

  enum Change: CustomStringConvertible {
    case remove
    /// The same element a second time.
    case double
    case rename(String)
    case value(JSON)

    var description: String {
      switch self {
      case .remove: "removed"
      case .double: "doubled"
      case .rename(let name): "called \(name)"
      case .value(let value): "= \(value.compactText.prefix(60))"
      }
    }
  }

  private static func structural(at place: [Step]) -> [Change] {
    guard case .key(let key)? = place.last else { return [.remove, .double] }
    return [.remove, .rename(String(key.dropLast())), .rename(key + "s"), .rename(key.uppercased())]
  }

  /// One of each type.
  private static let others: [JSON] = [.null, true, 7, "x", [], [:]]

  private static let values: [JSON] =
    [0, 1, -1, 2, 15, 16, 64, 65, 240, 8192, 8193, 86_400, 86_401, 1_000_000, 1_000_001, 0.5, 1.5, -0.5]
    + ["1.0", "1e2", "1e400", "-1e400", "18446744073709551615", "18446744073709551616", "240.5", "0.0", "1e-3"]
    .compactMap {
      JSONNumber(text: $0).map { .number($0) }
    } + [
      "", " ", "a b", "/a", "../a", "a/../b", "a/..", "..", ".", "./", "./.", "./a", "a/", "a//b", "a\\b", "a\u{0}b",
      "a\nb", "..a/b",
      "http://h/x", "https://user:pw@h/x", "http://h x/", "file:///x", "@x", "-x", "1x", "x-1_y", "ä", "2 GB", "2GB",
      "GB", "2", ".5 GB",
      "5. GB", " 1.5 GiB ", "1 G B", "inbox/*", "inbox/**", "inbox/*/a", "sequences/x/*",
      "sequences/", "sequences",
      "./sequences/*", "a/./*", "*", "a/.", "still", "Still", "dolly-in", "true", "NAME_1", "1NAME", "image/png",
      "2026-11-21T02:10:11Z",
      "2026-11-21T02:10:11.5Z", "2026-11-21 02:10", "sequence_001", "sequence_001/", "a b/shot", "sequence_001/a/b c",
      .string(String(repeating: "n", count: 4096)), .string(String(repeating: "f", count: 64)),
      .string("sha256:" + String(repeating: "f", count: 64)), .string("sha256:" + String(repeating: "f", count: 63)),
    ] + [
      ["x"], [1], [nil], [[:]], ["inbox/a.png", "/b.png"], ["http://h:1"], ["id": "x"], ["env": "X"], ["env": "x y"],
      ["env": 1],
      ["move": "roll"], ["move": "fly"], ["text": "x"], ["value": 1], ["type": "x"], ["type": ""], ["note": 1],
      ["x": ["type": "x"]],
    ]

  private static func changed(_ value: JSON, _ place: ArraySlice<Step>, _ change: Change) -> JSON? {
    guard let step = place.first else {
      if case .value(let new) = change { return new }
      return nil
    }
    let rest = place.dropFirst()
    switch (value, step) {
    case (.object(let object), .key(let key)):
      guard let inner = object[key] else { return nil }
      var members: [(String, JSON)] = []
      for (name, member) in object {
        if !name.utf8.elementsEqual(key.utf8) {
          members.append((name, member))
          continue
        }
        switch change {
        case .remove where rest.isEmpty: continue
        case .rename(let other) where rest.isEmpty: members.append((other, member))
        default:
          guard let new = changed(inner, rest, change) else { return nil }
          members.append((name, new))
        }
      }
      return .object(JSONObject(members))
    case (.array(var elements), .index(let index)):
      switch change {
      case .remove where rest.isEmpty: elements.remove(at: index)
      case .double where rest.isEmpty: elements.append(elements[index])
      default:
        guard let new = changed(elements[index], rest, change) else { return nil }
        elements[index] = new
      }
      return .array(elements)
    default: return nil
    }
  }

  /// The ways to all values below the root.
  private static func places(in value: JSON) -> [[Step]] {
    switch value {
    case .object(let object):
      return object.filter { !Format.foreignKeys.contains($0.key) }.flatMap { key, member in
        [[.key(key)]] + places(in: member).map { [.key(key)] + $0 }
      }
    case .array(let elements):
      return elements.enumerated().flatMap { index, element in
        [[.index(index)]] + places(in: element).map { [.index(index)] + $0 }
      }
    default: return []
    }
  }

  private static func name(_ place: [Step]) -> String {
    place.map { step in
      switch step {
      case .key(let key): key
      case .index(let index): "\(index)"
      }
    }.joined(separator: "/")
  }
}
