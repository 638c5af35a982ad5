internal import Arguments
internal import JSONText
internal import Studio

/// `reel sync`: returns when the running watcher has planned all that was saved before.
struct SyncCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command, directory: command.argument("DIR"))
    let answer = try inquiry.ask(ControlCall("sync", ["idle": .bool(command.flag("idle"))]), .holderOnly)
    if command.flag("json") { program.output.json(answer) }
    return .done
  }
}
