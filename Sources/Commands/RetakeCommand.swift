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
    let said = try inquiry.edit { () throws(Refusal) in
      try Said(inquiry.ask(ControlCall("retake", ["shot": .string(shot), "sameSeed": .bool(isSame)])))
    } by: { said, folder throws(SequenceEditError) in
      if case .number(let number) = said.answer {
        try SequenceEdit(folder: folder, address: number.address).set(number.key, to: number.value, from: number.before)
      }
      return said
    }
    switch said.answer {
    case .again(let again): return try await makeAgain(again, inquiry, command)
    case .number(let number):
      if command.flag("json") {
        program.output.json(said.json)
      } else {
        let shot = TerminalText.escaped(number.address.description)
        program.output.line(
          "\(shot): \(number.key) \(number.value.compactText) in \(TerminalText.escaped(number.file))")
      }
      return .done
    }
  }

  /// What the holder says of a retake.
  private struct Said {
    enum Answer {
      /// There is no number to change: the shot is made again as it is.
      case again(String)
      case number(Number)
    }

    struct Number {
      var address: ShotAddress
      var file: String
      var key: String
      var value: JSON
      var before: JSON
    }

    let json: JSON
    let answer: Answer

    init(_ json: JSON) throws(Refusal) {
      self.json = json
      if let again = json["again"]?.string {
        answer = .again(again)
        return
      }
      guard let address = json["shot"]?.string.flatMap({ ShotAddress($0) }), let file = json["file"]?.string,
        let key = json["key"]?.string, let value = json["value"]
      else { throw Refusal("the process that holds this project gave no answer that this reel understands", .failed) }
      answer = .number(
        Number(address: address, file: file, key: key, value: value, before: json["before"] ?? .null))
    }
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
