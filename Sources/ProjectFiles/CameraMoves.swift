internal import Basics
internal import JSONText

/// The camera moves that can be asked for.
package enum CameraMoves {
  package static let all = [
    "static", "pan-left", "pan-right", "tilt-up", "tilt-down", "dolly-in", "dolly-out", "zoom-in", "zoom-out",
    "truck-left", "truck-right", "pedestal-up", "pedestal-down", "crane-up", "crane-down", "orbit-left", "orbit-right",
    "roll", "handheld",
  ]
}

extension CameraMoves {
  static let keys: Set<String> = ["move", "amount", "note"]
}

extension FieldReader {
  /// Checks `{ "move": "dolly-in", "amount": 0.3 }`.
  func checkCamera(_ member: JSONMember) {
    if member.value.isNull { return }
    guard member.value.kind == .object else {
      return wrongType(member, expected: "an object", example: "{ \"move\": \"dolly-in\", \"amount\": 0.3 }")
    }
    for field in member.value.members where !field.value.isNull {
      switch field.key {
      case "move":
        guard let move = field.value.string else {
          wrongType(field, expected: "the name of a move", example: "\"dolly-in\"")
          continue
        }
        if !CameraMoves.all.contains(move) {
          let likely = Likeness.likely(move, among: CameraMoves.all).map { "did you mean \"\($0)\"?" }
          report(
            .error, "unknown-move", "`\(TerminalText.shortened(move, to: 40))` is no camera move that reel knows",
            at: field.value.range, label: likely ?? "one of \(CameraMoves.all.joined(separator: ", "))")
        }
      case "amount":
        if let number = field.value.number {
          if !(0...1).contains(number.double) {
            report(
              .error, "out-of-range", "`amount` must be from 0 to 1", at: field.value.range, label: "such as 0.3")
          }
        } else {
          wrongType(field, expected: "a number", example: "0.3")
        }
      default: unknown(field, known: CameraMoves.keys)
      }
    }
  }
}
