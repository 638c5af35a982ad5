internal import Arguments
internal import Basics
internal import JSONText
internal import Studio

/// `reel why SHOT`: the recipe now against the take's, field by field, and what follows.
struct WhyCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let shot = command.argument("SHOT") ?? ""
    let answer = try program.inquiry(command).ask(ControlCall("why", ["shot": .string(shot)]))
    if command.flag("json") {
      program.output.json(answer)
    } else {
      for (index, shot) in (answer["shots"]?.array ?? [answer]).enumerated() {
        if index > 0 { program.output.line("") }
        for line in text(shot) { program.output.line(line) }
      }
    }
    return .done
  }

  private func text(_ answer: JSON) -> [String] {
    let name = TerminalText.escaped(answer["shot"]?.string ?? "")
    var lines = ["\(name): \(Self.words(answer["state"]?.string ?? ""))"]
    for kind in answer["kinds"]?.array ?? [] { lines += [""] + self.kind(kind) }
    if answer["held"]?.bool == true { lines += ["", "`hold` stands in its file: nothing is generated for it."] }
    let problems = (answer["problems"]?.array ?? []).compactMap { Diagnostic(json: $0) }
    for problem in problems { lines += ["", DiagnosticText(output: program.output).text(problem)] }
    return lines
  }

  private func kind(_ kind: JSON) -> [String] {
    var lines = [
      "\(kind["kind"]?.string ?? "") by \(TerminalText.escaped(kind["engine"]?.string ?? "")): \(TerminalText.escaped(kind["reason"]?.string ?? ""))"
    ]
    if let message = kind["message"]?.string { lines.append("  \(TerminalText.escaped(message))") }
    if let take = kind["take"]?.string {
      let edited = kind["edited"]?.bool == true ? ", edited by hand" : ""
      lines.append("  take  \(TerminalText.escaped(take))\(edited)")
    }
    if let fingerprint = kind["fingerprint"]?.string { lines.append("  wants \(fingerprint)") }
    let hasTake = kind["take"]?.string != nil
    for field in kind["fields"]?.array ?? [] {
      let name = TerminalText.escaped(field["field"]?.string ?? "")
      if field["differs"]?.bool == true, hasTake {
        for change in field["changes"]?.array ?? [] {
          lines.append(program.output.coloured("  ~ \(TerminalText.escaped(change.string ?? ""))", .yellow))
        }
      } else if name == "references" {
        lines.append("    \(name):")
        for (path, digest) in zip(kind["references"]?.array ?? [], field["now"]?.array ?? []) {
          lines.append("      \(TerminalText.escaped(path.string ?? ""))  \((digest.string ?? "").prefix(15))…")
        }
      } else {
        lines.append("    \(name): \(Self.shown(field["now"]))")
      }
    }
    return lines
  }

  private static func shown(_ value: JSON?) -> String {
    switch value {
    case .string(let text)?: "\"\(TerminalText.shortened(text, to: 100))\""
    case .null?, nil: "(not there)"
    case let value?: TerminalText.shortened(value.compactText, to: 100)
    }
  }

  private static func words(_ state: String) -> String {
    switch state {
    case "fresh": "up to date"
    case "stale": "changed since its take"
    case "missing": "without a take"
    default: state
    }
  }
}
