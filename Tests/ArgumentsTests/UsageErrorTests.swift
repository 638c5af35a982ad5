import Arguments
import Testing

struct UsageErrorTests {
  @Test func `usage errors have the status that sysexits gives them`() {
    #expect(UsageError.exitStatus == 64)
  }

  @Test func `a mistyped command is answered with the likely one`() {
    #expect(
      complaint("stauts") == """
        error: there is no command `stauts`
          did you mean `status`?
        see `reel help`

        """)
    #expect(complaint("help wyh")?.contains("did you mean `why`?") == true)
    #expect(complaint("exp")?.contains("did you mean `export`?") == true)
  }

  @Test func `a word like nothing known gets no guess`() {
    #expect(
      complaint("frobnicate") == """
        error: there is no command `frobnicate`
        see `reel help`

        """)
  }

  @Test func `a mistyped option is answered with the likely one`() {
    #expect(
      complaint("watch --prot 80") == """
        error: there is no option `--prot` of `watch`
          did you mean `--port`?
        see `reel help watch`

        """)
    #expect(complaint("status --hepl")?.contains("did you mean `--help`?") == true)
    #expect(complaint("watch --jsn=x")?.contains("did you mean `--json`?") == true)
    #expect(
      complaint("watch -json")?.contains("error: there is no option `-j` of `watch`\n  did you mean `--json`?") == true)
    #expect(complaint("watch -x") == "error: there is no option `-x` of `watch`\nsee `reel help watch`\n")
  }

  @Test func `an option of a command that stands before it is told to move`() {
    #expect(
      complaint("--json watch") == """
        error: there is no option `--json`
          `--json` belongs behind its command
        see `reel help`

        """)
  }

  @Test func `values that are missing, unwanted or doubled are refused`() {
    #expect(complaint("watch --port")?.hasPrefix("error: `--port` needs a value: --port PORT\n") == true)
    #expect(complaint("watch -p")?.hasPrefix("error: `-p` needs a value: -p PORT\n") == true)
    #expect(complaint("watch --port --json")?.hasPrefix("error: `--port` needs a value: --port PORT\n") == true)
    #expect(complaint("-C")?.hasPrefix("error: `-C` needs a value: -C DIR\n") == true)
    #expect(complaint("watch --json=yes")?.hasPrefix("error: `--json` takes no value\n") == true)
    #expect(complaint("watch --port 1 -p 2")?.hasPrefix("error: `-p` was given twice\n") == true)
    #expect(complaint("watch --json --json") == nil)
  }

  @Test func `values of the wrong kind are refused with what is right`() {
    #expect(
      complaint("watch --port 70000")
        == "error: `--port`: `70000` is no number from 0 to 65535\nsee `reel help watch`\n")
    for wrong in ["x", "-1", "+5", "", "1.0", "99999999999999999999"] {
      #expect(complaint("watch --port=\(wrong)")?.contains("is no number") == true, "\(wrong)")
    }
    #expect(
      complaint("watch --color alwyas") == """
        error: `--color`: `alwyas` is not one of auto, always, never
          did you mean `always`?
        see `reel help watch`

        """)
  }

  @Test func `too few and too many arguments are said with the usage line`() {
    #expect(
      complaint("why") == """
        error: `why` needs SHOT
          usage: reel why [OPTIONS] SHOT
        see `reel help why`

        """)
    #expect(complaint("like")?.hasPrefix("error: `like` needs TAKE\n  usage: reel like TAKE...\n") == true)
    #expect(complaint("status x")?.hasPrefix("error: `status` takes no arguments: `x` is too much\n") == true)
    #expect(complaint("why a b")?.hasPrefix("error: `why` takes one SHOT: `b` is too much\n") == true)
    #expect(complaint("export a b c")?.hasPrefix("error: `export` takes 2 arguments: `c` is too much\n") == true)
    #expect(complaint("help why status")?.hasPrefix("error: `help` takes one command: `status` is too many\n") == true)
  }

  @Test func `options that exclude each other are refused`() {
    #expect(complaint("export --zip --otio out")?.hasPrefix("error: `--zip` and `--otio` do not go together\n") == true)
    #expect(complaint("export --zip out.zip") == nil)
  }

  @Test func `options without a command are no request`() {
    #expect(complaint("-C film")?.hasPrefix("error: a command is missing\n  usage: reel [OPTIONS] COMMAND") == true)
  }

  @Test func `words that could steer a terminal are made visible`() {
    #expect(complaint("\u{1B}[31mred")?.hasPrefix("error: there is no command `\\u{1b}[31mred`\n") == true)
    #expect(complaint("--a\u{202E}\nb")?.hasPrefix("error: there is no option `--a\\u{202e}\\u{a}b`\n") == true)
    #expect(complaint("höhle")?.hasPrefix("error: there is no command `höhle`\n") == true)
  }
}
