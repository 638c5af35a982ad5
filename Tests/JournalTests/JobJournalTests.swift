import Basics
import Journal
import TestSupport
import Testing

@Suite struct JobJournalTests {
  private let folder = ScratchFolder()

  private func open() throws -> JobJournal { try JobJournal(in: folder.path, patience: .zero) }

  private let output = JobOutput(
    file: "sequences/sequence_001/shot_001.still-7f3a9c21-b04d11aa.png", digest: Digest(of: [1]), bytes: 812_345,
    facts: "{\"output\": {}}")

  // MARK: Queueing

  @Test func `a job comes back as it was queued, every part of it`() throws {
    let job = JobRecord(
      id: "0f8e", shot: "sequence_001/shot_001", kind: "still", fingerprint: Digest(of: [9]),
      recipe: "{\"prompt\":\"fog, caf\u{E9} cafe\u{301} \\u0000 映画\"}", engine: "comfyui", engineType: "comfyui",
      reason: "prompt changed: …", priority: -5, queuedAt: .max, attempt: 3, message: "busy")
    let journal = try open()
    #expect(journal.isNew)
    #expect(journal.notice == nil)
    try journal.enqueue([job])
    journal.close()
    let again = try open()
    #expect(!again.isNew)
    #expect(try again.openJobs() == [job])
    let found = try #require(try again.job("0f8e"))
    #expect(Array(found.recipe.utf8) == Array(job.recipe.utf8))
    #expect(try again.job("none") == nil)
  }

  @Test func `ten thousand jobs are queued in one go and come back in order`() throws {
    let jobs = (0..<10_000).map { some("job-\($0)", shot: "s/shot_\($0)", queuedAt: 5) }
    let journal = try open()
    #expect(try journal.enqueue(jobs) == jobs)
    journal.close()
    #expect(try open().openJobs() == jobs)
  }

  @Test func `higher priority comes first, then what came first, whatever the clock says`() throws {
    let journal = try open()
    try journal.enqueue([
      some("a", queuedAt: 50), some("b", queuedAt: 40), some("c", priority: 7), some("d", priority: -1),
    ])
    try journal.enqueue([some("e", queuedAt: 1), some("f", priority: 7)])
    #expect(try journal.openJobs().map(\.id) == ["c", "f", "a", "b", "e", "d"])
    try journal.markRunning("b", at: 1)
    try journal.backToQueue("b")
    #expect(try journal.openJobs().map(\.id) == ["c", "f", "a", "b", "e", "d"])
  }

  @Test func `a want has one open job however often it is queued`() throws {
    let journal = try open()
    let first = some("a", shot: "s/1")
    #expect(try journal.enqueue([first, some("b", shot: "s/1"), some("c", shot: "s/2")]).map(\.id) == ["a", "a", "c"])
    try journal.markRunning("a", at: 7)
    let standing = try journal.enqueue([some("d", shot: "s/1")])
    #expect(standing.map(\.id) == ["a"])
    #expect(standing.first?.state == .running)
    #expect(try journal.openJobs().map(\.id) == ["a", "c"])
    // Another kind and another recipe are other wants; once the job has ended, so is the same.
    try journal.enqueue([some("e", shot: "s/1", kind: "clip"), some("f", shot: "s/1", recipe: "{\"seed\":2}")])
    try journal.markWriting("a", output)
    try journal.markDone("a", at: 8)
    #expect(try journal.enqueue([some("g", shot: "s/1")]).map(\.id) == ["g"])
    #expect(try journal.openJobs().map(\.id) == ["c", "e", "f", "g"])
  }

  @Test func `a job that is not new or bears a used id is refused with all that came with it`() throws {
    let journal = try open()
    try journal.enqueue([some("a", shot: "s/1")])
    var running = some("b")
    running.state = .running
    let wrongState = #expect(throws: JournalError.self) { try journal.enqueue([some("c"), running]) }
    #expect(wrongState?.code == .illegalTransition)
    #expect(wrongState?.description == "Internal inconsistency: job b is queued as running")
    let sameID = #expect(throws: JournalError.self) { try journal.enqueue([some("d"), some("a", shot: "s/2")]) }
    #expect(sameID?.code == .duplicateID)
    #expect(try journal.openJobs().map(\.id) == ["a"])
  }

