internal import Arguments
internal import Basics
internal import Glibc
internal import JSONText
internal import Studio

/// `reel open`: shows the page of the running watcher in a browser.
struct OpenCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command, directory: command.argument("DIR"))
    let answer: JSON
    do throws(Refusal) {
      answer = try inquiry.ask(ControlCall("page"), .holderOnly)
    } catch {
      if error.code == .noWatcher { throw error }
      throw Refusal("the reel that is at work here serves no page", .failed, hint: "reel watch without --no-page does")
    }
    guard let url = answer["url"]?.string, let address = answer["address"]?.string else {
      throw Refusal("the process that holds this project gave no answer that this reel understands", .failed)
    }
    if command.flag("json") {
      program.output.json(["version": 1, "url": .string(url)])
    } else if command.flag("print") {
      program.output.line(url)
    } else {
      try await show(url, of: inquiry.project)
      program.output.line("opened \(address)")
    }
    return .done
  }

  /// By way of a file that only this user can read: what stands in a program's arguments everyone on the machine can.
  private func show(_ url: String, of project: String) async throws(Refusal) {
    guard let browser = Programs.find("xdg-open") else {
      throw Refusal("there is no xdg-open to open a browser with", .failed, hint: "reel open --print says the address")
    }
    let text = """
      <!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=\(url)"><title>Reelwright</title>
      <a href="\(url)">To the page</a>

      """
    let place: String
    do throws(FileError) {
      let places = try StateFolders(of: try Folder(opening: project))
      let folder = try Folder(opening: places.state)
      try folder.removeFile("open.html")
      _ = try AtomicFile.write(to: "open.html", in: folder, existing: .replace, mode: 0o600) { file throws(FileError) in
        try file.writeAll(text.utf8, path: "open.html")
      }
      place = "\(places.state)/open.html"
      let child = try ChildProcess(
        starting: browser, arguments: [place], input: .null, output: .null, error: .null, inOwnSession: true)
      // It hands over to a browser that runs, and ends; or it is the browser.
      for _ in 0..<20 where child.exit == nil { try? await Task.sleep(for: .milliseconds(50)) }
      if let exit = child.exit, !exit.isSuccess {
        throw FileError(code: ECANCELED, action: "open with xdg-open", path: place)
      }
    } catch {
      throw Refusal(error.description, .failed, hint: "reel open --print says the address")
    }
  }
}
