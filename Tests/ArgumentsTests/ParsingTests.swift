import Arguments
import Testing

struct ParsingTests {
  @Test func `a command gets its options and arguments in any order`() throws {
    for line in [
      "watch --port 80 a b --json", "watch a --json --port=80 b", "watch a b --json -p 80", "watch -p80 a b --json",
    ] {
      let command = try #require(try run(line))
      #expect(command.name == "watch")
      #expect(command.integer("port") == 80)
      #expect(command.flag("json"))
      #expect(!command.flag("quiet"))
      #expect(command.arguments == ["a", "b"])
      #expect(command.arguments("DIR") == ["a", "b"])
    }
  }

  @Test func `global options stand before the command or behind it`() throws {
    for line in [
      "-C film status", "-Cfilm status", "--directory film status", "status -C film", "status --directory=film",
    ] {
      let command = try #require(try run(line))
      #expect(command.name == "status")
      #expect(command.value("directory") == "film")
    }
  }

  @Test func `what was left out has no value`() throws {
    let command = try #require(try run("watch"))
    #expect(command.value("port") == nil)
    #expect(command.integer("port") == nil)
    #expect(command.values("ignore") == [])
    #expect(!command.flag("json"))
    #expect(command.arguments("DIR") == [])
    #expect(command.argument("DIR") == nil)
  }

  @Test func `short flags combine, the last of them may take a value`() throws {
    let command = try #require(try run("watch -qvp 7411"))
    #expect(command.flag("quiet"))
    #expect(command.flag("verbose"))
    #expect(command.integer("port") == 7411)
    #expect(try run("watch -qvp7411") == command)
  }

  @Test func `two dashes end the options`() throws {
    let command = try #require(try run("why -- --json"))
    #expect(command.argument("SHOT") == "--json")
    #expect(!command.flag("json"))
    #expect(try run("-- why --json")?.argument("SHOT") == "--json")
    #expect(try run("like -- -- -x")?.arguments == ["--", "-x"])
  }

  @Test func `a single dash is an argument`() throws {
    #expect(try run("export -")?.argument("OUT") == "-")
  }

  @Test func `a value may be empty, hold an equals sign or begin with a dash`() throws {
    #expect(try run("export --title= out.zip")?.value("title") == "")
    #expect(try run("export --title=a=b out.zip")?.value("title") == "a=b")
    #expect(try run("export --title -5 out.zip")?.value("title") == "-5")
    #expect(try run("export --title=--zip out.zip")?.value("title") == "--zip")
  }

  @Test func `a repeatable option keeps all its values in order`() throws {
    #expect(try run("watch --ignore b --ignore=a")?.values("ignore") == ["b", "a"])
  }

  @Test func `arguments are known by their places`() throws {
    let both = try #require(try run("export out.zip sequence_002"))
    #expect(both.argument("OUT") == "out.zip")
    #expect(both.argument("SEQUENCE") == "sequence_002")
    let one = try #require(try run("export out.zip"))
    #expect(one.argument("OUT") == "out.zip")
    #expect(one.argument("SEQUENCE") == nil)
  }

  @Test func `help is there in every form`() throws {
    #expect(try parse("") == .help(command: nil))
    for line in ["-h", "--help", "help", "help help", "-C film -h"] {
      #expect(try parse(line) == .help(command: nil), "\(line)")
    }
    for line in [
      "why -h", "why --help", "help why", "why --json -h", "watch -qh", "why a b c --help", "-C film why -h",
    ] {
      let expected = line.contains("watch") ? "watch" : "why"
      #expect(try parse(line) == .help(command: expected), "\(line)")
    }
  }

  @Test func `the version is there before and behind a command`() throws {
    #expect(try parse("--version") == .version)
    #expect(try parse("status --version") == .version)
  }

  @Test func `asking for an option the command does not have ends the program`() async {
    await #expect(processExitsWith: .failure) {
      _ = try run("status")?.flag("json")
    }
    await #expect(processExitsWith: .failure) {
      _ = try run("status")?.value("directroy")
    }
  }

  @Test func `a table that contradicts itself ends the program`() async {
    await #expect(processExitsWith: .failure) {
      _ = CommandTable(
        program: "p", summary: "",
        commands: [
          CommandSpec("c", summary: "", options: [.flag("all", help: "")])
        ], globalOptions: [.flag("all", help: "")])
    }
    await #expect(processExitsWith: .failure) {
      _ = CommandTable(
        program: "p", summary: "",
        commands: [
          CommandSpec("c", summary: "", arguments: [ArgumentSpec("A", .any, help: ""), ArgumentSpec("B", help: "")])
        ])
    }
    await #expect(processExitsWith: .failure) {
      _ = CommandTable(
        program: "p", summary: "", commands: [CommandSpec("c", summary: "", exclusive: [["a", "b"]])])
    }
  }
}
