internal import Basics
internal import HTTPServer
internal import JSONText
internal import Studio

/// Asks the loop, as commands do over the socket, and waits for its answer: for threads that may.
final class LoopAsker: Sendable {
  /// What the page says of the project beside what the loop does.
  let facts: JSONObject
  private let loop: Monitor<ProjectLoop?>
  private let patience: Double

  init(facts: JSONObject, patience: Double = 60) {
    self.facts = facts
    self.patience = patience
    loop = Monitor(nil)
  }

  func connect(_ loop: ProjectLoop?) { self.loop.change { $0 = loop } }

  func ask(_ call: ControlCall) throws(HTTPFault) -> JSON {
    guard let loop = loop.look({ $0 }) else { throw HTTPFault(503, "busy", "the watcher is not at work") }
    let answer = Monitor<ControlReply?>(nil)
    loop.ask(call) { reply in answer.change { $0 = reply } }
    var reply: ControlReply?
    for _ in 0..<Int(patience) where reply == nil {
      reply = answer.wait(atMost: 1) { $0 }
      if reply == nil, self.loop.look({ $0 == nil }) { break }
    }
    switch reply {
    case .success(let value)?: return value
    case .failure(let code, let message)?:
      switch code {
      case "no-shot": throw HTTPFault(404, "no-shot", message)
      case "bad-call": throw HTTPFault(400, "bad-call", message)
      case "ended": throw HTTPFault(503, "busy", message)
      default: throw HTTPFault(409, "refused", message)
      }
    case nil: throw HTTPFault(503, "busy", "the watcher gave no answer")
    }
  }

  /// The newest picture of a job that runs; nil where its engine has none.
  func preview(_ job: String) -> Previews.Entry? { loop.look { $0 }?.previews[job] }

  func answer(_ name: String, _ fields: JSONObject = [:]) -> JSON? { try? ask(ControlCall(name, fields)) }
}
