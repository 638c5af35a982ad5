internal import Arguments

/// The commands that steer the work.
extension ReelCommands {
  static let steering = [cancel, retry, hold, release, pause, resume]

  private static let anyShots = ArgumentSpec(
    "SHOT", .any, kind: .shot, help: "shots or sequences; else the whole project")
  private static let someShots = ArgumentSpec(
    "SHOT", .oneOrMore, kind: .shot, help: "sequence_001/shot_002, or shot_002 where that is unambiguous; a sequence")

  private static let cancel = CommandSpec(
    "cancel", group: "Steer", summary: "Stop what is being made, and do not begin it again.",
    discussion:
      "Jobs that wait are taken out, and those that run are told to stop. What was cancelled stays so, over restarts too, until "
      + "reel retry or until its shot asks for something else. Takes that are there stay.",
    arguments: [anyShots],
    examples: [
      Example("reel cancel shot_002", says: "one shot"), Example("reel cancel", says: "all that is still to be made"),
    ])

  private static let retry = CommandSpec(
    "retry", group: "Steer", summary: "Try again what failed or was cancelled.",
    discussion:
      "A running watcher begins at once; else the next reel make or reel watch does. What waits for another attempt does not "
      + "wait any longer.",
    arguments: [anyShots],
    examples: [
      Example("reel retry", says: "everything"), Example("reel retry sequence_002", says: "one sequence"),
    ])

  private static let hold = CommandSpec(
    "hold", group: "Steer", summary: "Generate nothing for a shot until it is released.",
    discussion:
      "Writes \"hold\": true into the shot in its sequence file, and changes nothing else in it: it goes with the project, to "
      + "everyone. Refused when the file changed meanwhile.",
    arguments: [someShots], examples: [Example("reel hold shot_002", says: "keep it as it is")])

  private static let release = CommandSpec(
    "release", group: "Steer", summary: "Take a shot's hold away.",
    discussion: "Takes \"hold\" out of the shot in its sequence file: what reel hold wrote is gone without a trace.",
    arguments: [someShots], examples: [Example("reel release shot_002", says: "go on with it")])

  private static let pause = CommandSpec(
    "pause", group: "Steer", summary: "Start no job in this project until reel resume.",
    discussion: "Jobs that run are finished. A paused project stays so over restarts; reel make begins nothing in it.",
    examples: [Example("reel pause", says: "leave the machine to something else")])

  private static let resume = CommandSpec(
    "resume", group: "Steer", summary: "Go on with a paused project.",
    examples: [Example("reel resume", says: "begin what was queued")])
}
