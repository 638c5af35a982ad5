internal import Arguments
internal import Basics
internal import Cache
internal import Glibc
internal import JSONText
internal import ProjectFiles
internal import Studio

/// `reel gc`: what can be freed, and freeing it.
struct CollectCommand {
  let program: ReelProgram

  static let parts = Part.allCases.map(\.rawValue)

  /// What is freed, in the order in which it is said.
  enum Part: String, CaseIterable {
    case cache
    case trash
    case leftovers
    case takes
  }

  /// What there is to free.
  struct Finding {
    var cache: OutputCache.Sweep?
    var trash: [Waste.File]?
    var leftovers: [Waste.File]?
    var takes: [JSON]?
    /// What is left out, and why.
    var kept: [String] = []

    /// What a part comes to; nil when it was not asked for.
    func size(of part: Part) -> (count: Int, bytes: Int64)? {
      switch part {
      case .cache: cache.map { ($0.removedCount, $0.removedBytes) }
      case .trash: trash.map(Self.size)
      case .leftovers: leftovers.map(Self.size)
      case .takes: takes.map { ($0.count, $0.reduce(0) { $0 + Int64($1["bytes"]?.int ?? 0) }) }
      }
    }

    private static func size(_ files: [Waste.File]) -> (Int, Int64) {
      (files.count, files.reduce(0) { $0 + $1.bytes })
    }

    var isEmpty: Bool { Part.allCases.allSatisfy { (size(of: $0)?.count ?? 0) == 0 } }
  }

  func run(_ command: ParsedCommand) throws(Refusal) -> ExitCode {
    let inquiry: Inquiry?
    do throws(Refusal) {
      inquiry = try program.inquiry(command, directory: command.argument("DIR"))
    } catch {
      // The cache is the user's, wherever that user is.
      if error.code != .noProject || command.argument("DIR") != nil { throw error }
      inquiry = nil
    }
    let parts = Self.parts(command)
    let before = command.integer("older").map { FileStamp.now() - Int64($0) * 86_400 * 1_000_000_000 }
    let cache = Session.cache().cache
    let found = try find(parts, before, inquiry, cache)

    let isJSON = command.flag("json")
    if !isJSON { for line in Self.text(found, inquiry?.project) { program.output.line(line) } }
    let frees = !found.isEmpty && !command.flag("dry-run") && (command.flag("yes") || (!isJSON && ask()))
    var freed: Finding?
    if frees { freed = try free(found, before, inquiry, cache) }
    if isJSON {
      program.output.json(Self.json(found, freed: freed))
    } else if let freed {
      program.output.line(Self.summary(freed))
    } else if !found.isEmpty, !command.flag("dry-run"), !canAsk {
      program.output.line("reel gc --yes frees it.")
    }
    return .done
  }

  private static func parts(_ command: ParsedCommand) -> Set<Part> {
    let chosen = command.values("only").compactMap { Part(rawValue: $0) }
    var parts: Set<Part> = chosen.isEmpty ? [.cache, .trash, .leftovers] : Set(chosen)
    if command.flag("takes") { parts.insert(.takes) }
    return parts
  }

  // MARK: Finding and freeing

  private func find(
    _ parts: Set<Part>, _ before: Int64?, _ inquiry: Inquiry?, _ cache: OutputCache
  ) throws(Refusal) -> Finding {
    var found = Finding()
    if parts.contains(.cache) { found.cache = cache.survey(unusedSince: before) }
    guard let inquiry else { return found }
    let waste = Waste(in: try folder(inquiry), before: before)
    if parts.contains(.trash) { found.trash = waste.trash }
    if parts.contains(.leftovers) { found.leftovers = waste.leftovers }
    guard parts.contains(.takes) else { return found }
    let answer = try inquiry.ask(ControlCall("unneeded"))
    let age = before.map { (FileStamp.now() - $0) / 1_000_000_000 } ?? 0
    found.takes = (answer["takes"]?.array ?? []).filter { Int64($0["age"]?.int ?? 0) >= age }
    found.kept = (answer["kept"]?.array ?? []).compactMap(\.string)
    return found
  }

  private func folder(_ inquiry: Inquiry) throws(Refusal) -> Folder {
    do throws(FileError) {
      return try Folder(opening: inquiry.project)
    } catch {
      throw Refusal("\(error)", .unusable)
    }
  }

