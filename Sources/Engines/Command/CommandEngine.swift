internal import Basics
internal import CShims
internal import Glibc
package import JSONText
package import Planning
package import ProjectFiles

/// Any program as an engine: `"type": "command"`.
///
/// It gets the recipe as JSON on its standard input and a folder to write into, tells how far it is and what its result is as
/// lines of JSON on its standard output, and is held to limits. It runs under a supervisor (`JobSupervisor`), so that it
/// outlives this program and is taken up by the next. The contract stands in Documentation/Engines.md.
package struct CommandEngine: Engine {
  package let type = "command"
  package let isBuiltIn = false
  package let reach = EngineReach.loopback
  package let isRepeatable = true
  package let adopts = true
  package let version: String
  /// For entries that do not say how many.
  package let capacity = 1
  /// The program that is started as a supervisor: `reel`.
  private let supervisor: String
  private var entry: EngineDefinition?

  /// - Parameters:
  ///   - supervisor: a program that hands `JobSupervisor.word` and its argument on to `JobSupervisor.run`.
  ///   - version: of reel, for sidecars of entries that name no version of their own.
  package init(supervisor: String, version: String) {
    self.supervisor = supervisor
    self.version = version
  }

  /// This program itself, also after its file was replaced by a newer one.
  package static let thisProgram = "/proc/self/exe"

  private var definition: CommandDefinition? { entry?.command }
}

// MARK: Deciding

extension CommandEngine {
  package func configured(by definition: EngineDefinition) throws(RecipeRefusal) -> any EngineForm {
    guard definition.command != nil else {
      throw RecipeRefusal("the engine `\(definition.name)` has no usable `command`")
    }
    var configured = self
    configured.entry = definition
    return configured
  }

  package var kinds: Set<Kind> { definition?.kinds ?? [] }
  package var jobLimit: Int? { definition?.jobs }

  package var seeding: Seeding {
    switch definition?.seeds {
    case .take?: .takeNumber
    case CommandDefinition.Seeds.none?: .none
    case .seed?, nil: .seed
    }
  }

  package var reads: Set<String>? {
    guard let definition else { return nil }
    var keys = Set(definition.kinds.flatMap { fields(of: $0) }.map(\.rawValue))
    switch definition.seeds {
    case .seed: keys.formUnion(["seed", "takes"])
    case .take: keys.insert("takes")
    case .none: break
    }
    return keys
  }

  private func fields(of kind: Kind) -> Set<CommandDefinition.Field> {
    definition?.reads ?? CommandDefinition.Field.usual(for: kind)
  }

  /// What it reads, and which program it is: by the entry's name, with the version that a person gave it. The words of the command are
  /// not in it: they differ from computer to computer, and a script that moved makes the same pictures. Nor is the content of a
  /// script: a comment in it would make every take anew, and what it imports would not be seen all the same.
  package func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject {
    let fields = fields(of: request.kind)
    var program: JSONObject = ["name": .string(entry?.name ?? type)]
    if let version = definition?.version { program["version"] = .string(version) }
    var recipe: JSONObject = ["program": .object(program)]
    func add(_ field: CommandDefinition.Field, _ value: JSON?) {
      if fields.contains(field), let value { recipe[field.rawValue] = value }
    }
    add(.prompt, .string(request.prompt))
    add(.negativePrompt, request.negativePrompt.map { .string($0) })
    add(.model, request.model.map { .string($0) })
    if !request.parameters.isEmpty {
      add(.parameters, .object(JSONObject(request.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })))
    }
    add(.frame, Self.frame(request))
    if !request.references.isEmpty {
      add(.references, .array(request.references.map { .string($0.digest.description) }))
    }
    add(.duration, request.duration.map { .number(JSONNumber($0)) })
    add(.name, request.shotName.map { .string($0) })
    add(.id, request.address.shot.map { .string($0.text) })
    if request.kind != .clip { add(.camera, request.camera) }
    if !request.fields.isEmpty { recipe[request.kind.name] = .object(request.fields) }
    return recipe
  }

  /// A picture has no rate.
  private static func frame(_ request: ShotRequest) -> JSON? {
    var frame: JSONObject = [:]
    if let width = request.width { frame["width"] = .number(JSONNumber(width)) }
    if let height = request.height { frame["height"] = .number(JSONNumber(height)) }
    if request.kind != .still, let fps = request.fps { frame["fps"] = .number(fps) }
    return frame.isEmpty ? nil : .object(frame)
  }
}

// MARK: Working