  // MARK: Steps

  @Test func `a job goes its way with times and output, across restarts`() throws {
    var expected = some("a", queuedAt: 10)
    try open().enqueue([expected])

    try open().markRunning("a", at: 20)
    expected.state = .running
    expected.startedAt = 20
    #expect(try open().openJobs() == [expected])

    try open().markWriting("a", output)
    expected.state = .writing
    expected.output = output
    #expect(try open().openJobs() == [expected])

    try open().markDone("a", at: 30)
    expected.state = .done
    expected.endedAt = 30
    #expect(try open().openJobs().isEmpty)
    #expect(try open().history(limit: 5) == [expected])
    #expect(try open().standingDown().isEmpty)
  }

  @Test func `a failure that can pass is queued again with its next attempt`() throws {
    let journal = try open()
    try journal.enqueue([some("a")])
    try journal.markRunning("a", at: 1)
    try journal.markWriting("a", output)
    try journal.markFailed("a", "connection refused", canPass: true, at: 2)
    let job = try #require(try journal.job("a"))
    #expect(job.state == .queued && job.attempt == 2 && job.message == "connection refused")
    #expect(job.startedAt == nil && job.endedAt == nil && job.output == nil)
    #expect(try journal.standingDown().isEmpty)
    try journal.markRunning("a", at: 3)
    try journal.backToQueue("a")
    #expect(try journal.job("a")?.attempt == 2)
    try journal.markRunning("a", at: 4)
    try journal.markWriting("a", output)
    try journal.markDone("a", at: 5)
    #expect(try journal.job("a")?.message == nil)
  }

  @Test func `a step that a state does not allow is an error and changes nothing`() throws {
    let journal = try open()
    try journal.enqueue([some("a")])
    let early = #expect(throws: JournalError.self) { try journal.markDone("a", at: 1) }
    #expect(early?.code == .illegalTransition)
    #expect(early?.description == "Internal inconsistency: job a is queued and cannot become done")
    #expect(throws: JournalError.self) { try journal.backToQueue("a") }
    #expect(throws: JournalError.self) { try journal.markWriting("a", output) }
    #expect(try journal.job("a") == some("a"))
    try journal.markCancelled("a", at: 2)
    for step in [
      { try journal.markRunning("a", at: 3) }, { try journal.markCancelled("a", at: 3) },
      { try journal.markFailed("a", "x", canPass: true, at: 3) }, { try journal.backToQueue("a") },
    ] as [() throws -> Void] {
      let late = #expect(throws: JournalError.self) { try step() }
      #expect(late?.code == .illegalTransition)
    }
    #expect(try journal.job("a")?.endedAt == 2)
    let unknown = #expect(throws: JournalError.self) { try journal.markRunning("b", at: 1) }
    #expect(unknown?.code == .unknownJob)
  }

  // MARK: Standing down

