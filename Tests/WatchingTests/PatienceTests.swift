import Basics
import Testing
import Watching

@Suite struct PatienceTests {
  let start = ContinuousClock.now
  let file: ProjectPath = "sequences/a.json"

  private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

  /// A reading's finding or a question, at a time in milliseconds, and what the question gives.
  enum Step: Sendable {
    case note(Patience.Finding, Int)
    case ask(Int, broken: Bool = false, gone: Bool = false, isHeld: Bool = false)
  }

  static let courses: [(String, [Step])] = [
    ("broken is reported after half a second", [.note(.broken, 0), .ask(499), .ask(500, broken: true), .ask(9000)]),
    ("a good reading ends the wait", [.note(.broken, 0), .note(.settled, 400), .ask(9000)]),
    (
      "each broken reading starts the half second again",
      [.note(.broken, 0), .note(.broken, 400), .ask(899), .ask(900, broken: true)]
    ),
    (
      "written for ever while broken, it is reported after three seconds",
      (0..<15).map { .note(.broken, $0 * 200) } + [.ask(2999), .ask(3000, broken: true)]
    ),
    (
      "a report is not the end: broken again is waited for again",
      [.note(.broken, 0), .ask(500, broken: true), .note(.broken, 600), .ask(1099), .ask(1100, broken: true)]
    ),
    (
      "a picture that grows for ever is told two seconds after it stopped",
      (0..<9).map { .note(.partial, $0 * 1900) } + [.ask(15200), .ask(17199), .ask(17200, broken: true)]
    ),
    ("a picture that is whole in time is not told", [.note(.partial, 0), .note(.settled, 1999), .ask(9000)]),
    ("absent counts as gone after two seconds", [.note(.absent, 0), .ask(1999), .ask(2000, gone: true), .ask(9000)]),
    ("put back in time, nothing is gone", [.note(.absent, 0), .note(.settled, 1900), .ask(9000)]),
    (
      "absent at a new event starts the two seconds again, up to six",
      (0..<6).map { .note(.absent, $0 * 1000) } + [.ask(5999), .ask(6000, gone: true)]
    ),
    (
      "broken while awaited as absent is there",
      [.note(.absent, 0), .note(.broken, 1900), .ask(2000), .ask(2400, broken: true)]
    ),
    (
      "broken and absent in turns is reported in the end",
      (0..<7).flatMap { [.note(.broken, $0 * 400), .note(.absent, $0 * 400 + 200)] }
        + [.note(.broken, 2800), .ask(2999), .ask(3000, broken: true)]
    ),
    (
      "while git works nothing is gone; it gets its two seconds afterwards",
      [
        .note(.absent, 0), .ask(2000, isHeld: true), .ask(3999), .ask(4000, isHeld: true), .ask(5999),
        .ask(6000, gone: true),
      ]
    ),
    ("while git works what is broken is still reported", [.note(.broken, 0), .ask(500, broken: true, isHeld: true)]),
  ]

  @Test(arguments: courses)
  func `a file is waited for`(course: (name: String, steps: [Step])) {
    var patience = Patience()
    for step in course.steps {
      switch step {
      case .note(let finding, let time): patience.note(file, finding, at: at(time))
      case .ask(let time, let broken, let gone, let isHeld):
        let due = patience.due(at: at(time), isHeld: isHeld)
        #expect(due.reportBroken == (broken ? [file] : []), "\(course.name), at \(time) ms")
        #expect(due.gone == (gone ? [file] : []), "\(course.name), at \(time) ms")
      }
    }
    #expect(patience.isEmpty)
  }

  @Test func `files wait each for itself, and come in order`() {
    var patience = Patience()
    #expect(patience.isEmpty && patience.nextDeadline == nil)
    patience.note("b", .broken, at: at(0))
    patience.note("a", .broken, at: at(10))
    patience.note("c", .absent, at: at(0))
    #expect(patience.nextDeadline == at(500))
    #expect(patience.isWaiting(for: "c") && !patience.isWaiting(for: "d"))
    #expect(patience.due(at: at(600)) == Patience.Due(reportBroken: ["a", "b"], gone: []))
    #expect(patience.nextDeadline == at(2000))
    #expect(patience.due(at: at(2000)) == Patience.Due(reportBroken: [], gone: ["c"]))
    #expect(patience.isEmpty && patience.nextDeadline == nil)
  }
}
