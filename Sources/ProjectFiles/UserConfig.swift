package import Basics
internal import JSONText

/// `config.json` in the user's configuration folder: what holds for all projects of one person.
package struct UserConfig: Sendable {
  /// Laid over the project's engines of the same name.
  package var engines: [String: EngineDefinition] = [:]

  /// The most bytes of outputs that the cache holds for all projects together; 0 turns it off. 20 GB hold some hundred thousand
  /// storyboard frames, or the clips of some weeks.
  package var cacheSize: Int64 = 20_000_000_000

  /// Its name in the user's configuration folder.
  package static let path: ProjectPath = "config.json"

  static let keys: Set<String> = ["engines", "cache", "note"]
  static let cacheKeys: Set<String> = ["size", "note"]

  package init() {}

  /// Reads the text of a config.json. The path in `source` is the file's name only: it lies outside of any project.
  package static func read(_ source: SourceText) -> Reading<UserConfig> {
    let consequence = "no engine of your own is used until it reads again, and the cache has its usual size"
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
      case "cache": config.readCache(member, reader)
      default: reader.unknown(member, known: keys)
      }
    }
    return Reading(model: config, diagnostics: reader.diagnostics, source: source)
  }

  private mutating func readCache(_ member: JSONMember, _ reader: FieldReader) {
    if member.value.isNull { return }
    guard member.value.kind == .object else {
      return reader.wrongType(member, expected: "an object", example: "{ \"size\": \"20 GB\" }")
    }
    for entry in member.value.members {
      switch entry.key {
      case "size":
        if entry.value.number?.int == 0 {
          cacheSize = 0
          continue
        }
        guard let text = entry.value.string else {
          reader.wrongType(entry, expected: "a size as text, or 0", example: "\"20 GB\"")
          continue
        }
        guard let bytes = ByteCount.read(text) else {
          reader.report(
            .error, "out-of-range", "`size` must be a number and a unit", at: entry.value.range,
            label: "such as \"20 GB\" or \"500 MB\", or 0 for no cache")
          continue
        }
        cacheSize = bytes
      default: reader.unknown(entry, known: Self.cacheKeys)
      }
    }
  }
}
