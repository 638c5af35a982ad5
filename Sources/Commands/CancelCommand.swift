internal import Arguments
internal import JSONText
internal import Studio

/// `reel cancel [SHOT...]`: stops what is to be made, and lets it stand down.
struct CancelCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    try program.steer(ControlCall("cancel", command.shots), command, Self.text)
  }

  static func text(_ answer: JSON) -> [String] {
    let cancelled = answer["cancelled"]?.array?.count ?? 0
    let cancelling = answer["cancelling"]?.array?.count ?? 0
    if cancelled + cancelling == 0 { return ["Nothing to cancel."] }
    var parts: [String] = []
    if cancelled > 0 { parts.append("\(count(cancelled, "job")) cancelled") }
    if cancelling > 0 { parts.append("\(count(cancelling, "job")) cancelling: told to stop") }
    return ["\(parts.joined(separator: ", ")).", "  reel retry makes what was cancelled"]
  }
}

extension ReelProgram {
  /// Has the work steered, and gives the answer as text or as it is.
  func steer(
    _ call: ControlCall, _ command: ParsedCommand, _ text: (JSON) -> [String]
  ) throws(Refusal) -> ExitCode {
    let answer = try inquiry(command).ask(call)
    if command.flag("json") {
      output.json(answer)
    } else {
      for line in text(answer) { output.line(line) }
    }
    return .done
  }
}

extension ParsedCommand {
  /// The shots that a command is for, as a call names them.
  var shots: JSONObject { ["shots": .array(arguments("SHOT").map { .string($0) })] }
}
