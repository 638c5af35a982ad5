import Basics
import JSONText
import ProjectFiles
import Studio
import TestSupport
import Testing

/// Projects of the StoryCore editor while they are watched: shots in files of their own, and edits by command.
@Suite struct ShotFileTests {
  private let engine = ScriptedEngine()

  private func folder(_ film: EditorFilm) -> TestFolder {
    let folder = TestFolder()
    for (path, bytes) in film.files {
      folder.write(path, bytes: path == "project.json" ? EditorFilm.withEngine(bytes, "scripted") : bytes)
    }
    return folder
  }

  private func settled(_ folder: TestFolder) async throws -> TestLoop {
    let loop = TestLoop(folder, engines: [engine])
    try await loop.idle()
    return loop
  }

  @Test(arguments: EditorFilm.allCases) func `every shot is made once, and nothing of the editor's is written to`(
    _ film: EditorFilm
  ) async throws {
    let folder = folder(film)
    let before = folder.tree().map { ($0, folder.bytes($0)) }
    let loop = try await settled(folder)
    let total = try await loop.answer("status")["shots"]?["total"]?.int
    #expect(engine.calls.count == total)
    for (path, bytes) in before { #expect(folder.bytes(path) == bytes, "\(path)") }
    #expect(folder.faultsOfTakes() == [])
    let added = Set(folder.tree()).subtracting(before.map(\.0))
    #expect(added.count == 2 * engine.calls.count && added.allSatisfy { $0.hasPrefix("sequences/sequence_") })
    try await expectLikeCold(loop)
    await loop.stopAndWait()
    let again = try await settled(folder)
    #expect(again.planned() == [])
    await again.stopAndWait()
  }

  @Test func `a save of one shot's file is one job`() async throws {
    let folder = folder(.c)
    let loop = try await settled(folder)
    let file = "shots/shot_shot_1770744000000_0.json"
    let mark = loop.mark
    folder.edit(file, "white wall", "dark wall")
    try await loop.sync(idle: true)
    #expect(
      loop.planned(after: mark) == [
        "sequence_001/shot_1770744000000_0: changed: prompt \"…a white wall,…\" -> \"…a dark wall,…\""
      ])
    // What the editor writes at each save decides nothing.
    folder.edit(file, "18:02:44.101Z", "18:09:00.000Z")
    folder.edit(file, "\"position\": 0", "\"position\": 7")
    try await loop.sync(idle: true)
    #expect(engine.calls.count == 5)
    try await expectLikeCold(loop)
    await loop.stopAndWait()
  }

  @Test func `a broken file freezes its shot alone, and a file that comes back in time was never gone`() async throws {
    let folder = folder(.c)
    let loop = try await settled(folder)
    let file = "shots/shot_shot_1770744000000_9.json"
    let text = try #require(folder.read(file))
    let mark = loop.mark
    folder.write(file, "{ \"title\": ")
    try await loop.event("problem", after: mark) { $0.line == "problem unexpected-end \(file)" }
    try await loop.sync(idle: true)
    let counts = try await loop.answer("status")["shots"]
    #expect(counts?["unreadable"]?.int == 1 && counts?["fresh"]?.int == 3)
    try await expectLikeCold(loop)
    folder.write(file, text)
    try await loop.event("solved", after: mark) { $0.line == "solved unexpected-end \(file)" }
    // Moved away and written again, as some editors save.
    let gone = loop.mark
    folder.remove(file)
    folder.write(file, text)
    try await loop.sync(idle: true)
    #expect(loop.lines(after: gone).filter { $0.hasPrefix("problem") } == [])
    #expect(engine.calls.count == 4)
    // And away for good.
    folder.remove(file)
    try await loop.event("problem", after: gone) { $0.line == "problem missing-shot sequences/sequence_002.json" }
    try await loop.sync(idle: true)
    #expect(try await loop.answer("status")["shots"]?["total"]?.int == 3)
    try await expectLikeCold(loop)
    await loop.stopAndWait()
  }

  @Test func `a shot whose file breaks while its job runs keeps the job`() async throws {
    let folder = folder(.d)
    let gate = Gate()
    engine.script("sequence_7e57ab1e/chimney", [.wait(gate), .make])
    let loop = TestLoop(folder, engines: [engine])
    try await loop.event("started") { $0.line == "started sequence_7e57ab1e/chimney" }
    // No list names it: whose it was stood inside.
    folder.write("shots/shot_chimney.json", "{")
    try await loop.event("problem") { $0.line == "problem unexpected-end shots/shot_chimney.json" }
    gate.open()
    try await loop.event("finished") { $0.line == "finished sequence_7e57ab1e/chimney" }
    #expect(loop.lines().filter { $0.hasPrefix("cancelled") } == [])
    await loop.stopAndWait()
  }

  @Test(arguments: [
    ("b", "sequence_001/shot-uuid-3", "sequences/sequence_001.json", "\"seed\": 99", "\"seed\": 100"),
    (
      "b", "sequence_001/shot-uuid-1", "sequences/sequence_001.json", "],\n        \"seed\": 7",
      "],\n        \"seed\": 8"
    ),
    ("a", "sequence_001/shot_1770110100000_1", "sequences/sequence_001.json", "\"seed\": 421337", "\"seed\": 421338"),
    (
      "d", "sequence_7e57ab1e/ladder", "shots/shot_ladder.json", "\"cfg_scale\": 6",
      "\"cfg_scale\": 6,\n  \"seed\": 1443210519"
    ),
  ]) func `retake changes the seed where it stands and not one byte more, and that is one job`(
    film: String, shot: String, file: String, before: String, after: String
  ) async throws {
    let folder = folder(try #require(EditorFilm(rawValue: film)))
    let loop = try await settled(folder)
    let files = folder.tree().map { ($0, folder.read($0)) }
    let mark = loop.mark
    let answer = try await loop.answer("retake", ["shot": .string(shot)])
    #expect(answer["file"]?.string == file)
    let edit = SequenceEdit(
      folder: try SequenceEdit.open(folder.path), address: try #require(ShotAddress(answer["shot"]?.string ?? "")))
    try edit.set(
      try #require(answer["key"]?.string), to: try #require(answer["value"]), from: try #require(answer["before"]))
    try await loop.sync(idle: true)
    for (path, text) in files {
      let parts = (text ?? "").split(separator: before, maxSplits: 1, omittingEmptySubsequences: false)
      #expect(folder.read(path) == (path == file ? parts.joined(separator: after) : text), "\(path)")
    }
    #expect(loop.planned(after: mark).count == 1 && loop.planned(after: mark).first?.hasPrefix(shot) == true)
    try await expectLikeCold(loop)
    await loop.stopAndWait()
  }
}
