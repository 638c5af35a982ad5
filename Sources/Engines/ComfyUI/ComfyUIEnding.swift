/// Ends one prompt on a server, pending or running, and touches no other.
struct ComfyUIEnding: Sendable {
  let worker: ComfyUIWorker
  let prompt: String

  enum Result: Sendable {
    /// It is over, with what the server remembers of it; nil for nothing.
    case ended(ComfyUIHistory?)
    /// The server could not be asked; a sentence for people.
    case unknown(String)
  }

  /// For so long a server that does not answer is asked again.
  private static let patience = Duration.seconds(10)
  /// A prompt that runs ends at its next step or node. One that took no notice is told again.
  private static let reminder = Duration.seconds(5)
  /// For so long one that runs waits for those behind it that are to end, too: it would make room for them to begin.
  private static let courtesy = Duration.seconds(2)
  /// So often in a row it must stand nowhere.
  private static let looksNeeded = 3

  /// - Parameter limit: how long it may take; nil for as long as the server answers.
  func end(within limit: Duration?) async -> Result {
    worker.beginEnding(prompt)
    defer { worker.finishEnding(prompt) }
    let began = ContinuousClock.now
    var awaySince: ContinuousClock.Instant?
    var told: ContinuousClock.Instant?
    var looksMissing = 0
    var pause = Duration.milliseconds(50)
    while true {
      do throws(ComfyUIServer.Trouble) {
        if let history = try await worker.server.history(prompt) { return .ended(history) }
        let queue = try await worker.server.queue()
        awaySince = nil
        if let place = queue.place(of: prompt) {
          looksMissing = 0
          let isBeforeOthers = place == .running && worker.isEnding(anyOf: queue.pending)
          if isBeforeOthers, ContinuousClock.now - began < Self.courtesy {
            pause = .milliseconds(50)
          } else if told.map({ ContinuousClock.now - $0 > Self.reminder }) ?? true {
            try await tell(place)
            told = .now
          }
        } else {
          looksMissing += 1
          if looksMissing == Self.looksNeeded { return .ended(nil) }
        }
      } catch {
        let since = awaySince ?? .now
        awaySince = since
        if ContinuousClock.now - since > Self.patience || error.kind == .cancelled { return .unknown(error.message) }
      }
      if let limit, ContinuousClock.now - began > limit { return .unknown("\(worker.url) did not end it in time") }
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .seconds(1))
    }
  }

  private func tell(_ place: ComfyUIQueue.Place) async throws(ComfyUIServer.Trouble) {
    if try await worker.server.cancel(prompt) { return }
    switch place {
    case .pending: try await worker.server.removePending(prompt)
    case .running: try await worker.server.interrupt(prompt)
    }
  }
}
