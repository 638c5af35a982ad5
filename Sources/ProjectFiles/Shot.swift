package import Basics
package import JSONText

/// One shot as its sequence's file says it, or a file of its own.
package struct Shot: Sendable {
  package var id: ShotID
  package var name: String?
  package var prompt: Written<String>?
  @Boxed package var settings: GenerationSettings
  /// Seconds.
  package var duration: Double?
  package var isHeld = false
  /// False when images that bear the shot's name are not wanted as references.
  package var usesInbox = true
  /// The take that a kind is told to use, by file name.
  package var pick: SmallDictionary<Kind, Written<String>> = [:]
  /// Further kinds the shot wants: `clip`, `voice`, `talk`.
  package var kinds: SmallDictionary<Kind, KindRequest> = [:]
  /// Makes this a template: a shot for each picture that fits.
  package var each: Written<PicturePattern>?
  /// Whether `each` stands there and was refused.
  package var hasUnreadablePattern = false
  /// What a template made it of; nil for shots that are written.
  package var made: MadeShot?
  /// The file that its object stands in, and where.
  package var file: ProjectPath
  package var range: Range<Int>
  /// Whether something of it was refused: it is frozen then, nothing is queued or cancelled for it.
  package var isFaulty = false

  /// Whether the StoryCore editor wrote it.
  package var isEditors = false
  /// References that only the editor's keys name: that one of them is missing freezes nothing.
  package var editorReferences: Set<ProjectPath> = []
  /// What the editor names as references and is no file of the project: URLs, paths on somebody's disk. Shortened.
  package var unusableReferences: [Written<String>] = []
  /// Where the editor states a length that may be frames or seconds.
  var ambiguousDuration: Range<Int>?

  package init(id: ShotID, file: ProjectPath, range: Range<Int>) {
    self.id = id
    self.file = file
    self.range = range
    _settings = GenerationSettings.none
  }

  /// The keys of a shot that are no generation keys.
  static let ownKeys: Set<String> = [
    "id", "name", "prompt", "duration", "hold", "inbox", "pick", "clip", "voice", "talk", "each", "note",
  ]
  static let keys = ownKeys.union(GenerationSettings.keys)
  static let pickKeys: Set<String> = ["still", "clip", "voice", "talk", "note"]
}

/// What a shot says of one of its further kinds.
package struct KindRequest: Sendable {
  @Boxed package var settings: GenerationSettings
  /// Everything else the kind's object holds, such as `camera` or `text`, without notes.
  package var fields: JSONObject = [:]
  package var range: Range<Int>

  init(range: Range<Int>) {
    self.range = range
    _settings = GenerationSettings.none
  }

  /// The keys that are known for a kind; any others may stand beside them.
  static func keys(of kind: Kind) -> Set<String> {
    let own: Set<String> = kind == .clip ? ["camera"] : kind == .voice ? ["text", "speaker"] : []
    return own.union(GenerationSettings.keys).union(["prompt", "note"])
  }
}

extension Shot {
  /// The camera move of the shot's clip: `{ "move": "dolly-in", "amount": 0.3 }`.
  package var camera: JSON? { kinds[.clip]?.fields["camera"] }

  /// Reads one element of `shots`, or the whole of a shot's own file; nil when it has no usable id.
  /// - Parameter fileID: the id by the name of the shot's own file, for one that has none inside.
  static func read(_ node: JSONNode, _ reader: FieldReader, inFileOf fileID: ShotID? = nil) -> Shot? {
    guard node.kind == .object else {
      reader.report(
        .error, "wrong-type", "a shot is an object", at: node.range,
        label: "such as { \"id\": \"shot_001\", \"prompt\": \"…\" }")
      return nil
    }
    guard let id = readID(node, reader, fileID) else { return nil }
    let errorsBefore = reader.errorCount
    let consequenceBefore = reader.consequence
    defer { reader.consequence = consequenceBefore }
    reader.consequence =
      "\(TerminalText.shortened(id.text, to: 60)) is frozen until then; nothing was queued or cancelled"
    var shot = Shot(id: id, file: reader.source.file, range: node.range)
    shot.isEditors = fileID != nil || node.members.contains { StoryCoreKeys.marksOfShot.contains($0.key) }
    var hasEditorKeys = false
    var settings: GenerationSettings?
    for member in node.members {
      if shot.isEditors, StoryCoreKeys.isSilent(member.value, as: member.key), member.value.kind == .number { continue }
      if reader.generation(member, into: &settings) { continue }
      switch member.key {
      case "id", "note": break
      case "name":
        shot.name = reader.string(member, example: "\"Harbour at dawn\"").value
      case "prompt":
        if case .set(let prompt) = reader.string(member, example: "\"a small harbour at dawn\"") {
          shot.prompt = prompt
        }
      case "duration":
        shot.duration = reader.number(member, over: 0, to: 86_400, example: "4").value?.double
      case "hold": shot.isHeld = reader.bool(member).value ?? false
      case "inbox": shot.usesInbox = reader.bool(member).value ?? true
      case "pick": shot.readPick(member, reader)
      case "clip", "voice", "talk": shot.readKind(member, reader)
      case "each":
        shot.each = reader.pattern(member)
        shot.hasUnreadablePattern = shot.each == nil && !member.value.isNull
      default:
        if StoryCoreKeys.ofShot.contains(member.key) {
          hasEditorKeys = true
        } else if !shot.isEditors {
          reader.unknown(member, known: keys)
        }
      }
    }
    if let settings { shot.settings = settings }
    if hasEditorKeys { shot.readEditorKeys(of: node, reader) }
    if shot.each != nil, let pick = node.members.first(where: { $0.key == "pick" }), !pick.value.isNull {
      reader.report(
        .error, "pick-in-template", "a template has no takes, so it cannot `pick` one", at: pick.keyRange,
        label: "take it out; a shot that is written out under the id of a picture's shot can have it")
    }
    shot.isFaulty = reader.errorCount > errorsBefore
    return shot
  }