extension CommandEngine {
  package func make(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput {
    let output = try await onThread(of: job) { stop throws(EngineError) in
      try begin(job, stop, progress)
    }
    // A job that was just begun is never lost without a word.
    guard let output else {
      throw EngineError("the program's supervisor was killed, and the program with it", canPass: true)
    }
    return output
  }

  package func adopt(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput? {
    try await onThread(of: job) { stop throws(EngineError) in
      try takeUp(job, stop, progress)
    }
  }

  /// All of a job happens on a thread of its own: reading and copying what it is made of, waiting, hashing what came.
  private func onThread(
    of job: EngineJob, _ body: @escaping @Sendable (StopFlag) throws(EngineError) -> EngineOutput?
  ) async throws(EngineError) -> EngineOutput? {
    let stop = StopFlag()
    let result: Result<EngineOutput?, EngineError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        NamedThread.start("job \(job.id)") {
          do throws(EngineError) {
            continuation.resume(returning: .success(try body(stop)))
          } catch {
            continuation.resume(returning: .failure(error))
          }
        }
      }
    } onCancel: {
      stop.raise()
    }
    return try result.get()
  }

  private func program(_ job: EngineJob) throws(EngineError) -> CommandProgram {
    guard let entry = job.request.engine, let definition = entry.command else {
      throw EngineError("the project defines no program for this engine any more", canPass: false)
    }
    return CommandProgram(job: job, entry: entry, definition: definition, folder: JobFolder(job.id, in: job.state))
  }

  private func begin(
    _ job: EngineJob, _ stop: StopFlag, _ progress: (Double, String) -> Void
  ) throws(EngineError) -> EngineOutput? {
    let program = try program(job)
    let environment = try program.environment()
    let (follower, child) = try started(program, environment)
    let status = try Self.told { () throws(FileError) in
      try follower.follow(stop: stop, askToStop: { child.signal(SIGTERM) }, progress: progress)
    }
    return try output(status, program)
  }

  /// Starts the supervisor with the job's lock in its hands: there is no moment at which the job is begun and not held. Ours is
  /// given up on the way out, so the pipe loses its last writer with the supervisor.
  private func started(
    _ program: CommandProgram, _ environment: [String]
  ) throws(EngineError) -> (JobFollower, ChildProcess) {
    let folder = program.folder
    // Nothing of an earlier attempt can run any more; if it does all the same, it does not stay.
    if folder.exists { Self.forget(folder) }
    let hold = try program.prepare()
    do throws(FileError) {
      let follower = try JobFollower(folder)
      let child = try ChildProcess(
        starting: supervisor, arguments: [JobSupervisor.word, folder.path], environment: environment, directory: "/",
        input: .descriptor(hold.lock), output: .descriptor(hold.pipe), error: .null, inOwnSession: true)
      return (follower, child)
    } catch {
      throw EngineError("the program's supervisor could not be started: \(error)", canPass: true)
    }
  }

  private func takeUp(
    _ job: EngineJob, _ stop: StopFlag, _ progress: (Double, String) -> Void
  ) throws(EngineError) -> EngineOutput? {
    let program = try program(job)
    let folder = program.folder
    // In this order: the pipe is open before the lock is looked at, so the end of a living supervisor is heard.
    let status = try Self.told { () throws(FileError) in
      let follower: JobFollower
      do throws(FileError) {
        follower = try JobFollower(folder)
      } catch {
        if error.isAbsence { return nil }
        throw error
      }
      if try folder.isHeld {
        return try follower.follow(stop: stop, askToStop: { folder.askToStop() }, progress: progress)
      }
      return try folder.readStatus()
    }
    return try output(status, program)
  }

  /// What a disk that fails, or a process with too many files open, keeps from being read is asked for again: that it cannot be read
  /// is no reason to run the program once more.
  private static func told(_ ask: () throws(FileError) -> JobStatus?) throws(EngineError) -> JobStatus? {
    do throws(FileError) {
      return try ask()
    } catch {
      throw EngineError("what became of the program cannot be read: \(error)", canPass: true, isUnanswered: true)
    }
  }

  /// Nil when the supervisor was killed: nothing is known of the program then, so nothing of it may go on.
  private func output(_ status: JobStatus?, _ program: CommandProgram) throws(EngineError) -> EngineOutput? {
    guard let status else {
      ProcessTree.killAll(marked: CommandProgram.mark(program.job.id))
      return nil
    }
    return try CommandResult(folder: program.folder, job: program.job, definition: program.definition).output(
      of: status)
  }
}

// MARK: Clearing away

extension CommandEngine {
  package func forget(_ id: String, in state: String) async {
    await withCheckedContinuation { continuation in
      NamedThread.start("forget \(id)") {
        Self.forget(JobFolder(id, in: state))
        continuation.resume()
      }
    }
  }

  package func tidy(keeping ids: Set<String>, in state: String) {
    let left = JobFolder.ids(in: state).filter { !ids.contains($0) }.map { JobFolder($0, in: state) }
    if left.isEmpty { return }
    // Beside the loop: a program may need its time to end.
    NamedThread.start("tidy jobs") { for folder in left { Self.forget(folder) } }
  }

  private static func forget(_ folder: JobFolder) {
    if let follower = try? JobFollower(folder), (try? folder.isHeld) == true {
      folder.askToStop()
      _ = try? follower.follow(stop: StopFlag(), askToStop: {}, progress: { _, _ in })
    }
    if folder.exists, (try? folder.readStatus()) == nil { ProcessTree.killAll(marked: CommandProgram.mark(folder.id)) }
    folder.remove()
  }
}
