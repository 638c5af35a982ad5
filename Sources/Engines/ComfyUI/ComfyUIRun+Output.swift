internal import Basics
internal import Imaging
internal import Planning
internal import ProjectFiles

/// The file that a prompt made, brought here and looked at.
extension ComfyUIRun {
  /// A larger file than this is no take.
  private static let largest = 16 << 30
  private static let downloads = 3

  /// The record of the prompt that the job has on a server; nil when there is none.
  func record() async throws(EngineError) -> ComfyUIRecord? {
    do throws(FileError) {
      return try await disk.run { [folder] () throws(FileError) in try folder.record() }
    } catch {
      throw EngineError("what became of the prompt cannot be read: \(error)", canPass: true, isUnanswered: true)
    }
  }

  /// What an earlier run has brought here already.
  func fetched(_ record: ComfyUIRecord) async -> EngineOutput? {
    guard let known = record.output else { return nil }
    let made = try? await disk.run { [folder, job] in try folder.examine(for: job.request.kind) }
    guard let made, made.digest == known.digest else { return nil }
    return output(made, record)
  }

  /// - Returns: nil when the files that the history names are gone.
  func fetch(
    _ history: ComfyUIHistory, _ record: ComfyUIRecord, on worker: ComfyUIWorker
  ) async throws(EngineError) -> EngineOutput? {
    let files = candidates(history)
    if files.isEmpty { throw await nothing(history, on: worker) }
    var refusal: String?
    var isGone = false
    for file in files {
      switch try await fetch(file, record, on: worker) {
      case .output(let output): return output
      case .absent: isGone = true
      case .refused(let predicate): refusal = refusal ?? "\(file.name) \(predicate)"
      }
    }
    if isGone { return nil }
    await clear()
    throw EngineError("what \(worker.url) made is no \(job.request.kind): \(refusal ?? "nothing")", canPass: false)
  }

  /// Files that may be the take: those of the nodes that the workflow's outputs are, in their order, kept ones before temporary ones.
  private func candidates(_ history: ComfyUIHistory) -> [ComfyUIFile] {
    func rank(_ file: ComfyUIFile, _ place: Int) -> (Int, Int, Int) {
      (file.type == "output" ? 0 : 1, prompt.outputs.firstIndex(of: file.node) ?? prompt.outputs.count, place)
    }
    let named = history.files.filter { $0.type != "input" && ComfyUIFileKind.mayBe($0.name, job.request.kind) }
    return named.enumerated().sorted { left, right in
      rank(left.element, left.offset) < rank(right.element, right.offset)
    }.map(\.element)
  }

  private func nothing(_ history: ComfyUIHistory, on worker: ComfyUIWorker) async -> EngineError {
    await clear()
    let made = history.files.map(\.name) + history.texts.map { "the text \"\($0.prefix(40))\"" }
    let what = made.isEmpty ? "made nothing that is kept" : "made \(made.prefix(3).joined(separator: ", "))"
    return EngineError(
      "\(worker.url) \(what), and a \(job.request.kind) was asked for: the workflow needs a node that saves one",
      canPass: false)
  }

  /// Looks for the output of a prompt that its server has forgotten.
  func foundOutput(_ record: ComfyUIRecord, on worker: ComfyUIWorker) async throws(EngineError) -> EngineOutput? {
    for name in ComfyUIFileKind.names(prefix: record.prefix, of: job.request.kind) {
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      let file = ComfyUIFile(
        node: "", name: String(parts.last ?? ""), subfolder: parts.dropLast().joined(separator: "/"), type: "output")
      // One that was being written when the server died is cut off: it is as good as none.
      if case .output(let output) = try await fetch(file, record, on: worker) { return output }
    }
    return nil
  }

  private enum Fetched {
    case output(EngineOutput)
    case absent
    case refused(String)
  }