  private static func readID(_ node: JSONNode, _ reader: FieldReader, _ fileID: ShotID?) -> ShotID? {
    guard let idNode = node["id"] else {
      if let fileID { return fileID }
      reader.report(
        .error, "missing-key", "this shot has no `id`", at: node.range.lowerBound..<(node.range.lowerBound + 1),
        label: "add \"id\": \"shot_001\", unique in this file")
      return nil
    }
    guard let id = idNode.identity else {
      reader.report(
        .error, "wrong-type", "a shot's `id` must be a text of at most 1000 bytes", at: idNode.range,
        label: "such as \"shot_001\"")
      return nil
    }
    return ShotID(id)
  }

  private mutating func readPick(_ member: JSONMember, _ reader: FieldReader) {
    if member.value.isNull { return }
    guard member.value.kind == .object else {
      return reader.wrongType(member, expected: "an object", example: "{ \"still\": \"shot_001.still-….png\" }")
    }
    for choice in member.value.members where !choice.value.isNull && choice.key != "note" {
      guard let kind = Kind(choice.key) else {
        reader.unknown(choice, known: Self.pickKeys)
        continue
      }
      guard let file = choice.value.string else {
        reader.wrongType(choice, expected: "the file name of a take", example: "\"shot_001.still-….png\"")
        continue
      }
      guard !file.isEmpty, !file.utf8.contains(where: { "/\\\0".utf8.contains($0) }) else {
        reader.report(
          .error, "bad-path", "`pick` holds names of files beside the sequence, without a folder",
          at: choice.value.range,
          label: "such as \"shot_001.still-….png\"")
        continue
      }
      // No key of an object stands twice.
      pick.append(Written(file, at: choice.value.range), for: kind)
    }
  }

  private mutating func readKind(_ member: JSONMember, _ reader: FieldReader) {
    if member.value.isNull { return }
    guard member.value.kind == .object, let kind = Kind(member.key) else {
      return reader.wrongType(member, expected: "an object", example: "{}")
    }
    var request = KindRequest(range: member.value.range)
    var settings: GenerationSettings?
    for field in member.value.members {
      if field.key == "note" || reader.generation(field, into: &settings) { continue }
      switch field.key {
      case "camera" where kind == .clip: reader.checkCamera(field)
      case "prompt": _ = reader.string(field, example: "\"slowly\"")
      case "text" where kind == .voice: _ = reader.string(field, example: "\"I never left.\"")
      case "speaker" where kind == .voice: _ = reader.string(field, example: "\"mara\"")
      // Free beyond these: what an engine makes of it is the engine's.
      default: break
      }
      reader.checkFinite(field)
      if !field.value.isNull { request.fields[field.key] = field.value.value.withoutNotes }
    }
    if kind == .voice, request.fields["text"] == nil {
      reader.report(
        .warning, "missing-key", "this `voice` has no `text`: there is nothing to say", at: member.keyRange,
        label: "add \"text\": \"I never left.\"")
    }
    if let settings { request.settings = settings }
    kinds[kind] = request
  }
}

extension JSON {
  /// The value without `note` keys, at any depth: notes are never part of a recipe.
  package var withoutNotes: JSON {
    switch self {
    case .object(let object):
      var kept: JSONObject = [:]
      for (key, value) in object where key != "note" { kept[key] = value.withoutNotes }
      return .object(kept)
    case .array(let elements): return .array(elements.map(\.withoutNotes))
    default: return self
    }
  }
}
