package import Basics
package import JSONText
internal import ProjectFiles

/// Fields of a shot that are edited in place, each against what the editor saw there.
extension SequenceEdit {
  /// What stands in the shot's own object.
  package struct Written: Sendable {
    package var file: ProjectPath
    /// From 1.
    package var line: Int
    /// Every field that can be edited; null for one that does not stand there.
    package var fields: JSONObject
  }

  package enum FieldResult: Sendable {
    case written(file: ProjectPath, line: Int)
    /// Somebody wrote something else there meanwhile: nothing was changed.
    case movedOn(current: JSON)
  }

  /// The fields that a shot has by these names; further ones are single parameters, such as `parameters.steps`.
  package static let fields = [
    "name", "prompt", "negativePrompt", "seed", "duration", "style", "model", "parameters", "note",
  ]

  private static let parameterPrefix = "parameters."

  /// Why a field cannot have a value; nil when it can.
  package static func refusal(of value: JSON, for field: String) -> String? {
    if field.hasPrefix(parameterPrefix) {
      return field.utf8.count > parameterPrefix.utf8.count ? nil : "there is no field `\(TerminalText.escaped(field))`"
    }
    guard fields.contains(field) else { return "there is no field `\(TerminalText.shortened(field, to: 60))`" }
    switch (field, value) {
    case (_, .null), ("note", _): return nil
    case ("seed", .number(let number)): return number.uint64 == nil ? "a seed is a whole number from 0 on" : nil
    case ("duration", .number(let number)):
      return number.double > 0 && number.double <= 86_400 ? nil : "a duration is more than 0 and at most 86400 seconds"
    case ("parameters", .object): return nil
    case ("seed", _), ("duration", _): return "`\(field)` is a number"
    case ("parameters", _): return "`parameters` is an object"
    case (_, .string): return nil
    default: return "`\(field)` is a text"
    }
  }

  /// Reads what stands there now.
  package func written() throws(SequenceEditError) -> Written {
    let shot = try find()
    var values: JSONObject = [:]
    for field in Self.fields { values[field] = Self.value(of: field, in: shot.node) }
    return Written(
      file: shot.path, line: Self.line(of: shot.node.range.lowerBound, in: shot.document.bytes), fields: values)
  }

  /// Writes a field if what stands there is what the change was decided on; only those bytes change.
  /// - Parameters:
  ///   - value: null takes the key out.
  ///   - before: null when the key was not there.
  package func set(field: String, to value: JSON, from before: JSON) throws(SequenceEditError) -> FieldResult {
    var current = JSON.null
    var line = 1
    let path = try change { shot throws(SequenceEditError) in
      current = Self.value(of: field, in: shot.node)
      let place = Self.place(of: field, in: shot.node)
      line = Self.line(of: (shot.node.at(place) ?? shot.node).range.lowerBound, in: shot.document.bytes)
      if current != before { return shot.document.bytes }
      return try shot.editing { text, steps throws(JSONEditError) in
        let whole = steps + place.map { .key($0) }
        if !value.isNull { return try text.setting(whole, to: value) }
        return shot.node.at(place) == nil ? text.bytes : try text.removing(whole)
      }
    }
    return current == before ? .written(file: path, line: line) : .movedOn(current: current)
  }

  private static func place(of field: String, in shot: JSONNode) -> [String] {
    guard field.hasPrefix(parameterPrefix) else { return StoryCoreKeys.place(of: field, in: shot) }
    return ["parameters", String(field.dropFirst(parameterPrefix.count))]
  }

  private static func value(of field: String, in shot: JSONNode) -> JSON {
    guard field.hasPrefix(parameterPrefix) else { return StoryCoreKeys.value(of: field, in: shot) }
    return shot.at(place(of: field, in: shot))?.value ?? .null
  }

  private static func line(of offset: Int, in bytes: [UInt8]) -> Int {
    bytes[..<min(offset, bytes.count)].reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
  }
}
