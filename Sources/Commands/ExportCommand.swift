internal import Arguments
internal import Basics
internal import Glibc
internal import JSONText
internal import Studio
internal import Synchronization
internal import Timelines

/// `reel export`: takes as an archive, as a contact sheet or as a timeline.
struct ExportCommand {
  let program: ReelProgram

  /// What was asked for, checked.
  struct Order: Sendable {
    var project: String
    /// As written, and from where this process stands; `-` is standard output.
    var written: String
    var path: String
    var takes: String
    var replaces: Bool
    var isJSON: Bool

    var isStandardOutput: Bool { written == "-" }
  }

  func run(_ command: ParsedCommand) async throws(Refusal) -> ExitCode {
    let forms = ["zip", "sheet"] + TimelineForm.allCases.map(\.rawValue)
    guard let (form, written) = forms.lazy.compactMap({ form in command.value(form).map { (form, $0) } }).first else {
      throw Refusal(
        "export needs to know as what and where to", .usage,
        hint: "reel export --zip OUT.zip, --sheet OUT.html, --otio OUT.otio, --edl OUT.edl or --fcpxml OUT.fcpxml")
    }
    let timeline = TimelineForm(rawValue: form)
    let inquiry = try program.inquiry(command)
    let order = Order(
      project: inquiry.project, written: written, path: ReelProgram.path(written, below: command.value("directory")),
      takes: command.value("takes") ?? TakeChoice.used.rawValue, replaces: command.flag("force"),
      isJSON: command.flag("json"))
    if timeline != nil, order.takes != TakeChoice.used.rawValue {
      throw Refusal(
        "a timeline holds the take that each shot uses, and no others", .usage,
        hint: "--takes \(order.takes) is for --zip and --sheet")
    }
    if order.isStandardOutput {
      if order.isJSON {
        throw Refusal("--json has nowhere to go when the export itself goes to standard output", .usage)
      }
      if form == "zip", isatty(STDOUT_FILENO) == 1 {
        throw Refusal("an archive is nothing to look at on a terminal", .usage, hint: "reel export --zip - > OUT.zip")
      }
    }
    let call = ControlCall(
      form == "zip" ? "export" : timeline == nil ? "sheet" : "timeline",
      ["takes": .string(order.takes), "shots": .array(command.arguments("SHOT").map { .string($0) })])
    let outcome: Outcome
    if let timeline {
      let target = try target(order)
      let answer = try inquiry.ask(call)
      outcome = try TimelineExport(timeline, answer, project: order.project, in: target?.folderPath)
        .run(order, target, answer)
    } else if form == "zip" {
      let target = try target(order)
      outcome = try await zip(order, target, try inquiry.ask(call))
    } else {
      outcome = try await SheetExport(program: program, order: order).run { () throws(Refusal) in
        try inquiry.ask(call)
      }
    }
    if outcome.isAbandoned { return .done }
    if order.isJSON {
      program.output.json(outcome.json)
    } else {
      for line in outcome.text { program.output.line(line, to: order.isStandardOutput ? .talk : .answer) }
    }
    return outcome.isWhole ? .done : .pending
  }

  private func target(_ order: Order) throws(Refusal) -> ExportTarget? {
    if order.isStandardOutput { return nil }
    return try ExportTarget(order.path, written: order.written, project: order.project, replaces: order.replaces)
  }

  // MARK: Archive

  private func zip(_ order: Order, _ target: ExportTarget?, _ answer: JSON) async throws(Refusal) -> Outcome {
    let files = answer["files"]?.array ?? []
    let export = try ZipExport(
      name: answer["name"]?.string ?? "",
      paths: files.compactMap { $0["path"]?.string.map(ProjectPath.init(trusted:)) },
      project: order.project)
    let progress = ExportProgress(program.output, TerminalText.escaped(order.written), of: export.size)
    let signals = program.signals
    signals.handle { _ in }
    // The disk may take its time: not on a thread that others need.
    let result = await OwnThread.run("export") { () throws(Refusal) -> Int64? in
      func fill(_ raw: Int32) throws(FileError) -> Int64 {
        try export.write(into: raw, path: order.written) { done throws(FileError) in
          if signals.first != 0 { throw FileError(code: ECANCELED, action: "write", path: order.written) }
          progress.show(done)
        }
      }
      if let target { return try target.write { file throws(FileError) in _ = try fill(file.raw) } }
      do throws(FileError) {
        return try fill(STDOUT_FILENO)
      } catch {
        if error.code == EPIPE { return nil }
        throw Refusal(exporting: error)
      }
    }
    progress.end()
    try Self.checkNotStopped(signals)
    var outcome = Outcome(format: "zip", answer)
    guard let bytes = try result.get() else {
      outcome.isAbandoned = true
      return outcome
    }
    outcome.files = [(order.written, bytes)]
    let roles = files.compactMap { $0["role"]?.string }
    outcome.facts["takes"] = .number(JSONNumber(roles.filter { $0 == "take" }.count))
    outcome.facts["entries"] = .number(JSONNumber(export.count))
    outcome.summary =
      "\(count(roles.filter { $0 == "take" }.count, "take")), \(count(export.count, "file")), \(ByteText.text(Int(bytes)))"
    outcome.pointers = files.filter { $0["pointer"]?.bool == true }.compactMap { $0["path"]?.string }
    return outcome
  }
}

