internal import Basics
package import Engines
internal import Glibc
package import JSONText
internal import Planning
internal import ProjectFiles
package import Studio
internal import Synchronization
package import Watching

/// A `ProjectLoop` at work on a test's folder, with everything that it told.
package final class TestLoop: Sendable {
  package let folder: TestFolder
  private let loop: ProjectLoop
  private let log: EventLog
  private let running: Task<ProjectLoop.Ending, Never>

  /// Short waits, so that tests of waiting do not take long; still long enough that a save in several steps fits in.
  package static let patience = Patience.Times(
    broken: .milliseconds(300), brokenAtMost: .milliseconds(1500), partial: .milliseconds(300),
    absent: .milliseconds(400), absentAtMost: .milliseconds(1600))

  /// - Parameter isMadeHere: whether the project counts as made by `reel init` when nothing is known of it yet: its engines are
  ///   trusted then as it defines them.
  package init(
    _ folder: TestFolder, _ mode: ProjectLoop.Options.Mode = .watch(polling: false), engines: [any Engine],
    patience: Patience.Times = TestLoop.patience, settling: Settling.Times = Settling.Times(),
    isMadeHere: Bool = true, change: (inout ProjectLoop.Options) -> Void = { _ in }
  ) {
    self.folder = folder
    if isMadeHere, !folder.hasState { try? Session.noteMadeHere(folder.path, environment: folder.environment) }
    var options = ProjectLoop.Options(mode: mode, version: "test")
    options.patience = patience
    options.settling = settling
    options.environment = folder.environment
    change(&options)
    let log = EventLog()
    self.log = log
    let loop = ProjectLoop(path: folder.path, options: options, engines: EngineList(engines)) { log.add($0) }
    self.loop = loop
    running = Task {
      let ending = await loop.run()
      log.end()
      return ending
    }
  }

  deinit {
    loop.stop(.leaving)
  }

  package func stop(_ stop: ProjectLoop.Stop) { loop.stop(stop) }

  /// How the loop ended; waits for that.
  package func ending() async -> ProjectLoop.Ending { await running.value }

  @discardableResult
  package func stopAndWait() async -> ProjectLoop.Ending {
    loop.stop(.leaving)
    return await ending()
  }

  // MARK: What was told

  package var events: [StudioEvent] { log.events }

  /// How many events there are by now; what is awaited may come after it.
  package var mark: Int { log.events.count }

  /// Waits for an event; those before `mark` do not count.
  /// - Throws: when the loop ended or the time was up; with all that was told.
  @discardableResult
  package func event(
    _ what: String, after mark: Int = 0, within limit: Duration = .seconds(60),
    where isIt: @escaping @Sendable (StudioEvent) -> Bool
  ) async throws -> StudioEvent {
    if let found = await log.next(after: mark, within: limit * Pace.slowness, where: isIt) { return found }
    throw Missing(what: what, told: events.dropFirst(mark).map(\.line))
  }

  package struct Missing: Error, CustomStringConvertible {
    var what: String
    var told: [String]

    package var description: String { "no event: \(what); told was\n\(told.joined(separator: "\n"))" }
  }

  package func idle(after mark: Int = 0) async throws {
    try await event("idle", after: mark) { if case .idle = $0 { true } else { false } }
  }

  /// The lines since `mark` in a short form: `planned 1`, `started sequence_001/shot_001`, …
  package func lines(after mark: Int = 0) -> [String] { events.dropFirst(mark).map(\.line) }

  /// The jobs that were planned since `mark`, as `SHOT: REASON`.
  package func planned(after mark: Int = 0) -> [String] {
    events.dropFirst(mark).flatMap { event -> [String] in
      guard case .planned(_, let changes) = event else { return [] }
      return changes.map { "\($0.shot): \($0.reason.sentence)" }
    }
  }

  // MARK: Asking

  /// Asks over the socket, as commands do, on a thread of its own; once there is somebody to ask.
  package func ask(_ call: ControlCall) async throws -> ControlReply {
    try await event("loaded") { if case .loaded = $0 { true } else { false } }
    let runtime = try StateFolders(of: Folder(opening: folder.path), environment: folder.environment).runtime
    let reply: Result<ControlReply?, FileError> = await withCheckedContinuation { continuation in
      NamedThread.start("test call") {
        do throws(FileError) {
          continuation.resume(returning: .success(try ControlClient.ask(call, in: runtime)))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    guard let reply = try reply.get() else { throw Missing(what: "answer to \(call.name)", told: lines()) }
    return reply
  }

  /// Returns when all that was saved before is planned; with `idle`, when nothing runs any more.
  package func sync(idle: Bool = false) async throws {
    let reply = try await ask(ControlCall("sync", ["idle": .bool(idle)]))
    guard case .success = reply else { throw Missing(what: "sync, but \(reply)", told: lines()) }
  }

  package func answer(_ name: String, _ fields: JSONObject = [:]) async throws -> JSON {
    switch try await ask(ControlCall(name, fields)) {
    case .success(let answer): return answer
    case .failure(let code, let message): throw Missing(what: "\(name), but \(code): \(message)", told: lines())
    }
  }
}

/// What a loop told, for those who wait.
private final class EventLog: Sendable {
  private struct State {
    var events: [StudioEvent] = []
    var hasEnded = false
    var waiting: [UInt64: Waiting] = [:]
    var lastID: UInt64 = 0
  }

  private struct Waiting {
    var isIt: @Sendable (StudioEvent) -> Bool
    var continuation: CheckedContinuation<StudioEvent?, Never>
  }

  private let state = Mutex(State())

  var events: [StudioEvent] { state.withLock { $0.events } }

  func add(_ event: StudioEvent) {
    let ready = state.withLock { state in
      state.events.append(event)
      let ready = state.waiting.filter { $0.value.isIt(event) }
      for id in ready.keys { state.waiting[id] = nil }
      return ready.values.map(\.continuation)
    }
    for continuation in ready { continuation.resume(returning: event) }
  }

  func end() {
    let left = state.withLock { state in
      state.hasEnded = true
      defer { state.waiting = [:] }
      return state.waiting.values.map(\.continuation)
    }
    for continuation in left { continuation.resume(returning: nil) }
  }

  func next(
    after mark: Int, within limit: Duration, where isIt: @escaping @Sendable (StudioEvent) -> Bool
  ) async -> StudioEvent? {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    let timer = Task { [weak self] in
      try? await Task.sleep(for: limit)
      if Task.isCancelled { return }
      self?.state.withLock { $0.waiting.removeValue(forKey: id) }?.continuation.resume(returning: nil)
    }
    defer { timer.cancel() }
    return await withCheckedContinuation { continuation in
      let answer: StudioEvent?? = state.withLock { state in
        if let event = state.events.dropFirst(mark).first(where: isIt) { return .some(event) }
        if state.hasEnded { return .some(nil) }
        state.waiting[id] = Waiting(isIt: isIt, continuation: continuation)
        return .none
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }
}

extension StudioEvent {
  /// A short form for comparing and for messages.
  package var line: String {
    switch self {
    case .hello: "hello"
    case .loaded(let loaded): "loaded \(loaded.counts.total)"
    case .problem(let problem): "problem \(problem.code) \(problem.file)"
    case .solved(let problem): "solved \(problem.code) \(problem.file)"
    case .planned(let jobs, _): "planned \(jobs)"
    case .queued(let job): "queued \(job.shot)"
    case .started(let job): "started \(job.shot)"
    case .progress(let job, let fraction, _): "progress \(job.shot) \(fraction)"
    case .finished(let job, _, _): "finished \(job.shot)"
    case .restored(let shot, _, _, _, let origin): "restored \(shot)\(origin == .cache ? " from the cache" : "")"
    case .failed(let job, let message, let delay): "failed \(job.shot) \(message)\(delay == nil ? "" : ", again")"
    case .cancelling(let job): "cancelling \(job.shot)"
    case .paused: "paused"
    case .resumed: "resumed"
    case .cancelled(let job, let why): "cancelled \(job.shot) \(why)"
    case .waiting(let message): "waiting \(message)"
    case .notice(let message): "notice \(message)"
    case .page(let address): "page \(address)"
    case .stopping(let running, let isLeaving): "stopping \(running.count)\(isLeaving ? " leaving" : "")"
    case .idle: "idle"
    case .bye(let why): "bye \(why)"
    }
  }
}
