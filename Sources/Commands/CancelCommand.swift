internal import Arguments
internal import JSONText
internal import Studio

/// `reel cancel [SHOT...]`: stops what is to be made, and lets it stand down.
struct CancelCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let answer = try program.inquiry(command).ask(ControlCall("cancel", command.shots))
    if command.flag("json") {
      program.output.json(answer)
    } else {
      for line in Self.text(answer) { program.output.line(line) }
    }
    return .done
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

extension ParsedCommand {
  /// The shots that a command is for, as a call names them.
  var shots: JSONObject { ["shots": .array(arguments("SHOT").map { .string($0) })] }
}
