internal import Arguments

/// The commands about takes.
extension ReelCommands {
  static let takeCommands = [takes, retake, pick, unpick, like, dislike, unrate, remove, restore]

  private static let takeHelp = "a path, or SHOT/PREFIX of its fingerprint, or its file name where that is unambiguous"
  private static let oneTake = ArgumentSpec("TAKE", .one, kind: .take, help: takeHelp)
  private static let someTakes = ArgumentSpec("TAKE", .oneOrMore, kind: .take, help: takeHelp)

  private static let takes = CommandSpec(
    "takes", group: "Takes", summary: "List takes.",
    discussion:
      "The used one of each shot and kind is marked with *. Files that you put beside the takes as SHOT.anything.EXT are listed, too. "
      + "What lies in the trash is listed with --removed only.",
    arguments: [
      ArgumentSpec("SHOT", .any, kind: .shot, help: "shots or sequences; else all takes of the project")
    ],
    options: [
      .flag("liked", help: "only takes that somebody likes"),
      .flag("disliked", help: "only takes that somebody dislikes"),
      .value("sequence", "SEQ", help: "only takes in this sequence's folder"),
      .value("kind", "KIND", kind: .choice(kinds), help: "only stills, clips, …"),
      .value("search", "TEXT", help: "only takes whose prompt holds all these words, in any case and order"),
      .flag("removed", help: "only takes that lie in the trash"),
    ],
    examples: [
      Example("reel takes shot_002", says: "every take of one shot, the used one marked"),
      Example("reel takes --liked --search \"heavy rain\"", says: "what was liked of the rain"),
    ])

  static let kinds = ["still", "clip", "voice", "talk", "animatic"]

  private static let retake = CommandSpec(
    "retake", group: "Takes", summary: "Ask for another take of a shot.",
    discussion:
      "Writes the next unused seed into the file of the shot, and changes nothing else in it. Refused when the file was changed "
      + "meanwhile, and for engines that make the same picture whatever the seed.",
    arguments: [oneShot],
    options: [.flag("same-seed", help: "make the same recipe once more instead")],
    examples: [Example("reel retake shot_002", says: "another seed, another take")])

  private static let pick = CommandSpec(
    "pick", group: "Takes", summary: "Tell a shot which take to use.",
    discussion:
      "Writes the take's file name into `pick` of its shot in the sequence file, and changes nothing else in it. New recipes are made "
      + "all the same; what is made of the take is made of this one.",
    arguments: [oneTake],
    examples: [
      Example("reel pick shot_002/0384a41b", says: "the take whose fingerprint begins so"),
      Example("reel pick sequences/sequence_001/shot_002.painted.png", says: "a picture that you put there yourself"),
    ])

  private static let unpick = CommandSpec(
    "unpick", group: "Takes", summary: "Let a shot use the take of its recipe again.",
    arguments: [
      oneShot,
      ArgumentSpec("KIND", .optional, kind: .choice(kinds), help: "the kind whose pick is taken out; else all of them"),
    ],
    examples: [Example("reel unpick shot_002 still", says: "the pick of its still")])

  private static let like = rating(
    "like", "Note that you like takes.",
    Example("reel like shot_002/0384a41b --note \"the fog!\"", says: "with a word about why"))
  private static let dislike = rating(
    "dislike", "Note that you dislike takes.",
    Example("reel dislike shot_002/0384a41b", says: "this one is not it"))

  private static func rating(_ name: String, _ summary: String, _ example: Example) -> CommandSpec {
    CommandSpec(
      name, group: "Takes", summary: summary,
      discussion:
        "Ratings stand in ratings/PERSON.json, by the takes' file names; PERSON is git's user.email, else you and your machine. "
        + "They change nothing that is made or used.",
      arguments: [someTakes],
      options: [.value("note", "TEXT", help: "why; an empty text takes out the note that is there")],
      examples: [example])
  }

  private static let unrate = CommandSpec(
    "unrate", group: "Takes", summary: "Take back what you think of takes.", arguments: [someTakes],
    examples: [Example("reel unrate shot_002/0384a41b", says: "neither liked nor disliked")])

  private static let remove = CommandSpec(
    "remove", group: "Takes", summary: "Put takes into the trash.",
    discussion:
      "The output goes to .reel/trash, its sidecar stays and says so: the take is not made again. `reel restore` brings it back, until "
      + "the trash is emptied. A take that a shot is told to use is left alone.",
    arguments: [someTakes],
    options: [.flag("force", help: "remove picked takes, too, and take the picks out")],
    examples: [Example("reel remove shot_002/0384a41b", says: "the shot does without it")])

  private static let restore = CommandSpec(
    "restore", group: "Takes", summary: "Bring takes back from the trash.",
    discussion:
      "Never over a file that is there by now. Of several of one name the one that was removed last comes back.",
    arguments: [someTakes],
    examples: [Example("reel restore shot_002/0384a41b", says: "where it was")])
}
