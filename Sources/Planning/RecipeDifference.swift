package import Basics
package import JSONText
internal import ProjectFiles

/// One field in which two recipes differ.
package struct FieldChange: Hashable, Sendable {
  /// Where, with dots: `prompt`, `parameters.steps`, `references[0]`.
  package var field: String
  /// Nil when the field was not there.
  package var before: JSON?
  package var after: JSON?
  /// The file whose content it is, for references.
  package var path: ProjectPath?

  /// `prompt "rain" -> "heavy rain"`, or "inbox/mara.png has new content".
  package var sentence: String {
    if let path {
      let name = TerminalText.escaped(path.string)
      return before == nil ? "\(name) was added to the references" : "\(name) has new content"
    }
    if let input = inputSentence { return input }
    switch (before, after) {
    case (nil, let after?): return "\(shownField) was added: \(Self.shown(after))"
    case (let before?, nil): return "\(shownField) was taken away: \(Self.shown(before))"
    case (.string(let before)?, .string(let after)?):
      let (old, new) = Self.excerpts(before, after)
      return "\(shownField) \(old) -> \(new)"
    case (let before?, let after?): return "\(shownField) \(Self.shown(before)) -> \(Self.shown(after))"
    case (nil, nil): return shownField
    }
  }

  /// Whether the sentence needs no "changed:" before it.
  var isWholeSentence: Bool { path != nil || inputSentence != nil }

  /// Parameters' names are strangers' text.
  private var shownField: String { TerminalText.shortened(field, to: 80) }

  /// Inputs are hashes, which tell a reader nothing: `inputs.still`, `inputs.shots[2].still`.
  private var inputSentence: String? {
    guard field.hasPrefix("inputs") else { return nil }
    let parts = field.split(separator: ".").dropFirst()
    switch parts.count {
    case 1 where before?.array == nil && after?.array == nil: return "the \(parts[1]) it is made of is another one"
    case 2 where parts[1].hasPrefix("shots[") && parts[2] != "duration":
      let number = (Int(parts[1].dropFirst("shots[".count).dropLast()) ?? 0) + 1
      return "the \(parts[2]) of its shot \(number) is another one"
    case 1 where parts[1] == "shots": return "it has other shots"
    default: return nil
    }
  }

  private static func shown(_ value: JSON) -> String {
    if case .string(let text) = value { return "\"\(TerminalText.shortened(text, to: 48))\"" }
    return TerminalText.shortened(value.compactText, to: 60)
  }

  /// Two texts in quotes, long ones cut to the words around where they differ.
  static func excerpts(_ before: String, _ after: String) -> (String, String) {
    if before.count <= 48, after.count <= 48 {
      return ("\"\(TerminalText.escaped(before))\"", "\"\(TerminalText.escaped(after))\"")
    }
    let (a, b) = (Array(before), Array(after))
    var start = 0
    while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
    var end = 0
    while end < min(a.count, b.count) - start, a[a.count - 1 - end] == b[b.count - 1 - end] { end += 1 }
    // Whole words, and one word of what stays the same on either side.
    func wordStart(_ text: [Character]) -> Int {
      var position = start
      var spaces = 0
      while position > 0 {
        if text[position - 1] == " " {
          spaces += 1
          if spaces == 2 { break }
        }
        if start - position > 24 { break }
        position -= 1
      }
      return position
    }
    func wordEnd(_ text: [Character]) -> Int {
      var position = text.count - end
      var spaces = 0
      while position < text.count {
        if text[position] == " " {
          spaces += 1
          if spaces == 2 { break }
        }
        if position - (text.count - end) > 24 { break }
        position += 1
      }
      return position
    }
    func excerpt(_ text: [Character]) -> String {
      let (from, to) = (wordStart(text), wordEnd(text))
      let middle = TerminalText.shortened(String(text[from..<max(from, to)]), to: 72)
      let isCut = to < text.count && !middle.hasSuffix("…")
      return "\"\(from > 0 ? "…" : "")\(middle)\(isCut ? "…" : "")\""
    }
    return (excerpt(a), excerpt(b))
  }
}

