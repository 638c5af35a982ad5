internal import Arguments
internal import Basics
internal import JSONText
internal import Studio

/// `reel plan`: what would be generated and why.
struct PlanCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let answer = try program.inquiry(command, directory: command.argument("DIR")).ask(ControlCall("plan"))
    let jobs = answer["jobs"]?.array ?? []
    let restores = answer["restores"]?.array ?? []
    if command.flag("json") {
      program.output.json(answer)
    } else {
      let waits = (answer["waits"]?.array ?? []).compactMap { $0["message"]?.string }
      for line in Self.text(jobs, restores, problems: answer["problems"]?.array ?? [], waits: waits) {
        program.output.line(line)
      }
      if let pointers = answer["pointers"]?["message"]?.string, !pointers.isEmpty { program.output.line(pointers) }
      if answer["paused"]?.bool == true { program.output.line(StudioEvent.pausedSentence) }
    }
    return jobs.isEmpty && restores.isEmpty ? .done : .pending
  }

  static func text(_ jobs: [JSON], _ restores: [JSON], problems: [JSON], waits: [String] = []) -> [String] {
    var lines: [String] = []
    let errors = problems.filter { $0["severity"]?.string == "error" }.count
    if jobs.isEmpty && restores.isEmpty {
      lines.append(errors > 0 ? "Nothing to do for what can be read." : "Nothing to do.")
    } else {
      let cached = restores.count { $0["from"]?.string == "cache" }
      let copied = restores.count - cached
      lines.append(
        count(jobs.count, "job") + (copied > 0 ? ", \(copied) to be copied from another shot" : "")
          + (cached > 0 ? ", \(cached) to be restored from the cache" : "") + ":")
      lines.append("")
      let rows = jobs.map { Self.row($0) } + restores.map { Self.row($0, Self.origin($0["from"]?.string ?? "")) }
      lines += TextTable.lines(rows).map { "  \($0)" }
      let canStart = !restores.isEmpty || jobs.contains { $0["state"]?.string != "waiting" }
      lines.append("")
      lines.append(
        canStart
          ? "reel make generates what is missing; reel watch does so and keeps watching."
          : "None of them can start before what it waits for is there.")
      lines += waits
    }
    if errors > 0 {
      lines.append("\(count(errors, "error")) in the files: reel check shows them.")
    }
    return lines
  }

  private static func origin(_ from: String) -> String {
    from == "cache" ? "restored from the cache" : "copied from \(from)"
  }

  private static func row(_ entry: JSON, _ reason: String? = nil) -> [String] {
    let state = entry["state"]?.string.flatMap { ["missing", "stale"].contains($0) ? nil : $0 }
    return [
      TerminalText.escaped(entry["shot"]?.string ?? ""), entry["kind"]?.string ?? "",
      TerminalText.escaped(entry["engine"]?.string ?? ""),
      (state.map { "\($0): " } ?? "") + TerminalText.escaped(reason ?? entry["reason"]?.string ?? "")
        + (entry["waits"]?["command"]?.string.map { " (\($0))" } ?? ""),
    ]
  }
}

/// Rows whose columns stand below each other.
enum TextTable {
  /// The last column is not filled up.
  static func lines(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { index, cell in
        index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
      }.joined(separator: "  ")
    }
  }
}
