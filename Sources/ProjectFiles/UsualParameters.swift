internal import Basics
internal import JSONText

/// The parameters that most engines know, and what they hold everywhere. All others are free, and so is what an engine makes of these:
/// a value that fits nowhere is worth a word, but no reason to stop.
enum UsualParameters {
  static let keys: Set<String> = ["steps", "cfg", "sampler", "scheduler", "denoise", "strength", "note"]
}

extension FieldReader {
  func checkUsual(_ parameter: JSONMember) {
    if parameter.value.isNull { return }
    let number = parameter.value.number
    switch parameter.key {
    case "steps":
      check(
        parameter, number.map { $0.double >= 1 && $0.double.rounded() == $0.double } ?? false, "a whole number from 1",
        example: "20")
    case "cfg": check(parameter, number.map { $0.double >= 0 } ?? false, "a number from 0", example: "7")
    case "denoise":
      check(parameter, number.map { (0...1).contains($0.double) } ?? false, "a number from 0 to 1", example: "0.6")
    case "strength": check(parameter, number != nil, "a number", example: "0.8")
    case "sampler": check(parameter, parameter.value.string != nil, "a text", example: "\"euler\"")
    case "scheduler": check(parameter, parameter.value.string != nil, "a text", example: "\"karras\"")
    default: break
    }
  }

  private func check(_ parameter: JSONMember, _ isUsual: Bool, _ expected: String, example: String) {
    if isUsual { return }
    report(
      .warning, "odd-parameter", "`\(parameter.key)` is \(expected) for all engines that reel knows of",
      at: parameter.value.range, label: "such as \(example)")
  }
}
