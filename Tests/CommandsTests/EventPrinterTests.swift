import Basics
import JSONText
@testable import Planning
import ProjectFiles
import Studio
import Testing

@testable import Commands

struct EventPrinterTests {
  private static func address(_ text: String) -> ShotAddress {
    guard let address = ShotAddress(text) else { preconditionFailure("\(text) is no address") }
    return address
  }

  private static func job(_ number: Int) -> StudioEvent.JobSummary {
    StudioEvent.JobSummary(
      id: "job \(number)", shot: address("sequence_001/shot_00\(number)"), kind: .still,
      fingerprint: Digest(of: [UInt8(number)]), engine: "storyboard", reason: .noTake)
  }

  private static func counts(_ states: [ShotState: Int]) -> Counts {
    var counts = Counts()
    for (state, number) in states { counts[state] = number }
    return counts
  }

  private static let rain = Reason.changed(
    [FieldChange(field: "prompt", before: "rain", after: "heavy rain")], take: "shot_002.still-1-2.png")

  private func printed(
    _ events: [StudioEvent], isTerminal: Bool = false, form: EventPrinter.Form = .text, prefix: String = "",
    isMake: Bool = false
  ) -> String {
    let screen = Screen()
    let printer = EventPrinter(screen.output(isTerminal: isTerminal), form, prefix: prefix, isMake: isMake)
    for event in events { printer.print(event) }
    return screen.text
  }

  private static let session: [StudioEvent] = [
    .hello(version: "1", project: "/film"),
    .loaded(
      StudioEvent.Loaded(
        name: "Film", sequences: 2, counts: counts([.fresh: 7, .stale: 1]), watched: ["project.json", "sequences"],
        folders: 3)),
    .planned(jobs: 1, changes: [.init(shot: address("sequence_001/shot_002"), kind: .still, reason: rain)]),
    .queued(job(2)), .started(job(2)), .progress(job(2), fraction: 0.2, doing: "step 2 of 9"),
    .progress(job(2), fraction: 0.5, doing: "step 5 of 9"), .progress(job(2), fraction: 0.6, doing: "step 6 of 9"),
    .finished(job(2), take: "sequences/sequence_001/shot_002.still-3-4.png", seconds: 28.2),
    .idle(counts([.fresh: 8])),
  ]

