internal import Arguments

/// `reel manual`: the manual page as source for `man`.
struct ManualCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) -> ExitCode {
    program.output.write(
      ReelCommands.table.manual(version: ReelProgram.version, date: ReelProgram.date, files: Self.files), to: .answer)
    return .done
  }

  private static let files: [(path: String, says: String)] = [
    ("project.json, sequences/*.json", "what a person writes; a folder that holds a project.json is a project"),
    ("sequences/*/", "takes, each with a sidecar that says how it was made"),
    (
      "inbox/, library/, workflows/, ratings/",
      "reference images; prompts by name; ComfyUI graphs; what people think of takes"
    ),
    (".reel/", "schemas for editors, and the trash"),
    ("$XDG_CONFIG_HOME/reelwright/config.json", "your own engines, for all projects (~/.config)"),
    ("$XDG_STATE_HOME/reelwright/", "the index and the journal of each project (~/.local/state)"),
    ("$XDG_CACHE_HOME/reelwright/", "what was made, by its recipe (~/.cache)"),
  ]
}
