internal import Arguments
internal import Glibc
internal import Studio

/// `reel make`: generates what is missing and ends.
struct MakeCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    let project = try program.project(command)
    let options = ProjectLoop.Options(mode: .make(shots: command.arguments("SHOT")), version: ReelProgram.version)
    return try await run(options, project, isJSON: command.flag("json"))
  }

  func run(_ options: ProjectLoop.Options, _ project: String, isJSON: Bool) async throws(Refusal) -> ExitCode {
    let printer = EventPrinter(program.output, isJSON ? .json : .text, isMake: true)
    let loop = ProjectLoop(path: project, options: options, engines: program.engines) { printer.print($0) }
    program.signals.handle { number in loop.stop(number == SIGINT ? .finishing : .leaving) }
    EditorFiles.place(in: project)
    var isWhole = false
    if case .make(let shots) = options.mode { isWhole = shots.isEmpty }
    let ending = await loop.run()
    await program.stopEngines()
    if ending.cause != .done { return try WatchCommand.exitCode([ending], signal: program.signals.first) }
    // Which name it was has been said.
    if ending.unknown > 0 { return .usage }
    if !isJSON { summarise(ending) }
    if ending.failed > 0 || (isWhole && ending.errors > 0) { return .someFailed }
    if ending.unapproved > 0 { return .someWait }
    if ending.waiting == 0 { return .done }
    return ending.isPaused ? .someWait : .engineUnreachable
  }

  private func summarise(_ ending: ProjectLoop.Ending) {
    let output = program.output
    output.line(
      "\(count(ending.finished, "take")) made. \(count(ending.counts.total, "shot")): \(CountsText.text(ending.counts))."
    )
    if ending.failed > 0 { output.line("  reel status says what failed; the next reel make tries it again") }
    if ending.unapproved > 0 {
      output.line("  \(count(ending.unapproved, "shot")) still to be let in by you: reel status says how")
    }
    if ending.errors > 0 { output.line("  reel check says what cannot be read") }
  }
}
