import Basics
import JSONText
import Testing

@testable import Commands

/// The answers of `reel plan` and `reel status` as text, from the same values that `--json` gives.
struct AnswerTextTests {
  private func json(_ text: String) throws -> JSON { try JSONDocument(parsing: Array(text.utf8)).root.value }

  @Test func `a plan is a table of jobs and copies with their reasons`() throws {
    let jobs = try json(
      #"""
      [{"shot": "sequence_001/shot_001", "kind": "still", "engine": "storyboard", "reason": "no take yet", "state": "missing"},
       {"shot": "s/a\u001b", "kind": "clip", "engine": "comfyui", "reason": "waits for s/a still", "state": "waiting"}]
      """#)
    let restores = try json(
      #"[{"shot": "s/b", "kind": "still", "engine": "storyboard", "from": "sequences/s/c.still-1-2.png"}]"#)
    let problems = try json(#"[{"severity": "error"}, {"severity": "warning"}]"#)
    let lines = PlanCommand.text(jobs.array ?? [], restores.array ?? [], problems: problems.array ?? [])
    #expect(
      lines.joined(separator: "\n") == #"""
        2 jobs, 1 to be copied from another shot:

          sequence_001/shot_001  still  storyboard  no take yet
          s/a\u{1b}              clip   comfyui     waiting: waits for s/a still
          s/b                    still  storyboard  copied from sequences/s/c.still-1-2.png

        reel make generates what is missing; reel watch does so and keeps watching.
        1 error in the files: reel check shows them.
        """#)
    #expect(PlanCommand.text([], [], problems: []) == ["Nothing to do."])
  }

  @Test func `the status lists shots by state, worst first, and ends with what to type next`() throws {
    let listed = (1...10).map { #"{"shot": "s/m\#($0)", "state": "missing", "detail": "no take yet"}"# }
    let answer = try json(
      #"""
      {"version": 1, "name": "Film", "sequences": 1,
       "shots": {"total": 14, "fresh": 3, "missing": 10, "stale": 0, "waiting": 0, "queued": 0, "running": 0, "failed": 1,
                 "held": 0, "unreadable": 0},
       "problems": [{"severity": "warning"}], "engines": [{"name": "storyboard", "type": "storyboard", "state": "ready", "detail": "built in"}],
       "listed": [{"shot": "s/f", "state": "failed", "detail": "it\nbroke"}, \#(listed.joined(separator: ", "))],
       "inbox": {"images": 5, "unused": 2}}
      """#)
    #expect(
      StatusCommand.text(answer).joined(separator: "\n") == #"""
        Film: 1 sequence, 14 shots

          1 failed
              s/f  it\nbroke
          10 without a take
              s/m1  no take yet
              s/m2  no take yet
              s/m3  no take yet
              s/m4  no take yet
              s/m5  no take yet
              s/m6  no take yet
              s/m7  no take yet
              s/m8  no take yet
              and 2 more
          3 up to date

        1 problem in the files: reel check shows them
        engine storyboard: ready (built in)
        inbox: 5 images, 2 of them used by no shot

        next: reel make tries what failed again
        """#)
  }

  @Test func `an empty project says where shots are written`() throws {
    let answer = try json(#"{"name": "", "shots": {"total": 0}, "sequences": 0, "engines": [], "problems": []}"#)
    #expect(
      StatusCommand.text(answer) == [
        "This project: 0 sequences, 0 shots", "", "  no shots yet: write them into sequences/sequence_001.json", "",
      ])
  }

  @Test func `a paused project and what git-lfs has not brought stand in the status`() throws {
    let answer = try json(
      #"""
      {"version": 1, "name": "Film", "sequences": 1, "shots": {"total": 1, "missing": 1}, "problems": [], "engines": [],
       "listed": [], "paused": true, "pointers": {"takes": 2, "references": 0, "message": "2 takes are elsewhere"}}
      """#)
    #expect(
      StatusCommand.text(answer) == [
        "Film: 1 sequence, 1 shot", "", "  1 without a take", "", "2 takes are elsewhere", "",
        "paused; reel resume goes on",
      ])
  }

  @Test func `what steering did is a sentence or two`() throws {
    #expect(CancelCommand.text(try json(#"{"cancelled": [], "cancelling": []}"#)) == ["Nothing to cancel."])
    #expect(
      CancelCommand.text(try json(#"{"cancelled": [1, 2], "cancelling": [1]}"#)) == [
        "2 jobs cancelled, 1 job cancelling: told to stop.", "  reel retry makes what was cancelled",
      ])
    #expect(RetryCommand.text(try json(#"{"retried": [1], "queued": true}"#)) == "1 job is queued again.")
    #expect(
      RetryCommand.text(try json(#"{"retried": [1, 2], "queued": false}"#))
        == "2 jobs are made again by the next reel make or reel watch.")
    #expect(
      RetryCommand.text(try json(#"{"retried": [], "queued": true}"#))
        == "Nothing failed or was cancelled that is still wanted.")
    #expect(
      PauseCommand.text(try json(#"{"paused": true, "running": 2}"#))
        == "Paused: 2 jobs are finishing, none is started until reel resume.")
    #expect(PauseCommand.text(try json(#"{"paused": false, "running": 0}"#)) == "Going on: jobs are started again.")
  }

  @Test func `the attributes of a new project give large files to git-lfs, and change nothing else`() {
    let text =
      "*.json text eol=lf\n\n# Large files with git-lfs: run \"git lfs install\" once, then take the # away.\n#*.png filter=lfs\n"
    #expect(
      String(decoding: LargeFiles.activated(Array(text.utf8)), as: UTF8.self)
        == "*.json text eol=lf\n\n# Large files with git-lfs: run \"git lfs install\" once on each computer.\n*.png filter=lfs\n"
    )
  }

  @Test func `columns of a table stand below each other, and the last is as long as it is`() {
    #expect(TextTable.lines([["a", "bb", "c"], ["aaa", "b", ""]]) == ["a    bb  c", "aaa  b   "])
    #expect(TextTable.lines([["ä", "b"], ["日本", "b"]]) == ["ä   b", "日本  b"])
    #expect(TextTable.lines([]) == [])
  }

  @Test func `a bar grows by eighths and is never wider than it may be`() {
    #expect(ProgressLine.bar(0, width: 4) == "    ")
    #expect(ProgressLine.bar(0.5, width: 4) == "██  ")
    #expect(ProgressLine.bar(1.0 / 32, width: 4) == "▏   ")
    #expect(ProgressLine.bar(1, width: 4) == "████")
    #expect(ProgressLine.bar(7, width: 4) == "████")
    #expect(ProgressLine.bar(-1, width: 4) == "    ")
  }

  @Test func `the summary of check counts errors and warnings`() {
    func problem(_ severity: Diagnostic.Severity) -> Diagnostic { Diagnostic(severity, "x", "so", file: "a.json") }
    #expect(CheckCommand.summary([]) == "No problems in the files.")
    #expect(CheckCommand.summary([problem(.error), problem(.warning), problem(.warning)]) == "1 error, 2 warnings.")
  }
}
