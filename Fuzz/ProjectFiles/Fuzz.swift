import Basics
import JSONText
import ProjectFiles

/// The texts that people write: whatever stands in them, reading ends, every problem has a place in the text and a sentence that
/// steers no terminal, and what reel writes into such a text is what it reads there afterwards.
///
/// The first byte chooses the format, the rest is the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 1, let name = SequenceName("sequence_001") else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 7 {
  case 0: check(ProjectFile.read(SourceText(file: "project.json", bytes: bytes)), bytes)
  case 1:
    let reading = SequenceFile.read(SourceText(file: name.file, bytes: bytes), name: name)
    check(reading, bytes)
    for shot in reading.model?.shots ?? [] { check(shot.id) }
  case 2: check(LibraryEntry.read(SourceText(file: "library/mara.json", bytes: bytes), name: "mara"), bytes)
  case 3: check(UserConfig.read(SourceText(file: UserConfig.path, bytes: bytes)), bytes)
  case 4:
    let id = ShotID("001")
    let reading = ShotFile.read(SourceText(file: ShotFile.path(of: id), bytes: bytes), id: id)
    check(reading, bytes)
    if let shot = reading.model?.shot { check(shot.id) }
  case 5: checkWorkflow(bytes)
  default: checkRatings(bytes)
  }
  return 0
}

private func check<Model>(_ reading: Reading<Model>, _ bytes: [UInt8]) {
  precondition(reading.model != nil || !reading.diagnostics.isEmpty, "it was refused without a word")
  let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  for diagnostic in reading.diagnostics {
    // Lines of the text are escaped where they are printed; sentences are whole.
    let sentences = [diagnostic.message, diagnostic.place?.label ?? ""] + diagnostic.notes
    for sentence in sentences {
      precondition(TerminalText.escaped(sentence) == sentence, "a sentence steers a terminal")
      precondition(sentence.utf8.count < 4096, "a sentence is as long as the text")
    }
    guard let place = diagnostic.place else { continue }
    precondition(lines.indices.contains(place.line - 1), "a line that is not there")
    let characters = lines[place.line - 1].count { $0 & 0xC0 != 0x80 }
    precondition((1...characters + 1).contains(place.column), "a column that is not there")
    precondition(place.length >= 1 && !place.snippet.isEmpty, "a place without a text")
  }
}

/// Whatever an id is, what is made of it is one part of a path, and safe.
private func check(_ id: ShotID) {
  let name = id.fileName
  precondition(!name.isEmpty && name.utf8.count <= 100, "a name that no disk takes")
  precondition(SequenceName(name) != nil, "a name that is not safe everywhere")
  precondition(name == id.text || ShotID(name) != id, "two ids have one name")
}

/// Whatever a graph is, what stands for it in recipes is what it is made of.
private func checkWorkflow(_ bytes: [UInt8]) {
  let reading = Workflow.read(SourceText(file: "workflows/a.json", bytes: bytes))
  check(reading, bytes)
  guard let workflow = reading.model else { return }
  check(
    Reading(model: workflow, diagnostics: workflow.faults + workflow.remarks, source: workflow.source), bytes)
  for graph in workflow.graphs.values {
    let values = graph.bindings.indices.map { $0 % 2 == 0 ? JSON?.some("x") : JSON?.none }
    precondition(graph.canonical(values) == graph.json(values).canonical, "two texts of one graph")
    precondition(graph.kept.contains(graph.output), "a graph without its output")
  }
}

private func checkRatings(_ bytes: [UInt8]) {
  let reading = Ratings.read(SourceText(file: "ratings/mara.json", bytes: bytes))
  check(reading, bytes)
  precondition(!reading.diagnostics.contains { $0.severity == .error }, "ratings stop nothing")
  let take: ProjectPath = "sequences/sequence_001/shot_001.still-7f3a9c21-b04d11aa.png"
  guard let text = Ratings.text(bytes, changing: [take], to: .rate(.liked, note: "the fog")) else { return }
  guard let after = Ratings.read(SourceText(file: "ratings/mara.json", bytes: text)).model, let before = reading.model
  else { fatalError("what was written does not read") }
  precondition(after[take] == Rating(.liked, note: "the fog"), "the rating is not there")
  precondition(before.byTake.allSatisfy { after.byTake[$0.key] == $0.value || $0.key.name == take.name }, "one is lost")
  precondition(Ratings.text(text, changing: [take], to: .rate(.liked, note: "the fog")) == text, "it has two forms")
}
