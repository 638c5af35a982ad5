internal import Arguments
internal import Basics
internal import JSONText
internal import Studio

/// `reel check`: every problem in the files, with its place and its fix.
struct CheckCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let answer = try program.inquiry(command, directory: command.argument("DIR")).ask(ControlCall("check"))
    let problems = (answer["problems"]?.array ?? []).compactMap { Diagnostic(json: $0) }
    if command.flag("json") {
      program.output.json(answer)
    } else {
      let text = DiagnosticText(output: program.output)
      for problem in problems { program.output.line(text.text(problem) + "\n") }
      program.output.line(Self.summary(problems))
    }
    return problems.contains { $0.severity != .note } ? .pending : .done
  }

  static func summary(_ problems: [Diagnostic]) -> String {
    let errors = problems.filter { $0.severity == .error }.count
    let warnings = problems.filter { $0.severity == .warning }.count
    if errors + warnings == 0 { return "No problems in the files." }
    return [errors > 0 ? count(errors, "error") : nil, warnings > 0 ? count(warnings, "warning") : nil].compactMap {
      $0
    }
    .joined(separator: ", ") + "."
  }
}
