internal import Arguments
internal import Basics
internal import JSONText
internal import ProjectFiles
internal import Studio

/// `reel retake SHOT`: writes the next unused seed into the file that holds the shot.
struct RetakeCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    let shot = command.argument("SHOT") ?? ""
    let isSame = command.flag("same-seed")
    let inquiry = try program.inquiry(command)
    let answer = try inquiry.ask(ControlCall("retake", ["shot": .string(shot), "sameSeed": .bool(isSame)]))
    if let again = answer["again"]?.string { return try await makeAgain(again, inquiry, command) }
    guard let address = answer["shot"]?.string.flatMap({ ShotAddress($0) }), let file = answer["file"]?.string,
      let key = answer["key"]?.string,
      let value = answer["value"]
    else { throw Refusal("the process that holds this project gave no answer that this reel understands", .failed) }
    do throws(SequenceEditError) {
      let folder = try SequenceEdit.open(inquiry.project)
      try SequenceEdit(folder: folder, address: address).set(key, to: value, from: answer["before"] ?? .null)
    } catch {
      throw Refusal(error.description, .failed)
    }
    if command.flag("json") {
      program.output.json(answer)
    } else {
      program.output.line(
        "\(TerminalText.escaped(address.description)): \(key) \(value.compactText) in \(TerminalText.escaped(file))")
    }
    return .done
  }

  /// By whoever holds the project, else here and now.
  private func makeAgain(_ shot: String, _ inquiry: Inquiry, _ command: ParsedCommand) async throws(Refusal) -> ExitCode
  {
    do throws(Refusal) {
      _ = try inquiry.ask(ControlCall("again", ["shot": .string(shot)]), .holderOnly)
      return .done
    } catch {
      if error.code != .noWatcher { throw error }
    }
    var options = ProjectLoop.Options(mode: .make(shots: [shot]), version: ReelProgram.version)
    options.again = shot
    return try await MakeCommand(program: program).run(options, inquiry.project, isJSON: command.flag("json"))
  }
}
