internal import Arguments
internal import Basics
internal import Glibc
internal import JSONText
internal import ProjectFiles
internal import Studio

/// A take that a person named on the command line.
struct TakeReference {
  let text: String
  /// As a path in the project, seen from where the person is; nil when it leads out of the project.
  let path: ProjectPath?

  /// - Parameters:
  ///   - base: the folder from which paths are meant.
  ///   - project: the project's folder, without links.
  init(_ text: String, from base: String, in project: String) {
    self.text = text
    let folder = realpath(base, nil).map { pointer in
      defer { free(pointer) }
      return String(cString: pointer)
    }
    let whole = text.hasPrefix("/") ? text : "\(folder ?? base)/\(text)"
    path = Self.relative(Self.normal(whole), to: Self.normal(project))
  }

  var call: ControlCall {
    var fields: JSONObject = ["take": .string(text)]
    if let path { fields["path"] = .string(path.string) }
    return ControlCall("take", fields)
  }

  /// Without `.`, `..` and empty parts, by the letters alone: the file itself may lie in the trash.
  private static func normal(_ path: String) -> [Substring] {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }

  private static func relative(_ path: [Substring], to project: [Substring]) -> ProjectPath? {
    guard path.count > project.count, path.starts(with: project) else { return nil }
    return try? ProjectPath(written: path.dropFirst(project.count).joined(separator: "/"))
  }
}

/// What the process that holds a project, or a look at it, says of a take: see `Standing.takeAnswer`.
struct NamedTake {
  let path: ProjectPath
  let kind: Kind
  let address: ShotAddress?
  let isRemoved: Bool
  let isHere: Bool
  /// The shots that are told to use it.
  let picks: [ShotAddress]
  /// What its own shot is told to use for its kind.
  let pick: String?

  init?(_ answer: JSON) {
    guard let file = answer["file"]?.string, let kind = answer["kind"]?.string.flatMap({ Kind($0) }) else { return nil }
    path = ProjectPath(trusted: file)
    self.kind = kind
    address = answer["shot"]?.string.flatMap { ShotAddress($0) }
    isRemoved = answer["removed"]?.bool ?? false
    isHere = answer["presence"]?.string != "absent"
    picks = (answer["picks"]?.array ?? []).compactMap { $0.string.flatMap { ShotAddress($0) } }
    pick = answer["pick"]?.string
  }

  /// The path, safe to print.
  var shown: String { TerminalText.escaped(path.string) }
}

extension ReelProgram {
  func reference(_ text: String, _ command: ParsedCommand, _ inquiry: Inquiry) -> TakeReference {
    TakeReference(text, from: command.value("directory") ?? ".", in: inquiry.project)
  }

  /// All takes that a command names, each once, before anything is done to the first.
  func takes(_ command: ParsedCommand, _ inquiry: Inquiry) throws(Refusal) -> [NamedTake] {
    var found: [NamedTake] = []
    for text in command.arguments("TAKE") {
      guard let take = NamedTake(try inquiry.ask(reference(text, command, inquiry).call)) else {
        throw Refusal("the process that holds this project gave no answer that this reel understands", .failed)
      }
      if !found.contains(where: { $0.path == take.path }) { found.append(take) }
    }
    return found
  }

  func folder(_ inquiry: Inquiry) throws(Refusal) -> Folder {
    do throws(FileError) {
      return try Folder(opening: inquiry.project)
    } catch {
      throw Refusal(error.description, .noProject)
    }
  }
}
