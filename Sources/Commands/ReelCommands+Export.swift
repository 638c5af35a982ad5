internal import Arguments
internal import Studio

extension ReelCommands {
  static let export = CommandSpec(
    "export", group: "Hand over", summary: "Write takes as a ZIP archive, a contact sheet or a timeline.",
    discussion:
      "An archive is a project again when it is unpacked: takes with their sidecars, ratings, and the sources they were made of. The "
      + "same project gives the same bytes. A sheet is one HTML file that holds its pictures, with the same as PNG beside it. A timeline "
      + "is for editing programs: each shot for its duration with the take that it uses, its voice beneath, and a gap where nothing was "
      + "made yet.\n\n"
      + "Nothing that is there is written over without --force.",
    arguments: [ArgumentSpec("SHOT", .any, kind: .shot, help: "shots or sequences; else the whole project")],
    options: [
      .value("zip", "OUT", kind: .file(extensions: ["zip"]), help: "write an archive; - for standard output"),
      .value(
        "sheet", "OUT", kind: .file(extensions: ["html"]),
        help: "write a contact sheet, OUT.html and OUT.png; - for standard output, HTML only"),
      .value(
        "otio", "OUT", kind: .file(extensions: ["otio"]),
        help: "write a timeline for DaVinci Resolve, Kdenlive and all that read OpenTimelineIO; - for standard output"),
      .value(
        "edl", "OUT", kind: .file(extensions: ["edl"]),
        help: "write an edit decision list (CMX 3600); - for standard output"),
      .value(
        "fcpxml", "OUT", kind: .file(extensions: ["fcpxml"]),
        help: "write a timeline for Final Cut Pro; - for standard output"),
      .value(
        "takes", "WHICH", kind: .choice(TakeChoice.allCases.map(\.rawValue)),
        help: "used (what the film uses; if left out), liked, or all; timelines hold what is used"),
      .flag("force", help: "replace files that are there"),
    ],
    exclusive: [["zip", "sheet", "otio", "edl", "fcpxml"]],
    examples: [
      Example("reel export --zip keeper.zip", says: "the film as it stands, with all that it is made of"),
      Example(
        "reel export --zip - --takes all | ssh nas 'cat > keeper.zip'", says: "everything, straight to another machine"),
      Example("reel export --sheet arrival.html sequence_001", says: "a sheet of one sequence"),
      Example("reel export --otio keeper.otio", says: "the film for an editing program"),
    ],
    exitStatuses: [
      ExitStatus(0, says: "written, and everything is in it"),
      ExitStatus(1, says: "nothing was written, such as over a file that is there"),
      ExitStatus(2, says: "written, but some takes are still to be made or brought by git-lfs"),
    ])
}
