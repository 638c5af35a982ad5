package import Basics
internal import JSONText

/// `project.json`: what holds for the whole project.
package struct ProjectFile: Sendable {
  package var name: String?
  package var settings = GenerationSettings()
  package var engines: [String: EngineDefinition] = [:]
  package var limits = Limits()

  /// Whether anything in it was refused: then nothing is decided from it, all shots are frozen.
  package var isFaulty = false

  package static let path: ProjectPath = "project.json"

  static let keys: Set<String> = GenerationSettings.keys.union(["version", "name", "engines", "limits", "note"])

  package init() {}
}

/// `limits` of a project.
package struct Limits: Hashable, Sendable {
  /// More wants than this at once wait for approval on engines that cost.
  package var burst = 24
  /// Bytes that stay free on the disk: nothing is submitted below. 2 GB hold what is under way on any engine: a batch of
  /// pictures has tens of megabytes, a long clip some hundreds.
  package var freeDisk: Int64 = 2_000_000_000

  static let keys: Set<String> = ["burst", "freeDisk", "note"]

  package init() {}
}

extension ProjectFile {
  /// Reads the text of a project.json.
  package static func read(_ source: SourceText) -> Reading<ProjectFile> {
    let consequence = "all shots are frozen until it reads again; nothing was queued or cancelled"
    let (document, faults) = JSONFile.parse(source, consequence: consequence)
    guard let document else { return Reading(model: nil, diagnostics: faults, source: source) }
    let reader = FieldReader(source, consequence: consequence)
    guard document.root.kind == .object else {
      reader.report(
        .error, "wrong-type", "a project.json holds an object", at: document.root.range, label: "such as {}")
      return Reading(model: nil, diagnostics: reader.diagnostics, source: source)
    }
    var project = ProjectFile()
    let isEditors = document.root.members.contains { StoryCoreKeys.marksOfProject.contains($0.key) }
    for member in document.root.members {
      if reader.generation(member, into: &project.settings) { continue }
      switch member.key {
      case "name":
        if let name = reader.string(member, example: "\"The Lighthouse Keeper\"").value { project.name = name }
      case "version":
        if let version = member.value.number?.int, version > 1 {
          reader.report(
            .error, "newer-version", "this project is written for a newer reel (version \(version); this one knows 1)",
            at: member.value.range, label: "update reel")
        } else {
          _ = reader.integer(member, in: 1...1, example: "1")
        }
      case "engines": project.engines = reader.engines(member, from: .project)
      case "limits": project.readLimits(member, reader)
      default: if !isEditors { reader.unknown(member, known: keys) }
      }
    }
    project.readEditorKeys(of: document.root, reader)
    project.isFaulty = reader.errorCount > 0
    return Reading(model: project, diagnostics: reader.diagnostics, source: source)
  }

  private mutating func readLimits(_ member: JSONMember, _ reader: FieldReader) {
    if member.value.isNull { return }
    guard member.value.kind == .object else {
      return reader.wrongType(member, expected: "an object", example: "{ \"burst\": 24 }")
    }
    for limit in member.value.members where !limit.value.isNull {
      switch limit.key {
      case "burst":
        if let burst = reader.integer(limit, in: 0...1_000_000, example: "24").value { limits.burst = burst }
      case "freeDisk":
        if let bytes = reader.byteCount(limit, example: "2 GB") { limits.freeDisk = bytes }
      default: reader.unknown(limit, known: Limits.keys)
      }
    }
  }
}
