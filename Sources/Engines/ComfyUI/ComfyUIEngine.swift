package import Basics
package import Imaging
package import JSONText
package import Planning
package import ProjectFiles

/// `"type": "comfyui"`: a shot becomes pixels on the user's own ComfyUI servers, by a workflow of the project.
///
/// What is decided without a server is `ComfyUIForm`; this is the half that works: `ComfyUIWorkers` finds a server for a job,
/// `ComfyUIRun` brings it there and its take back. Documentation/ComfyUI.md tells the way of a prompt and what happens when something
/// dies on it.
package struct ComfyUIEngine: Engine {
  private var form = ComfyUIForm()
  private let workers: ComfyUIWorkers
  private let disk = ComfyUIDisk()
  private let imaging: ImagingHelper
  private let times: ComfyUITimes

  package let adopts = true
  /// Where a server does not say its own.
  package let version = ""
  /// Of an entry whose servers are not known.
  package let capacity = ComfyUIWorker.places

  /// - Parameters:
  ///   - imaging: opens the pictures that servers made, before they become takes.
  ///   - version: of reel; servers hear it.
  package init(imaging: ImagingHelper, version: String, times: ComfyUITimes = ComfyUITimes()) {
    self.imaging = imaging
    self.times = times
    workers = ComfyUIWorkers(userAgent: "reelwright/\(version)")
  }

  // MARK: Deciding

  package var type: String { form.type }
  package var isBuiltIn: Bool { false }
  package var kinds: Set<Kind> { form.kinds }
  package var seeding: Seeding { form.seeding }
  package var reads: Set<String>? { form.reads }
  package var reach: EngineReach { form.reach }
  package var isPaid: Bool { form.isPaid }
  package var isRepeatable: Bool { form.isRepeatable }
  package var jobLimit: Int? { form.jobLimit }

  package func configured(by definition: EngineDefinition) throws(RecipeRefusal) -> any EngineForm {
    try form.configured(by: definition)
  }

  package func trustFacts(
    of definition: EngineDefinition, nodeClasses: [String], reading read: (ProjectPath) -> [UInt8]?
  ) -> [TrustFact] {
    form.trustFacts(of: definition, nodeClasses: nodeClasses, reading: read)
  }

  package var usesWorkflows: Bool { form.usesWorkflows }
  package var workflow: ProjectPath? { form.workflow }
  package func using(_ workflow: Workflow?) -> any EngineForm { form.using(workflow) }
  package func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject { try form.recipe(for: request) }
  package func parts(for request: ShotRequest) throws(RecipeRefusal) -> RecipeParts { try form.parts(for: request) }
}

/// How long things are waited for.
package struct ComfyUITimes: Sendable {
  var following = ComfyUIFollowing.Times()
  /// A server that does not answer is asked for so long before the job is put aside.
  var patience = Duration.seconds(10)
  /// Between those times.
  var whileAway = Duration.seconds(1)

  package init() {}
}

// MARK: Working

extension ComfyUIEngine {
  package func make(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput {
    try await run(job, progress).make()
  }

  package func adopt(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput? {
    try await run(job, progress).adopt()
  }

  private func run(
    _ job: EngineJob, _ progress: @escaping @Sendable (Double, String) -> Void
  ) throws(EngineError) -> ComfyUIRun {
    guard let definition = job.request.engine else {
      throw EngineError("the project defines no such engine any more", canPass: false)
    }
    do throws(RecipeRefusal) {
      return ComfyUIRun(
        job: job, entry: try ComfyUIEntry(definition),
        prompt: try ComfyUIPrompt(recipe: job.recipe.fields, request: job.request),
        folder: ComfyUIJobFolder(job.id, in: job.state), workers: workers, disk: disk, imaging: imaging, times: times,
        progress: progress)
    } catch {
      throw EngineError(error.message, canPass: false)
    }
  }

  package func stop() async { await workers.stop() }
}

// MARK: Clearing away

extension ComfyUIEngine {
  package func forget(_ id: String, in state: String) async {
    await forget(ComfyUIJobFolder(id, in: state), within: .seconds(5))
  }

  package func tidy(keeping ids: Set<String>, in state: String) {
    // Beside the loop: a server that is away answers late.
    Task {
      let left = await disk.run { ComfyUIJobFolder.ids(in: state).filter { !ids.contains($0) } }
      for id in left { await forget(ComfyUIJobFolder(id, in: state), within: .seconds(15)) }
    }
  }

  /// Ends what a server may still have of a job, and forgets it. One whose server cannot be asked is kept for the next start.
  private func forget(_ folder: ComfyUIJobFolder, within limit: Duration) async {
    let record = try? await disk.run { () throws(FileError) in try folder.record() }
    if let record, record.output == nil {
      let worker = await workers.worker(record.server)
      guard case .ended = await ComfyUIEnding(worker: worker, prompt: record.prompt).end(within: limit) else { return }
    }
    await disk.run { folder.remove() }
  }
}

// MARK: How it stands

extension ComfyUIEngine {
  package func condition(of definition: EngineDefinition) -> EngineCondition? {
    guard let entry = try? ComfyUIEntry(definition) else { return nil }
    let known = workers.known(of: entry).filter { $0.trouble != nil || $0.stats != nil }
    if known.isEmpty { return nil }
    return EngineCondition(workers: known.map(Self.condition))
  }

  package func examine(_ definition: EngineDefinition) async -> EngineCondition? {
    guard let entry = try? ComfyUIEntry(definition) else { return nil }
    let all: [ComfyUIWorker]
    do throws(EngineError) {
      all = try await workers.workers(of: entry)
    } catch {
      return EngineCondition(workers: [.init(name: definition.name, state: .away, detail: error.message)])
    }
    await withTaskGroup { group in
      for worker in all { group.addTask { await Self.ask(worker) } }
    }
    return EngineCondition(workers: all.map(Self.condition))
  }

  private static func ask(_ worker: ComfyUIWorker) async {
    do throws(ComfyUIServer.Trouble) {
      try await worker.check(anew: true)
    } catch {
      worker.fail(error.message)
    }
  }

  private static func condition(_ worker: ComfyUIWorker) -> EngineCondition.Worker {
    if let trouble = worker.trouble { return .init(name: worker.url, state: .away, detail: trouble.message) }
    let version = worker.version.map { "ComfyUI \($0)" } ?? "ComfyUI"
    let device = worker.stats?.device ?? ""
    return .init(
      name: worker.url, state: .ready, detail: "\(worker.url): \(version)\(device.isEmpty ? "" : " on \(device)")")
  }
}
