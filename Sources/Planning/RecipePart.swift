package import JSONText

/// A large part of a recipe that is nearly the same in the recipes of many shots, such as a workflow's graph.
///
/// It is kept as what the shots have in common and a few values of each, and made JSON only when somebody asks.
package protocol RecipePart: Sendable {
  /// Where it stands in the recipe.
  var key: String { get }
  var json: JSON { get }
  /// `json.canonical`, without making the JSON.
  var canonical: [UInt8] { get }
  /// The part with a seed in its places.
  func seeded(_ seed: UInt64) -> any RecipePart
  /// What a shot says in a field of it: `prompt` for `graph.6.inputs.text`. Nil for what no shot decides.
  func name(of field: String) -> String?
  /// What shots say in it, by those names, as another such part of a recipe has it: that of an older take.
  func values(in part: JSON) -> [(name: String, value: JSON)]
}

/// What an engine puts into a recipe.
package struct RecipeParts: Sendable {
  package var fields: JSONObject
  package var large: (any RecipePart)?

  package init(_ fields: JSONObject, large: (any RecipePart)? = nil) {
    self.fields = fields
    self.large = large
  }
}
