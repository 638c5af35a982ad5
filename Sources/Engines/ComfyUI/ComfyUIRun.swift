internal import Basics
internal import Glibc
internal import Imaging
internal import JSONText
internal import Planning
internal import ProjectFiles

/// One job on its way to a take: a worker, a prompt on it, what becomes of that, and the file.
///
/// A prompt is noted on disk before it is sent, and what becomes of it is looked up, never guessed: a generation is begun again only
/// when it is certain that the one before came to nothing.
struct ComfyUIRun: Sendable {
  let job: EngineJob
  let entry: ComfyUIEntry
  let prompt: ComfyUIPrompt
  let folder: ComfyUIJobFolder
  let workers: ComfyUIWorkers
  let disk: ComfyUIDisk
  let imaging: ImagingHelper
  let times: ComfyUITimes
  let progress: @Sendable (Double, String) -> Void

  /// What came of an attempt on one worker.
  enum Outcome: Sendable {
    case output(EngineOutput)
    /// Nothing was begun there: another one may have it.
    case elsewhere
    /// What was begun is certain to have come to nothing.
    case lost(String)
  }

  /// So often a job is begun anew by itself.
  private static let mostLosses = 5

  func make() async throws(EngineError) -> EngineOutput {
    var losses = 0
    while true {
      let worker = try await workers.choose(prompt, for: entry, reading: source)
      let outcome: Outcome
      do throws(EngineError) {
        outcome = try await attempt(on: worker)
      } catch {
        await workers.leave(worker)
        throw error
      }
      await workers.leave(worker)
      switch outcome {
      case .output(let output): return output
      case .elsewhere: continue
      case .lost(let why):
        losses += 1
        if losses == Self.mostLosses { throw EngineError(why, canPass: true) }
        progress(0, "\(why); begun again")
      }
    }
  }

  /// Goes on with the prompt of an earlier run, or with one of this run whose server could not be asked for a while.
  /// - Returns: nil when it is certain that nothing came of it.
  func adopt() async throws(EngineError) -> EngineOutput? {
    guard let record = try await record() else { return nil }
    if let output = await fetched(record) { return output }
    // A person who takes a server out of the project says that it is gone.
    guard let worker = try await workers.workers(of: entry).first(where: { $0.url == record.server }) else {
      return nil
    }
    worker.socket.takeOver(record.client)
    worker.join()
    let outcome: Outcome
    do throws(EngineError) {
      outcome = try await end(of: record, on: worker)
    } catch {
      await workers.leave(worker)
      throw error
    }
    await workers.leave(worker)
    if case .output(let output) = outcome { return output }
    return nil
  }

  /// Lines of the project's files, for messages.
  private var source: @Sendable (ProjectPath) -> SourceText? {
    { [project = job.project] path in
      (try? project.read(path, limit: 16 << 20)).map { SourceText(file: path, bytes: $0.bytes) }
    }
  }

  // MARK: Sending

  private func attempt(on worker: ComfyUIWorker, isSecond: Bool = false) async throws(EngineError) -> Outcome {
    let names: [Digest: String]
    do {
      names = try await upload(to: worker)
    } catch let error as EngineError {
      throw error
    } catch let trouble as ComfyUIServer.Trouble {
      return try elsewhere(worker, trouble)
    } catch {
      preconditionFailure("Internal inconsistency: an upload threw \(error)")
    }
    let id = UUIDText.random()
    var record = ComfyUIRecord(
      server: worker.url, prompt: id, prefix: prefix(id), client: worker.socket.client)
    record.version = worker.version
    try await save(record)
    if Task.isCancelled {
      await clear()
      throw EngineError("cancelled", canPass: true)
    }

    let ear = ComfyUIEar()
    worker.socket.listen(to: id) { ear.hear($0) }
    defer { worker.socket.forget(id) }
    await worker.socket.opened()
    let submission = await worker.server.submit(
      prompt.graph(names: names, prefix: record.prefix), id: id, client: record.client, extra: extra)
    switch submission {
    case .accepted(nil):
      worker.recover()
      progress(0, "")
      return try await end(of: record, on: worker, ear)
    case .accepted(let fault?):
      // It would make something, but not what was asked for.
      _ = await ComfyUIEnding(worker: worker, prompt: id).end(within: .seconds(30))
      await clear()
      throw EngineError("\(worker.url) takes only a part of the workflow: \(fault)", canPass: false)
    case .refused(let message):
      // Somebody may have cleared its inputs away.
      if !isSecond, !names.isEmpty, names.values.contains(where: { message.contains($0) }) {
        worker.forgetUploads()
        return try await attempt(on: worker, isSecond: true)
      }
      await clear()
      throw EngineError("\(worker.url) refused it: \(message)", canPass: false)
    case .notSent(let trouble):
      await clear()
      return try elsewhere(worker, trouble)
    case .unclear(let why):
      let outcome = try await end(of: record, on: worker, ear)
      if case .lost = outcome { return .lost(why) }
      return outcome
    }
  }

  /// Below a folder of our own, for people who look into the server's output; the id makes it nobody else's.
  private func prefix(_ id: String) -> String { "reelwright/\(job.request.address.shot?.text ?? "sequence")-\(id)" }

  /// What the server writes into pictures beside the graph.
  private var extra: JSONObject {
    [
      "extra_pnginfo": [
        "reelwright": [
          "shot": .string(job.request.address.description), "kind": .string(job.request.kind.name),
          "fingerprint": .string(job.recipe.fingerprint.description),
        ]
      ]
    ]
  }

  private func elsewhere(_ worker: ComfyUIWorker, _ trouble: ComfyUIServer.Trouble) throws(EngineError) -> Outcome {
    switch trouble.kind {
    case .cancelled: throw EngineError("cancelled", canPass: true)
    case .local: throw EngineError(trouble.message, canPass: true)
    case .refused: throw EngineError(trouble.message, canPass: false)
    case .away, .busy, .unauthorised, .stranger:
      worker.fail(trouble.message)
      return .elsewhere
    }
  }
}

extension ComfyUIRun {
  /// All that the job keeps on disk goes, as nothing of it is at work any more.
  func clear() async {
    await disk.run { [folder] in folder.remove() }
  }

  func save(_ record: ComfyUIRecord) async throws(EngineError) {
    do throws(FileError) {
      try await disk.run { [folder] () throws(FileError) in try folder.save(record) }
    } catch {
      throw EngineError("the prompt could not be noted before it is sent: \(error)", canPass: true)
    }
  }
}