extension ExportCommand {
  static func checkNotStopped(_ signals: StopSignals) throws(Refusal) {
    switch signals.first {
    case 0: return
    case SIGINT: throw Refusal("stopped; nothing was written", .interrupted)
    default: throw Refusal("stopped; nothing was written", .terminated)
    }
  }
}

/// What an export came to: the text and `--json` are made of it.
struct Outcome {
  let format: String
  var files: [(file: String, bytes: Int64)] = []
  var facts: JSONObject = [:]
  var summary = ""
  /// Takes that are still to be made, as the answer tells them.
  var lacking: [JSON]
  var leftOut: [JSON]
  /// What is only a git-lfs pointer.
  var pointers: [String] = []
  /// The reader of standard output went away, which is its right.
  var isAbandoned = false

  init(format: String, _ answer: JSON) {
    self.format = format
    lacking = answer["lacking"]?.array ?? []
    leftOut = answer["leftOut"]?.array ?? []
  }

  var isWhole: Bool { lacking.isEmpty && leftOut.isEmpty && pointers.isEmpty }

  var json: JSON {
    var object: JSONObject = [
      "version": 1, "format": .string(format),
      "files": .array(files.map { ["file": .string($0.file), "bytes": .number(JSONNumber(Int($0.bytes)))] }),
    ]
    for (key, value) in facts { object[key] = value }
    object["lacking"] = .array(lacking)
    object["pointers"] = .array(pointers.map { .string($0) })
    object["leftOut"] = .array(leftOut)
    return .object(object)
  }

  var text: [String] {
    let names = files.map { $0.file == "-" ? "standard output" : TerminalText.escaped($0.file) }
    var lines = ["\(names.joined(separator: ", ")): \(summary)"]
    func list(_ heading: String, _ rows: [[String]], _ advice: String) {
      if rows.isEmpty { return }
      lines += ["", heading]
      lines += TextTable.lines(Array(rows.prefix(20))).map { "  \($0)" }
      if rows.count > 20 { lines.append("  and \(rows.count - 20) more") }
      if !advice.isEmpty { lines.append(advice) }
    }
    func rows(_ entries: [JSON]) -> [[String]] {
      entries.map {
        [
          TerminalText.escaped($0["shot"]?.string ?? ""), $0["kind"]?.string ?? "", $0["state"]?.string ?? "",
          TerminalText.shortened($0["detail"]?.string ?? "", to: 100),
        ]
      }
    }
    let unreadable = lacking.filter { $0["state"]?.string == "unreadable" }
    let unmade = lacking.filter { $0["state"]?.string != "unreadable" }
    list(
      "Still to be made, \(count(unmade.count, "take")):", rows(unmade),
      "reel make generates what is missing; then export again")
    list(
      "Cannot be read:", unreadable.map { [TerminalText.escaped($0["shot"]?.string ?? "")] }, "reel check shows why")
    list(
      "Not brought by git-lfs yet, \(count(pointers.count, "file")):",
      pointers.map { [TerminalText.escaped($0)] },
      "git lfs pull brings them; then export again")
    list(
      "Left out:",
      leftOut.map {
        [TerminalText.escaped($0["path"]?.string ?? ""), TerminalText.escaped($0["reason"]?.string ?? "")]
      },
      "")
    return lines
  }
}

/// How far an export is, in one line at the bottom of a terminal.
final class ExportProgress: Sendable {
  private let output: Output
  private let name: String
  private let size: Int64
  private let shown = Mutex(-1)

  init(_ output: Output, _ name: String, of size: Int64) {
    (self.output, self.name, self.size) = (output, name, max(1, size))
  }

  func show(_ done: Int64) {
    let percent = Int(Double(done) / Double(size) * 100)
    let isNew = shown.withLock { shown in
      defer { shown = percent }
      return shown != percent
    }
    guard output.isTerminal, isNew else { return }
    let bar = ProgressLine.bar(Double(done) / Double(size), width: 16)
    let line = TerminalText.shortened("  \(name)  \(bar) \(percent) %", to: max(20, output.columns - 1))
    output.write("\r\u{1B}[K" + output.coloured(line, .dim), to: .talk)
  }

  func end() {
    if output.isTerminal, shown.withLock({ $0 >= 0 }) { output.write("\r\u{1B}[K", to: .talk) }
  }
}

/// Work that blocks, on a thread for it alone.
enum OwnThread {
  static func run<Value: Sendable>(
    _ name: String, _ work: @escaping @Sendable () throws(Refusal) -> Value
  ) async -> Result<Value, Refusal> {
    await withCheckedContinuation { continuation in
      NamedThread.start(name) {
        do throws(Refusal) {
          continuation.resume(returning: .success(try work()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
  }
}