/// The fields in which two recipes differ, in the order in which a reader would look for them.
package enum RecipeDifference {
  /// What a want asks otherwise than a recipe did. What shots say in the part that recipes share is told by the shots' names for it.
  package static func between(_ before: JSONObject, _ want: Want) -> [FieldChange] {
    let changes = between(before, want.recipe.fields, references: want.request.references.map(\.path))
    guard let large = want.recipe.large else { return changes }
    let pictures = want.request.references + want.request.entries.values.joined()
    var told: Set<FieldChange> = []
    let named = changes.compactMap { change -> FieldChange? in
      var change = change
      if change.field == large.key || change.field.hasPrefix("\(large.key).") {
        change.field = large.name(of: change.field) ?? change.field
        // Several inputs may get the same.
        if changes.contains(where: { $0.field == change.field }) { return nil }
        change.path = pictures.first { .string($0.digest.description) == change.after }?.path
      }
      return told.insert(change).inserted ? change : nil
    }
    return sorted(named)
  }

  /// - Parameter references: the paths of the wanted recipe's references, in order, so that a change of content can be told by name.
  package static func between(_ before: JSONObject, _ after: JSONObject, references: [ProjectPath]) -> [FieldChange] {
    var changes: [FieldChange] = []
    compare(.object(before), .object(after), at: "", references, into: &changes)
    return sorted(changes)
  }

  private static func sorted(_ changes: [FieldChange]) -> [FieldChange] {
    changes.sorted { left, right in
      let (a, b) = (rank(left.field), rank(right.field))
      return a != b ? a < b : left.field < right.field
    }
  }

  private static func rank(_ field: String) -> Int {
    let isBelow = { (name: String) in field.hasPrefix(name + "[") || field.hasPrefix(name + ".") }
    return order.firstIndex { field == $0 || field.hasPrefix($0) && isBelow($0) } ?? order.count
  }

  private static let order = [
    "engine", "shot.id", "shot.name", "prompt", "negativePrompt", "references", "inputs", "seed", "take",
  ]

  private static func compare(
    _ before: JSON, _ after: JSON, at field: String, _ references: [ProjectPath], into changes: inout [FieldChange]
  ) {
    if before == after { return }
    switch (before, after) {
    case (.object(let old), .object(let new)):
      // Most fields are the same.
      let changed = old.filter { new[$0.key] != $0.value }.map(\.key) + new.filter { old[$0.key] == nil }.map(\.key)
      for key in changed.sorted() {
        let inner = field.isEmpty ? key : "\(field).\(key)"
        switch (old[key], new[key]) {
        case (let a?, let b?): compare(a, b, at: inner, references, into: &changes)
        case (nil, .array(let new)?) where inner == "references":
          compareReferences([], new, references, into: &changes)
        case (.array(let old)?, nil) where inner == "references":
          compareReferences(old, [], references, into: &changes)
        case (let a, let b): changes.append(FieldChange(field: inner, before: a, after: b))
        }
      }
    case (.array(let old), .array(let new)) where field == "references":
      compareReferences(old, new, references, into: &changes)
    case (.array(let old), .array(let new)) where old.count == new.count:
      for (index, (a, b)) in zip(old, new).enumerated() {
        compare(a, b, at: "\(field)[\(index)]", references, into: &changes)
      }
    default: changes.append(FieldChange(field: field, before: before, after: after))
    }
  }

  /// References by content: what is the same on both sides is no change, whatever moved around it.
  private static func compareReferences(
    _ old: [JSON], _ new: [JSON], _ paths: [ProjectPath], into changes: inout [FieldChange]
  ) {
    let fresh = new.indices.filter { !old.contains(new[$0]) }
    // As many as there were: each new content took the place of one that is gone.
    let isReplaced = old.count == new.count
    for index in fresh {
      changes.append(
        FieldChange(
          field: "references[\(index)]", before: isReplaced ? .some(old[index]) : .none, after: new[index],
          path: index < paths.count ? paths[index] : nil))
    }
    if isReplaced {
      if fresh.isEmpty { changes.append(FieldChange(field: "the order of the references")) }
    } else if fresh.isEmpty || old.count > new.count - fresh.count {
      // Some went, or one that was there came a second time.
      changes.append(
        FieldChange(
          field: "number of references", before: .number(JSONNumber(old.count)), after: .number(JSONNumber(new.count))))
    }
  }
}
