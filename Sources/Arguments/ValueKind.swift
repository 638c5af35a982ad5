internal import Basics

/// What a value must be: the parser refuses what does not fit, and a shell can offer what does.
package enum ValueKind: Hashable, Sendable {
  case text
  case integer(ClosedRange<Int>)
  case choice([String])
  /// A file, of one of these extensions (without dots) unless the list is empty.
  case file(extensions: [String])
  case directory
  /// The address of a shot: what there is to choose from only the program itself can say.
  case shot
  /// A take, by its path or by SHOT/FINGERPRINT.
  case take
  /// The name of a command of this table.
  case command

  /// What is wrong with a value, as the end of the sentence "`x` …" with a hint; nil when it fits.
  func fault(of value: String) -> (says: String, hint: String?)? {
    switch self {
    case .integer(let range):
      // Int accepts "+5", which nobody means.
      if let number = Int(value), value.first != "+", range.contains(number) { return nil }
      return ("is no number from \(range.lowerBound) to \(range.upperBound)", nil)
    case .choice(let choices):
      if choices.contains(value) { return nil }
      let likely = Likeness.likely(value, among: choices)
      return (
        "is not one of \(choices.joined(separator: ", "))", likely.map { "did you mean `\($0)`?" }
      )
    case .text, .file, .directory, .shot, .take, .command:
      return nil
    }
  }
}
