internal import Basics
internal import Glibc
internal import HTTPClient
internal import ProjectFiles
internal import Synchronization

/// All servers that this program works with, whichever projects and entries name them, and who of them gets the next job.
actor ComfyUIWorkers {
  /// A server with what it is told of us: the same address with other keys is another.
  private struct Key: Hashable {
    var url: String
    var headers: [String]
  }

  private let userAgent: String
  /// Read from outside, too: how a worker stands is asked at any time.
  private let all = Mutex<[Key: ComfyUIWorker]>([:])
  private var client: HTTPClient?
  private var isStopped = false
  /// Counts what may have changed for those who wait for a place.
  private var changes = 0
  private var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
  private var nextWaiter = 0

  init(userAgent: String) {
    self.userAgent = userAgent
  }

  // MARK: Who there is

  /// The workers of an entry, in its order.
  func workers(of entry: ComfyUIEntry) throws(EngineError) -> [ComfyUIWorker] {
    let headers = try Self.headers(of: entry)
    return entry.urls.map { worker($0, headers) }
  }

  func worker(_ url: String, _ headers: [(name: String, value: String)] = []) -> ComfyUIWorker {
    let key = Key(url: url, headers: headers.flatMap { [$0.name, $0.value] })
    if let worker = all.withLock({ $0[key] }) { return worker }
    let client = client ?? HTTPClient(name: "comfyui", userAgent: userAgent)
    self.client = client
    if isStopped { client.stop() }
    let worker = ComfyUIWorker(ComfyUIServer(url: url, headers: headers, client: client))
    all.withLock { $0[key] = worker }
    return worker
  }

  /// What is known of the workers of an entry, without making any.
  nonisolated func known(of entry: ComfyUIEntry) -> [ComfyUIWorker] {
    guard let headers = try? Self.headers(of: entry) else { return [] }
    let keys = entry.urls.map { Key(url: $0, headers: headers.flatMap { [$0.name, $0.value] }) }
    return all.withLock { all in keys.compactMap { all[$0] } }
  }

  private static func headers(of entry: ComfyUIEntry) throws(EngineError) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for header in entry.headers {
      guard let value = getenv(header.variable) else {
        throw EngineError("the variable \(header.variable) is not set", canPass: true, isAway: true)
      }
      headers.append((header.name, header.scheme + String(cString: value)))
    }
    return headers
  }

  /// Nobody is asked any more.
  func stop() {
    isStopped = true
    for worker in all.withLock({ Array($0.values) }) { worker.socket.end() }
    client?.stop()
  }

  // MARK: Who gets a job

  /// The least busy of the workers that can do it, with a place taken there, which is given back by `leave`. Waits while all of
  /// them have enough.
  /// - Throws: why none can, with `isAway` when that is no fault of the job.
  func choose(
    _ prompt: ComfyUIPrompt, for entry: ComfyUIEntry, reading source: @Sendable (ProjectPath) -> SourceText?
  ) async throws(EngineError) -> ComfyUIWorker {
    let candidates = try workers(of: entry)
    while true {
      if Task.isCancelled { throw EngineError("cancelled", canPass: true) }
      let changesBefore = changes
      var survey = Survey()
      for worker in candidates {
        await survey.look(at: worker, prompt, source, isDue: isDue(worker, among: candidates))
      }
      // From here to the end nothing else happens in between.
      for worker in survey.able.sorted(by: { $0.burden < $1.burden }) where worker.take() { return worker }
      if survey.able.isEmpty { throw survey.error }
      let retry = candidates.compactMap { $0.trouble?.until }.min()
      await change(after: changesBefore, until: retry)
    }
  }

  func leave(_ worker: ComfyUIWorker) {
    worker.leave()
    announce()
  }

  /// A worker in trouble is tried again when its time has come, or when there is no other.
  private func isDue(_ worker: ComfyUIWorker, among all: [ComfyUIWorker]) -> Bool {
    guard let trouble = worker.trouble else { return true }
    return trouble.until <= .now || all.allSatisfy { $0.trouble != nil }
  }

  /// What a round of asking came to.
  private struct Survey {
    var able: [ComfyUIWorker] = []
    private var troubles: [String] = []
    private var faults: [ComfyUIFault] = []
    private var unable: [String] = []

    mutating func look(
      at worker: ComfyUIWorker, _ prompt: ComfyUIPrompt, _ source: @Sendable (ProjectPath) -> SourceText?, isDue: Bool
    ) async {
      guard isDue else {
        if let trouble = worker.trouble { troubles.append(trouble.message) }
        return
      }
      do throws(ComfyUIServer.Trouble) {
        try await worker.check()
        let faults = try await worker.faults(of: prompt, reading: source)
        if faults.isEmpty { return able.append(worker) }
        self.faults = self.faults.isEmpty ? faults : self.faults
        unable.append(worker.url)
      } catch {
        if error.kind == .cancelled { return }
        worker.fail(error.message)
        troubles.append(error.message)
      }
    }

    /// Why nobody can do it.
    var error: EngineError {
      if !troubles.isEmpty || faults.isEmpty {
        var message = troubles.isEmpty ? "no worker could be asked" : troubles.joined(separator: "; ")
        if !unable.isEmpty { message += "; \(unable.joined(separator: ", ")) cannot do it: \(faults[0].message)" }
        return EngineError(message, canPass: true, isAway: true)
      }
      let more = faults.count > 1 ? ", and \(faults.count - 1) more" : ""
      let who = unable.count > 1 ? "none of \(unable.count) workers can do it" : unable[0]
      return EngineError(
        "\(who): \(faults[0].message)\(more)", canPass: false, diagnostics: faults.compactMap(\.diagnostic))
    }
  }

  // MARK: Waiting

  private func announce() {
    changes += 1
    let waiting = waiters
    waiters = [:]
    for waiter in waiting.values { waiter.resume() }
  }

  /// Returns when something changed since, at a time, or when the task is cancelled.
  private func change(after seen: Int, until time: ContinuousClock.Instant?) async {
    if changes != seen { return }
    let number = nextWaiter
    nextWaiter += 1
    let alarm = time.map { time in
      Task {
        try? await Task.sleep(until: time)
        wake(number)
      }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled { return continuation.resume() }
        waiters[number] = continuation
      }
    } onCancel: {
      Task { await self.wake(number) }
    }
    alarm?.cancel()
  }

  private func wake(_ number: Int) { waiters.removeValue(forKey: number)?.resume() }
}
