package import Arguments

/// The command line of `reel` as one table: parsing, help, and whatever else is made of it.
package enum ReelCommands {
  package static let table = CommandTable(
    program: "reel",
    summary: "Watches a film project's folder and generates just the shots that no longer match what was asked.",
    commands: [initialise, watch, open, make, sync, plan, status, why, check, workflow] + takeCommands + steering + [
      approve, trust, export, collect, doctor, completions, manual,
    ],
    globalOptions: [
      .value("directory", short: "C", "DIR", kind: .directory, help: "work as if started in DIR"),
      .flag("json", help: "answer as JSON, for programs"),
    ],
    examples: [
      Example("reel init my-film", says: "a small project to begin with"),
      Example("reel watch my-film", says: "generate what is missing, then keep watching"),
    ],
    exitStatuses: [
      ExitStatus(0, says: "done"), ExitStatus(1, says: "failed"),
      ExitStatus(2, says: "plan, export: work is pending; check, workflow: problems were found"),
      ExitStatus(3, says: "ended, some shots failed"),
      ExitStatus(4, says: "ended, approval or trust is missing for some, or the project is paused"),
      ExitStatus(10, says: "no project here"), ExitStatus(11, says: "another process holds this project"),
      ExitStatus(12, says: "engine not reachable"), ExitStatus(13, says: "the project's data is not usable"),
      ExitStatus(14, says: "no watcher runs"), ExitStatus(64, says: "wrong usage"),
      ExitStatus(130, says: "interrupted (143: terminated)"),
    ])

  private static let folder = ArgumentSpec(
    "DIR", .optional, kind: .directory, help: "the project's folder, or one in it; else the current one")
  static let oneShot = ArgumentSpec(
    "SHOT", .one, kind: .shot, help: "sequence_001/shot_002, or shot_002 where that is unambiguous")

  private static let initialise = CommandSpec(
    "init", group: "Start", summary: "Make a small working project.",
    discussion:
      "Writes two sequences, two library entries, an inbox image, .gitignore and .gitattributes into DIR, and says what to "
      + "do next. Nothing that is there is written over: a folder that holds a project already is refused.",
    arguments: [
      ArgumentSpec("DIR", .optional, kind: .directory, help: "the folder; made if need be; else the current one")
    ],
    examples: [Example("reel init my-film", says: "a project in the new folder my-film")])

  private static let watch = CommandSpec(
    "watch", group: "Work", summary: "Generate what is missing, then keep watching.",
    discussion:
      "Edit a sequence in any editor, drop a picture into inbox/, pull a branch: what no longer matches is made anew, and "
      + "nothing else. Ctrl-C finishes the jobs that run; a second one leaves them for next time.",
    arguments: [
      ArgumentSpec("DIR", .any, kind: .directory, help: "one or more projects; else the one around the current folder")
    ],
    options: [
      .flag("poll", help: "look at all files every second, for file systems that give no events"),
      .flag("no-page", help: "serve no page"),
      .value("port", "N", kind: .integer(1...65_535), help: "the page's port; else 7411, or the next one that is free"),
    ],
    examples: [
      Example("reel watch", says: "the project around this folder"),
      Example("reel watch --json | jq -c 'select(.type==\"finished\")'", says: "follow it from a program"),
    ],
    exitStatuses: [
      ExitStatus(11, says: "another process holds the project"), ExitStatus(13, says: "the folder went away"),
      ExitStatus(130, says: "stopped by Ctrl-C"),
    ])

  private static let open = CommandSpec(
    "open", group: "Work", summary: "Show the running watcher's page in a browser.",
    discussion:
      "The page is served by reel watch on this computer alone, and opens with a key that reel keeps for the project.",
    arguments: [folder], options: [.flag("print", help: "say the address, with its key, and open nothing")],
    examples: [
      Example("reel open", says: "the project around this folder"),
      Example("reel open --print", says: "to copy the address"),
    ],
    exitStatuses: [ExitStatus(14, says: "no watcher runs")])

  private static let make = CommandSpec(
    "make", group: "Work", summary: "Generate what is missing and end; for scripts.",
    discussion:
      "Shots that failed before are tried again; those that were cancelled are not, before reel retry. Nothing is begun while the "
      + "project is paused.",
    arguments: [ArgumentSpec("SHOT", .any, kind: .shot, help: "shots or sequences; else the whole project")],
    examples: [
      Example("reel make", says: "the whole project"), Example("reel make sequence_002", says: "one sequence"),
      Example("reel make shot_004", says: "one shot"),
    ],
    exitStatuses: [
      ExitStatus(3, says: "some shots failed, or something cannot be read"),
      ExitStatus(4, says: "some wait for reel approve or reel trust, or the project is paused"),
      ExitStatus(11, says: "another process holds the project"),
      ExitStatus(12, says: "some shots wait for an engine that is not here"),
    ])

  private static let plan = CommandSpec(
    "plan", group: "Look", summary: "Say what would be generated and why; start nothing.", arguments: [folder],
    examples: [
      Example("reel plan", says: "every job with its reason"),
      Example("reel plan --json | jq '.jobs | length'", says: "how many there are"),
    ],
    exitStatuses: [ExitStatus(0, says: "nothing to do"), ExitStatus(2, says: "work is pending")])

  private static let status = CommandSpec(
    "status", group: "Look", summary: "Show shots by state, problems, engines, and what to type next.",
    arguments: [folder],
    options: [.flag("cold", help: "look at the files only, whoever watches")],
    examples: [
      Example("reel status", says: "how the project stands"),
      Example("reel status --cold --json", says: "from the files alone"),
    ])

  private static let why = CommandSpec(
    "why", group: "Look", summary: "Show a shot's recipe field by field against its take's.", arguments: [oneShot],
    examples: [Example("reel why shot_002", says: "why it is, or is not, made again")])

  private static let check = CommandSpec(
    "check", group: "Look", summary: "Show every problem in the files, with positions.", arguments: [folder],
    examples: [Example("reel check", says: "all problems, each with its fix")],
    exitStatuses: [ExitStatus(0, says: "no problems"), ExitStatus(2, says: "problems were found")])

  private static let collect = CommandSpec(
    "gc", group: "Set up", summary: "Say what can be freed on the disk, and free it.",
    discussion:
      "Says first what there is: the cache of outputs, which all your projects share; the project's trash; what runs that died left behind. On a "
      + "terminal it then asks; elsewhere --yes frees it. Takes are touched with --takes only, and go to the trash: those that no "
      + "shot wants or uses, and nobody has picked or rated. Without a project here it looks at the cache alone.",
    arguments: [folder],
    options: [
      .flag("takes", help: "put takes that nothing needs into the trash, too"),
      .value(
        "only", "WHAT", kind: .choice(CollectCommand.parts), isRepeatable: true,
        help: "cache, trash, leftovers or takes; may be given several times"),
      .value(
        "older", "DAYS", kind: .integer(0...36_500),
        help: "outputs of the cache not used for so long, trash and takes that old"),
      .flag("dry-run", short: "n", help: "say it and free nothing"),
      .flag("yes", short: "y", help: "free it without asking"),
    ],
    examples: [
      Example("reel gc", says: "what can be freed; on a terminal it asks then"),
      Example("reel gc --older 30 --yes", says: "for a timer: what nobody touched for a month"),
      Example("reel gc --only takes --dry-run", says: "which takes nothing needs"),
    ])

  private static let doctor = CommandSpec(
    "doctor", group: "Set up",
    summary: "Say what stands in the way on this machine and in this project, each with its fix.",
    arguments: [folder],
    examples: [Example("reel doctor", says: "programs, engines, limits, git-lfs, disk, and who holds the project")],
    exitStatuses: [ExitStatus(0, says: "nothing, or warnings only"), ExitStatus(2, says: "something does not work")])

  private static let completions = CommandSpec(
    "completions", group: "Set up", summary: "Print the script that completes reel in a shell.",
    discussion:
      "Put it where your shell finds it, or let the shell read it at its start. Commands, options, shots and takes are completed.",
    arguments: [ArgumentSpec("SHELL", .one, kind: .choice(CompletionsCommand.shells), help: "bash, zsh or fish")],
    examples: [
      Example("source <(reel completions bash)", says: "in ~/.bashrc; in ~/.zshrc with zsh"),
      Example("reel completions fish >~/.config/fish/completions/reel.fish", says: "once"),
    ])

  private static let manual = CommandSpec(
    "manual", group: "Set up", summary: "Print the manual page, for man.",
    examples: [Example("reel manual | man -l -", says: "read it")])

  private static let sync = CommandSpec(
    "sync", group: "Work", summary: "Wait until the running watcher has planned all that was saved before.",
    arguments: [folder],
    options: [.flag("idle", help: "wait until nothing runs any more, too")],
    examples: [Example("cp new.png inbox/ && reel sync --idle", says: "go on when its shots are made")],
    exitStatuses: [ExitStatus(14, says: "no watcher runs")])
}
