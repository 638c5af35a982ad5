internal import Arguments
internal import Basics
internal import JSONText
internal import Studio

/// `reel approve [SHOT…]`: starts what waits for a person's word on engines that cost.
struct ApproveCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let shots = command.arguments("SHOT")
    let inquiry = try program.inquiry(command)
    let answer = try inquiry.ask(ControlCall("approve", ["shots": .array(shots.map { .string($0) })]))
    if command.flag("json") {
      program.output.json(answer)
    } else {
      for line in Self.text(answer) { program.output.line(line) }
    }
    return .done
  }

  static func text(_ answer: JSON) -> [String] {
    let admitted = answer["admitted"]?.array ?? []
    var lines: [String] = []
    if admitted.isEmpty {
      lines.append("Nothing waits for approval.")
    } else {
      lines.append("\(count(admitted.count, "job")) approved:")
      let rows = admitted.prefix(20).map {
        [
          TerminalText.escaped($0["shot"]?.string ?? ""), $0["kind"]?.string ?? "",
          TerminalText.escaped($0["engine"]?.string ?? ""),
        ]
      }
      lines += TextTable.lines(rows).map { "  \($0)" }
      if admitted.count > 20 { lines.append("  and \(admitted.count - 20) more") }
    }
    let untrusted = (answer["untrusted"]?.array ?? []).compactMap(\.string)
    if !untrusted.isEmpty {
      let names = untrusted.map { TerminalText.escaped($0) }.joined(separator: ", ")
      lines.append("Not trusted yet: \(names). reel trust --show says what would run, reel trust lets it.")
    } else if answer["holder"]?.string != "watch", !admitted.isEmpty {
      lines.append("reel make or reel watch makes them.")
    }
    return lines
  }
}
