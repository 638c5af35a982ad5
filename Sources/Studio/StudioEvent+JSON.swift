internal import Basics
package import JSONText
internal import Planning
internal import ProjectFiles

extension StudioEvent {
  /// One line of `--json`: `type` and `time` first, then what applies. Fields may be added, never changed.
  /// - Parameter time: RFC 3339.
  package func json(time: String) -> JSON {
    var line: JSONObject = ["type": .string(type), "time": .string(time)]
    for (key, value) in fields { line[key] = value }
    return .object(line)
  }

  private var type: String {
    switch self {
    case .hello: "hello"
    case .loaded: "loaded"
    case .problem: "problem"
    case .solved: "solved"
    case .planned: "planned"
    case .queued: "queued"
    case .started: "started"
    case .progress: "progress"
    case .finished: "finished"
    case .restored: "restored"
    case .failed: "failed"
    case .cancelling: "cancelling"
    case .cancelled: "cancelled"
    case .waiting: "waiting"
    case .notice: "notice"
    case .paused: "paused"
    case .resumed: "resumed"
    case .page: "page"
    case .stopping: "stopping"
    case .idle: "idle"
    case .bye: "bye"
    }
  }

  private var fields: JSONObject {
    switch self {
    case .hello(let version, let project):
      return ["version": .string(version), "project": .string(project)]
    case .loaded(let loaded):
      return [
        "name": .string(loaded.name), "sequences": .number(JSONNumber(loaded.sequences)),
        "shots": .object(loaded.counts.json), "folders": .number(JSONNumber(loaded.folders)),
      ]
    case .problem(let diagnostic), .solved(let diagnostic): return diagnostic.json
    case .planned(let jobs, let changes):
      let list = changes.map { change in
        JSON.object([
          "shot": .string(change.shot.description), "kind": .string(change.kind.name),
          "reason": .string(change.reason.sentence),
        ])
      }
      return ["jobs": .number(JSONNumber(jobs)), "changes": .array(list)]
    case .queued(let job): return job.json
    case .started(let job):
      var fields = job.json
      if job.isAdopted { fields["adopted"] = true }
      return fields
    case .progress(let job, let fraction, let doing):
      var fields = job.json
      fields["fraction"] = .number(JSONNumber(fraction))
      if !doing.isEmpty { fields["message"] = .string(doing) }
      return fields
    case .finished(let job, let take, let seconds):
      var fields = job.json
      fields["take"] = .string(take.string)
      fields["seconds"] = .number(JSONNumber((seconds * 1000).rounded() / 1000))
      return fields
    case .restored(let shot, let kind, let fingerprint, let take, let source):
      return [
        "shot": .string(shot.description), "kind": .string(kind.name), "fingerprint": .string(fingerprint.description),
        "take": .string(take.string), "from": .string(source.text),
      ]
    case .failed(let job, let message, let delay):
      var fields = job.json
      fields["message"] = .string(message)
      fields["willRetry"] = .bool(delay != nil)
      return fields
    case .cancelling(let job): return job.json
    case .paused: return ["message": .string(StudioEvent.pausedSentence)]
    case .resumed: return [:]
    case .cancelled(let job, let why):
      var fields = job.json
      fields["message"] = .string(why)
      return fields
    case .waiting(let message): return ["message": .string(message)]
    case .notice(let message): return ["message": .string(message)]
    case .page(let address): return ["url": .string(address)]
    case .stopping(let running, let isLeaving):
      return ["running": .number(JSONNumber(running.count)), "leaving": .bool(isLeaving)]
    case .idle(let counts): return ["shots": .object(counts.json)]
    case .bye(let why): return ["message": .string(why)]
    }
  }
}

extension StudioEvent {
  package static let pausedSentence = "paused; reel resume goes on"
}

extension StudioEvent.JobSummary {
  var json: JSONObject {
    [
      "shot": .string(shot.description), "kind": .string(kind.name), "fingerprint": .string(fingerprint.description),
      "engine": .string(engine), "reason": .string(reason.sentence),
    ]
  }
}

extension Counts {
  /// `{"total", "fresh", "missing", …}` in the order of the contract.
  package var json: JSONObject {
    var object: JSONObject = ["total": .number(JSONNumber(total))]
    let order: [ShotState] = [.fresh, .missing, .stale, .waiting, .queued, .running, .failed, .held, .unreadable]
    for state in order { object[state.rawValue] = .number(JSONNumber(self[state])) }
    return object
  }
}

extension Diagnostic {
  /// `file`, `line`, `column`, `severity`, `code`, `message`; line and column are absent when the whole file is meant.
  package var json: JSONObject {
    var object: JSONObject = ["file": .string(file.string)]
    if let place {
      object["line"] = .number(JSONNumber(place.line))
      object["column"] = .number(JSONNumber(place.column))
    }
    object["severity"] = .string(severity.rawValue)
    object["code"] = .string(code)
    object["message"] = .string(message)
    if let place, !place.label.isEmpty { object["fix"] = .string(place.label) }
    if !notes.isEmpty { object["notes"] = .array(notes.map { .string($0) }) }
    return object
  }
}