  @Test func `what failed for good or was cancelled by a person stands down, across restarts`() throws {
    let journal = try open()
    try journal.enqueue([
      some("a", shot: "s/1"), some("b", shot: "s/2"), some("c", shot: "s/3"), some("d", shot: "s/4"),
    ])
    try journal.markRunning("a", at: 1)
    try journal.markFailed("a", "the model is not there", canPass: false, at: 2)
    try journal.markCancelled("b", message: "by hand", at: 3)
    try journal.markCancelled("c", standsDown: false, message: "its shot changed", at: 4)
    journal.close()
    let again = try open()
    let fingerprint = Digest(of: Array("{}".utf8))
    #expect(
      try again.standingDown() == [
        StandingDown(
          shot: "s/1", kind: "still", fingerprint: fingerprint, state: .failed, message: "the model is not there",
          since: 2),
        StandingDown(
          shot: "s/2", kind: "still", fingerprint: fingerprint, state: .cancelled, message: "by hand", since: 3),
      ])
    #expect(try again.openJobs().map(\.id) == ["d"])
    #expect(try again.history(limit: 10).map(\.id) == ["c", "b", "a"])
    #expect(try again.history(limit: 1).map(\.message) == ["its shot changed"])
  }

  @Test func `wants are let up one by one, by shot, or failures only`() throws {
    let journal = try open()
    func standDown() throws {
      try journal.letUpAll()
      let round = Int.random(in: 0...Int.max)
      for (number, shot) in ["s/1", "s/1", "s/2", "s/3"].enumerated() {
        let id = "\(round)-\(number)"
        try journal.enqueue([some(id, shot: shot, recipe: "{\"n\":\(number)}")])
        if number == 1 {
          try journal.markCancelled(id, at: 1)
        } else {
          try journal.markFailed(id, "x", canPass: false, at: 1)
        }
      }
    }
    func standing() throws -> [String] { try journal.standingDown().map { "\($0.shot) \($0.state)" }.sorted() }

    try standDown()
    #expect(try standing() == ["s/1 cancelled", "s/1 failed", "s/2 failed", "s/3 failed"])
    let fingerprint = Digest(of: Array("{\"n\":0}".utf8))
    #expect(try journal.letUp(shot: "s/1", kind: "still", fingerprint: fingerprint))
    #expect(try !journal.letUp(shot: "s/1", kind: "still", fingerprint: fingerprint))
    #expect(try !journal.letUp(shot: "s/2", kind: "still", fingerprint: fingerprint))
    #expect(try standing() == ["s/1 cancelled", "s/2 failed", "s/3 failed"])

    try standDown()
    #expect(try journal.letUpFailures(shots: ["s/1", "s/3", "s/9"]) == 2)
    #expect(try standing() == ["s/1 cancelled", "s/2 failed"])
    #expect(try journal.letUpFailures() == 1)
    #expect(try standing() == ["s/1 cancelled"])

    try standDown()
    #expect(try journal.letUpAll(shots: ["s/1"]) == 2)
    #expect(try journal.letUpAll(shots: []) == 0)
    #expect(try standing() == ["s/2 failed", "s/3 failed"])
    #expect(try journal.letUpAll() == 2)
    #expect(try standing().isEmpty)
  }

  @Test func `the same want may fail twice and stands down once, with the last message`() throws {
    let journal = try open()
    for (id, message) in [("a", "first"), ("b", "second")] {
      try journal.enqueue([some(id, shot: "s/1")])
      try journal.markFailed(id, message, canPass: false, at: 1)
    }
    #expect(try journal.standingDown().map(\.message) == ["second"])
  }

  @Test func `old jobs are forgotten, open ones and what stands down are not`() throws {
    let journal = try open()
    try journal.enqueue([some("a", shot: "s/1"), some("b", shot: "s/2"), some("c", shot: "s/3", queuedAt: 1)])
    try journal.markFailed("a", "x", canPass: false, at: 10)
    try journal.markCancelled("b", at: 20)
    #expect(try journal.forgetHistory() == 0)
    #expect(try journal.forgetHistory(but: 1) == 1)
    #expect(try journal.forgetHistory(but: 1) == 0)
    #expect(try journal.history(limit: 9).map(\.id) == ["b"])
    #expect(try journal.openJobs().map(\.id) == ["c"])
    #expect(try journal.standingDown().map(\.shot) == ["s/1", "s/2"])
  }
}

/// A job for a shot of its own unless one is named.
func some(
  _ id: String, shot: String? = nil, kind: String = "still", recipe: String = "{}", priority: Int64 = 0,
  queuedAt: Int64? = nil
) -> JobRecord {
  JobRecord(
    id: id, shot: shot ?? "sequence_001/\(id)", kind: kind, fingerprint: Digest(of: Array(recipe.utf8)), recipe: recipe,
    engine: "comfyui", engineType: "comfyui", reason: "never made", priority: priority, queuedAt: queuedAt)
}
