internal import Arguments
internal import Basics
internal import JSONText
internal import ProjectFiles
internal import Studio

/// `reel pick TAKE`: writes into the sequence file which take its shot uses.
struct PickCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command)
    guard let take = try program.takes(command, inquiry).first else { return .done }
    guard let address = take.address, address.shot != nil else {
      throw Refusal("\(take.shown) belongs to no shot that is there: nothing could use it", .failed)
    }
    if take.isRemoved {
      throw Refusal("\(take.shown) lies in the trash", .failed, hint: "reel restore \(take.shown) brings it back first")
    }
    if !take.isHere { throw Refusal("\(take.shown) is not there", .failed) }
    let file: ProjectPath
    do throws(SequenceEditError) {
      let folder = try SequenceEdit.open(inquiry.project)
      file = try SequenceEdit(folder: folder, address: address).pick(take.path.name, for: take.kind, from: take.pick)
    } catch {
      throw Refusal(error.description, .failed)
    }
    let shot = TerminalText.escaped(address.description)
    if command.flag("json") {
      program.output.json([
        "version": 1, "file": .string(file.string), "shot": .string(address.description),
        "kind": .string(take.kind.name), "take": .string(take.path.name),
      ])
    } else {
      program.output.line(
        "\(shot): pick of \(take.kind) \(TerminalText.escaped(take.path.name)) in \(TerminalText.escaped(file.string))")
    }
    return .done
  }
}

/// `reel unpick SHOT [KIND]`: takes picks out of the sequence file.
struct UnpickCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command)
    let shot = command.argument("SHOT") ?? ""
    let answer = try inquiry.ask(ControlCall("picks", ["shot": .string(shot)]))
    guard let address = answer["shot"]?.string.flatMap({ ShotAddress($0) }) else {
      throw Refusal("the process that holds this project gave no answer that this reel understands", .failed)
    }
    let asked = command.argument("KIND")
    var picks: [Kind: String] = [:]
    for (name, file) in answer["picks"]?.object ?? [:] where asked == nil || asked == name {
      if let kind = Kind(name) { picks[kind] = file.string }
    }
    let name = TerminalText.escaped(address.description)
    if picks.isEmpty {
      throw Refusal(
        "\(name) has no pick\(asked.map { " of its \($0)" } ?? ""): it uses the take of its recipe", .failed)
    }
    let file: ProjectPath
    do throws(SequenceEditError) {
      let folder = try SequenceEdit.open(inquiry.project)
      file = try SequenceEdit(folder: folder, address: address).unpick(picks)
    } catch {
      throw Refusal(error.description, .failed)
    }
    let kinds = picks.keys.sorted()
    if command.flag("json") {
      program.output.json([
        "version": 1, "file": .string(file.string), "shot": .string(address.description),
        "kinds": .array(kinds.map { .string($0.name) }),
      ])
    } else {
      for kind in kinds {
        program.output.line("\(name): no pick of \(kind) in \(TerminalText.escaped(file.string)) any more")
      }
    }
    return .done
  }
}
