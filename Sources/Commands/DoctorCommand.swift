internal import Arguments
internal import Basics
internal import JSONText
internal import Studio

/// `reel doctor`: what may stand in the way on this machine and in this project, each with its fix.
struct DoctorCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    var findings: [Finding] = []
    // Also without a project there is something to look at.
    let inquiry: Inquiry?
    do throws(Refusal) {
      inquiry = try program.inquiry(command, directory: command.argument("DIR"))
    } catch {
      if error.code != .noProject || command.argument("DIR") != nil { throw error }
      inquiry = nil
    }
    findings += MachineFindings.programs()
    findings += MachineFindings.libraries()
    if let inquiry {
      findings += await ProjectFindings(inquiry: inquiry).all()
      await program.stopEngines()
    } else {
      findings += MachineFindings.inotify(folders: nil)
      findings.append(Finding("project", .ok, "none here", fix: "reel init makes one"))
    }
    if command.flag("json") {
      program.output.json(["version": 1, "findings": .array(findings.map(\.json))])
    } else {
      for line in Self.text(findings, program.output) { program.output.line(line) }
    }
    return findings.contains { $0.state == .error } ? .pending : .done
  }

  private static func text(_ findings: [Finding], _ output: Output) -> [String] {
    let width = findings.map(\.subject.count).max() ?? 0
    var lines: [String] = []
    for finding in findings {
      let mark: String =
        switch finding.state {
        case .ok: output.coloured("ok     ", .green)
        case .warning: output.coloured("warning", .yellow)
        case .error: output.coloured("error  ", .red, .bold)
        }
      let subject = finding.subject + String(repeating: " ", count: width - finding.subject.count)
      lines.append("\(mark)  \(subject)  \(finding.detail)")
      if let fix = finding.fix { lines.append("         \(String(repeating: " ", count: width))  fix: \(fix)") }
    }
    let errors = findings.count { $0.state == .error }
    let warnings = findings.count { $0.state == .warning }
    let words = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map { count($0.0, $0.1) }
    return lines + ["", words.isEmpty ? "Nothing stands in the way." : words.joined(separator: ", ")]
  }
}
