internal import Arguments
internal import Basics
internal import JSONText
internal import ProjectFiles
internal import Studio

/// `reel hold SHOT...` and `reel release SHOT...`: whether anything is generated for a shot, as its sequence file says.
struct HoldCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let isHeld = command.name == "hold"
    let inquiry = try program.inquiry(command)
    let (shots, changed) = try inquiry.edit { () throws(Refusal) in
      let answer = try inquiry.ask(ControlCall(command.name, command.shots))
      return (answer["shots"]?.array ?? []).compactMap { entry -> (address: ShotAddress, isHeld: Bool)? in
        guard let address = entry["shot"]?.string.flatMap({ ShotAddress($0) }) else { return nil }
        return (address, entry["held"]?.bool ?? false)
      }
    } by: { shots, folder throws(SequenceEditError) in
      (shots, try SequenceEdit.setHold(isHeld, of: shots, in: folder))
    }
    if command.flag("json") {
      let names = changed.map { JSON.string($0.description) }
      program.output.json(["version": 1, "held": .bool(isHeld), "changed": .array(names)])
    } else {
      for shot in shots {
        let name = TerminalText.escaped(shot.address.description)
        program.output.line(
          changed.contains(shot.address)
            ? (isHeld ? "\(name) is held: nothing is generated for it until reel release." : "\(name) is released.")
            : (isHeld ? "\(name) is held already." : "\(name) is not held."))
      }
    }
    return .done
  }
}
