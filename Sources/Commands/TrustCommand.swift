internal import Arguments
internal import Basics
internal import JSONText
internal import Studio

/// `reel trust [ENGINE]`: lets engines run as they are defined now, and shows what that is.
struct TrustCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command)
    var fields: JSONObject = [:]
    if let engine = command.argument("ENGINE") { fields["engine"] = .string(engine) }
    var answer = try inquiry.ask(ControlCall("trust", fields))
    let new = Self.untrusted(answer)
    if !command.flag("json") { tell(answer, isShowing: command.flag("show")) }
    if !new.isEmpty, !command.flag("show") {
      // By the hash of what was shown: what changed in between is not trusted.
      fields["accept"] = .array(
        new.map { ["name": $0["name"] ?? .null, "digest": $0["digest"] ?? .null] })
      answer = try inquiry.ask(ControlCall("trust", fields))
      if !command.flag("json") { tellTrusted(new) }
    }
    if command.flag("json") { program.output.json(answer) }
    return command.flag("show") && !new.isEmpty ? .pending : .done
  }

  private static func untrusted(_ answer: JSON) -> [JSON] {
    (answer["engines"]?.array ?? []).filter { $0["state"]?.string == "untrusted" }
  }

  private func tell(_ answer: JSON, isShowing: Bool) {
    let engines = answer["engines"]?.array ?? []
    if engines.isEmpty {
      return program.output.line("Nothing to trust: this project uses built-in engines only.")
    }
    for engine in engines {
      for line in Self.text(engine) { program.output.line(line) }
      program.output.line()
    }
    let new = Self.untrusted(answer)
    if new.isEmpty { program.output.line("All of them are trusted.") }
    if isShowing, !new.isEmpty {
      program.output.line("Nothing was trusted. reel trust lets \(new.count == 1 ? "it" : "them") run as shown.")
    }
  }

  /// What it is and what it does, all of it as strangers may have written it.
  static func text(_ engine: JSON) -> [String] {
    let words =
      switch engine["state"]?.string {
      case "own": "your own, from your config.json: trusted"
      case "trusted": "trusted"
      default: "not trusted"
      }
    let facts = (engine["facts"]?.array ?? []).map { fact in
      [
        TerminalText.escaped(fact["name"]?.string ?? ""), TerminalText.escaped(fact["value"]?.string ?? ""),
      ]
    }
    return ["\(TerminalText.escaped(engine["name"]?.string ?? "")): \(words)"]
      + TextTable.lines(facts).map { "  \($0)" }
  }

  private func tellTrusted(_ engines: [JSON]) {
    let names = engines.map { TerminalText.escaped($0["name"]?.string ?? "") }.joined(separator: ", ")
    program.output.line("Trusted from now on, as shown: \(names). A change of it asks again.")
  }
}
