internal import Arguments
internal import Basics
internal import Glibc
internal import JSONText
internal import Studio

/// `reel init`: a small working project.
struct InitCommand {
  let program: ReelProgram

  /// Where the files of the new project stand in this repository. Names that begin with a dot are kept as `dot-…`, so that git
  /// and editors do not heed them there.
  private static let sources = ["starter/", "sample-project/"]

  private static var files: [(path: ProjectPath, bytes: [UInt8])] {
    Asset.all.compactMap { asset in
      guard let source = sources.first(where: { asset.name.hasPrefix($0) }) else { return nil }
      let name = String(asset.name.dropFirst(source.count))
      return (ProjectPath(trusted: name.hasPrefix("dot-") ? ".\(name.dropFirst(4))" : name), asset.bytes)
    }
  }

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let directory = ReelProgram.path(command.argument("DIR") ?? ".", below: command.value("directory"))
    do throws(FileError) {
      try Self.makeFolders(directory)
      let folder = try Folder(opening: directory)
      if try folder.look(at: "project.json") != nil {
        throw FileError(code: EEXIST, action: "make a project in", path: folder.path)
      }
      let hasLFS = LargeFiles.isThere
      // project.json comes last: with it the folder is a project.
      let last: ProjectPath = "project.json"
      for file in Self.files.filter({ $0.path != last }) + Self.files.filter({ $0.path == last }) {
        if let parent = file.path.parent { try folder.makeFolder(parent) }
        let bytes = file.path == ".gitattributes" && hasLFS ? LargeFiles.activated(file.bytes) : file.bytes
        try AtomicFile.writeIfFree(bytes, to: file.path, in: folder)
      }
      EditorFiles.place(in: folder.path)
      for name in ["library", "workflows", "inbox"] { try folder.makeFolder(ProjectPath(trusted: name)) }
    } catch {
      if error.code == EEXIST {
        throw Refusal(
          "there is a project already in \(TerminalText.escaped(error.path))", .failed,
          hint: "reel watch \(TerminalText.escaped(directory)) works on it")
      }
      throw Refusal("\(error)", .failed)
    }
    do throws(SessionError) {
      try Session.noteMadeHere(directory)
    } catch {
      program.output.line("reel: that it was made here could not be noted, so reel trust will ask: \(error)", to: .talk)
    }
    if command.flag("json") {
      program.output.json(["version": 1, "project": .string(directory)])
    } else {
      tell(directory)
    }
    return .done
  }

  private func tell(_ directory: String) {
    let shown = TerminalText.escaped(directory)
    let watch = directory == "." ? "reel watch" : "reel watch \(shown)"
    program.output.line("A small film is in \(directory == "." ? "this folder" : shown).")
    program.output.line()
    program.output.line("  \(watch)    draws a storyboard frame for each shot, then keeps watching")
    program.output.line()
    program.output.line("Then change a prompt in sequences/sequence_001.json with any editor and save.")
  }

  /// Like `mkdir -p`.
  private static func makeFolders(_ path: String) throws(FileError) {
    if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    let code = errno
    guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw FileError(code: code, action: "make the folder", path: path)
    }
    try makeFolders(String(path[..<slash]))
    if mkdir(path, 0o755) != 0, errno != EEXIST { throw FileError(code: errno, action: "make the folder", path: path) }
  }
}
