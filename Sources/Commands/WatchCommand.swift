internal import Arguments
internal import Basics
internal import Glibc
internal import Studio

/// `reel watch`: one loop for each project, until stopped.
struct WatchCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    var projects: [String] = []
    for directory in command.arguments("DIR") {
      let project = try program.project(command, directory: directory)
      if !projects.contains(project) { projects.append(project) }
    }
    if projects.isEmpty { projects = [try program.project(command)] }
    let options = ProjectLoop.Options(mode: .watch(polling: command.flag("poll")), version: ReelProgram.version)
    let form: EventPrinter.Form = command.flag("json") ? .json : .text
    let service = ServiceReport(projects: projects.count)
    let loops = projects.map { project in
      let name = project.split(separator: "/").last.map(String.init) ?? project
      let printer = EventPrinter(
        program.output, form, prefix: projects.count > 1 ? "[\(TerminalText.escaped(name))] " : "", isMake: false)
      return ProjectLoop(path: project, options: options, engines: program.engines) { event in
        printer.print(event)
        service?.hear(event, of: project)
      }
    }
    program.signals.handle { number in
      for loop in loops { loop.stop(number == SIGINT ? .finishing : .leaving) }
    }
    for project in projects { EditorFiles.place(in: project) }
    let endings = await withTaskGroup(of: ProjectLoop.Ending.self) { group in
      for loop in loops { group.addTask { await loop.run() } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    await program.stopEngines()
    return try Self.exitCode(endings, signal: program.signals.first)
  }

  static func exitCode(_ endings: [ProjectLoop.Ending], signal: Int32) throws(Refusal) -> ExitCode {
    var code = ExitCode.done
    for ending in endings {
      switch ending.cause {
      case .failed(let error): throw Refusal(error)
      case .rootGone: code = .unusable
      case .stopped: if code == .done { code = signal == SIGINT ? .interrupted : .terminated }
      case .done: break
      }
    }
    return code
  }
}
