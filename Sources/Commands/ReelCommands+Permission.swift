internal import Arguments

/// The commands by which a person lets things start.
extension ReelCommands {
  static let approve = CommandSpec(
    "approve", group: "Steer", summary: "Start what waits for your word on engines that cost.",
    discussion:
      "Jobs on engines that cost time, a GPU or money wait when many come up at once (limits.burst in project.json), when they "
      + "came with git, and when the record of earlier ones was lost. This starts exactly what reel plan shows as waiting at "
      + "this moment, and says what it was; what changes afterwards is asked for anew.",
    arguments: [ArgumentSpec("SHOT", .any, kind: .shot, help: "shots or sequences; else all that waits")],
    examples: [
      Example("reel plan", says: "what waits, and why"), Example("reel approve", says: "start all of it"),
      Example("reel approve shot_003", says: "start one shot"),
    ])

  static let trust = CommandSpec(
    "trust", group: "Steer", summary: "Let engines that a project defines run, as they are defined now.",
    discussion:
      "A project that came from somebody else runs no program and sends nothing anywhere before this. What an engine is defined "
      + "as is shown and remembered, outside of the project, by a hash of all of it: programs and their files in the project, "
      + "addresses, names of environment variables. A change asks again. Engines in your own config.json are always trusted.",
    arguments: [ArgumentSpec("ENGINE", .optional, help: "an engine's name in project.json; else all of them")],
    options: [.flag("show", help: "only show what would be trusted")],
    examples: [
      Example("reel trust --show", says: "what the project's engines would run and send"),
      Example("reel trust comfyui", says: "let one of them"),
    ],
    exitStatuses: [ExitStatus(2, says: "--show: something is not trusted")])
}