  @Test func `without a terminal there is a sentence a line with whole dates, and progress at quarters`() {
    #expect(
      printed(Self.session) == """
        Film: 2 sequences, 8 shots, 7 up to date, 1 changed.
        watching project.json, sequences (3 folders)
        DATE  sequence_001/shot_002 changed: prompt "rain" -> "heavy rain"
        DATE  shot_002 still 50 %  step 5 of 9
        DATE  shot_002 still done in 28 s   sequences/sequence_001/shot_002.still-3-4.png
        DATE  8 shots: 8 up to date

        """)
  }

  @Test func `on a terminal progress is a live line, erased before anything else is printed`() {
    #expect(
      printed(Self.session, isTerminal: true) == """
        Film: 2 sequences, 8 shots, 7 up to date, 1 changed.
        watching project.json, sequences (3 folders)
        TIME  sequence_001/shot_002 changed: prompt "rain" -> "heavy rain"
          shot_002 still\r\u{1B}[K  shot_002 still  ███▎             20 %  step 2 of 9\
        \r\u{1B}[K  shot_002 still  ████████         50 %  step 5 of 9\
        \r\u{1B}[K  shot_002 still  █████████▋       60 %  step 6 of 9\
        \r\u{1B}[KTIME  shot_002 still done in 28 s   sequences/sequence_001/shot_002.still-3-4.png
        TIME  8 shots: 8 up to date

        """)
  }

  @Test func `a project where nothing is to be done says so once`() {
    let fresh = Self.counts([.fresh: 8])
    let events: [StudioEvent] = [
      .loaded(StudioEvent.Loaded(name: "Film", sequences: 1, counts: fresh)), .idle(fresh),
    ]
    #expect(printed(events) == "Film: 1 sequence, 8 shots, 8 up to date.\n")
  }

  @Test func `many jobs are told in few lines`() {
    func changes(_ count: Int, _ reason: Reason) -> [StudioEvent.Change] {
      (1...count).map { .init(shot: Self.address("sequence_001/shot_\($0)"), kind: .still, reason: reason) }
    }
    #expect(
      printed([.planned(jobs: 143, changes: changes(143, .noTake))]) == "DATE  143 jobs: these shots have no take yet\n"
    )
    #expect(
      printed([.planned(jobs: 5, changes: changes(5, Self.rain))]) == """
        DATE  5 jobs planned; the first:
                  sequence_001/shot_1 changed: prompt "rain" -> "heavy rain"
                  sequence_001/shot_2 changed: prompt "rain" -> "heavy rain"
                  sequence_001/shot_3 changed: prompt "rain" -> "heavy rain"

        """)
  }

  @Test func `a problem stands apart, and several of one file are valid again in one line`() {
    let problem = Diagnostic(.error, "json-syntax", "so", file: "sequences/a.json", notes: ["frozen"])
    let other = Diagnostic(.error, "other", "and so", file: "sequences/a.json")
    let warning = Diagnostic(.warning, "unknown-key", "`promt` has no effect", file: "project.json")
    #expect(
      printed([.notice("before"), .problem(problem), .solved(problem), .solved(other), .solved(warning)]) == """
        DATE  before

        error: so
          --> sequences/a.json
           = frozen

        DATE  valid again: sequences/a.json
        DATE  solved: `promt` has no effect (project.json)

        """)
  }

  @Test func `failures, retries, copies, cancelled jobs and waits are a sentence each`() {
    #expect(
      printed([
        .failed(Self.job(1), message: "no\u{1B}de", retryIn: nil),
        .failed(Self.job(1), message: "refused", retryIn: .seconds(8)),
        .cancelled(Self.job(3), why: "no longer wanted"),
        .restored(
          shot: Self.address("sequence_001/shot_004"), kind: .still, fingerprint: Digest(of: []),
          take: "sequences/a/n.png",
          from: .take("sequences/b/o.png")),
        .restored(
          shot: Self.address("sequence_001/shot_005"), kind: .still, fingerprint: Digest(of: []),
          take: "sequences/a/p.png", from: .cache),
        .waiting(message: "the engine is away"),
      ]) == #"""
        DATE  shot_001 still failed: no\u{1b}de
        DATE  shot_001 still: refused; next try in 8 s
        DATE  shot_003 still cancelled: no longer wanted
        DATE  shot_004 still restored from sequences/b/o.png   sequences/a/n.png
        DATE  shot_005 still restored from the cache   sequences/a/p.png
        DATE  the engine is away

        """#)
  }

  @Test func `a pause is said, and its end`() {
    #expect(printed([.paused, .resumed]) == "DATE  paused; reel resume goes on\nDATE  going on\n")
    #expect(
      printed([.paused], form: .json)
        == #"{"type":"paused","time":"DATE","message":"paused; reel resume goes on"}"# + "\n")
  }

  @Test func `a job that was told to stop is cancelling until its engine has let go`() {
    let events: [StudioEvent] = [
      .queued(Self.job(2)), .started(Self.job(2)), .progress(Self.job(2), fraction: 0.2, doing: "step 2 of 9"),
      .cancelling(Self.job(2)), .cancelled(Self.job(2), why: "by you; reel retry sequence_001/shot_002 makes it"),
    ]
    #expect(
      printed(events) == """
        DATE  shot_002 still cancelling
        DATE  shot_002 still cancelled: by you; reel retry sequence_001/shot_002 makes it

        """)
    #expect(
      printed(events, isTerminal: true) == """
          shot_002 still\r\u{1B}[K  shot_002 still  ███▎             20 %  step 2 of 9\
        \r\u{1B}[K  shot_002 still  cancelling\
        \r\u{1B}[KTIME  shot_002 still cancelled: by you; reel retry sequence_001/shot_002 makes it

        """)
  }

  @Test func `stopping names what is finishing, and then what is left`() {
    #expect(
      printed([
        .stopping(running: [Self.job(3)], isLeaving: false), .stopping(running: [Self.job(3)], isLeaving: true),
        .bye(why: "stopped"),
      ]) == """
        stopping: shot_003 is finishing (again to leave it; it is taken up next time)
        leaving shot_003; taken up next time

        """)
    #expect(printed([.stopping(running: [], isLeaving: false), .bye(why: "stopped")]) == "")
    #expect(printed([.bye(why: "the project folder is gone")]) == "DATE  the project folder is gone\n")
  }

  @Test func `with several projects every line says whose it is`() {
    #expect(printed([.notice("so")], prefix: "[film] ") == "[film] DATE  so\n")
  }

  @Test func `make is silent about rest`() {
    #expect(printed([.idle(Self.counts([.stale: 1]))], isMake: true) == "")
  }

  @Test func `as JSON every event is a line that begins with its type and time`() {
    let lines = printed(Self.session, form: .json).split(separator: "\n")
    #expect(lines.count == Self.session.count)
    #expect(lines[0] == #"{"type":"hello","time":"DATE","version":"1","project":"/film"}"#)
    #expect(lines.allSatisfy { $0.hasPrefix(#"{"type":""#) && $0.contains(#","time":"DATE""#) })
  }

  @Test(arguments: [
    (0.0004, "0 ms"), (0.34, "340 ms"), (0.9996, "1.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (28.4, "28 s"),
    (150, "2 min 30 s"),
  ])
  func `durations are as exact as anyone needs`(_ seconds: Double, _ text: String) {
    #expect(EventPrinter.duration(seconds) == text)
  }

  @Test func `counts are in words, the common case first`() {
    #expect(CountsText.text(Counts()) == "nothing to make yet")
    #expect(
      CountsText.text(Self.counts([.failed: 1, .fresh: 3, .missing: 2])) == "3 up to date, 2 to make, 1 failed")
  }
}
