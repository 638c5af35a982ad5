package import Basics
internal import CShims
internal import Glibc
internal import Synchronization

/// The door to `reel-imaging`, the program that decodes and draws pictures: files from strangers kill it, never us.
///
/// Requests wait in one line and are taken by a few processes, each of which answers one at a time. Processes start with
/// the first request that finds none idle, and again after they died. Nothing here blocks a thread of Swift's pool.
package final class ImagingHelper: Sendable {
  private struct Line {
    var waiting: [ImagingJob] = []
    var idle: [ImagingProcess] = []
    var started = 0
    var isStopped = false
  }

  /// How long a request may take before its process is killed. Frames take milliseconds; this is for what never ends. A process that is
  /// built to watch itself takes several times as long.
  package static let patience = Duration.seconds(reel_is_sanitized() != 0 ? 240 : 30)

  private let executable: String
  private let processes: Int
  private let patience: Duration
  private let line = Mutex(Line())

  /// - Parameter executable: the path of `reel-imaging`.
  /// - Parameter processes: how many may run at the same time; each takes about 60 MB, up to 1 GB for large pictures.
  package init(executable: String, processes: Int = 2, patience: Duration = ImagingHelper.patience) {
    self.executable = executable
    self.processes = max(1, processes)
    self.patience = patience
  }

  /// Where `reel-imaging` is: what `REEL_IMAGING` says, else in the folder of the running program, or
  /// where `make install` puts it.
  package static var besideThisProgram: String {
    if let path = getenv("REEL_IMAGING"), path.pointee != 0 { return String(cString: path) }
    guard let resolved = realpath("/proc/self/exe", nil) else { return "reel-imaging" }
    defer { free(resolved) }
    let path = String(cString: resolved)
    guard let slash = path.lastIndex(of: "/") else { return "reel-imaging" }
    let folder = String(path[...slash])
    let beside = folder + "reel-imaging"
    // Installed, it lies where nobody's shell looks for it.
    let installed = folder + "../libexec/reelwright/reel-imaging"
    return access(beside, X_OK) != 0 && access(installed, X_OK) == 0 ? installed : beside
  }

  /// Draws a storyboard frame as PNG.
  package func frame(_ frame: StoryboardFrame, project: String) async throws(ImagingError) -> [UInt8] {
    try await ask(ImagingRequest(project: project, call: .frame(frame))).picture
  }

  /// Reads the header of a picture; nothing is decoded.
  package func probe(_ path: ProjectPath, project: String) async throws(ImagingError) -> ImageFacts {
    guard let facts = try await ask(ImagingRequest(project: project, call: .probe(path))).facts else {
      throw ImagingError(.died, "reel-imaging gave an answer without facts about \(TerminalText.escaped(path.string)).")
    }
    return facts
  }

  /// Makes a JPEG of a picture, upright, no side longer than `side` pixels, transparency on the paper of the frames.
  package func thumbnail(of path: ProjectPath, side: Int, project: String) async throws(ImagingError) -> [UInt8] {
    try await ask(ImagingRequest(project: project, call: .thumbnail(path, side: side))).picture
  }

  /// The same as WebP.
  package func tile(of path: ProjectPath, side: Int, project: String) async throws(ImagingError) -> [UInt8] {
    try await ask(ImagingRequest(project: project, call: .tile(path, side: side))).picture
  }

  /// Draws a page of a contact sheet as PNG. A picture that cannot be read is a fault of the whole page: try them one by one before.
  package func sheet(_ sheet: ContactSheet, project: String) async throws(ImagingError) -> [UInt8] {
    try await ask(ImagingRequest(project: project, call: .sheet(sheet))).picture
  }

  /// Ends the processes once they have answered what they are at; what waits fails as cancelled. Stays stopped.
  package func stop() {
    let (waiting, idle) = line.withLock { line in
      defer {
        line.waiting = []
        line.idle = []
        line.isStopped = true
      }
      return (line.waiting, line.idle)
    }
    for job in waiting { job.cancel() }
    for process in idle { Task { await process.end() } }
  }

  /// Waits in line, then for the answer. A cancelled task is answered at once; what was begun for it is finished and dropped.
  package func ask(_ request: ImagingRequest) async throws(ImagingError) -> ImagingAnswer {
    let job = ImagingJob(request)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        job.answer(to: continuation)
        enter(job)
      }
    } onCancel: {
      job.cancel()
    }
    return try result.get()
  }

  private func enter(_ job: ImagingJob) {
    let process: ImagingProcess? = line.withLock { line in
      if line.isStopped {
        job.cancel()
        return nil
      }
      line.waiting.append(job)
      if let idle = line.idle.popLast() { return idle }
      if line.started == processes { return nil }
      line.started += 1
      return ImagingProcess(executable: executable, patience: patience, number: line.started)
    }
    if let process { Task { await process.work(off: self) } }
  }

  /// The job whose turn it is; without one the process counts as idle from that moment. Nil ends `work(off:)`.
  func next(for process: ImagingProcess) -> ImagingJob? {
    line.withLock { line in
      while !line.waiting.isEmpty {
        let job = line.waiting.removeFirst()
        if !job.isDone { return job }
      }
      if !line.isStopped { line.idle.append(process) }
      return nil
    }
  }

  /// Whether a process that found nothing more to do should end for good.
  var isStopped: Bool { line.withLock { $0.isStopped } }
}

/// A request with the one who waits for its answer; whichever comes first, answer or cancellation, is what they get.
final class ImagingJob: Sendable {
  private enum State {
    case new
    case waiting(CheckedContinuation<Result<ImagingAnswer, ImagingError>, Never>)
    /// Cancelled before anyone waited.
    case cancelled
    case done
  }

  let request: ImagingRequest
  private let state = Mutex(State.new)

  init(_ request: ImagingRequest) {
    self.request = request
  }

  var isDone: Bool {
    state.withLock { state in
      switch state {
      case .done, .cancelled: true
      case .new, .waiting: false
      }
    }
  }

  func answer(to continuation: CheckedContinuation<Result<ImagingAnswer, ImagingError>, Never>) {
    let isCancelled = state.withLock { state in
      if case .cancelled = state {
        state = .done
        return true
      }
      state = .waiting(continuation)
      return false
    }
    if isCancelled { continuation.resume(returning: .failure(Self.cancelled)) }
  }

  func finish(_ result: Result<ImagingAnswer, ImagingError>) {
    let continuation = state.withLock { state -> CheckedContinuation<Result<ImagingAnswer, ImagingError>, Never>? in
      guard case .waiting(let continuation) = state else {
        if case .new = state { state = .cancelled }
        return nil
      }
      state = .done
      return continuation
    }
    continuation?.resume(returning: result)
  }

  func cancel() { finish(.failure(Self.cancelled)) }

  private static let cancelled = ImagingError(.cancelled, "The picture is not wanted any more.")
}
