internal import Basics
internal import CShims
internal import Glibc
internal import JSONText
internal import Planning
internal import ProjectFiles

/// A job made ready for a program: its folder with all that it reads, where the program is, and what its environment holds.
struct CommandProgram {
  let job: EngineJob
  let entry: EngineDefinition
  let definition: CommandDefinition
  let folder: JobFolder

  /// Begins the job's folder anew and fills it. What an earlier attempt left is gone then.
  /// - Returns: the hold on the job, which is to go over to its supervisor.
  func prepare() throws(EngineError) -> JobHold {
    do {
      let program = try resolved()
      let hold = try folder.make()
      try folder.write(request(), to: folder.request)
      try folder.write(JobOrder(program: program, directory: directory, definition).json, to: folder.order)
      return hold
    } catch let error as EngineError {
      throw error
    } catch let error as FileError {
      throw EngineError("the job could not be prepared: \(error)", canPass: true)
    } catch {
      preconditionFailure("Internal inconsistency: preparing a job threw \(error)")
    }
  }

  // MARK: The program

  /// Where the program is, from the root of this machine.
  private func resolved() throws(EngineError) -> String {
    let name = definition.command[0]
    if name.hasPrefix("/") {
      // Only the user's own config.json may say so.
      guard entry.origin == .user else {
        throw EngineError("the program \(name) lies outside the project", canPass: false)
      }
      return try executable(name, name)
    }
    guard name.utf8.contains(UInt8(ascii: "/")) else { return try inPath(name) }
    if entry.origin == .user { return try executable("\(directory)/\(name)", name) }
    let looked: Folder.Kind?
    do throws(FileError) {
      looked = try job.project.look(at: ProjectPath(trusted: name))
    } catch {
      throw EngineError("the program \(name) cannot be looked at: \(error.reason)", canPass: false)
    }
    switch looked {
    case .file?: return try executable(job.project.location(of: ProjectPath(trusted: name)), name)
    case .folder?: throw EngineError("the program \(name) is a folder", canPass: false)
    case .other?:
      throw EngineError("the program \(name) is no file, or a link that leads out of the project", canPass: false)
    case nil: throw EngineError("there is no program \(name) in the project", canPass: false)
    }
  }

  /// Where it runs, and where its paths begin: the project; for the user's own the folder of config.json. Those are trusted in every
  /// project, so nothing that lies in a project may get into them by a name alone, as `python3 -m` and `npx` look for names where they run.
  private var directory: String { entry.origin == .user ? StateFolders.config() : job.project.path }

  private func executable(_ path: String, _ name: String) throws(EngineError) -> String {
    if access(path, X_OK) == 0 { return path }
    if reel_errno() == ENOENT { throw EngineError("there is no program \(name)", canPass: false) }
    throw EngineError("the program \(name) may not be executed: chmod +x makes it so", canPass: false)
  }

  private func inPath(_ name: String) throws(EngineError) -> String {
    if let path = Programs.find(name) { return path }
    throw EngineError(
      "there is no program \(name) in PATH: install it, or write `./\(name)` for one of the project", canPass: false)
  }

  // MARK: The environment

  /// As `NAME=value`: what every program needs, what the definition names, and the mark by which its processes are found again.
  func environment() throws(EngineError) -> [String] {
    var values: [String: String] = [:]
    for (name, value) in Self.ours() where Self.isUsual(name) { values[name] = value }
    for name in definition.environment {
      guard let value = getenv(name) else {
        throw EngineError("the variable \(name), which the engine `\(entry.name)` needs, is not set", canPass: false)
      }
      values[name] = String(cString: value)
    }
    values["TMPDIR"] = folder.temporary
    return values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + [Self.mark(job.id)]
  }

  static func mark(_ id: String) -> String { "REEL_JOB=\(id)" }

  private static func isUsual(_ name: String) -> Bool {
    ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ"].contains(name)
      || name.hasPrefix("LC_") || name.hasPrefix("XDG_")
  }

  private static func ours() -> [(String, String)] {
    var found: [(String, String)] = []
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let sign = text.firstIndex(of: "=") {
        found.append((String(text[..<sign]), String(text[text.index(after: sign)...])))
      }
      next += 1
    }
    return found
  }

  // MARK: What it reads

  /// What stands on its standard input.
  private func request() throws -> JSON {
    let request = job.request
    var fields: JSONObject = [
      "version": 1, "id": .string(job.id), "kind": .string(request.kind.name),
      "shot": .string(request.address.description), "recipe": .object(job.recipe.fields),
      "fingerprint": .string(job.recipe.fingerprint.description), "output": .string(folder.output),
      "project": .string(job.project.path),
    ]
    // Only what is in the recipe by its content: the rest cannot decide anything.
    if job.recipe.fields["references"] != nil {
      var references: [JSON] = []
      for (index, reference) in request.references.enumerated() {
        references.append(try given(reference, as: "\(index + 1)-\(reference.path.name)"))
      }
      fields["references"] = .array(references)
    }
    if !request.inputs.isEmpty {
      var inputs: JSONObject = [:]
      for (kind, input) in request.inputs.sorted(by: { $0.key < $1.key }) {
        inputs[kind.name] = try given(input, as: input.path.name)
      }
      fields["inputs"] = .object(inputs)
    }
    return .object(fields)
  }

  /// A copy of a file that the job is made of, and what the program is told of it.
  private func given(_ reference: ShotRequest.Reference, as name: String) throws -> JSON {
    let path = "\(folder.inputs)/\(name)"
    try ReferenceCopy.make(of: reference, in: job.project, at: path)
    return [
      "path": .string(path), "file": .string(reference.path.string), "sha256": .string(reference.digest.hex),
    ]
  }
}
