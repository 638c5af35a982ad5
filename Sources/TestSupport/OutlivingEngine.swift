internal import Basics
package import Engines
package import JSONText
package import Planning
package import ProjectFiles
internal import Synchronization

/// An engine whose jobs go on when the loop ends, as those of a server do: what it knows is kept in a `Server`, which tests share between
/// one loop and the next.
package struct OutlivingEngine: Engine {
  /// The server's side: the jobs it was given, by our ids.
  package final class Server: Sendable {
    private struct State {
      var asked: [String] = []
      var done: Set<String> = []
      var running: Set<String> = []
      var forgotten: [String] = []
      var isReachable = true
    }

    private let state = Mutex(State())
    private let gate = Mutex(Gate())

    package init() {}

    /// The jobs that were begun, by shot.
    package var asked: [String] { state.withLock { $0.asked } }
    package var forgotten: Int { state.withLock { $0.forgotten.count } }

    /// Everything that runs, or will, comes to its end.
    package func finish() {
      state.withLock { state in
        state.done.formUnion(state.running)
        state.running = []
      }
      gate.withLock { $0.open() }
    }

    /// It forgets all that it was given, as after a crash.
    package func loseEverything() { state.withLock { ($0.running, $0.done) = ([], []) } }

    package func setReachable(_ isReachable: Bool) { state.withLock { $0.isReachable = isReachable } }

    fileprivate func submit(_ id: String, _ shot: String) {
      state.withLock { state in
        state.asked.append(shot)
        state.running.insert(id)
      }
    }

    /// Nil when it cannot be asked.
    fileprivate func knows(_ id: String) -> Bool? {
      state.withLock { $0.isReachable ? $0.running.contains(id) || $0.done.contains(id) : nil }
    }

    fileprivate func forget(_ id: String) {
      state.withLock { state in
        state.running.remove(id)
        state.done.remove(id)
        state.forgotten.append(id)
      }
    }

    fileprivate func wait() async -> Bool { await gate.withLock { $0 }.pass() }
  }

  package let type = "outliving"
  package let isBuiltIn = false
  package let kinds: Set<Kind> = [.still]
  package let seeding = Seeding.seed
  package let version = "1"
  package let capacity = 2
  package let adopts = true
  private let server: Server

  package init(_ server: Server) { self.server = server }

  package func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject {
    ["prompt": .string(request.prompt)]
  }

  package func make(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput {
    server.submit(job.id, job.request.address.description)
    return try await output(of: job)
  }

  package func adopt(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput? {
    guard let isKnown = server.knows(job.id) else { throw Self.away }
    return isKnown ? try await output(of: job) : nil
  }

  private static let away = EngineError("the server is away", canPass: true, isUnanswered: true)

  package func forget(_ id: String, in state: String) async { server.forget(id) }

  private func output(of job: EngineJob) async throws(EngineError) -> EngineOutput {
    if await !server.wait() { throw EngineError("cancelled", canPass: true) }
    if server.knows(job.id) == nil { throw Self.away }
    return ScriptedEngine.output(of: job)
  }
}
