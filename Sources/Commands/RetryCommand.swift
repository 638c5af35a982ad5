internal import Arguments
internal import JSONText
internal import Studio

/// `reel retry [SHOT...]`: lets what failed or was cancelled be tried again.
struct RetryCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let answer = try program.inquiry(command).ask(ControlCall("retry", command.shots))
    if command.flag("json") {
      program.output.json(answer)
    } else {
      program.output.line(Self.text(answer))
    }
    return .done
  }

  static func text(_ answer: JSON) -> String {
    let number = answer["retried"]?.array?.count ?? 0
    if number == 0 { return "Nothing failed or was cancelled that is still wanted." }
    let isQueued = answer["queued"]?.bool ?? false
    let when = isQueued ? "queued again" : "made again by the next reel make or reel watch"
    return "\(count(number, "job")) \(number == 1 ? "is" : "are") \(when)."
  }
}
