internal import Basics

/// Likely names for what is not there, each looked for once for all shots that are planned together: many may miss the same file.
///
/// A class because these shots share it; it lives only while they are planned, on one thread.
final class Guesses {
  private var known: [Question: String?] = [:]

  private struct Question: Hashable {
    var name: String
    var place: ProjectPath
  }

  /// The name that was probably meant.
  /// - Parameter place: the folder or file in whose names it is looked for.
  func likely(_ name: String, in place: ProjectPath, among names: () -> [String]) -> String? {
    let question = Question(name: name, place: place)
    if let answer = known[question] { return answer }
    let answer = Likeness.likely(name, among: names())
    known[question] = .some(answer)
    return answer
  }
}
