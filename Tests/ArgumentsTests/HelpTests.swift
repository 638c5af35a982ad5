import Arguments
import Testing

struct HelpTests {
  @Test func `the overview lists commands by group below a first session`() {
    #expect(
      reel.help() == """
        reel: watches a folder of shots and generates what is missing

        Usage: reel [OPTIONS] COMMAND [ARGUMENTS...]

        Examples:
          reel watch         start here
          reel why shot_002  see why a shot is made

        Work:
          watch   generate what is missing, then keep watching

        Look:
          why     say why a shot is made or not
          status  show shots by state, problems and engines

        Hand over:
          export  hand the film over
          like    like takes

        Options:
          -C, --directory DIR  work on the project in DIR
          -h, --help           show this help
              --version        show the version

        Exit status:
          0   done
          64  the command line is wrong

        `reel help COMMAND` says more about one command.

        """)
  }

  @Test func `a command shows its usage, examples, arguments, options and exit statuses`() throws {
    #expect(
      reel.help(of: try #require(reel.command("why"))) == """
        reel why: say why a shot is made or not

        Usage: reel why [OPTIONS] SHOT

        Examples:
          reel why shot_002         what became of this shot
          reel why --json shot_002  the same for a script

        Compares the shot's recipe with that of its take, field by field, and says what
        follows.

        Nothing is started.

        Arguments:
          SHOT  address of a shot, such as sequence_001/shot_002

        Options:
              --json  answer with one JSON object

        Options of every command:
          -C, --directory DIR  work on the project in DIR
          -h, --help           show this help
              --version        show the version

        Exit status:
          14  no watcher runs

        """)
  }

  @Test func `descriptions wrap in their column, choices and repetition are said`() throws {
    #expect(
      reel.help(of: try #require(reel.command("watch")), width: 60) == """
        reel watch: generate what is missing, then keep watching

        Usage: reel watch [OPTIONS] [DIR...]

        Arguments:
          DIR  project folders

        Options:
          -p, --port PORT       serve the page on this port
          -q, --quiet           say less
          -v, --verbose         say more
              --color WHEN      when to colour: auto, always, never
              --ignore PATTERN  leave out files that match (may be
                                repeated)
              --json            one JSON object per line

        Options of every command:
          -C, --directory DIR  work on the project in DIR
          -h, --help           show this help
              --version        show the version

        """)
  }

  @Test func `a narrow terminal gets forty columns, exclusive options stand in the usage line`() throws {
    #expect(
      reel.help(of: try #require(reel.command("export")), width: 10) == """
        reel export: hand the film over

        Usage: reel export [OPTIONS] [--zip | --otio] OUT [SEQUENCE]

        Arguments:
          OUT       file to write
          SEQUENCE  this sequence only

        Options:
              --zip         everything in one
                            archive
              --otio        an OpenTimelineIO
                            timeline
              --title TEXT  title of the film

        Options of every command:
          -C, --directory DIR  work on the
                               project in DIR
          -h, --help           show this help
              --version        show the version

        """)
  }

  @Test func `long labels and long examples have their meaning below them`() throws {
    let table = CommandTable(
      program: "reel", summary: "makes films",
      commands: [
        CommandSpec(
          "bench", summary: "measure",
          options: [
            .value("maximum-number-of-shots", "NUMBER", help: "at most so many"), .flag("all", help: "everything"),
          ],
          examples: [
            Example("reel bench --maximum-number-of-shots 12 film", says: "measures twelve shots of the film")
          ])
      ])
    #expect(
      table.help(of: try #require(table.command("bench")), width: 60) == """
        reel bench: measure

        Usage: reel bench [OPTIONS]

        Examples:
          reel bench --maximum-number-of-shots 12 film
            measures twelve shots of the film

        Options:
              --maximum-number-of-shots NUMBER
                     at most so many
              --all  everything

        Options of every command:
          -h, --help     show this help
              --version  show the version

        """)
  }

  @Test func `no line with room to break is wider than asked for`() {
    for width in [40, 57, 80, 120] {
      for command in reel.commands {
        for line in reel.help(of: command, width: width).split(separator: "\n") where !line.hasPrefix("Usage:") {
          #expect(line.count <= width, "\(line)")
        }
      }
    }
  }
}
