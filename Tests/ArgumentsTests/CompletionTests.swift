import Arguments
import Testing

struct CompletionTests {
  /// What is offered at the end of a line, split at its spaces; a space at the end begins a new word.
  private func words(_ line: String) -> [String] { completion(line).candidates.map(\.word) }

  private func completion(_ line: String) -> Completion {
    var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let last = words.removeLast()
    return reel.completion(after: words, typing: last)
  }

  @Test func `nothing typed offers the commands with what they do`() {
    #expect(words("") == ["watch", "why", "status", "export", "like", "help"])
    #expect(
      completion("w").candidates.map(\.says) == [
        "generate what is missing, then keep watching", "say why a shot is made or not",
      ])
  }

  @Test func `a beginning offers what begins so`() {
    #expect(words("wa") == ["watch"])
    #expect(words("x") == [])
    #expect(words("help st") == ["status"])
    #expect(words("help status ") == [])
  }

  @Test func `options are those of the command, the global ones, and none twice`() {
    #expect(
      words("watch --") == [
        "--port", "--quiet", "--verbose", "--color", "--ignore", "--json", "--directory", "--help", "--version",
      ])
    #expect(words("watch --json --j") == [])
    #expect(words("watch -q --q") == [])
    #expect(words("watch --ignore a --i") == ["--ignore"])
    #expect(words("status --port") == [])
    #expect(words("-C film --d") == [])
  }

  @Test func `one of several that exclude each other ends the others`() {
    #expect(words("export --z") == ["--zip"])
    #expect(words("export --otio --") == ["--title", "--directory", "--help", "--version"])
  }

  @Test func `choices are offered after a space and after an equals sign`() {
    #expect(words("watch --color a") == ["auto", "always"])
    #expect(words("watch --color=n") == ["--color=never"])
  }

  @Test func `what only the program or the shell can list is named by its kind`() {
    #expect(completion("why ").kind == .shot)
    #expect(completion("why shot_001 ").kind == nil)
    #expect(completion("like a b c").kind == .take)
    #expect(completion("watch ").kind == .directory)
    #expect(completion("export ").kind == .file(extensions: ["zip", "otio"]))
    #expect(completion("watch -C ").kind == .directory)
    let attached = completion("watch --directory=fi")
    #expect(attached.kind == .directory)
    #expect(attached.prefix == "--directory=")
    #expect(attached.typed == "fi")
  }

  @Test func `the folder that was given before is known`() {
    #expect(completion("-C my-film why ").values == ["directory": "my-film"])
    #expect(completion("--directory=my-film why ").values == ["directory": "my-film"])
    #expect(completion("-Cmy-film why ").values == ["directory": "my-film"])
  }

  @Test func `after two dashes there are no options`() {
    #expect(words("why -- --j") == [])
    #expect(completion("why -- -x").kind == .shot)
  }

  @Test func `a wrong word earlier does not matter`() {
    #expect(words("watch --nonsense --po") == ["--port"])
  }
}
