package import Basics
internal import JSONText

/// What somebody thinks of one take.
package struct Rating: Hashable, Sendable {
  package enum Value: Int, Sendable {
    case liked = 1
    case disliked = -1
  }

  package var value: Value
  package var note: String?

  static let keys: Set<String> = ["value", "note"]

  package init(_ value: Value, note: String? = nil) {
    self.value = value
    self.note = note
  }
}

/// `ratings/PERSON.json`: what one person thinks of takes, by the takes' file names, so that ratings survive moves.
///
/// Ratings decide nothing: which take is used says `pick`, else the recipe. So whatever is wrong with such a file is a warning.
package struct Ratings: Sendable {
  /// By the take's file name, as bytes.
  package var byTake: [ProjectPath: Rating] = [:]

  package init() {}

  /// What is said of the take that lies at a path.
  package subscript(take: ProjectPath) -> Rating? { byTake[ProjectPath(trusted: Array(take.nameBytes))] }

  /// Reads the text of a ratings file. A line that says nothing usable counts for nothing; the others do.
  package static func read(_ source: SourceText) -> Reading<Ratings> {
    let consequence = "its ratings count for nothing until it reads again, and `reel` writes none into it"
    let (document, faults) = JSONFile.parse(source, consequence: consequence)
    let reader = FieldReader(source, consequence: consequence)
    guard let document else { return Reading(model: nil, diagnostics: faults.map(\.asWarning), source: source) }
    guard document.root.kind == .object else {
      reader.report(
        .warning, "wrong-type", "a ratings file holds an object", at: document.root.range, label: "such as {}")
      return Reading(model: nil, diagnostics: reader.diagnostics, source: source)
    }
    var ratings = Ratings()
    for member in document.root.members where !isOwnKey(member.key) {
      if let rating = rating(member, reader) { ratings.byTake[ProjectPath(trusted: member.key)] = rating }
    }
    return Reading(model: ratings, diagnostics: reader.diagnostics, source: source)
  }

  /// Keys of the file that are no takes.
  static func isOwnKey(_ key: String) -> Bool { key.hasPrefix("$") || key == "note" }

  private static func rating(_ member: JSONMember, _ reader: FieldReader) -> Rating? {
    func refuse(_ code: String, _ message: String, at range: Range<Int>) -> Rating? {
      reader.report(.warning, code, message, at: range, label: "such as { \"value\": 1 }, or -1")
      return nil
    }
    let name = TerminalText.shortened(member.key, to: 60)
    guard member.value.kind == .object else {
      return refuse("wrong-type", "the rating of `\(name)` is no object", at: member.value.range)
    }
    guard let value = member.value["value"] else {
      return refuse("missing-key", "the rating of `\(name)` has no `value`", at: member.value.range)
    }
    guard let opinion = value.number?.int.flatMap({ Rating.Value(rawValue: $0) }) else {
      return refuse("out-of-range", "a rating's `value` is 1 (liked) or -1 (disliked)", at: value.range)
    }
    return Rating(opinion, note: member.value["note"]?.string)
  }
}

extension Diagnostic {
  /// The same fault where it stops nothing.
  fileprivate var asWarning: Diagnostic {
    var warning = self
    warning.severity = .warning
    return warning
  }
}

// MARK: Writing

extension Ratings {
  /// What a person says of a take now.
  package enum Change: Hashable, Sendable {
    /// With a note; nil leaves the one that is there, an empty one takes it out.
    case rate(Rating.Value, note: String?)
    case unrate
  }

  /// The text of a ratings file after some changes: keys in byte order, a line each.
  ///
  /// What else stands in it is kept: lines of takes that are gone, keys that nobody knows, notes.
  /// - Parameter text: what stands there now; nil when there is no file.
  /// - Returns: nil when the text is no ratings file: it is not to be written over.
  package static func text(_ text: [UInt8]?, changing takes: [ProjectPath], to change: Change) -> [UInt8]? {
    var object: JSONObject = [:]
    if let text {
      guard let document = try? JSONDocument(parsing: text), document.duplicateKeys.isEmpty,
        let there = document.root.value.object
      else { return nil }
      object = there
    }
    for take in takes {
      let key = take.name
      switch change {
      case .unrate: object[key] = nil
      case .rate(let value, let note):
        var entry = object[key]?.object ?? [:]
        entry["value"] = .number(JSONNumber(value.rawValue))
        if let note { entry["note"] = note.isEmpty ? nil : .string(note) }
        object[key] = .object(entry)
      }
    }
    return lines(object)
  }

  private static func lines(_ object: JSONObject) -> [UInt8] {
    let members = object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    if members.isEmpty { return Array("{}\n".utf8) }
    let lines = members.map { "  \(JSON.string($0.key).compactText): \($0.value.lineText)" }
    return Array("{\n\(lines.joined(separator: ",\n"))\n}\n".utf8)
  }
}

/// What one of several people thinks of a take.
package struct PersonalRating: Hashable, Sendable {
  package var person: Person
  package var rating: Rating
}

extension Project {
  /// What people think of the take at a path, in order of their names.
  package func ratings(of take: ProjectPath) -> [PersonalRating] {
    ratings.keys.sorted().compactMap { person in
      (ratings[person]?.model?[take]).map { PersonalRating(person: person, rating: $0) }
    }
  }

  /// Whether anybody likes the take at a path.
  package func isLiked(_ take: ProjectPath) -> Bool {
    ratings.values.contains { $0.model?[take]?.value == .liked }
  }

  /// Whether anybody dislikes it.
  package func isDisliked(_ take: ProjectPath) -> Bool {
    ratings.values.contains { $0.model?[take]?.value == .disliked }
  }
}
