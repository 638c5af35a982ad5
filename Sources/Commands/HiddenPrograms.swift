internal import Engines

/// What `reel` is started as by itself, and no person types.
package enum HiddenPrograms {
  /// Does it, before any thread is started; nil when the arguments are a person's.
  /// - Returns: the exit status.
  package static func run(_ words: [String]) -> Int32? {
    guard words.count == 2, words[0] == JobSupervisor.word else { return nil }
    return JobSupervisor.run(words[1])
  }
}
