internal import Arguments
internal import JSONText
internal import Studio

/// `reel retry [SHOT...]`: lets what failed or was cancelled be tried again.
struct RetryCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    try program.steer(ControlCall("retry", command.shots), command) { [Self.text($0)] }
  }

  static func text(_ answer: JSON) -> String {
    let number = answer["retried"]?.array?.count ?? 0
    if number == 0 { return "Nothing failed or was cancelled that is still wanted." }
    let isQueued = answer["queued"]?.bool ?? false
    let when = isQueued ? "queued again" : "made again by the next reel make or reel watch"
    return "\(count(number, "job")) \(number == 1 ? "is" : "are") \(when)."
  }
}
