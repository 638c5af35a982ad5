internal import Basics
internal import JSONText

/// `sequences/NAME.json`: shots in the order of the film.
package struct SequenceFile: Sendable {
  package var name: SequenceName
  /// What the sequence is called by people.
  package var title: String?
  /// Where it stands in the film; sequences without one come last.
  package var order: Double?
  package var settings = GenerationSettings()
  package var shots: [Shot] = []
  /// Whether a key of the sequence itself was refused: all its shots are frozen then.
  package var isFaulty = false

  package init(name: SequenceName) {
    self.name = name
  }

  static let keys: Set<String> = GenerationSettings.keys.union(["id", "name", "order", "shots", "note"])

  /// Where a shot stands in the file, by its address.
  package func shot(_ id: ShotID) -> Shot? { shots.first { $0.id == id } }
}

extension SequenceFile {
  /// Reads the text of a sequence file. A shot that is faulty is frozen by itself; the others go on.
  package static func read(_ source: SourceText, name: SequenceName) -> Reading<SequenceFile> {
    let consequence = "the shots of this file are frozen until it reads again; nothing was queued or cancelled"
    let (document, faults) = JSONFile.parse(source, consequence: consequence)
    guard let document else { return Reading(model: nil, diagnostics: faults, source: source) }
    let reader = FieldReader(source)
    guard document.root.kind == .object else {
      reader.report(
        .error, "wrong-type", "a sequence file holds an object", at: document.root.range,
        label: "such as { \"id\": \"\(name)\", \"shots\": [] }", notes: [consequence])
      return Reading(model: nil, diagnostics: reader.diagnostics, source: source)
    }
    var sequence = SequenceFile(name: name)
    for member in document.root.members where member.key != "shots" {
      if reader.generation(member, into: &sequence.settings) { continue }
      switch member.key {
      case "name": sequence.title = reader.string(member, example: "\"Arrival\"").value
      case "order":
        if member.value.isNull { continue }
        guard let number = member.value.number, number.isFinite else {
          reader.wrongType(member, expected: "a number", example: "1")
          continue
        }
        sequence.order = number.double
      case "id", "note": break
      default: reader.unknown(member, known: keys)
      }
    }
    sequence.isFaulty = reader.errorCount > 0
    if let shots = document.root["shots"], !shots.isNull {
      if shots.kind == .array {
        sequence.readShots(shots, reader)
      } else {
        reader.report(
          .error, "wrong-type", "`shots` must be a list", at: shots.range, label: "such as []", notes: [consequence])
        return Reading(model: nil, diagnostics: reader.diagnostics, source: source)
      }
    }
    return Reading(model: sequence, diagnostics: reader.diagnostics, source: source)
  }

  private mutating func readShots(_ list: JSONNode, _ reader: FieldReader) {
    var positions: [ShotID: Int] = [:]
    var fileNames: [String: ShotID] = [:]
    shots.reserveCapacity(list.count)
    for element in list.elements {
      guard var shot = Shot.read(element, reader) else { continue }
      if let first = positions[shot.id] {
        reader.report(
          .error, "duplicate-id",
          "the id `\(TerminalText.shortened(shot.id.text, to: 60))` stands twice in this sequence",
          at: element["id"]?.range ?? element.range, label: "give one of the two another id",
          notes: ["both are frozen until then"])
        shots[first].isFaulty = true
        continue
      }
      // Two ids that differ only in case would share files where the file system does not tell case apart.
      if let other = fileNames[shot.id.fileName.lowercased()] {
        reader.report(
          .error, "duplicate-id",
          "the ids `\(TerminalText.shortened(other.text, to: 60))` and `\(TerminalText.shortened(shot.id.text, to: 60))` differ only in case",
          at: element["id"]?.range ?? element.range, label: "give one of the two another id")
        shot.isFaulty = true
      }
      fileNames[shot.id.fileName.lowercased()] = shot.id
      positions[shot.id] = shots.count
      shots.append(shot)
    }
  }
}
