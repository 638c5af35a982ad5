package import Basics
internal import ProjectFiles

/// Why a job is planned.
package enum Reason: Hashable, Sendable {
  /// The shot has no take of this kind at all.
  case noTake
  /// The newest take was made by another recipe; `take` is that one's file name.
  case changed([FieldChange], take: String)
  /// One more of several takes: `number` of `count`.
  case further(number: Int, count: Int)
  /// The take is known, but its output was deleted.
  case outputGone(ProjectPath)
  /// A person asked for the same recipe once more.
  case again
  /// The newest take's recipe cannot be read, so what changed cannot be told.
  case unknownBefore(take: String)
  /// The newest take was made by a newer reel, whose recipes this one cannot compare with its own.
  case newerForm(take: String)

  /// One sentence without a full stop.
  package var sentence: String {
    switch self {
    case .noTake: "no take yet"
    case .changed(let changes, _):
      changes.count == 1 && changes[0].isWholeSentence ? changes[0].sentence : "changed: \(fields)"
    case .further(let number, let count): "take \(number) of \(count)"
    case .outputGone(let path): "its output \(TerminalText.escaped(path.name)) was deleted"
    case .again: "asked for once more"
    case .unknownBefore(let take): "the recipe of \(TerminalText.escaped(take)) cannot be read"
    case .newerForm(let take):
      "\(TerminalText.escaped(take)) was made by a newer reel, whose recipes this one cannot compare"
    }
  }

  /// What changed, without the word: `prompt "rain" -> "heavy rain"; seed 41 -> 42`.
  package var fields: String {
    guard case .changed(let changes, _) = self else { return sentence }
    let shown = changes.prefix(3).map(\.sentence)
    let more = changes.count - shown.count
    return shown.joined(separator: "; ") + (more > 0 ? "; and \(more) more" : "")
  }

  /// Whether the shot has something older to show meanwhile.
  package var isStale: Bool {
    switch self {
    case .changed, .unknownBefore, .newerForm: true
    case .noTake, .further, .outputGone, .again: false
    }
  }
}
