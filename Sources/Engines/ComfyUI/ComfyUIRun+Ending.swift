internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

/// What becomes of a prompt that a server has, or may have.
extension ComfyUIRun {
  func end(of record: ComfyUIRecord, on worker: ComfyUIWorker) async throws(EngineError) -> Outcome {
    let ear = ComfyUIEar()
    worker.socket.listen(to: record.prompt) { ear.hear($0) }
    defer { worker.socket.forget(record.prompt) }
    return try await end(of: record, on: worker, ear)
  }

  func end(
    of record: ComfyUIRecord, on worker: ComfyUIWorker, _ ear: ComfyUIEar
  ) async throws(EngineError) -> Outcome {
    switch try await follow(record, on: worker, ear) {
    case .over(let history): return try await outcome(history, record, on: worker)
    case .gone:
      // A server that was restarted has forgotten it, but not its files.
      if let output = try await foundOutput(record, on: worker) { return .output(output) }
      await clear()
      return .lost("\(worker.url) does not know the prompt any more, and it made nothing")
    case .stuck:
      let message = "\(worker.url) takes prompts and works on none: it has to be restarted"
      worker.fail(message, for: .seconds(60), isStuck: true)
      // Out of its queue, or it would begin once somebody repairs it.
      guard case .ended(nil) = await ComfyUIEnding(worker: worker, prompt: record.prompt).end(within: .seconds(20))
      else {
        throw EngineError(message, canPass: true, isUnanswered: true)
      }
      await clear()
      return .elsewhere
    case .cancelled:
      return .output(try await cancel(record, on: worker))
    }
  }

  private enum Followed {
    case over(ComfyUIHistory)
    case gone
    case stuck
    case cancelled
  }

  private func follow(
    _ record: ComfyUIRecord, on worker: ComfyUIWorker, _ ear: ComfyUIEar
  ) async throws(EngineError) -> Followed {
    var following = ComfyUIFollowing(record.prompt, times.following)
    var tracker = ComfyUIProgress(graph: prompt.graph(names: [:], prefix: ""))
    var awaySince: ContinuousClock.Instant?
    while true {
      let pause: Duration
      let began = ContinuousClock.now
      do throws(ComfyUIServer.Trouble) {
        let look = try await look(record, worker)
        worker.recover()
        awaySince = nil
        switch following.looked(look, at: .now) {
        case .over(let history): return .over(history)
        case .gone: return .gone
        case .stuck: return .stuck
        // A long queue holds whole graphs; looking at it must not become work of its own.
        case .wait(let time): pause = max(time, (ContinuousClock.now - began) * 20)
        }
        if case .pending(let ahead)? = following.place, ahead > 0 { progress(0, "behind \(ahead) in its queue") }
      } catch {
        if error.kind == .cancelled { return .cancelled }
        following.couldNotLook()
        worker.fail(error.message)
        let since = awaySince ?? began
        awaySince = since
        if ContinuousClock.now - since > times.patience {
          throw EngineError(
            "\(error.message); what became of the prompt is asked again", canPass: true, isUnanswered: true)
        }
        pause = times.whileAway
      }
      if await !hear(ear, for: pause, &tracker) { return .cancelled }
    }
  }

  private func look(
    _ record: ComfyUIRecord, _ worker: ComfyUIWorker
  ) async throws(ComfyUIServer.Trouble) -> ComfyUIFollowing.Look {
    if let history = try await worker.server.history(record.prompt) { return .init(history: history) }
    return .init(queue: try await worker.server.queue())
  }

  /// Takes in what the socket says until it is time to look again.
  /// - Returns: false when the job was cancelled.
  private func hear(_ ear: ComfyUIEar, for pause: Duration, _ tracker: inout ComfyUIProgress) async -> Bool {
    let alarm = ear.wake(after: pause)
    defer { alarm.cancel() }
    while let word = await ear.next() {
      switch word {
      case .alarm(let id): if id == alarm.id { return true }
      case .word(.look): return true
      case .word(.event(.ended)), .word(.event(.broken)): return true
      case .word(.event(.preview(let preview))):
        job.showPreview?(EnginePreview(type: preview.type, bytes: preview.bytes))
      case .word(.event(let event)):
        if tracker.heard(event) { progress(tracker.fraction, tracker.doing) }
      }
    }
    return false
  }

  private func outcome(
    _ history: ComfyUIHistory, _ record: ComfyUIRecord, on worker: ComfyUIWorker
  ) async throws(EngineError) -> Outcome {
    switch history.end {
    case .success:
      guard let output = try await fetch(history, record, on: worker) else {
        await clear()
        return .lost("\(worker.url) made it, and its file is gone")
      }
      return .output(output)
    case .interrupted:
      await clear()
      throw EngineError("somebody interrupted it on \(worker.url)", canPass: false)
    case .failed(let message, let isOutOfMemory):
      // Another attempt may find more room.
      if isOutOfMemory { try? await worker.server.free() }
      await clear()
      throw EngineError("\(worker.url): \(message)", canPass: isOutOfMemory)
    }
  }

  // MARK: Cancelling

  /// Ends the prompt, and only that, whatever it takes. One that is over already gives its output.
  private func cancel(_ record: ComfyUIRecord, on worker: ComfyUIWorker) async throws(EngineError) -> EngineOutput {
    // In a task of its own, as this one is cancelled: no request would be sent.
    let result = await Task { [self] () -> Result<EngineOutput, EngineError> in
      switch await ComfyUIEnding(worker: worker, prompt: record.prompt).end(within: nil) {
      case .ended(let history?):
        do throws(EngineError) {
          if history.end == .success, let output = try await fetch(history, record, on: worker) {
            return .success(output)
          }
        } catch {}
        await clear()
        return .failure(EngineError("cancelled", canPass: true))
      case .ended(nil):
        await clear()
        return .failure(EngineError("cancelled", canPass: true))
      case .unknown(let message):
        return .failure(
          EngineError("cancelled", canPass: true, note: "\(message), so the server may go on with it for a while"))
      }
    }.value
    return try result.get()
  }
}

/// What a run waits for: words of the socket, and its own alarms.
final class ComfyUIEar: Sendable {
  enum Sound: Sendable {
    case word(ComfyUISocket.Word)
    case alarm(UInt64)
  }

  struct Alarm {
    let id: UInt64
    fileprivate let task: Task<Void, Never>
    func cancel() { task.cancel() }
  }

  private let stream: AsyncStream<Sound>
  private let send: AsyncStream<Sound>.Continuation

  init() {
    // Progress may come faster than it is taken; the newest says all.
    (stream, send) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
  }

  func hear(_ word: ComfyUISocket.Word) { send.yield(.word(word)) }

  func wake(after pause: Duration) -> Alarm {
    let id = UInt64.random(in: 0...UInt64.max)
    return Alarm(
      id: id,
      task: Task { [send] in
        do { try await Task.sleep(for: pause) } catch { return }
        send.yield(.alarm(id))
      })
  }

  /// Nil when the task is cancelled.
  func next() async -> Sound? {
    var iterator = stream.makeAsyncIterator()
    return await iterator.next()
  }
}
