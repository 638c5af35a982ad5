internal import JSONText

/// One thing that `reel doctor` looked at.
struct Finding: Hashable, Sendable {
  enum State: String, Sendable {
    case ok
    /// It works, or will; something could be better.
    case warning
    /// Something does not work.
    case error
  }

  /// What was looked at, in a word or two.
  var subject: String
  var state: State
  var detail: String
  /// What to type or do; nil where there is nothing to do.
  var fix: String?

  init(_ subject: String, _ state: State, _ detail: String, fix: String? = nil) {
    self.subject = subject
    self.state = state
    self.detail = detail
    self.fix = fix
  }

  var json: JSON {
    [
      "subject": .string(subject), "state": .string(state.rawValue), "detail": .string(detail),
      "fix": fix.map { .string($0) } ?? .null,
    ]
  }
}
