internal import Basics
internal import JSONText

/// How a program's job ended, as its supervisor leaves it in `status.json` for whoever asks, now or after a restart.
struct JobStatus: Hashable, Sendable {
  enum End: Hashable, Sendable {
    /// By itself, with this status.
    case exited(Int32)
    /// By a signal that was not ours.
    case signalled(Int32)
    /// It was not to be started: what the kernel says (errno).
    case notStarted(Int32)
    /// Somebody ended the job: the shot changed, or a person or the system ended the supervisor.
    case stopped
    case overTime
    case overMemory
    case overSize
  }

  var end: End
  /// The file that it named as its result.
  var result: String?
  var error: String?
  var canPass = false
  /// The last line on standard error, else on standard output.
  var lastWords: String?
  /// It did not end when asked to, and was killed.
  var wasKilled = false
  var seconds: Double = 0
}

extension JobStatus {
  var json: JSON {
    var fields: JSONObject = ["version": 1]
    switch end {
    case .exited(let status): (fields["end"], fields["status"]) = ("exited", .number(JSONNumber(Int(status))))
    case .signalled(let number): (fields["end"], fields["signal"]) = ("signalled", .number(JSONNumber(Int(number))))
    case .notStarted(let code): (fields["end"], fields["errno"]) = ("not-started", .number(JSONNumber(Int(code))))
    case .stopped: fields["end"] = "stopped"
    case .overTime: fields["end"] = "time"
    case .overMemory: fields["end"] = "memory"
    case .overSize: fields["end"] = "size"
    }
    if let result { fields["result"] = ["file": .string(result)] }
    if let error { fields["error"] = ["message": .string(error), "canPass": .bool(canPass)] }
    if let lastWords { fields["lastWords"] = .string(lastWords) }
    if wasKilled { fields["killed"] = true }
    fields["seconds"] = .number(JSONNumber(seconds))
    return .object(fields)
  }

  /// Nil for what is no status.
  init?(_ json: JSON) {
    func number(_ key: String) -> Int32? { json[key]?.int.flatMap { Int32(exactly: $0) } }
    switch json["end"]?.string {
    case "exited": end = .exited(number("status") ?? 255)
    case "signalled": end = .signalled(number("signal") ?? 0)
    case "not-started": end = .notStarted(number("errno") ?? 0)
    case "stopped": end = .stopped
    case "time": end = .overTime
    case "memory": end = .overMemory
    case "size": end = .overSize
    default: return nil
    }
    result = json["result"]?["file"]?.string
    error = json["error"]?["message"]?.string
    canPass = json["error"]?["canPass"]?.bool ?? false
    lastWords = json["lastWords"]?.string
    wasKilled = json["killed"]?.bool ?? false
    seconds = json["seconds"]?.double ?? 0
  }
}