  /// - Returns: what was freed in fact.
  private func free(
    _ found: Finding, _ before: Int64?, _ inquiry: Inquiry?, _ cache: OutputCache
  ) throws(Refusal) -> Finding {
    var freed = Finding()
    if found.cache != nil { freed.cache = cache.clear(unusedSince: before) }
    guard let inquiry else { return freed }
    let folder = try folder(inquiry)
    do throws(FileError) {
      // Before takes come to the trash: those stay there until the next time.
      freed.trash = try found.trash.map { files throws(FileError) in try Waste.remove(files, in: folder) }
      freed.leftovers = try found.leftovers.map { files throws(FileError) in try Waste.remove(files, in: folder) }
      freed.takes = try found.takes.map { takes throws(FileError) in try Self.retire(takes, in: folder) }
    } catch {
      throw Refusal("\(error)", .failed)
    }
    return freed
  }

  private static func retire(_ takes: [JSON], in folder: Folder) throws(FileError) -> [JSON] {
    var retired: [JSON] = []
    for take in takes {
      guard let file = take["file"]?.string, let digest = take["sha256"]?.string.flatMap({ Digest(hex: $0) }) else {
        continue
      }
      if try TakeRetirement.retire(ProjectPath(trusted: file), holding: digest, in: folder) { retired.append(take) }
    }
    return retired
  }

  // MARK: Asking

  private var canAsk: Bool { program.output.isTerminal && isatty(STDIN_FILENO) == 1 }

  private func ask() -> Bool {
    guard canAsk else { return false }
    program.output.write("Go on? [y/N] ", to: .answer)
    guard let answer = readLine() else {
      program.output.line()
      return false
    }
    return ["y", "yes"].contains(answer.lowercased())
  }

  // MARK: Words

  static func text(_ found: Finding, _ project: String?) -> [String] {
    var lines: [String] = []
    if found.isEmpty {
      lines.append("Nothing to free.")
    } else {
      lines.append("To free" + (project.map { " (\(TerminalText.escaped($0)))" } ?? "") + ":")
      lines.append("")
      let rows = Part.allCases.compactMap { part -> [String]? in
        guard let size = found.size(of: part), size.count > 0 else { return nil }
        return [ByteText.text(Int(size.bytes)), words(part, size.count)]
      }
      let width = rows.map { $0[0].count }.max() ?? 0
      lines += rows.map { "  \(String(repeating: " ", count: width - $0[0].count))\($0[0])  \($0[1])" }
      let shown = (found.takes ?? []).prefix(20).map { TerminalText.escaped($0["file"]?.string ?? "") }
      lines += shown.map { "      \($0)" }
      if let count = found.takes?.count, count > shown.count { lines.append("      and \(count - shown.count) more") }
    }
    lines += found.kept.map { "kept: \(TerminalText.escaped($0))" }
    if !found.isEmpty { lines.append("") }
    return lines
  }

  private static func words(_ part: Part, _ number: Int) -> String {
    switch part {
    case .cache: "cache: \(count(number, "output")) of all your projects; what is wanted again is generated then"
    case .trash: "trash: \(count(number, "file")), which cannot be had back then"
    case .leftovers: "leftovers: \(count(number, "temporary file")) of runs that died"
    case .takes:
      "takes: \(count(number, "take")) that nothing needs; they go to the trash, which the next reel gc frees"
    }
  }

  static func summary(_ freed: Finding) -> String {
    let bytes = [Part.cache, .trash, .leftovers].reduce(0) { $0 + (freed.size(of: $1)?.bytes ?? 0) }
    var text = "Freed \(ByteText.text(Int(bytes)))."
    if let takes = freed.takes { text += " \(count(takes.count, "take")) went to the trash." }
    return text
  }

  /// `{"version":1,"free":[{"what","count","bytes"}],"takes":[{"file","bytes"}],"kept":[…],"freed":[…]}`; `freed` is null when nothing
  /// was done.
  static func json(_ found: Finding, freed: Finding?) -> JSON {
    [
      "version": 1, "free": parts(found),
      "takes": .array(
        (found.takes ?? []).map { ["file": $0["file"] ?? .null, "bytes": $0["bytes"] ?? .null] }),
      "kept": .array(found.kept.map { .string($0) }), "freed": freed.map(parts) ?? .null,
    ]
  }

  private static func parts(_ finding: Finding) -> JSON {
    .array(
      Part.allCases.compactMap { part in
        finding.size(of: part).map { size in
          [
            "what": .string(part.rawValue), "count": .number(JSONNumber(size.count)),
            "bytes": .number(JSONNumber(Int(size.bytes))),
          ]
        }
      })
  }
}
