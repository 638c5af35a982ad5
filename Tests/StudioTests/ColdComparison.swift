import Basics
import Engines
import JSONText
import ProjectFiles
import Studio
import TestSupport
import Testing

/// What a fresh look at the folder answers.
func coldAnswers(_ folder: TestFolder) throws -> [String: JSON] {
  let session = try Session(
    opening: folder.path, hold: .cold, engines: EngineList([ScriptedEngine(), GraphEngine()]),
    environment: folder.environment)
  try session.load()
  var answers: [String: JSON] = [:]
  for name in ["status", "plan", "check", "takes"] {
    if case .success(let answer) = session.answer(ControlCall(name)) {
      answers[name] = answer
    }
  }
  return answers
}

/// The live loop's answers and a cold look's are the same. The loop must be idle, and no job may have failed.
func expectLikeCold(
  _ loop: TestLoop, _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let cold = try coldAnswers(loop.folder)
  for name in ["status", "plan", "check", "takes"] {
    let live = withoutHints(try await loop.answer(name))
    let fresh = withoutHints(try #require(cold[name]))
    for key in live.object?.keys ?? [] where live[key] != fresh[key] {
      let (here, there) = (live[key]?.array ?? [live[key] ?? .null], fresh[key]?.array ?? [fresh[key] ?? .null])
      let only = here.filter { !there.contains($0) }.map { "live: \($0.compactText)" }
      let missing = there.filter { !here.contains($0) }.map { "cold: \($0.compactText)" }
      Issue.record(
        "\(name).\(key) differs, \(comment)\n\((only + missing).joined(separator: "\n"))",
        sourceLocation: sourceLocation)
    }
    #expect(live.object?.keys == fresh.object?.keys, sourceLocation: sourceLocation)
  }
}

/// Without the likely name that a missing one gets: it is looked for when the shot is planned, and does not follow what its neighbours
/// in the folder do later.
private func withoutHints(_ answer: JSON) -> JSON {
  guard var object = answer.object, let problems = object["problems"]?.array else { return answer }
  object["problems"] = .array(
    problems.map { problem in
      guard var fields = problem.object, ["missing-reference", "unknown-entry"].contains(fields["code"]?.string) else {
        return problem
      }
      fields["fix"] = nil
      fields["notes"] = nil
      return .object(fields)
    })
  return .object(object)
}
