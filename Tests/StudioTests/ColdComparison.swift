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
    opening: folder.path, hold: .cold, engines: EngineList([ScriptedEngine()]), environment: folder.environment)
  try session.load()
  var answers: [String: JSON] = [:]
  for name in ["status", "plan", "check", "takes"] {
    if case .success(let answer) = session.standing.answer(ControlCall(name), engines: session.engineAnswers()) {
      answers[name] = answer
    }
  }
  return answers
}

/// The live loop's answers and a cold look's are the same. The loop must be idle, and no job may have failed.
func expectLikeCold(
  _ loop: TestLoop, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
  let cold = try coldAnswers(loop.folder)
  for name in ["status", "plan", "check", "takes"] {
    let live = try await loop.answer(name)
    #expect(
      live == cold[name],
      "\(name) live: \(live.compactText)\n\(name) cold: \(cold[name]?.compactText ?? "")\n\(comment?.description ?? "")",
      sourceLocation: sourceLocation)
  }
}
