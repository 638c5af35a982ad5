package import Basics
package import JSONText

/// How recipes of older forms read in the current one, so that no upgrade of reel queues work.
///
/// Each new form of a recipe ships one pure step from the last; a take is fresh when its migrated recipe equals the wanted one.
package struct RecipeMigrations: Sendable {
  /// `steps[n]` leads from form n + 1 to form n + 2.
  package var steps: [@Sendable (JSONObject) -> JSONObject]

  package init(steps: [@Sendable (JSONObject) -> JSONObject] = []) {
    self.steps = steps
  }

  /// The forms there have been: none but the first.
  package static let released = RecipeMigrations()

  package var currentVersion: Int { steps.count + 1 }

  /// The recipe in the current form; one from the future, or without a version, as it is.
  package func current(_ recipe: JSONObject) -> JSONObject {
    guard let version = recipe["version"]?.int, version >= 1, version < currentVersion else { return recipe }
    var migrated = recipe
    for step in steps[(version - 1)...] { migrated = step(migrated) }
    migrated["version"] = .number(JSONNumber(currentVersion))
    return migrated
  }

  /// The fingerprint that a take's recipe has in the current form.
  package func fingerprint(of sidecarRecipe: JSONObject, stated: Digest) -> Digest {
    let version = sidecarRecipe["version"]?.int
    if version == currentVersion || version == nil { return stated }
    return Recipe.fingerprint(of: current(sidecarRecipe))
  }
}
