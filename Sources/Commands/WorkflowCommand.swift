internal import Arguments
internal import Basics
internal import Engines
internal import Glibc
internal import HTTPClient
internal import JSONText
internal import ProjectFiles

/// `reel workflow`: what of a ComfyUI graph is bound to which field of a shot; with `--convert` an API file made of what the editor saved, or
/// of what a picture or film carries.
struct WorkflowCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    let given = command.argument("FILE") ?? ""
    let path = ReelProgram.path(given, below: command.value("directory"))
    return command.flag("convert") ? try await convert(path, command) : try show(path, command)
  }

  // MARK: What is bound

  private func show(_ path: String, _ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let found = try read(path)
    let bytes: [UInt8]
    switch found {
    case .text(let text): bytes = text
    case .carried(let graph):
      guard let prompt = graph.prompt else {
        throw Refusal(
          "\(TerminalText.escaped(path)) carries a workflow of the editor alone", .failed,
          hint: "reel workflow --convert makes one in API format of it")
      }
      bytes = prompt.pretty
    }
    let reading = Workflow.read(SourceText(file: Self.projectPath(path), bytes: bytes))
    let report = WorkflowReport(reading)
    if command.flag("json") {
      program.output.json(report.json)
    } else {
      for line in report.lines { program.output.line(line) }
      let text = DiagnosticText(output: program.output)
      for problem in report.problems { program.output.line("\n" + text.text(problem)) }
      if reading.model?.isEditors == true {
        program.output.line(
          "\nreel workflow --convert \(TerminalText.escaped(path)) makes one in API format of it.", to: .talk)
      }
    }
    return report.problems.isEmpty ? .done : .pending
  }

  /// As problems name it: from the project folder, where the file lies in one.
  private static func projectPath(_ path: String) -> ProjectPath {
    let plain = ProjectPath(trusted: path)
    guard let resolved = realpath(path, nil) else { return plain }
    let whole = String(cString: resolved)
    free(resolved)
    let folder = whole.split(separator: "/").dropLast().joined(separator: "/")
    guard let project = try? ProjectFinder.project(from: "/" + folder), whole.hasPrefix(project + "/") else {
      return plain
    }
    return ProjectPath(trusted: String(whole.dropFirst(project.count + 1)))
  }

  // MARK: Reading

  private enum Found {
    case text([UInt8])
    case carried(CarriedGraph)
  }

  private func read(_ path: String) throws(Refusal) -> Found {
    do throws(FileError) {
      if let carried = try CarriedGraph(inFileAt: path) {
        if !carried.isEmpty { return .carried(carried) }
        throw FileError(code: ENODATA, action: "find a workflow in", path: path)
      }
      return .text(try Self.bytes(of: path))
    } catch {
      if error.code == ENODATA { throw Refusal("\(TerminalText.escaped(path)) carries no workflow", .failed) }
      throw Refusal("\(error)", .failed)
    }
  }

  private static func bytes(of path: String) throws(FileError) -> [UInt8] {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "."
    let name = ProjectPath(trusted: String(parts.last ?? ""))
    return try Folder(opening: folder).read(name, limit: JSONFile.maximumSize).bytes
  }

  // MARK: Converting

  private func convert(_ path: String, _ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    var graph: JSONObject
    var faults: [String] = []
    switch try read(path) {
    case .carried(let carried):
      if let prompt = carried.prompt?.object {
        graph = prompt
      } else {
        (graph, faults) = try await converted(carried.workflow ?? .null, path, command)
      }
    case .text(let bytes):
      let source = SourceText(file: Self.projectPath(path), bytes: bytes)
      let (document, problems) = JSONFile.parse(source, consequence: "nothing was written")
      guard let document else {
        let text = DiagnosticText(output: program.output)
        for problem in problems { program.output.line(text.text(problem), to: .talk) }
        throw Refusal("\(TerminalText.escaped(path)) cannot be read", .failed)
      }
      let reading = Workflow.read(source)
      if reading.model?.isEditors == false, reading.model?.nodes.isEmpty == false {
        throw Refusal("\(TerminalText.escaped(path)) is in API format already", .failed, hint: "put it into workflows/")
      }
      (graph, faults) = try await converted(document.root.value, path, command)
    }
    for fault in faults { program.output.line("reel: \(TerminalText.escaped(fault))", to: .talk) }
    try write(JSON.object(graph).pretty, command)
    return faults.isEmpty ? .done : .pending
  }

  private func converted(
    _ json: JSON, _ path: String, _ command: ParsedCommand
  ) async throws(Refusal) -> (JSONObject, [String]) {
    guard let workflow = EditorWorkflow(json) else {
      throw Refusal("\(TerminalText.escaped(path)) is no workflow of ComfyUI's editor", .failed)
    }
    let (graph, faults) = workflow.graph(with: try await objectInfo(command))
    if graph.isEmpty { throw Refusal("\(TerminalText.escaped(path)) holds no nodes that work", .failed) }
    return (graph, faults)
  }

  /// What the server's node classes are: from a file, or asked for.
  private func objectInfo(_ command: ParsedCommand) async throws(Refusal) -> ObjectInfo {
    let bytes: [UInt8]
    if let file = command.value("object-info") {
      do throws(FileError) {
        bytes = try Self.bytes(of: ReelProgram.path(file, below: command.value("directory")))
      } catch {
        throw Refusal("\(error)", .failed)
      }
    } else {
      bytes = try await ask(command.value("server") ?? ComfyUIEntry.standardURL)
    }
    guard let json = (try? JSONDocument(parsing: bytes))?.root.value else {
      throw Refusal("what came as object_info is no JSON", .failed)
    }
    let info = ObjectInfo(json)
    if info.isEmpty { throw Refusal("what came as object_info tells of no node classes", .failed) }
    return info
  }

  private func ask(_ server: String) async throws(Refusal) -> [UInt8] {
    let client = HTTPClient(name: "reel-http", userAgent: "reel/\(ReelProgram.version)")
    let address = server.hasSuffix("/") ? String(server.dropLast()) : server
    let answer: Result<HTTPResponse, HTTPError>
    do throws(HTTPError) {
      answer = .success(try await client.send(HTTPRequest("GET", "\(address)/object_info")))
    } catch {
      answer = .failure(error)
    }
    client.stop()
    switch answer {
    case .failure(let error):
      throw Refusal(
        error.message, .engineUnreachable,
        hint: "start ComfyUI, name another one with --server, or save its /object_info and give it with --object-info")
    case .success(let response) where response.status != 200:
      throw Refusal("the server answered /object_info with status \(response.status)", .engineUnreachable)
    case .success(let response): return response.body
    }
  }

  private func write(_ bytes: [UInt8], _ command: ParsedCommand) throws(Refusal) {
    guard let output = command.value("output"), output != "-" else {
      return program.output.write(String(decoding: bytes, as: UTF8.self), to: .answer)
    }
    let path = ReelProgram.path(output, below: command.value("directory"))
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "."
    do throws(FileError) {
      try AtomicFile.write(
        bytes, to: ProjectPath(trusted: String(parts.last ?? "")), in: try Folder(opening: folder), existing: .keep)
    } catch {
      if error.code == EEXIST {
        throw Refusal(
          "\(TerminalText.escaped(path)) is there already; nothing was written", .failed, hint: "name another file")
      }
      throw Refusal("\(error)", .failed)
    }
    program.output.line("\(TerminalText.escaped(path)) written; reel workflow shows what is bound in it.", to: .talk)
  }
}
