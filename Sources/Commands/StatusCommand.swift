internal import Arguments
internal import Basics
internal import JSONText
internal import Studio

/// `reel status`: shots by state, problems, engines, and the next command to type.
struct StatusCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command, directory: command.argument("DIR"))
    let answer = try inquiry.ask(ControlCall("status"), command.flag("cold") ? .cold : .asUsual)
    if command.flag("json") {
      program.output.json(answer)
    } else {
      for line in Self.text(answer) { program.output.line(line) }
    }
    return .done
  }

  static func text(_ answer: JSON) -> [String] {
    let shots = answer["shots"]
    let name = answer["name"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "This project"
    let total = shots?["total"]?.int ?? 0
    var lines = [
      "\(TerminalText.escaped(name)): \(count(answer["sequences"]?.int ?? 0, "sequence")), \(count(total, "shot"))", "",
    ]
    for (state, words) in states {
      let number = shots?[state]?.int ?? 0
      if number == 0 { continue }
      lines.append("  \(number) \(words)")
      let listed = (answer["listed"]?.array ?? []).filter { $0["state"]?.string == state }
      let rows = listed.prefix(8).map {
        [TerminalText.escaped($0["shot"]?.string ?? ""), TerminalText.shortened($0["detail"]?.string ?? "", to: 110)]
      }
      lines += TextTable.lines(rows).map { "      \($0)" }
      if listed.count > 8 { lines.append("      and \(listed.count - 8) more") }
    }
    if total == 0 { lines.append("  no shots yet: write them into sequences/sequence_001.json") }
    lines.append("")
    let problems = answer["problems"]?.array ?? []
    if !problems.isEmpty { lines.append("\(count(problems.count, "problem")) in the files: reel check shows them") }
    for engine in answer["engines"]?.array ?? [] {
      let detail = engine["detail"]?.string ?? ""
      lines.append(
        "engine \(TerminalText.escaped(engine["name"]?.string ?? "")): \(engine["state"]?.string ?? "")\(detail.isEmpty ? "" : " (\(detail))")"
      )
    }
    if let images = answer["inbox"]?["images"]?.int, images > 0 {
      let unused = answer["inbox"]?["unused"]?.int ?? 0
      lines.append("inbox: \(count(images, "image"))" + (unused > 0 ? ", \(unused) of them used by no shot" : ""))
    }
    if let pointers = answer["pointers"]?["message"]?.string, !pointers.isEmpty { lines.append(pointers) }
    if answer["paused"]?.bool == true { lines += ["", StudioEvent.pausedSentence] }
    if let next = next(answer) { lines += ["", next] }
    return lines
  }

  private static let states = [
    ("failed", "failed"), ("unreadable", "unreadable"), ("running", "running"), ("queued", "queued"),
    ("waiting", "waiting"),
    ("held", "held"), ("stale", "changed since its take"), ("missing", "without a take"), ("fresh", "up to date"),
  ]

  private static func next(_ answer: JSON) -> String? {
    func number(_ state: String) -> Int { answer["shots"]?[state]?.int ?? 0 }
    if number("unreadable") > 0 { return "next: reel check" }
    let waits = (answer["waits"]?.array ?? []).compactMap { $0["message"]?.string }
    if !waits.isEmpty { return waits.joined(separator: "\n") }
    if number("failed") > 0 { return "next: reel make tries what failed again" }
    if answer["paused"]?.bool == true { return nil }
    if number("missing") + number("stale") > 0 { return "next: reel plan says why; reel make generates them" }
    return nil
  }
}
