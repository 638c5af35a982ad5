internal import Arguments
internal import Basics
internal import Glibc
internal import Page
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
    let port = try Self.port(command, projects)
    let form: EventPrinter.Form = command.flag("json") ? .json : .text
    let service = ServiceReport(projects: projects.count)
    let watched = projects.map { project in
      let name = project.split(separator: "/").last.map(String.init) ?? project
      let printer = EventPrinter(
        program.output, form, prefix: projects.count > 1 ? "[\(TerminalText.escaped(name))] " : "", isMake: false)
      var options = ProjectLoop.Options(mode: .watch(polling: command.flag("poll")), version: ReelProgram.version)
      // Of a folder that cannot be opened the loop says so.
      let page = command.flag("no-page") ? nil : try? program.page(of: project, port: port) { printer.print($0) }
      if let page {
        options.follower = { page.follow($0) }
        options.others = { page.answer($0) }
      }
      let loop = ProjectLoop(path: project, options: options, engines: program.engines) { event in
        printer.print(event)
        page?.hear(event)
        service?.hear(event, of: project)
      }
      page?.connect(loop)
      return (loop: loop, page: page)
    }
    program.signals.handle { number in
      for (loop, _) in watched { loop.stop(number == SIGINT ? .finishing : .leaving) }
    }
    for project in projects { EditorFiles.place(in: project) }
    let endings = await withTaskGroup(of: ProjectLoop.Ending.self) { group in
      for (loop, page) in watched {
        group.addTask {
          let ending = await loop.run()
          // It waits for the server's thread.
          if let page {
            _ = await OwnThread.run("page stop") { () throws(Refusal) -> Void in page.stop("the watcher has stopped") }
          }
          return ending
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    await program.stopEngines()
    return try Self.exitCode(endings, signal: program.signals.first)
  }

  /// The port that was asked for. It is looked at before any work is done: who asks for one wants that one.
  private static func port(_ command: ParsedCommand, _ projects: [String]) throws(Refusal) -> UInt16? {
    guard let text = command.value("port"), let port = UInt16(text) else { return nil }
    if projects.count > 1 {
      throw Refusal(
        "several projects cannot have their pages on one port", .usage,
        hint: "watch them one by one, or leave --port out")
    }
    if let reason = LivePage.refusal(ofPort: port) { throw Refusal("the page cannot be served: \(reason)", .failed) }
    return port
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
