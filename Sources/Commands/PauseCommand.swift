internal import Arguments
internal import JSONText
internal import Studio

/// `reel pause` and `reel resume`: whether the project starts jobs.
struct PauseCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    try program.steer(ControlCall(command.name), command) { [Self.text($0)] }
  }

  static func text(_ answer: JSON) -> String {
    if answer["paused"]?.bool != true { return "Going on: jobs are started again." }
    let running = answer["running"]?.int ?? 0
    if running == 0 { return "Paused: no job is started until reel resume." }
    return
      "Paused: \(count(running, "job")) \(running == 1 ? "is" : "are") finishing, none is started until reel resume."
  }
}
