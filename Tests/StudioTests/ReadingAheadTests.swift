import Basics
import Engines
import JSONText
import Studio
import TestSupport
import Testing

/// A project of which nothing is known yet is read on all cores; what comes of it is what reading file by file gives.
@Suite struct ReadingAheadTests {
  @Test func `many files that are read at once say what they said one by one`() async throws {
    let folder = TestFolder(["project.json": TestFolder.project])
    // The sequences come one by one, and each take when it is made: nothing is read ahead here.
    let loop = TestLoop(folder, engines: [ScriptedEngine()])
    try await loop.idle()
    for number in 1...4 {
      let prompts = (1...80).map { ("shot_\(number)_\($0)", "view \($0)") }
      folder.write("sequences/s\(number).json", TestFolder.sequence(Dictionary(uniqueKeysWithValues: prompts)))
      try await loop.sync(idle: true)
    }
    #expect(try await loop.answer("status")["shots"]?["fresh"]?.int == 320)
    try await expectLikeCold(loop, "all is made")

    func sidecars(_ number: Int) -> [String] {
      folder.names(in: "sequences/s\(number)").filter { $0.hasSuffix(".json") }.sorted().map {
        "sequences/s\(number)/\($0)"
      }
    }
    for path in sidecars(1).prefix(5) { folder.write(path, "{") }
    for path in sidecars(2).prefix(5) { folder.edit(path, "\"version\": 1", "\"version\": \"x\"") }
    for path in sidecars(2).dropFirst(5).prefix(5) { folder.remove(path) }
    for path in sidecars(3).prefix(5) { folder.write(String(path.dropLast(5)), "drawn over") }
    for path in sidecars(3).dropFirst(5).prefix(5) {
      folder.edit(path, "\"fingerprint\": \"sha256:", "\"fingerprint\": \"md5:")
    }
    folder.edit("sequences/s4.json", "\"prompt\": \"view 7\"", "\"prompt\": 7")
    folder.write("sequences/s5.json", "{ \"shots\": [")
    folder.write("sequences/not ours.json", "{}")
    try await loop.sync(idle: true)
    try await loop.sync(idle: true)
    try await expectLikeCold(loop, "much is broken")
    await loop.stopAndWait()

    // The index knows most of it now.
    let session = try Session(
      opening: folder.path, hold: .exclusive, engines: EngineList([ScriptedEngine()]), environment: folder.environment)
    try session.load()
    defer { session.close() }
    for (name, cold) in try coldAnswers(folder) where name != "status" {
      guard case .success(let answer) = session.answer(ControlCall(name)) else {
        Issue.record("\(name) was refused")
        continue
      }
      #expect(answer == cold, "\(name)")
    }
  }
}
