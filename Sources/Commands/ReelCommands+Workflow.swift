internal import Arguments
internal import Engines

extension ReelCommands {
  static let workflow = CommandSpec(
    "workflow", group: "Look", summary: "Show what of a ComfyUI graph is bound to which field of a shot.",
    discussion:
      "FILE is a workflow in API format, or a picture or film that ComfyUI made. With --convert, an API file is made of what the editor "
      + "saved, or of what a picture or film carries; what was sent to a server is taken as it is, all else needs one to name its values.",
    arguments: [
      ArgumentSpec(
        "FILE", .one, kind: .file(extensions: ["json", "png", "webp", "mp4", "webm", "mkv", "mov"]),
        help: "a workflow, or what ComfyUI made with one")
    ],
    options: [
      .flag("convert", help: "print FILE in API format"),
      .value(
        "output", short: "o", "OUT", kind: .file(extensions: ["json"]),
        help: "write it there; a file that is there stays"),
      .value("server", "URL", help: "the ComfyUI to ask for its node classes; else \(ComfyUIEntry.standardURL)"),
      .value(
        "object-info", "JSON", kind: .file(extensions: ["json"]),
        help: "what it answers to /object_info, from a file instead"),
    ],
    exclusive: [["server", "object-info"]],
    examples: [
      Example("reel workflow workflows/txt2img.json", says: "what is bound, what is not, and what is wrong"),
      Example("reel workflow --convert portrait.png -o workflows/portrait.json", says: "the graph that made a picture"),
    ],
    exitStatuses: [
      ExitStatus(0, says: "shown or written, and nothing is wrong"), ExitStatus(2, says: "problems were found"),
      ExitStatus(12, says: "the server that --convert asks does not answer"),
    ])
}
