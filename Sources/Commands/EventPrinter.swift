internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles
internal import Studio
internal import Synchronization

/// Tells what happens, as text or as lines of JSON, from the same events.
///
/// On a terminal with the time of day and a live line at the bottom; elsewhere the same sentences, one per line, with RFC 3339
/// times and progress at quarters.
final class EventPrinter: Sendable {
  enum Form: Sendable {
    case text
    case json
  }

  private struct State {
    var live = ProgressLine()
    /// The last quarter of its progress that was told of a job.
    var quarters: [String: Int] = [:]
    /// What was last said about how many shots are in which state.
    var told: Counts?
    /// Whether anything was planned since the beginning.
    var hasWorked = false
    /// Errors that stand, by file: a file is valid again when none is left.
    var openErrors: [ProjectPath: Int] = [:]
    var lastSolved: ProjectPath?
    var isAfterProblem = false
  }

  private let output: Output
  private let form: Form
  /// Stands before every line when several projects are watched at once.
  private let prefix: String
  private let isMake: Bool
  private let state = Mutex(State())

  init(_ output: Output, _ form: Form, prefix: String = "", isMake: Bool) {
    self.output = output
    self.form = form
    self.prefix = prefix
    self.isMake = isMake
  }

  func print(_ event: StudioEvent) {
    let now = FileStamp.now()
    if form == .json { return output.json(event.json(time: Timestamp.rfc3339(now))) }
    state.withLock { state in
      let lines = self.lines(for: event, &state)
      var text = state.live.erasure(output)
      // A problem stands apart from what comes before and after it.
      if state.isAfterProblem, let first = lines.first, !first.isEmpty { text += "\n" }
      for line in lines { text += line.isEmpty ? "\n" : prefixed(line) + "\n" }
      if !lines.isEmpty { state.isAfterProblem = lines[0].isEmpty }
      state.live.handle(event)
      text += state.live.drawing(output)
      if !text.isEmpty { output.write(text, to: .answer) }
    }
  }

  private func prefixed(_ text: String) -> String {
    prefix.isEmpty
      ? text : text.split(separator: "\n", omittingEmptySubsequences: false).map { prefix + $0 }.joined(separator: "\n")
  }

  private func stamp() -> String {
    let now = FileStamp.now()
    return output.coloured(output.isTerminal ? Timestamp.timeOfDay(now) : Timestamp.rfc3339(now), .dim)
  }

  private func lines(for event: StudioEvent, _ state: inout State) -> [String] {
    switch event {
    case .started(let job) where job.isAdopted:
      return ["\(stamp())  \(Self.shortName(job.shot)) \(job.kind) went on meanwhile, and is taken up"]
    case .hello, .queued, .started: return []
    case .bye(let why): return why == "stopped" || why == "done" ? [] : ["\(stamp())  \(why)"]
    case .loaded(let loaded):
      state.told = loaded.counts
      return self.loaded(loaded)
    case .problem(let diagnostic):
      if diagnostic.severity == .error { state.openErrors[diagnostic.file, default: 0] += 1 }
      return ["", DiagnosticText(output: output).text(diagnostic)]
    case .solved(let diagnostic): return solved(diagnostic, &state)
    case .planned(_, let changes):
      state.hasWorked = true
      return planned(changes)
    case .progress(let job, let fraction, let doing): return progress(job, fraction, doing, &state)
    case .finished(let job, let take, let seconds):
      let name = "\(Self.shortName(job.shot)) \(job.kind)"
      return [
        "\(stamp())  \(name) \(output.coloured("done", .green)) in \(Self.duration(seconds))   \(TerminalText.escaped(take.string))"
      ]
    case .restored(let shot, let kind, _, let take, .take(let source)) where take == source:
      return ["\(stamp())  \(Self.shortName(shot)) \(kind) is there already   \(TerminalText.escaped(take.string))"]
    case .restored(let shot, let kind, _, let take, let source):
      let origin = if case .take(let path) = source { TerminalText.escaped(path.string) } else { "the cache" }
      return [
        "\(stamp())  \(Self.shortName(shot)) \(kind) restored from \(origin)   \(TerminalText.escaped(take.string))"
      ]
    case .failed(let job, let message, let delay):
      let name = "\(Self.shortName(job.shot)) \(job.kind)"
      let clean = TerminalText.shortened(message, to: 400)
      if let delay { return ["\(stamp())  \(name): \(clean); next try in \(delay.components.seconds) s"] }
      return ["\(stamp())  \(name) \(output.coloured("failed", .red, .bold)): \(clean)"]
    // On a terminal the live line says so.
    case .cancelling(let job):
      return output.isTerminal ? [] : ["\(stamp())  \(Self.shortName(job.shot)) \(job.kind) cancelling"]
    case .paused: return ["\(stamp())  \(StudioEvent.pausedSentence)"]
    case .resumed: return ["\(stamp())  going on"]
    case .cancelled(let job, let why):
      return ["\(stamp())  \(Self.shortName(job.shot)) \(job.kind) cancelled: \(TerminalText.escaped(why))"]
    case .waiting(let message), .notice(let message): return ["\(stamp())  \(message)"]
    case .page(let address): return ["page \(address)"]
    case .stopping(let running, let isLeaving): return stopping(running, isLeaving)
    case .idle(let counts): return idle(counts, &state)
    }
  }

