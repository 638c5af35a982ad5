package import Basics

/// One generation as the journal has it: what is to be made, by whom, why, and how far it is.
///
/// Times are nanoseconds since 1970, as `FileStamp.now()` gives them.
package struct JobRecord: Hashable, Sendable {
  /// Chosen by us and journaled before anything is submitted, so that the engine can be asked for it after a crash.
  package var id: String
  /// The shot's address: `sequence_001/shot_002`.
  package var shot: String
  /// What is made of the shot: `still`, `clip`, …
  package var kind: String
  package var fingerprint: Digest
  /// The recipe in canonical JSON: the very text that was hashed. The sidecar gets this one, whatever the files say by then.
  package var recipe: String
  /// The engine's name in the project.
  package var engine: String
  package var engineType: String
  /// Why it is made, as a sentence for people.
  package var reason: String
  package var state: JobState
  /// Higher comes first.
  package var priority: Int64
  package var queuedAt: Int64?
  package var startedAt: Int64?
  package var endedAt: Int64?
  /// From 1; each failure that can pass begins the next.
  package var attempt: Int
  /// What went wrong, when something did; it stays while the job waits for its next attempt.
  package var message: String?
  /// From `writing` on.
  package var output: JobOutput?

  package init(
    id: String, shot: String, kind: String, fingerprint: Digest, recipe: String, engine: String, engineType: String,
    reason: String, state: JobState = .queued, priority: Int64 = 0, queuedAt: Int64? = nil, startedAt: Int64? = nil,
    endedAt: Int64? = nil, attempt: Int = 1, message: String? = nil, output: JobOutput? = nil
  ) {
    self.id = id
    self.shot = shot
    self.kind = kind
    self.fingerprint = fingerprint
    self.recipe = recipe
    self.engine = engine
    self.engineType = engineType
    self.reason = reason
    self.state = state
    self.priority = priority
    self.queuedAt = queuedAt
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.attempt = attempt
    self.message = message
    self.output = output
  }
}

/// What an engine gave for a job: enough to finish the take after a crash, with nothing asked of the engine again.
package struct JobOutput: Hashable, Sendable {
  /// Where the take lies, or will.
  package var file: ProjectPath
  package var digest: Digest
  /// The size of the file.
  package var bytes: Int
  /// The `output` and `engine` sections of the sidecar, as JSON.
  package var facts: String

  package init(file: ProjectPath, digest: Digest, bytes: Int, facts: String) {
    self.file = file
    self.digest = digest
    self.bytes = bytes
    self.facts = facts
  }
}
