internal import Arguments
internal import Basics
internal import JSONText
internal import ProjectFiles
internal import Studio

/// `reel takes`: the takes of shots, of a sequence or of the project.
struct TakesCommand {
  let program: ReelProgram

  func run(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    let inquiry = try program.inquiry(command)
    let shots = command.arguments("SHOT")
    let search = command.value("search")
    let person = await GitIdentity.person(in: inquiry.project)
    var fields: JSONObject = ["person": .string(person.name)]
    if !shots.isEmpty { fields["shots"] = .array(shots.map { .string($0) }) }
    for name in ["liked", "disliked", "removed"] where command.flag(name) { fields[name] = true }
    for name in ["sequence", "kind"] { fields[name] = command.value(name).map { .string($0) } }
    var answer = try inquiry.ask(ControlCall("takes", fields)).object ?? [:]
    // Prompts are in the sidecars: they are read where they are looked for, and for a few shots.
    if search != nil || !shots.isEmpty {
      let found = TakeSearch(try program.folder(inquiry), for: search ?? "").filter(answer["takes"]?.array ?? [])
      answer["takes"] = .array(found)
    }
    if command.flag("json") {
      program.output.json(.object(answer))
      return .done
    }
    let isFiltered = search != nil || fields.count > (shots.isEmpty ? 1 : 2)
    for line in Self.text(answer["takes"]?.array ?? [], of: person.name, isFiltered) { program.output.line(line) }
    return .done
  }

  /// - Parameter person: whose ratings stand without a name.
  static func text(_ takes: [JSON], of person: String, _ isFiltered: Bool) -> [String] {
    if takes.isEmpty { return [isFiltered ? "No such takes." : "No takes yet."] }
    return TextTable.lines(
      takes.map { take in
        let ratings = (take["ratings"]?.array ?? []).map { rating($0, of: person) }
        return [
          take["used"]?.bool == true ? "*" : " ", TerminalText.escaped(take["shot"]?.string ?? "(no shot)"),
          take["kind"]?.string ?? "", state(take),
          ([TerminalText.escaped(take["file"]?.string ?? "")] + ratings).joined(separator: "  "),
        ]
      })
  }

  /// `current`, `older, edited`, `yours`, …
  private static func state(_ take: JSON) -> String {
    var words: [String]
    if take["fingerprint"]?.isNull ?? true {
      words = ["yours"]
    } else {
      words = [take["fresh"]?.bool == true ? "current" : "older"]
    }
    if take["edited"]?.bool == true { words.append("edited") }
    if take["removed"]?.bool == true { return "removed" }
    switch take["presence"]?.string {
    case "pointer": words.append("not here yet")
    case "absent": words.append("gone")
    default: break
    }
    return words.joined(separator: ", ")
  }

  /// `liked "the fog!"`, of others `tom@example.org dislikes it`.
  private static func rating(_ rating: JSON, of person: String) -> String {
    let isLiked = rating["value"]?.int == 1
    let name = rating["person"]?.string ?? ""
    let opinion =
      name == person
      ? (isLiked ? "liked" : "disliked") : "\(TerminalText.escaped(name)) \(isLiked ? "likes" : "dislikes") it"
    return opinion + (rating["note"]?.string.map { " \"\(TerminalText.shortened($0, to: 100))\"" } ?? "")
  }
}