  // MARK: Sentences

  private func loaded(_ loaded: StudioEvent.Loaded) -> [String] {
    let counts = loaded.counts
    let head = output.coloured(TerminalText.escaped(loaded.name), .bold)
    var lines = [
      "\(head): \(count(loaded.sequences, "sequence")), \(count(counts.total, "shot")), \(CountsText.text(counts))."
    ]
    if !loaded.watched.isEmpty {
      lines.append("watching \(loaded.watched.joined(separator: ", ")) (\(count(loaded.folders, "folder")))")
    }
    return lines
  }

  private func planned(_ changes: [StudioEvent.Change]) -> [String] {
    let time = stamp()
    if changes.count <= 4 {
      return changes.map {
        "\(time)  \(TerminalText.escaped($0.shot.description)) \($0.kind == .still ? "" : "\($0.kind) ")\(Self.sentence($0.reason))"
      }
    }
    let first = changes.filter { if case .noTake = $0.reason { true } else { false } }
    if first.count == changes.count { return ["\(time)  \(changes.count) jobs: these shots have no take yet"] }
    var lines = ["\(time)  \(changes.count) jobs planned; the first:"]
    lines += changes.prefix(3).map {
      "          \(TerminalText.escaped($0.shot.description)) \(Self.sentence($0.reason))"
    }
    return lines
  }

  /// "changed: prompt …" as a part of a sentence about the shot.
  private static func sentence(_ reason: Reason) -> String {
    switch reason {
    case .noTake: "has no take yet"
    case .changed: reason.sentence
    case .further: "wants \(reason.sentence)"
    case .outputGone, .again, .unknownBefore, .newerForm: "is made again: \(reason.sentence)"
    }
  }

  private func solved(_ diagnostic: Diagnostic, _ state: inout State) -> [String] {
    // Several problems of one file go at once: one line.
    if diagnostic.severity == .error {
      state.openErrors[diagnostic.file, default: 1] -= 1
      if state.openErrors[diagnostic.file, default: 0] > 0 { return [] }
      state.openErrors[diagnostic.file] = nil
    }
    if state.lastSolved == diagnostic.file { return [] }
    state.lastSolved = diagnostic.file
    let file = TerminalText.escaped(diagnostic.file.string)
    return diagnostic.severity == .error
      ? ["\(stamp())  \(output.coloured("valid again:", .green)) \(file)"]
      : ["\(stamp())  solved: \(diagnostic.message) (\(file))"]
  }

  private func progress(
    _ job: StudioEvent.JobSummary, _ fraction: Double, _ doing: String, _ state: inout State
  ) -> [String] {
    if output.isTerminal { return [] }
    let quarter = Int(fraction * 4)
    guard quarter > state.quarters[job.id] ?? 0, quarter < 4 else { return [] }
    state.quarters[job.id] = quarter
    let detail = doing.isEmpty ? "" : "  \(TerminalText.escaped(doing))"
    return ["\(stamp())  \(Self.shortName(job.shot)) \(job.kind) \(quarter * 25) %\(detail)"]
  }

  private func stopping(_ running: [StudioEvent.JobSummary], _ isLeaving: Bool) -> [String] {
    if running.isEmpty { return [] }
    let names =
      running.prefix(3).map { Self.shortName($0.shot) }.joined(separator: ", ") + (running.count > 3 ? ", …" : "")
    if isLeaving { return ["leaving \(names); taken up next time"] }
    return [
      "stopping: \(names) \(running.count == 1 ? "is" : "are") finishing (again to leave it; it is taken up next time)"
    ]
  }

  private func idle(_ counts: Counts, _ state: inout State) -> [String] {
    state.lastSolved = nil
    // The first rest of a project where nothing is to be done.
    let isKnown = state.told == counts && !state.hasWorked
    state.told = counts
    if isMake || isKnown { return [] }
    return ["\(stamp())  \(count(counts.total, "shot")): \(CountsText.text(counts))"]
  }

  // MARK: Words

  static func shortName(_ address: ShotAddress) -> String {
    TerminalText.shortened(address.shot?.text ?? address.sequence.text, to: 60)
  }

  static func duration(_ seconds: Double) -> String {
    if seconds < 0.9995 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 9.95 { return "\((seconds * 10).rounded() / 10) s" }
    if seconds < 120 { return "\(Int(seconds.rounded())) s" }
    return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
  }
}

/// `1 shot`, `2 shots`
func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

/// Counts of shots in words: `8 up to date, 1 stale`.
enum CountsText {
  static func text(_ counts: Counts) -> String {
    if counts.total == 0 { return "nothing to make yet" }
    let words: [(ShotState, String)] = [
      (.fresh, "up to date"), (.missing, "to make"), (.stale, "changed"), (.waiting, "waiting"), (.queued, "queued"),
      (.running, "running"), (.failed, "failed"), (.held, "held"), (.unreadable, "unreadable"),
    ]
    return words.filter { counts[$0.0] > 0 }.map { "\(counts[$0.0]) \($0.1)" }.joined(separator: ", ")
  }
}
