package import Basics
package import JSONText

/// `library/NAME.json`: a person, a place, a product, a style or a prompt, used as `@name` or as a `style`.
package struct LibraryEntry: Sendable {
  package var name: String
  package var prompt = ""
  package var negativePrompt = ""
  package var references: [Written<ProjectPath>] = []
  package var parameters: [String: Setting<JSON>] = [:]
  /// False when images that bear the entry's name are not wanted as references.
  package var usesInbox = true
  /// Whether something of it was refused: the shots that use it are frozen then.
  package var isFaulty = false

  package init(name: String) {
    self.name = name
  }

  package static func path(of name: String) -> ProjectPath { ProjectPath(trusted: "library/\(name).json") }

  static let keys: Set<String> = ["prompt", "negativePrompt", "references", "parameters", "inbox", "note"]
}

extension LibraryEntry {
  package static func read(_ source: SourceText, name: String) -> Reading<LibraryEntry> {
    let consequence = "the shots that use `\(name)` are frozen until it reads again; nothing was queued or cancelled"
    let (document, faults) = JSONFile.parse(source, consequence: consequence)
    guard let document else { return Reading(model: nil, diagnostics: faults, source: source) }
    let reader = FieldReader(source, consequence: consequence)
    guard document.root.kind == .object else {
      reader.report(
        .error, "wrong-type", "a library entry is an object", at: document.root.range,
        label: "such as { \"prompt\": \"…\" }")
      return Reading(model: nil, diagnostics: reader.diagnostics, source: source)
    }
    var entry = LibraryEntry(name: name)
    for member in document.root.members {
      switch member.key {
      case "prompt": entry.prompt = reader.string(member, example: "\"Mara, sixty, weathered\"").value ?? ""
      case "negativePrompt": entry.negativePrompt = reader.string(member, example: "\"smiling\"").value ?? ""
      case "references": entry.references = reader.paths(member).value ?? []
      case "parameters": entry.parameters = reader.parameters(member).value ?? [:]
      case "inbox": entry.usesInbox = reader.bool(member).value ?? true
      case "note": break
      default: reader.unknown(member, known: keys)
      }
    }
    entry.isFaulty = reader.errorCount > 0
    return Reading(model: entry, diagnostics: reader.diagnostics, source: source)
  }
}
