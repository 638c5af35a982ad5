internal import Basics
internal import JSONText
internal import ProjectFiles
internal import Synchronization

/// One server as the engine works with it: what is known of it, what of ours it has, and whether it can be used.
final class ComfyUIWorker: Sendable {
  /// Why a worker cannot be used for a while.
  struct Trouble: Hashable, Sendable {
    /// A sentence for people, with the worker's address.
    var message: String
    /// When it is tried again.
    var until: ContinuousClock.Instant
    /// How often in a row.
    var count: Int
    /// It answers and works on nothing: that it answers is no sign of health.
    var isStuck = false
  }

  private struct State {
    /// Jobs of ours that it works on or has next.
    var load = 0
    var trouble: Trouble?
    var stats: ComfyUIServer.Stats?
    /// The descriptions of node classes, nil for those that it does not have, and when each was asked for.
    var classes: [String: (info: JSON?, asked: ContinuousClock.Instant)] = [:]
    /// What it calls the files that it has of us, or is about to have.
    var uploads: [Digest: Task<String, any Error>] = [:]
    /// Prompts that are being ended.
    var endings: Set<String> = []
  }

  let server: ComfyUIServer
  let socket: ComfyUISocket
  private let state = Mutex(State())

  /// One runs and one is ready, so that no GPU waits for us.
  static let places = 2
  /// So long it is believed that a server has what it had.
  private static let belief = Duration.seconds(600)

  init(_ server: ComfyUIServer) {
    self.server = server
    socket = ComfyUISocket(server)
  }

  var url: String { server.url }
  var stats: ComfyUIServer.Stats? { state.withLock { $0.stats } }
  var version: String? { stats.flatMap { $0.version.isEmpty ? nil : $0.version } }
  private var load: Int { state.withLock { $0.load } }
  var trouble: Trouble? { state.withLock { $0.trouble } }

  /// How much it has to do, our own jobs and those of others.
  var burden: Int { max(load, socket.remaining ?? 0) }

  /// - Returns: false when it has as much as it should.
  func take() -> Bool {
    state.withLock { state in
      if state.load >= Self.places { return false }
      state.load += 1
      return true
    }
  }

  /// A job that it has already, from an earlier run.
  func join() { state.withLock { $0.load += 1 } }

  func leave() { state.withLock { $0.load -= 1 } }

  // MARK: Whether it can be used

  /// It could not be used just now.
  /// - Parameter pause: for how long it is let alone; nil for longer each time.
  func fail(
    _ message: String, for pause: Duration? = nil, isStuck: Bool = false, at now: ContinuousClock.Instant = .now
  ) {
    state.withLock { state in
      let count = (state.trouble?.count ?? 0) + 1
      let until = now + (pause ?? .seconds(1 << min(count - 1, 5)))
      state.trouble = Trouble(message: message, until: until, count: count, isStuck: isStuck)
      // It may come back as another.
      state.stats = nil
      state.classes = [:]
    }
  }

  /// It answered as it should.
  func recover() {
    state.withLock { state in
      if state.trouble?.isStuck == false { state.trouble = nil }
    }
  }

  /// Asks it how it is, unless it was fine the last time.
  /// - Parameter anew: asks it in any case.
  func check(anew: Bool = false) async throws(ComfyUIServer.Trouble) {
    if !anew, state.withLock({ $0.trouble == nil && $0.stats != nil }) { return }
    let stats = try await server.stats()
    state.withLock { state in
      state.stats = stats
      state.trouble = nil
    }
  }

  // MARK: What it has

  /// What it says of some node classes; asked for once, and again when that is long ago.
  /// - Parameter isFresh: whether what was asked for some seconds ago will not do.
  func objectInfo(_ classes: Set<String>, isFresh: Bool = false) async throws(ComfyUIServer.Trouble) -> ObjectInfo {
    let now = ContinuousClock.now
    let limit = isFresh ? Duration.seconds(2) : Self.belief
    let missing = state.withLock { state in classes.filter { state.classes[$0].map { now - $0.asked > limit } ?? true }
    }
    if !missing.isEmpty {
      let found = try await server.objectInfo(missing)
      state.withLock { state in for name in missing { state.classes[name] = (found[name], .now) } }
    }
    let known = state.withLock { state in
      classes.sorted().compactMap { name in (state.classes[name]?.info).map { (name, $0) } }
    }
    return ObjectInfo(.object(JSONObject(known)))
  }

  /// What keeps it from working on a prompt. Where something does, it is asked once more: models are added while servers run. Where a
  /// class is missing it is asked for all that it has, to say the nearest names.
  func faults(
    of prompt: ComfyUIPrompt, reading source: (ProjectPath) -> SourceText?
  ) async throws(ComfyUIServer.Trouble) -> [ComfyUIFault] {
    if prompt.faults(against: try await objectInfo(prompt.classes)).isEmpty { return [] }
    let faults = prompt.faults(against: try await objectInfo(prompt.classes, isFresh: true), reading: source)
    if !faults.contains(where: \.isMissingNode) { return faults }
    return prompt.faults(against: ObjectInfo(try await server.wholeObjectInfo()), reading: source)
  }

  /// What it calls a content of ours. Where it does not have that yet it is brought there, once, however many jobs want it.
  func name(of digest: Digest, bringing bring: @escaping @Sendable () async throws -> String) async throws -> String {
    let task = state.withLock { state in
      if let task = state.uploads[digest] { return task }
      let task = Task { try await bring() }
      state.uploads[digest] = task
      return task
    }
    do {
      return try await task.value
    } catch {
      state.withLock { state in
        if state.uploads[digest] == task { state.uploads[digest] = nil }
      }
      throw error
    }
  }

  // MARK: What is to end on it

  func beginEnding(_ prompt: String) { state.withLock { _ = $0.endings.insert(prompt) } }

  func finishEnding(_ prompt: String) { state.withLock { _ = $0.endings.remove(prompt) } }

  /// Whether one of these is being ended.
  func isEnding(anyOf prompts: [String]) -> Bool { state.withLock { !$0.endings.isDisjoint(with: prompts) } }

  /// Somebody may have cleared them away.
  func forgetUploads() { state.withLock { $0.uploads = [:] } }
}
