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

  /// Its `id`: addresses have no use for it, but shots in files of their own name their sequence by it.
  var id: Written<String>?
  /// The shots in files of their own that it lists under `shot_ids`; nil when the key is not there.
  var listedShots: [Written<ShotID>]?
  /// Whether `shots` is there.
  var hasOwnShots = false

  /// Where a shot stands in `shots`.
  private var positions: [ShotID: Int] = [:]
  /// Whose takes have which names, these in lower case; only where that is not the shot's id, as for most it is.
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
  func shot(withTakesLike id: ShotID) -> ShotID? {
    bearer(ofTakeName: id.fileName.lowercased()).flatMap { $0 == id ? nil : $0 }
  }

  /// The first shot whose takes have that name, which is in lower case.
  private func bearer(ofTakeName name: String) -> ShotID? {
    if let id = takeNames[name] { return id }
    let id = ShotID(name)
    return positions[id] != nil && id.fileName.lowercased() == name ? id : nil
  }

  /// Puts a shot at the end.
  /// - Returns: another shot whose takes would have the names of this one's; it is frozen then.
  mutating func add(_ shot: Shot) -> ShotID? {
    var shot = shot
    // Ids that differ only in case would share files where the file system does not tell case apart; and the safe name of an
    // unsafe id could be another's id.
    let takeName = shot.id.fileName.lowercased()
    let rival = bearer(ofTakeName: takeName)
    if rival != nil {
      shot.isFaulty = true
    } else if !takeName.hasSameBytes(as: shot.id.text) {
      takeNames[takeName] = shot.id
    }
    if shot.hasUnreadablePattern { hasUnreadableTemplates = true }
    positions[shot.id] = shots.count
    shots.append(shot)
    return rival
  }
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
      case "id": sequence.id = member.value.identity.map { Written($0, at: member.value.range) }
      case "shot_ids": sequence.readShotIDs(member, reader)
      case "note": break
      default: if !StoryCoreKeys.ofSequence.contains(member.key) { reader.unknown(member, known: keys) }
      }
    }
    sequence.isFaulty = reader.errorCount > 0
    if let shots = document.root["shots"], !shots.isNull {
      if shots.kind == .array {
        sequence.hasOwnShots = true
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
      guard let shot = Shot.read(element, reader) else {
        hasNamelessShots = true
        continue
      }
      let idRange = element["id"]?.range ?? element.range
      if let first = positions[shot.id] {
        reader.consequence = "both are frozen until then; nothing was queued or cancelled"
        reader.report(
          .error, "duplicate-id", "the id `\(Self.shown(shot.id))` stands twice in this sequence", at: idRange,
          label: "give one of the two another id")
        shots[first].isFaulty = true
        continue
      }
      if let rival = add(shot) {
        reader.consequence = "\(Self.shown(shot.id)) is frozen until then; nothing was queued or cancelled"
        reader.report(
          .error, "duplicate-id", Self.rivalry(rival, shot.id), at: idRange, label: "give one of the two another id")
      }
    }
    reader.reportAmbiguousDurations(shots)
  }

  /// A list that is none says nothing: the editor keeps its shots elsewhere, too.
  private mutating func readShotIDs(_ member: JSONMember, _ reader: FieldReader) {
    if member.value.isNull { return }
    var ids: [Written<ShotID>] = []
    if member.value.kind != .array {
      reader.report(.warning, "unused-value", "`shot_ids` is not used: it is no list", at: member.value.range)
    }
    for element in member.value.elements {
      if let id = element.identity {
        ids.append(Written(ShotID(id), at: element.range))
      } else {
        reader.report(
          .warning, "unused-value", "this element of `shot_ids` is no id, and is not used", at: element.range)
      }
    }
    listedShots = ids
  }

  static func rivalry(_ first: ShotID, _ second: ShotID) -> String {
    "the takes of `\(shown(first))` and `\(shown(second))` would have the same file names"
  }

  static func shown(_ id: ShotID) -> String { TerminalText.shortened(id.text, to: 60) }
}
