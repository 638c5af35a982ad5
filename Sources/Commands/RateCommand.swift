internal import Arguments
internal import Basics
internal import JSONText
internal import ProjectFiles
internal import Studio

/// `reel like`, `reel dislike` and `reel unrate`: what this person thinks of takes, into this person's file.
struct RateCommand {
  enum Verb {
    case like
    case dislike
    case unrate
  }

  let program: ReelProgram
  let verb: Verb

  func run(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command)
    let takes = try program.takes(command, inquiry)
    let person = await GitIdentity.person(in: inquiry.project)
    let folder = try program.folder(inquiry)
    do throws(RatingsEditError) {
      try RatingsEdit(folder, person).change(takes.map(\.path), to: change(command))
    } catch {
      throw Refusal(error.description, .failed)
    }
    if command.flag("json") {
      let value: JSON =
        switch verb {
        case .like: 1
        case .dislike: -1
        case .unrate: .null
        }
      program.output.json([
        "version": 1, "file": .string(person.file.string), "person": .string(person.name),
        "takes": .array(takes.map { ["file": .string($0.path.string), "rating": value] }),
      ])
    } else {
      for take in takes { program.output.line("\(word) \(take.shown) (\(person.file))") }
    }
    return .done
  }

  private func change(_ command: ParsedCommand) -> Ratings.Change {
    switch verb {
    case .like: .rate(.liked, note: command.value("note"))
    case .dislike: .rate(.disliked, note: command.value("note"))
    case .unrate: .unrate
    }
  }

  private var word: String {
    switch verb {
    case .like: "liked"
    case .dislike: "disliked"
    case .unrate: "not rated any more:"
    }
  }
}
