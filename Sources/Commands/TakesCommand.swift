internal import Arguments
internal import Basics
internal import JSONText
internal import Studio

/// `reel takes`: the takes of a shot, a sequence or the project.
struct TakesCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    var fields: JSONObject = [:]
    if let shot = command.argument("SHOT") { fields["shot"] = .string(shot) }
    let answer = try program.inquiry(command).ask(ControlCall("takes", fields))
    if command.flag("json") {
      program.output.json(answer)
      return .done
    }
    let takes = answer["takes"]?.array ?? []
    let rows = takes.map { take in
      [
        take["used"]?.bool == true ? "*" : " ", TerminalText.escaped(take["shot"]?.string ?? "(no shot)"),
        take["kind"]?.string ?? "", take["fresh"]?.bool == true ? "current" : "older",
        TerminalText.escaped(take["file"]?.string ?? ""),
      ]
    }
    for line in TextTable.lines(rows) { program.output.line(line) }
    if takes.isEmpty { program.output.line("No takes yet.") }
    return .done
  }
}