  private func fetch(
    _ file: ComfyUIFile, _ record: ComfyUIRecord, on worker: ComfyUIWorker
  ) async throws(EngineError) -> Fetched {
    var attempt = 1
    while true {
      let last = attempt == Self.downloads
      await disk.run { [folder] in folder.removeTake() }
      do throws(ComfyUIServer.Trouble) {
        if try await !worker.server.download(file, to: folder.take, limit: Self.largest) { return .absent }
        switch try await look(record) {
        case .output(let output): return .output(output)
        case .refused(let predicate): if last { return .refused(predicate) }
        case .absent: return .absent
        }
      } catch {
        if error.kind == .cancelled { throw EngineError("cancelled", canPass: true, isUnanswered: true) }
        if last {
          throw EngineError("its output could not be fetched: \(error.message)", canPass: true, isUnanswered: true)
        }
      }
      attempt += 1
      try? await Task.sleep(for: times.whileAway)
    }
  }

  /// What was downloaded: whole, of the right kind, and a picture that opens.
  private func look(_ record: ComfyUIRecord) async throws(ComfyUIServer.Trouble) -> Fetched {
    let made: MadeFile
    do {
      made = try await disk.run { [folder, job] in try folder.examine(for: job.request.kind) }
    } catch let refusal as MadeFile.Refusal {
      return .refused(refusal.predicate)
    } catch {
      throw ComfyUIServer.Trouble(kind: .local, message: "\(error)")
    }
    if made.type.isPicture {
      do throws(ImagingError) {
        _ = try await imaging.thumbnail(of: ProjectPath(trusted: "take"), side: 64, project: folder.path)
      } catch {
        switch error.code {
        case .unreadableImage, .tooLarge: return .refused("cannot be opened: \(error.message)")
        // Who cannot look does not judge.
        case .unreadableFile, .badRequest, .notInstalled, .died, .changedFile, .cancelled: break
        }
      }
    }
    var kept = record
    kept.output = ComfyUIRecord.Output(
      type: made.type.name, digest: made.digest, bytes: made.bytes, width: made.type.width, height: made.type.height)
    // Only a restart between now and the take's sidecar would miss it; it would fetch the file again.
    try? await save(kept)
    return .output(output(made, record))
  }

  private func output(_ made: MadeFile, _ record: ComfyUIRecord) -> EngineOutput {
    var output = EngineOutput(
      content: .file(EngineOutput.File(path: folder.take, digest: made.digest, bytes: made.bytes)),
      type: made.type.name, width: made.type.width, height: made.type.height)
    output.engineVersion = record.version
    return output
  }
}

/// What the names of files say of their kind, before they are fetched.
enum ComfyUIFileKind {
  private static let pictures: Set<String> = ["png", "jpg", "jpeg", "webp", "gif"]
  private static let films: Set<String> = ["mp4", "webm", "mkv", "mov"]
  private static let sounds: Set<String> = ["flac", "mp3", "opus", "ogg", "wav", "m4a"]

  /// The endings of what a kind can be.
  static func endings(of kind: Kind) -> [String] {
    switch kind {
    case .still: ["png", "webp", "jpg", "gif"]
    case .voice: ["flac", "mp3", "opus", "wav"]
    default: ["mp4", "webm", "mkv", "mov"]
    }
  }

  /// What the first file of a prefix may be called: servers count, and put a line behind the number, but not for sounds since 2026.
  static func names(prefix: String, of kind: Kind) -> [String] {
    endings(of: kind).flatMap { ["\(prefix)_00001_.\($0)", "\(prefix)_00001.\($0)"] }
  }

  /// False where the name's ending says that it is something else; what it is in fact its content says.
  static func mayBe(_ name: String, _ kind: Kind) -> Bool {
    let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let isKnown = pictures.contains(ending) || films.contains(ending) || sounds.contains(ending)
    guard isKnown else { return true }
    switch kind {
    case .still: return pictures.contains(ending)
    case .voice: return sounds.contains(ending)
    default: return films.contains(ending)
    }
  }
}
