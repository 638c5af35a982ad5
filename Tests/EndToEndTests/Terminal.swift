import TestSupport

/// A terminal of 100 columns in tmux with a server of its own.
struct Terminal {
  let film: Film
  /// One for each screen: a server whose last session just ended takes no new one.
  let socket: String

  init(_ film: Film, _ command: String) async throws {
    self.film = film
    socket = film.scratch.file("run/tmux-\(UInt32.random(in: 0...UInt32.max))")
    try await film.must(
      "tmux -f /dev/null -S \(socket) new-session -d -x 100 -y 40 '\(command)'")
  }

  func type(_ keys: String) async throws { try await film.must("tmux -S \(socket) send-keys \(keys)") }

  /// The lines on the screen, without empty ones at the end.
  func screen() async throws -> String {
    let outcome = try await film.sh("tmux -S \(socket) capture-pane -p -J")
    var lines = TerminalTests.masked(outcome.output).split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.trimmingEnd() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// Waits until the screen is as it should be, and gives what it was last.
  func screen(becomes wanted: String) async throws -> String {
    let deadline = ContinuousClock.now + .seconds(20)
    while true {
      let screen = try await screen()
      if screen == wanted || ContinuousClock.now > deadline { return screen }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Waits until the screen shows what it should, and gives it; fails with what it was last.
  func screen(_ isThere: (String) -> Bool) async throws -> String {
    let deadline = ContinuousClock.now + .seconds(20)
    while true {
      let screen = try await screen()
      if isThere(screen) { return screen }
      if ContinuousClock.now > deadline { throw Failure("the screen never was as awaited:\n\(screen)") }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  func end() async { _ = try? await film.sh("tmux -S \(socket) kill-server") }
}
