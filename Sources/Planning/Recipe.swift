package import Basics
package import JSONText

/// Everything that decides a take's bytes, and nothing else, as JSON; its hash is the fingerprint.
///
/// Every recipe holds `version` (of its own form), `kind` and `engine` (the type); the rest is the engine's. What is not in it
/// makes nothing stale: paths, notes, order, server addresses, spelling.
package struct Recipe: Hashable, Sendable {
  package let fingerprint: Digest
  private let own: JSONObject
  /// What is shared with the recipes of other shots.
  package let large: (any RecipePart)?

  package init(_ fields: JSONObject) {
    self.init(fields, large: nil)
  }

  package init(_ fields: JSONObject, large: (any RecipePart)?) {
    own = fields
    self.large = large
    fingerprint = large.map { Digest(of: Self.canonical(fields, $0)) } ?? Self.fingerprint(of: fields)
  }

  /// All of it. Where a part is shared this makes JSON of it, which is large.
  package var fields: JSONObject {
    guard let large else { return own }
    var fields = own
    fields[large.key] = large.json
    return fields
  }

  /// A field that is not in the part which is shared.
  package subscript(key: String) -> JSON? { own[key] }

  /// A recipe, this one or an older one, as people want to see it: in place of the part that is shared, what shots say in it.
  package func overview(of recipe: JSONObject) -> JSONObject {
    guard let large, let part = recipe[large.key] else { return recipe }
    var overview = recipe
    overview[large.key] = .string("\(part.object?.count ?? 0) nodes")
    for (name, value) in large.values(in: part) where overview[name] == nil { overview[name] = value }
    return overview
  }

  package static func == (left: Recipe, right: Recipe) -> Bool { left.fingerprint == right.fingerprint }

  package func hash(into hasher: inout Hasher) { hasher.combine(fingerprint) }

  /// SHA-256 over the canonical JSON (RFC 8785) of the recipe.
  package static func fingerprint(of fields: JSONObject) -> Digest {
    Digest(of: JSON.object(fields).canonical)
  }

  /// The text that was hashed.
  package var canonicalText: String {
    String(decoding: large.map { Self.canonical(own, $0) } ?? JSON.object(own).canonical, as: UTF8.self)
  }

  /// The fields with a part among them, in the order of canonical JSON.
  private static func canonical(_ fields: JSONObject, _ large: any RecipePart) -> [UInt8] {
    var text = Array("{".utf8)
    let keys = (fields.keys.filter { $0 != large.key } + [large.key]).sorted {
      $0.utf16.lexicographicallyPrecedes($1.utf16)
    }
    for (index, key) in keys.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      text += JSON.string(key).canonical
      text.append(UInt8(ascii: ":"))
      if key == large.key { text += large.canonical } else { text += (fields[key] ?? .null).canonical }
    }
    text.append(UInt8(ascii: "}"))
    return text
  }
}
