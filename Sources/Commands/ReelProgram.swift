internal import Arguments
internal import Basics
internal import CShims
internal import Engines
internal import Glibc
internal import Imaging
internal import Studio

/// `reel` from its arguments to its exit status.
package struct ReelProgram: Sendable {
  package static let version = "0.1.0"
  /// Of that version.
  static let date = "2026-11-21"

  let output: Output
  let engines: EngineList
  let imaging: ImagingHelper
  let signals: StopSignals

  /// Call it before anything else is started: it decides who gets signals.
  package init() {
    signals = StopSignals()
    output = Output()
    // One frame per core is drawn at a time, each in a process of its own.
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    imaging = ImagingHelper(executable: ImagingHelper.besideThisProgram, processes: cores)
    engines = EngineList([
      StoryboardEngine(helper: imaging, version: Self.version, capacity: cores),
      CommandEngine(supervisor: CommandEngine.thisProgram, version: Self.version),
      ComfyUIEngine(imaging: imaging, version: Self.version),
    ])
  }

  /// Ends the process. All that was to be written is, by write(2); what libraries do at exit(3) only takes time, a third of that of
  /// a short command. A process that is built to watch itself reports then.
  package static func end(_ status: Int32) -> Never {
    if reel_is_sanitized() != 0 { exit(status) }
    _exit(status)
  }

  package func run(_ words: [String]) async -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    if let answer = CompletionReply(table: ReelCommands.table).answer(words) {
      output.write(answer, to: .answer)
      return ExitCode.done.rawValue
    }
    do throws(UsageError) {
      switch try ReelCommands.table.parse(words) {
      case .version:
        output.line("reel \(Self.version)")
        return ExitCode.done.rawValue
      case .help(let name):
        let command = name.flatMap { ReelCommands.table.command($0) }
        let width = min(100, output.columns)
        output.write(
          command.map { ReelCommands.table.help(of: $0, width: width) } ?? ReelCommands.table.help(width: width),
          to: .answer)
        return ExitCode.done.rawValue
      case .run(let command): return await run(command)
      }
    } catch {
      output.write(error.text(program: "reel"), to: .talk)
      return ExitCode.usage.rawValue
    }
  }

  private func run(_ command: ParsedCommand) async -> Int32 {
    do throws(Refusal) {
      return try await carryOut(command).rawValue
    } catch {
      output.line("reel: \(error.message)", to: .talk)
      if let hint = error.hint { output.line("  \(hint)", to: .talk) }
      return error.code.rawValue
    }
  }

  private func carryOut(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    switch command.name {
    case "init": return try InitCommand(program: self).run(command)
    case "watch": return try await WatchCommand(program: self).run(command)
    case "open": return try await OpenCommand(program: self).run(command)
    case "make": return try await MakeCommand(program: self).run(command)
    case "plan": return try PlanCommand(program: self).run(command)
    case "status": return try StatusCommand(program: self).run(command)
    case "why": return try WhyCommand(program: self).run(command)
    case "check": return try CheckCommand(program: self).run(command)
    case "workflow": return try await WorkflowCommand(program: self).run(command)
    case "takes": return try await TakesCommand(program: self).run(command)
    case "retake": return try await RetakeCommand(program: self).run(command)
    case "trust": return try TrustCommand(program: self).run(command)
    case "approve": return try ApproveCommand(program: self).run(command)
    case "like": return try await RateCommand(program: self, verb: .like).run(command)
    case "dislike": return try await RateCommand(program: self, verb: .dislike).run(command)
    case "unrate": return try await RateCommand(program: self, verb: .unrate).run(command)
    case "pick": return try PickCommand(program: self).run(command)
    case "unpick": return try UnpickCommand(program: self).run(command)
    case "remove": return try RemoveCommand(program: self).run(command)
    case "restore": return try RestoreCommand(program: self).run(command)
    case "export": return try await ExportCommand(program: self).run(command)
    case "cancel": return try CancelCommand(program: self).run(command)
    case "retry": return try RetryCommand(program: self).run(command)
    case "pause", "resume": return try PauseCommand(program: self).run(command)
    case "hold", "release": return try HoldCommand(program: self).run(command)
    case "completions": return CompletionsCommand(program: self).run(command)
    case "doctor": return try await DoctorCommand(program: self).run(command)
    case "manual": return ManualCommand(program: self).run(command)
    case "gc": return try CollectCommand(program: self).run(command)
    case "sync": return try SyncCommand(program: self).run(command)
    default: preconditionFailure("Internal inconsistency: the command `\(command.name)` is in the table and not here")
    }
  }

  /// Ends what engines keep running between jobs; several projects share it, so it comes after the last of them.
  func stopEngines() async {
    for engine in engines.byType.values { await engine.stop() }
  }

  /// The project that a command is about: around DIR, else around `-C`, else around the current folder.
  func project(_ command: ParsedCommand, directory: String? = nil) throws(Refusal) -> String {
    let base = command.value("directory")
    guard let directory else { return try ProjectFinder.project(from: base ?? ".") }
    return try ProjectFinder.project(from: Self.path(directory, below: base))
  }

  static func path(_ directory: String, below base: String?) -> String {
    guard let base, !directory.hasPrefix("/") else { return directory }
    return "\(base)/\(directory)"
  }

  func inquiry(_ command: ParsedCommand, directory: String? = nil) throws(Refusal) -> Inquiry {
    Inquiry(project: try project(command, directory: directory), engines: engines)
  }
}
