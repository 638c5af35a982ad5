import Arguments

/// A small program with one command of every shape.
let reel = CommandTable(
  program: "reel",
  summary: "watches a folder of shots and generates what is missing",
  commands: [
    CommandSpec(
      "watch", group: "Work", summary: "generate what is missing, then keep watching",
      arguments: [ArgumentSpec("DIR", .any, kind: .directory, help: "project folders")],
      options: [
        .value("port", short: "p", "PORT", kind: .integer(0...65535), help: "serve the page on this port"),
        .flag("quiet", short: "q", help: "say less"),
        .flag("verbose", short: "v", help: "say more"),
        .value("color", "WHEN", kind: .choice(["auto", "always", "never"]), help: "when to colour"),
        .value("ignore", "PATTERN", isRepeatable: true, help: "leave out files that match"),
        .flag("json", help: "one JSON object per line"),
      ]),
    CommandSpec(
      "why", group: "Look", summary: "say why a shot is made or not",
      discussion: """
        Compares the shot's recipe with that of its take, field by field, and says what follows.

        Nothing is started.
        """,
      arguments: [ArgumentSpec("SHOT", kind: .shot, help: "address of a shot, such as sequence_001/shot_002")],
      options: [.flag("json", help: "answer with one JSON object")],
      examples: [
        Example("reel why shot_002", says: "what became of this shot"),
        Example("reel why --json shot_002", says: "the same for a script"),
      ],
      exitStatuses: [ExitStatus(14, says: "no watcher runs")]),
    CommandSpec("status", group: "Look", summary: "show shots by state, problems and engines"),
    CommandSpec(
      "export", group: "Hand over", summary: "hand the film over",
      arguments: [
        ArgumentSpec("OUT", kind: .file(extensions: ["zip", "otio"]), help: "file to write"),
        ArgumentSpec("SEQUENCE", .optional, help: "this sequence only"),
      ],
      options: [
        .flag("zip", help: "everything in one archive"), .flag("otio", help: "an OpenTimelineIO timeline"),
        .value("title", "TEXT", help: "title of the film"),
      ],
      exclusive: [["zip", "otio"]]),
    CommandSpec(
      "like", group: "Hand over", summary: "like takes",
      arguments: [ArgumentSpec("TAKE", .oneOrMore, kind: .take, help: "takes")]),
  ],
  globalOptions: [
    .value("directory", short: "C", "DIR", kind: .directory, help: "work on the project in DIR")
  ],
  examples: [
    Example("reel watch", says: "start here"),
    Example("reel why shot_002", says: "see why a shot is made"),
  ],
  exitStatuses: [ExitStatus(0, says: "done"), ExitStatus(64, says: "the command line is wrong")])

/// Reads a line split at its spaces.
func parse(_ line: String) throws(UsageError) -> Invocation {
  try reel.parse(line.split(separator: " ").map(String.init))
}

/// The command a line runs, or nil when it asks for help or the version.
func run(_ line: String) throws(UsageError) -> ParsedCommand? {
  if case .run(let command) = try parse(line) { command } else { nil }
}

/// What is said about a line that cannot be understood; nil when it can.
func complaint(_ line: String) -> String? {
  do throws(UsageError) {
    _ = try parse(line)
    return nil
  } catch {
    return error.text(program: "reel")
  }
}
