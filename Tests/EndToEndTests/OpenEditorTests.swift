import Basics
import JSONText
import TestSupport
import Testing

/// Editors in which a file stays open, with what they keep beside it: swap files, locks, copies of what is not saved yet.
@Suite(.fewAtATime, .timeLimit(.minutes(15)), .enabled(if: Tool.isThere("tmux"), "tmux is not installed"))
struct OpenEditorTests {
  struct Editor: CustomTestStringConvertible, Sendable {
    var command: String
    /// Keys of tmux that change rain number 2 to rain snow, without saving, and have all of it kept beside the file.
    var change: [String]
    var save: String
    var leave: String
    /// What lies beside the file meanwhile.
    var leavings: [String]

    var tool: String { String(command.prefix { $0 != " " }) }
    var testDescription: String { tool }
  }

  static let editors = [
    Editor(
      command: "vim -u NONE -N sequences/sequence_001.json",
      change: ["':%s/number 2/snow/' Enter", "':preserve' Enter"], save: "':w' Enter", leave: "':q' Enter",
      leavings: [".sequence_001.json.swp"]),
    Editor(
      command: "nvim -u NONE -i NONE --cmd \"set directory=.\" sequences/sequence_001.json",
      change: ["':%s/number 2/snow/' Enter", "':preserve' Enter"], save: "':w' Enter", leave: "':q' Enter",
      leavings: [".sequence_001.json.swp"]),
    Editor(
      command: "emacs -nw -Q sequences/sequence_001.json",
      change: ["M-x 'replace-string' Enter", "'number 2' Enter", "'snow' Enter", "M-x 'do-auto-save' Enter"],
      save: "C-x C-s", leave: "C-x C-c", leavings: ["#sequence_001.json#", ".#sequence_001.json"]),
  ].filter { Tool.isThere($0.tool) }

  @Test(arguments: editors)
  func `an editor left open with a change that is not saved is no change, and saving it is one job`(
    _ editor: Editor
  ) async throws {
    let film = Film(shots: 3)
    let watcher = try await film.watch()
    let before = try await watcher.settle()
    #expect(before.of("problem").isEmpty)
    let terminal = try await Terminal(film, editor.command)
    _ = try await terminal.screen { $0.contains("number 1") }
    for keys in editor.change { try await terminal.type(keys) }
    // vim keeps the swap file in the folder that it was started in when told to, else beside the file.
    func lying() -> Set<String> {
      Set(ScratchFolder.names(in: film.folder) + ScratchFolder.names(in: film.path("sequences")))
    }
    _ = try await eventually("\(editor.leavings)") { lying().isSuperset(of: editor.leavings) ? true : nil }
    _ = try await terminal.screen { $0.contains("rain snow") }
    let open = try await watcher.settle()
    #expect(open.jobs == [], "\(film.story)")
    #expect(open.of("problem").isEmpty, "\(film.story)")
    try await film.expectLikeCold("with the editor open")
    try await terminal.type(editor.save)
    let saved = try await watcher.next("finished")
    #expect(saved["shot"]?.string == "sequence_001/shot_002")
    try await terminal.type(editor.leave)
    _ = try await eventually("the editor's end") { lying().isDisjoint(with: editor.leavings) ? true : nil }
    let after = try await watcher.settle()
    #expect(after.jobs == [], "\(film.story)")
    #expect(Happenings(events: watcher.events).of("problem").isEmpty, "\(film.story)")
    #expect(film.takes.count == 4)
    try await film.expectLikeCold()
    await terminal.end()
  }
}
