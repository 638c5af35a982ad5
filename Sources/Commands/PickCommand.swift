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
    let (picked, file) = try inquiry.edit { () throws(Refusal) in
      try pickable(command, inquiry)
    } by: { (picked: Pickable, folder) throws(SequenceEditError) -> (Pickable, ProjectPath) in
      let edit = SequenceEdit(folder: folder, address: picked.address)
      return (picked, try edit.pick(picked.take.path.name, for: picked.take.kind, from: picked.take.pick))
    }
    let (address, take) = picked
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

  /// A take, and the shot that can use it.
  private typealias Pickable = (address: ShotAddress, take: NamedTake)

  private func pickable(_ command: ParsedCommand, _ inquiry: Inquiry) throws(Refusal) -> Pickable {
    guard let take = try program.takes(command, inquiry).first else {
      preconditionFailure("Internal inconsistency: `pick` was parsed without its take")
    }
    guard let address = take.address, address.shot != nil else {
      throw Refusal("\(take.shown) belongs to no shot that is there: nothing could use it", .failed)
    }
    if take.isRemoved {
      throw Refusal("\(take.shown) lies in the trash", .failed, hint: "reel restore \(take.shown) brings it back first")
    }
    if !take.isHere { throw Refusal("\(take.shown) is not there", .failed) }
    return (address, take)
  }
}

/// `reel unpick SHOT [KIND]`: takes picks out of the sequence file.
struct UnpickCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command)
    let shot = command.argument("SHOT") ?? ""
    let asked = command.argument("KIND")
    let (found, file) = try inquiry.edit { () throws(Refusal) in
      try picks(of: shot, asked, inquiry)
    } by: { (found: Picks, folder) throws(SequenceEditError) -> (Picks, ProjectPath) in
      if found.picks.isEmpty {
        let name = TerminalText.escaped(found.address.description)
        let kind = asked.map { " of its \(TerminalText.escaped($0))" } ?? ""
        // There may be one that the watcher has not read yet.
        throw SequenceEditError("\(name) has no pick\(kind): it uses the take of its recipe", isLate: true)
      }
      return (found, try SequenceEdit(folder: folder, address: found.address).unpick(found.picks))
    }
    let name = TerminalText.escaped(found.address.description)
    let kinds = found.picks.keys.sorted()
    if command.flag("json") {
      program.output.json([
        "version": 1, "file": .string(file.string), "shot": .string(found.address.description),
        "kinds": .array(kinds.map { .string($0.name) }),
      ])
    } else {
      for kind in kinds {
        program.output.line("\(name): no pick of \(kind) in \(TerminalText.escaped(file.string)) any more")
      }
    }
    return .done
  }

  /// A shot, and the file names that are picked for its kinds.
  private typealias Picks = (address: ShotAddress, picks: [Kind: String])

  private func picks(of shot: String, _ asked: String?, _ inquiry: Inquiry) throws(Refusal) -> Picks {
    let answer = try inquiry.ask(ControlCall("picks", ["shot": .string(shot)]))
    guard let address = answer["shot"]?.string.flatMap({ ShotAddress($0) }) else {
      throw Refusal("the process that holds this project gave no answer that this reel understands", .failed)
    }
    var picks: [Kind: String] = [:]
    for (name, file) in answer["picks"]?.object ?? [:] where asked == nil || asked == name {
      if let kind = Kind(name) { picks[kind] = file.string }
    }
    return (address, picks)
  }
}
