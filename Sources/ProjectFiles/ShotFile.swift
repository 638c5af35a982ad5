package import Basics
internal import JSONText

/// `shots/shot_ID.json`: one shot in a file of its own, as the StoryCore editor writes them.
///
/// Which sequence it belongs to is said there by `shot_ids`, or here by `sequence_id`; see `ShotFiles`.
package struct ShotFile: Sendable {
  package var shot: Shot
  /// The `id` in the file of the sequence that the shot says it belongs to.
  package var sequenceID: String?
  /// Where it stands among those that its sequence does not list.
  package var position: Double?

  /// The file that the editor gives a shot.
  package static func path(of id: ShotID) -> ProjectPath { ProjectPath(trusted: "shots/shot_\(id).json") }

  private static let positions = ["position", "orderIndex", "number", "order"]
}

extension ShotFile {
  /// - Parameter id: by the file's name; what stands inside goes before it.
  package static func read(_ source: SourceText, id: ShotID) -> Reading<ShotFile> {
    let consequence = "the shot of this file is frozen until it reads again; nothing was queued or cancelled"
    let (document, faults) = JSONFile.parse(source, consequence: consequence)
    guard let document else { return Reading(model: nil, diagnostics: faults, source: source) }
    let reader = FieldReader(source, consequence: consequence)
    let root = document.root
    guard let shot = Shot.read(root, reader, inFileOf: id) else {
      return Reading(model: nil, diagnostics: reader.diagnostics, source: source)
    }
    reader.reportAmbiguousDurations([shot])
    var file = ShotFile(shot: shot)
    let places = [["sequence_id"], ["sequenceId"], ["metadata", "sequence_id"], ["metadata", "sequenceId"]]
    file.sequenceID = places.lazy.compactMap { root.at($0)?.identity }.first
    file.position = positions.lazy.compactMap { root[$0]?.number?.double }.first { $0.isFinite }
    return Reading(model: file, diagnostics: reader.diagnostics, source: source)
  }
}

extension JSONNode {
  /// A text or number that tells one thing from others.
  var identity: String? {
    guard let text = string ?? number?.text, !text.isEmpty, text.utf8.count <= 1000 else { return nil }
    return text
  }
}

extension FieldReader {
  /// One warning for a file, not one for each of its shots: they come from one writer.
  func reportAmbiguousDurations(_ shots: [Shot]) {
    let ranges = shots.compactMap(\.ambiguousDuration)
    guard let first = ranges.first else { return }
    let others = ranges.count == 1 ? "" : " (the first of \(ranges.count) here)"
    report(
      .warning, "ambiguous-duration", "`timing.duration` may be frames or seconds, and is not used\(others)", at: first,
      label: "write \"duration\" with the seconds into the shot")
  }
}
