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
  /// As they are written, templates among them: `Project.shots(of:)` has those that are made.
  package private(set) var shots: [Shot] = []
  /// Whether a key of the sequence itself was refused: all its shots are frozen then.
  package var isFaulty = false
  /// Whether an element of `shots` has no usable id: nobody can say then that a shot is gone.
  package var hasNamelessShots = false
  /// Whether the pattern of a template was refused: nobody can say then that a shot it made is gone.
  package var hasUnreadableTemplates = false

  /// Where a shot stands in `shots`.
  private var positions: [ShotID: Int] = [:]
  /// Whose takes have which names, these in lower case.
  private var takeNames: [String: ShotID] = [:]

  package init(name: SequenceName) {
    self.name = name
  }

  static let keys: Set<String> = GenerationSettings.keys.union(["id", "name", "order", "shots", "note"])

  /// Whether the file says of every shot which one it is.
  package var namesAllShots: Bool { !hasNamelessShots && !hasUnreadableTemplates }

  /// What the file says of a shot, or of a template.
  package func shot(_ id: ShotID) -> Shot? { positions[id].map { shots[$0] } }

  func position(of id: ShotID) -> Int? { positions[id] }

  /// Another shot that is written and whose takes would have the names of this one's.
  func shot(withTakesLike id: ShotID) -> ShotID? { takeNames[id.fileName.lowercased()].flatMap { $0 == id ? nil : $0 } }
}

extension SequenceFile {
  /// Reads the text of a sequence file. A shot that is faulty is frozen by itself; the others go on.
  package static func read(_ source: SourceText, name: SequenceName) -> Reading<SequenceFile> {
    let consequence = "the shots of this file are frozen until it reads again; nothing was queued or cancelled"
    let (document, faults) = JSONFile.parse(source, consequence: consequence)
    guard let document else { return Reading(model: nil, diagnostics: faults, source: source) }
    let reader = FieldReader(source, consequence: consequence)
    guard document.root.kind == .object else {
      reader.report(
        .error, "wrong-type", "a sequence file holds an object", at: document.root.range,
        label: "such as { \"id\": \"\(name)\", \"shots\": [] }")
      return Reading(model: nil, diagnostics: reader.diagnostics, source: source)
    }
    var sequence = SequenceFile(name: name)
    for member in document.root.members where member.key != "shots" {
      if reader.generation(member, into: &sequence.settings) { continue }
      switch member.key {
      case "name": sequence.title = reader.string(member, example: "\"Arrival\"").value
      case "order":
        sequence.order = reader.number(member, example: "1").value?.double
      case "id", "note": break
      default: reader.unknown(member, known: keys)
      }
    }
    sequence.isFaulty = reader.errorCount > 0
    if let shots = document.root["shots"], !shots.isNull {
      if shots.kind == .array {
        sequence.readShots(shots, reader)
      } else {
        reader.report(.error, "wrong-type", "`shots` must be a list", at: shots.range, label: "such as []")
        return Reading(model: nil, diagnostics: reader.diagnostics, source: source)
      }
    }
    return Reading(model: sequence, diagnostics: reader.diagnostics, source: source)
  }

  private mutating func readShots(_ list: JSONNode, _ reader: FieldReader) {
    shots.reserveCapacity(list.count)
    for element in list.elements {
      guard var shot = Shot.read(element, reader) else {
        hasNamelessShots = true
        continue
      }
      if shot.each == nil, element["each"].map({ !$0.isNull }) ?? false { hasUnreadableTemplates = true }
      let idRange = element["id"]?.range ?? element.range
      if let first = positions[shot.id] {
        reader.consequence = "both are frozen until then; nothing was queued or cancelled"
        reader.report(
          .error, "duplicate-id", "the id `\(Self.shown(shot.id))` stands twice in this sequence", at: idRange,
          label: "give one of the two another id")
        shots[first].isFaulty = true
        continue
      }
      // Ids that differ only in case would share files where the file system does not tell case apart; and the safe name of an
      // unsafe id could be another's id.
      let takeName = shot.id.fileName.lowercased()
      if let other = takeNames[takeName] {
        reader.consequence = "\(Self.shown(shot.id)) is frozen until then; nothing was queued or cancelled"
        reader.report(
          .error, "duplicate-id",
          "the takes of `\(Self.shown(other))` and `\(Self.shown(shot.id))` would have the same file names",
          at: idRange,
          label: "give one of the two another id")
        shot.isFaulty = true
      } else {
        takeNames[takeName] = shot.id
      }
      positions[shot.id] = shots.count
      shots.append(shot)
    }
  }

  private static func shown(_ id: ShotID) -> String { TerminalText.shortened(id.text, to: 60) }
}
