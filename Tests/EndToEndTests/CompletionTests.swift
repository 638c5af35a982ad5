import TestSupport
import Testing

/// Completion as a person at a prompt has it, in the three shells, and the manual page.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct CompletionTests {
  private static let shells = ["bash", "zsh", "fish"]

  /// How each shell is started without anything of the user's, and how it is told of the script.
  private static func start(_ shell: String, _ film: Film) async throws -> Terminal {
    try await film.must("$REEL completions \(shell) >_reel; mkdir bin; ln -s \"$REEL\" bin/reel")
    let command =
      ["bash": "bash --norc --noprofile -i", "zsh": "zsh -f -i", "fish": "fish --no-config -i"][shell] ?? ""
    let terminal = try await Terminal(film, "PATH=\(film.folder)/bin:$PATH exec \(command)")
    let load = [
      "bash": "source _reel; PS1='ready '",
      "zsh": "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; PS1='ready '",
      "fish": "source _reel; function fish_prompt; echo 'ready '; end",
    ]
    film.write("load", (load[shell] ?? "") + "\n")
    try await terminal.type("'source ./load' Enter")
    _ = try await terminal.screen { $0.split(separator: "\n").last?.hasPrefix("ready") == true }
    return terminal
  }

  @Test(arguments: shells)
  func `commands, options and shots are completed at a prompt`(shell: String) async throws {
    try #require(Tool.isThere(shell) && Tool.isThere("tmux"))
    let film = Film(shots: 12)
    let terminal = try await Self.start(shell, film)
    try await terminal.type("'reel wat' Tab")
    _ = try await terminal.screen { $0.contains("reel watch ") || $0.hasSuffix("reel watch") }
    try await terminal.type("-- '--pol' Tab")
    _ = try await terminal.screen { $0.contains("reel watch --poll") }
    try await terminal.type("C-u")
    _ = try await terminal.screen { $0.split(separator: "\n").last == "ready" }
    try await terminal.type("'reel why shot_01' Tab Tab")
    let listed = try await terminal.screen { $0.contains("shot_012") }
    #expect(listed.contains("shot_010") && listed.contains("shot_011"), "\(listed)")
    #expect(!listed.contains("shot_009"), "\(listed)")
    await terminal.end()
  }

  @Test(arguments: shells)
  func `a folder is completed by the shell, and its shots are those offered`(shell: String) async throws {
    try #require(Tool.isThere(shell) && Tool.isThere("tmux"))
    let film = Film(shots: 1)
    film.write("other film/project.json", "{}")
    film.write("other film/sequences/arrival.json", #"{ "shots": [ { "id": "harbour", "prompt": "x" } ] }"#)
    let terminal = try await Self.start(shell, film)
    try await terminal.type("'reel -C oth' Tab")
    _ = try await terminal.screen { $0.contains("other\\ film") || $0.contains("'other film") }
    try await terminal.type("' why har' Tab")
    _ = try await terminal.screen { $0.contains("why harbour") }
    await terminal.end()
  }

  @Test func `what is typed elsewhere than at a command line is answered, too`() async throws {
    let film = Film(shots: 2)
    #expect(try await film.reel("__complete", "why", "shot_001").output == "words\nshot_001\t\n")
    #expect(try await film.reel("__complete", "why", "sequence_001/").lines.count == 3)
    #expect(try await film.reel("__complete-line", "reel watch --js").output.hasPrefix("words\n--json\t"))
    // A project that does not read, or none at all, offers nothing and says nothing.
    film.write("sequences/sequence_001.json", "{")
    let broken = try await film.reel("__complete", "why", "shot")
    #expect(broken.status == 0)
    #expect(broken.output == "words\n")
    #expect(broken.error == "")
    let nowhere = Film(shots: 0)
    #expect(try await nowhere.reel("__complete", "why", "").output == "words\n")
  }

  @Test func `takes are offered by their paths`() async throws {
    let film = Film(shots: 1)
    #expect(try await film.reel("make").status == 0)
    let take = try #require(film.takes.first)
    // Which command takes a TAKE is the table's business; here the kind is asked for directly by one that does.
    let commands = try await film.reel("--help").output
    guard commands.contains("  like ") else { return }
    #expect(try await film.reel("__complete", "like", "seq").output.contains("\(take)\tstill of shot_001\n"))
  }

  @Test func `the manual page is one that man and mandoc read without a complaint`() async throws {
    let film = Film(shots: 0)
    let page = try await film.reel("manual")
    #expect(page.status == 0)
    film.write("reel.1", page.output)
    let lint = try await film.sh("mandoc -Tlint -W warning reel.1")
    #expect(lint.output == "")
    let text = try await film.sh("mandoc -Tutf8 reel.1 | sed 's/.\\x08//g'")
    // Lines are broken wherever they are full.
    let words = text.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for word in [
      "reel watch [--poll] [--no-page] [--port N] [DIR...]", "EXIT STATUS", "project.json", "reel init my-film",
    ] {
      #expect(words.contains(word), "\(text.output)")
    }
  }
}
