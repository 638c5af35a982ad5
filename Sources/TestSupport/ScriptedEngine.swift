internal import Basics
package import Engines
package import JSONText
package import Planning
package import ProjectFiles
internal import Synchronization

/// An engine that does what a test tells it, shot by shot, and remembers what it was asked.
///
/// It is of the type `scripted` and not built in: a project names it under `engines`. It reads the prompt and the references.
package final class ScriptedEngine: Engine {
  package enum Step: Sendable {
    case make
    /// Says how far it is, then goes on with its script.
    case progress(Double)
    /// Waits until the gate is open; being cancelled ends the wait.
    case wait(Gate)
    /// The same, deaf to being cancelled, as servers are.
    case waitDeaf(Gate)
    /// Busy: tried again by the next call, which goes on with the script behind this step.
    case failInPassing(String)
    case failForGood(String)
    /// Goes on until it is cancelled.
    case neverEnd
  }

  /// What was asked, in order.
  package struct Call: Hashable, Sendable {
    package var shot: String
    package var prompt: String
  }

  private struct State {
    var scripts: [String: [Step]] = [:]
    var usual: [Step] = [.make]
    var calls: [Call] = []
    var running = 0
    var mostRunning = 0
  }

  package let type = "scripted"
  package let isBuiltIn = false
  package let kinds: Set<Kind> = [.still]
  package let seeding: Seeding
  package let version = "1"
  package let capacity: Int
  package let reach: EngineReach
  package let isPaid: Bool
  private let state = Mutex(State())

  /// - Parameter reach: on this machine, so that nothing has to settle before it is sent.
  package init(capacity: Int = 2, seeding: Seeding = .seed, reach: EngineReach = .loopback, isPaid: Bool = false) {
    self.capacity = capacity
    self.seeding = seeding
    self.reach = reach
    self.isPaid = isPaid
  }

  /// What is to happen for a shot: each call takes the steps up to the one that ends it. After the script everything is made.
  package func script(_ shot: String, _ steps: [Step]) {
    state.withLock { $0.scripts[shot] = steps }
  }

  /// What happens for shots without a script.
  package func usually(_ steps: [Step]) { state.withLock { $0.usual = steps } }

  package var calls: [Call] { state.withLock { $0.calls } }

  /// The most jobs it ever worked on at a time.
  package var mostRunning: Int { state.withLock { $0.mostRunning } }

  package func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject {
    var recipe: JSONObject = ["prompt": .string(request.prompt)]
    if !request.references.isEmpty {
      recipe["references"] = .array(request.references.map { .string($0.digest.description) })
    }
    return recipe
  }

  package func make(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput {
    let shot = job.request.address.description
    state.withLock { state in
      state.calls.append(Call(shot: shot, prompt: job.request.prompt))
      state.running += 1
      state.mostRunning = max(state.mostRunning, state.running)
    }
    defer { state.withLock { $0.running -= 1 } }
    var left: [Step] = state.withLock { $0.scripts[shot] == nil ? $0.usual : [] }
    while let step = left.isEmpty ? nextStep(of: shot) : left.removeFirst() {
      switch step {
      case .make: return Self.output(of: job)
      case .progress(let fraction): progress(fraction, "step")
      case .wait(let gate): if await !gate.pass() { throw EngineError("cancelled", canPass: true) }
      case .waitDeaf(let gate): await gate.passDeaf()
      case .failInPassing(let message): throw EngineError(message, canPass: true)
      case .failForGood(let message): throw EngineError(message, canPass: false)
      case .neverEnd:
        _ = await Gate().pass()
        throw EngineError("cancelled", canPass: true)
      }
    }
    return Self.output(of: job)
  }

  private func nextStep(of shot: String) -> Step? {
    state.withLock { state in
      guard let first = state.scripts[shot]?.first else { return nil }
      state.scripts[shot]?.removeFirst()
      return first
    }
  }

  /// Bytes that only the recipe decides: the signature of a PNG, the recipe, the end of a PNG.
  package static func output(of job: EngineJob) -> EngineOutput {
    let bytes = TestImages.png(JSON.object(job.recipe.fields).canonicalText)
    return EngineOutput(bytes: bytes, type: "image/png", width: 16, height: 16)
  }
}

/// Something that tests hold shut until they open it.
package final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    var lastID: UInt64 = 0
  }

  private let state = Mutex(State())

  package init() {}

  package func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [:] }
      return state.waiting.values.map { $0 }
    }
    for continuation in waiting { continuation.resume(returning: true) }
  }

  /// - Returns: false when the task was cancelled first.
  func pass() async -> Bool {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    return await withTaskCancellationHandler {
      await wait(as: id) { Task.isCancelled }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: false)
    }
  }

  func passDeaf() async {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    _ = await wait(as: id) { false }
  }

  private func wait(as id: UInt64, unless isOver: () -> Bool) async -> Bool {
    await withCheckedContinuation { continuation in
      // Asked under the lock: a cancellation comes either before this, or finds the continuation.
      let answer: Bool? = state.withLock { state in
        if state.isOpen { return true }
        if isOver() { return false }
        state.waiting[id] = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }
}

/// Contents of picture files, as far as reel looks at them without drawing.
package enum TestImages {
  package static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// What counts as a whole PNG, of any text.
  package static func png(_ text: String) -> [UInt8] { signature + Array(text.utf8) + Array("IEND".utf8) }

  /// One that is cut off.
  package static func beginning(_ text: String) -> [UInt8] { signature + Array(text.utf8) }
}
