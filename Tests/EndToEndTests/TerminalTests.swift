import Basics
import JSONText
import TestSupport
import Testing

/// How sessions look: whole screens of a real terminal, and the same without one, with times masked.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct TerminalTests {
  /// Times of day, dates, durations and the ends of takes' names become letters.
  static func masked(_ text: String) -> String {
    text.replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/, with: "DATE")
      .replacing(/[0-9]{2}:[0-9]{2}:[0-9]{2}/, with: "TIME")
      .replacing(/[0-9.]+ m?s\b/, with: "N s")
      .replacing(/-[0-9a-f]{8}-[0-9a-f]{8}/, with: "-RECIPE-OUTPUT")
  }

  static let firstScreen = """
    Test film: 1 sequence, 2 shots, 2 to make.
    watching project.json, sequences (2 folders)
    TIME  sequence_001/shot_001 has no take yet
    TIME  sequence_001/shot_002 has no take yet
    """

  @Test(.enabled(if: Tool.isThere("tmux"), "tmux is not installed"))
  func `a session in a terminal looks as it should, from the first frame to Ctrl-C`() async throws {
    let film = Film(shots: 2)
    #expect(try await film.reel("make").status == 0)
    let terminal = try await Terminal(film, "$REEL watch --no-page; echo ended with $?; cat")
    var wanted = """
      Test film: 1 sequence, 2 shots, 2 up to date.
      watching project.json, sequences (3 folders)
      """
    #expect(try await terminal.screen(becomes: wanted) == wanted)

    film.replace("number 1", by: "snow", in: "sequences/sequence_001.json")
    wanted += """

      TIME  sequence_001/shot_001 changed: prompt "rain number 1" -> "rain snow"
      TIME  shot_001 still done in N s   sequences/sequence_001/shot_001.still-RECIPE-OUTPUT.png
      TIME  2 shots: 2 up to date
      """
    let afterEdit = try await terminal.screen(becomes: wanted)
    #expect(afterEdit == wanted)

    film.replace("snow\" }", by: "snow\" ", in: "sequences/sequence_001.json")
    let broken = try await eventuallyOnScreen(terminal, "error:")
    #expect(broken.hasPrefix(wanted + "\n\nerror: "), "\(broken)")
    #expect(broken.contains("\n  --> sequences/sequence_001.json:"), "\(broken)")
    film.replace("snow\" ", by: "snow\" }", in: "sequences/sequence_001.json")
    _ = try await eventuallyOnScreen(terminal, "valid again: sequences/sequence_001.json")

    try await terminal.type("C-c")
    let end = try await eventuallyOnScreen(terminal, "ended with 130")
    #expect(end.hasSuffix("ended with 130"), "\(end)")
    await terminal.end()
  }

  private func eventuallyOnScreen(_ terminal: Terminal, _ text: String) async throws -> String {
    try await terminal.screen { $0.contains(text) }
  }

  @Test(.enabled(if: Tool.isThere("tmux"), "tmux is not installed"))
  func `a terminal has colours, and none with NO_COLOR or without a terminal's abilities`() async throws {
    let film = Film(shots: 1)
    film.write("sequences/sequence_001.json", "{")
    for (variables, hasColour) in [("", true), ("NO_COLOR=1", false), ("TERM=dumb", false)] {
      let terminal = try await Terminal(film, "env \(variables) $REEL check; echo checked; cat")
      _ = try await eventuallyOnScreen(terminal, "checked")
      let raw = try await film.sh("tmux -S \(terminal.socket) capture-pane -p -e").output
      #expect(raw.utf8.contains(0x1B) == hasColour, "\(variables): \(raw.debugDescription)")
      await terminal.end()
    }
  }

  @Test(.enabled(if: Tool.isThere("tmux"), "tmux is not installed"))
  func `closing the terminal ends the watcher, and nothing of it stays`() async throws {
    let film = Film(shots: 2)
    let terminal = try await Terminal(film, "exec $REEL watch --no-page")
    _ = try await eventuallyOnScreen(terminal, "2 up to date")
    await terminal.end()
    // The project is free again: whoever takes it next gets it.
    let deadline = ContinuousClock.now + .seconds(20)
    while try await film.reel("sync").status != 14, ContinuousClock.now < deadline {}
    #expect(try await film.reel("sync").status == 14)
    #expect(try await film.reel("make").status == 0)
  }

  @Test(.enabled(if: Tool.isThere("tmux"), "tmux is not installed"))
  func `nano in a terminal saves a prompt: one job`() async throws {
    let film = Film(shots: 2)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    let terminal = try await Terminal(film, "nano sequences/sequence_001.json")
    _ = try await eventuallyOnScreen(terminal, "number 1")
    // Search for the text, write before it, save, leave.
    try await terminal.type("C-w 'rain number 2' Enter")
    try await terminal.type("'heavy ' C-o Enter")
    let saved = try await watcher.next("finished")
    try await terminal.type("C-x")
    #expect(saved["shot"]?.string == "sequence_001/shot_002", "\(film.story)")
    #expect(try await watcher.settle().jobs == [])
    #expect(film.takes.count == 3)
    await terminal.end()
  }

  @Test func `without a terminal the same sentences come one a line with whole dates`() async throws {
    let film = Film(shots: 2)
    let program = try film.start(BuiltProgram.path("reel"), ["watch"])
    _ = try await eventually("the first rest") { program.output.contains("2 up to date") ? true : nil }
    // It may be the first line of all.
    _ = try await eventually("the page") { "\n\(program.output)".contains("\npage ") ? true : nil }
    let all = Self.masked(program.output).split(separator: "\n").map(String.init)
    // It comes when the server is there, and bears no key where others may read it.
    let pages = all.filter { $0.hasPrefix("page http://127.0.0.1:") }
    #expect(pages.count == 1 && pages.allSatisfy { !$0.contains("token") })
    let lines = all.filter { !$0.hasPrefix("page ") }
    #expect(
      lines.sorted() == [
        "DATE  2 shots: 2 up to date", "DATE  sequence_001/shot_001 has no take yet",
        "DATE  sequence_001/shot_002 has no take yet",
        "DATE  shot_001 still done in N s   sequences/sequence_001/shot_001.still-RECIPE-OUTPUT.png",
        "DATE  shot_002 still done in N s   sequences/sequence_001/shot_002.still-RECIPE-OUTPUT.png",
        "Test film: 1 sequence, 2 shots, 2 to make.", "watching project.json, sequences (2 folders)",
      ])
    #expect(
      lines.prefix(4) == Self.firstScreen.replacing("TIME", with: "DATE").split(separator: "\n").map(String.init)[...])
    #expect(!program.output.utf8.contains(0x1B))
    _ = try await program.stop()
    #expect(program.error == "")
  }
}

extension Substring {
  func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
