internal import Basics
internal import Studio
internal import Synchronization

/// What the service manager hears of the projects that are watched: ready when all are, then how they stand.
final class ServiceReport: Sendable {
  private struct State {
    var unread: Int
    var status: [String: String] = [:]
    var isStopping = false
  }

  private let manager: ServiceManager
  private let state: Mutex<State>

  /// Nil when no service manager started this program.
  /// - Parameter projects: how many are watched.
  init?(projects: Int) {
    guard let manager = ServiceManager() else { return nil }
    self.manager = manager
    state = Mutex(State(unread: projects))
  }

  /// - Parameter project: its folder, for telling several apart.
  func hear(_ event: StudioEvent, of project: String) {
    switch event {
    case .loaded(let loaded):
      state.withLock { state in
        state.unread -= 1
        if state.unread == 0 { manager.tellReady() }
        tell(loaded.counts, of: project, &state)
      }
    case .idle(let counts): state.withLock { tell(counts, of: project, &$0) }
    case .planned(let jobs, _):
      state.withLock { state in
        state.status[project] = "\(count(jobs, "job")) to do"
        tell(state)
      }
    case .stopping:
      state.withLock { state in
        if !state.isStopping { manager.tellStopping() }
        state.isStopping = true
      }
    default: break
    }
  }

  private func tell(_ counts: Counts, of project: String, _ state: inout State) {
    state.status[project] = "\(count(counts.total, "shot")): \(CountsText.text(counts))"
    tell(state)
  }

  private func tell(_ state: State) {
    let parts = state.status.sorted { $0.key < $1.key }
    let text = parts.map { project, says in
      parts.count == 1 ? says : "\(TerminalText.escaped(String(project.split(separator: "/").last ?? ""))): \(says)"
    }
    manager.tell(status: text.joined(separator: "; "))
  }
}
