package import Basics
internal import JSONText

/// `config.json` in the user's configuration folder: what holds for all projects of one person.
package struct UserConfig: Sendable {
  /// Laid over the project's engines of the same name.
  package var engines: [String: EngineDefinition] = [:]

  /// Its name in the user's configuration folder.
  package static let path: ProjectPath = "config.json"

  static let keys: Set<String> = ["engines", "note"]

  package init() {}

  /// Reads the text of a config.json. The path in `source` is the file's name only: it lies outside of any project.
  package static func read(_ source: SourceText) -> Reading<UserConfig> {
    let consequence = "no engine of your own is used until it reads again"
    let (document, faults) = JSONFile.parse(source, consequence: consequence)
    guard let document else { return Reading(model: nil, diagnostics: faults, source: source) }
    let reader = FieldReader(source, consequence: consequence)
    guard document.root.kind == .object else {
      reader.report(.error, "wrong-type", "a config.json holds an object", at: document.root.range, label: "such as {}")
      return Reading(model: nil, diagnostics: reader.diagnostics, source: source)
    }
    var config = UserConfig()
    for member in document.root.members {
      switch member.key {
      case "engines": config.engines = reader.engines(member, from: .user)
      default: reader.unknown(member, known: keys)
      }
    }
    return Reading(model: config, diagnostics: reader.diagnostics, source: source)
  }
}
