import Basics
import Journal
import TestSupport
import Testing

/// What a person steered, and attempts that failed in passing, over restarts.
@Suite struct SteeringTests {
  private let folder = ScratchFolder()

  private func open() throws -> JobJournal { try JobJournal(in: folder.path, patience: .zero) }

  private func want(_ shot: String, since: Int64 = 1) -> StandingDown {
    StandingDown(
      shot: shot, kind: "still", fingerprint: Digest(of: Array(shot.utf8)), state: .cancelled, message: nil,
      since: since)
  }

  private func backoff(_ shot: String, attempt: Int = 2, nextAt: Int64 = 100) -> BackingOff {
    BackingOff(
      shot: shot, kind: "still", fingerprint: Digest(of: Array(shot.utf8)), attempt: attempt, nextAt: nextAt,
      message: "busy")
  }

  @Test func `a want without a job stands down, and comes up again by a retry only`() throws {
    let journal = try open()
    try journal.standDown([want("s/a"), want("s/b")])
    try journal.standDown([want("s/a", since: 2)])
    journal.close()
    let again = try open()
    #expect(try again.standingDown() == [want("s/a", since: 2), want("s/b")])
    #expect(try again.letUpFailures() == 0)
    #expect(try again.letUpAll(shots: ["s/b"]) == 1)
    #expect(try again.standingDown().map(\.shot) == ["s/a"])
  }

  @Test func `a pause lasts until it is taken back`() throws {
    let journal = try open()
    #expect(try !journal.isPaused())
    try journal.pause(at: 1)
    try journal.pause(at: 2)
    journal.close()
    let again = try open()
    #expect(try again.isPaused())
    try again.resume()
    try again.resume()
    #expect(try !again.isPaused())
  }

  @Test func `the last attempt of a want counts, and old ones are forgotten`() throws {
    let journal = try open()
    try journal.backOff(backoff("s/a"))
    try journal.backOff(backoff("s/a", attempt: 3, nextAt: 200))
    try journal.backOff(backoff("s/b"))
    try journal.backOff(backoff("s/c", nextAt: 50))
    journal.close()
    let again = try open()
    try again.forgetBackoffs(before: 100)
    #expect(try again.backingOff() == [backoff("s/a", attempt: 3, nextAt: 200), backoff("s/b")])
    try again.forgetBackoff(shot: "s/b", kind: "still", fingerprint: Digest(of: Array("s/b".utf8)))
    #expect(try again.backingOff().map(\.shot) == ["s/a"])
  }
}
