internal import Arguments
internal import Basics
internal import JSONText
internal import ProjectFiles
internal import Studio

/// `reel remove TAKE…`: puts takes into the trash.
struct RemoveCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command)
    let takes = try program.takes(command, inquiry)
    let isForced = command.flag("force")
    for take in takes where !isForced {
      guard let shot = take.picks.first else { continue }
      let name = TerminalText.escaped(shot.description)
      throw Refusal(
        "\(take.shown) is what \(name) is told to use; nothing was removed", .failed,
        hint: "reel unpick \(name) first, or --force, which takes the pick out, too")
    }
    // So that git does not see what lies in the trash, in a clone where no reel has run yet.
    EditorFiles.place(in: inquiry.project)
    let folder = try program.folder(inquiry)
    var done: [JSON] = []
    for take in takes {
      for shot in take.picks { try unpick(take, shot, folder) }
      do throws(TakeRemovalError) {
        let place = try TakeRemoval(folder).remove(take.path)
        done.append(["file": .string(take.path.string), "trash": place.map { .string($0.string) } ?? .null])
        if !command.flag("json") {
          program.output.line(
            place.map { "removed \(take.shown) (\(TerminalText.escaped($0.string)))" }
              ?? "removed \(take.shown), whose output was gone already")
        }
      } catch {
        throw Refusal(error.description, .failed, hint: error.hint)
      }
    }
    if command.flag("json") { program.output.json(["version": 1, "takes": .array(done)]) }
    return .done
  }

  private func unpick(_ take: NamedTake, _ shot: ShotAddress, _ folder: Folder) throws(Refusal) {
    do throws(SequenceEditError) {
      try SequenceEdit(folder: folder, address: shot).unpick(of: take.path.name)
    } catch {
      throw Refusal(error.description, .failed)
    }
  }
}

/// `reel restore TAKE…`: brings takes back from the trash.
struct RestoreCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command)
    let folder = try program.folder(inquiry)
    let items = Trash(folder).items.map(\.path)
    var paths: [ProjectPath] = []
    for text in command.arguments("TAKE") {
      let reference = program.reference(text, command, inquiry)
      var path = try inTrash(reference, items)
      if path == nil { path = try named(reference, inquiry) }
      if let path, !paths.contains(path) { paths.append(path) }
    }
    var done: [JSON] = []
    for path in paths {
      do throws(TakeRemovalError) {
        let place = try TakeRemoval(folder).restore(path)
        done.append(["file": .string(path.string), "trash": place.map { .string($0.string) } ?? .null])
        if !command.flag("json") {
          let name = TerminalText.escaped(path.string)
          program.output.line(place == nil ? "\(name) was there; it is not removed any more" : "restored \(name)")
        }
      } catch {
        throw Refusal(error.description, .failed, hint: error.hint)
      }
    }
    if command.flag("json") { program.output.json(["version": 1, "takes": .array(done)]) }
    return .done
  }

  /// By a path, or a file name that only one path in the trash has: a take without a sidecar is known to nobody else.
  private func inTrash(_ reference: TakeReference, _ items: [ProjectPath]) throws(Refusal) -> ProjectPath? {
    let written = [reference.path, try? ProjectPath(written: reference.text)].compactMap { $0 }
    if let path = written.first(where: { items.contains($0) }) { return path }
    let bearers = Set(items.filter { $0.nameBytes.elementsEqual(reference.text.utf8) }).sorted()
    if bearers.count > 1 {
      throw Refusal(
        "`\(TerminalText.escaped(reference.text))` may be several takes; write the path of one:"
          + bearers.map { "\n  \(TerminalText.escaped($0.string))" }.joined(), .usage)
    }
    return bearers.first
  }

  private func named(_ reference: TakeReference, _ inquiry: Inquiry) throws(Refusal) -> ProjectPath {
    guard let take = NamedTake(try inquiry.ask(reference.call)) else {
      throw Refusal("the process that holds this project gave no answer that this reel understands", .failed)
    }
    return take.path
  }
}
