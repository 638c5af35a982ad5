internal import Arguments
internal import Basics
internal import Glibc
internal import ProjectFiles

/// What the completion scripts of shells ask: `reel __complete WORD…`, the last word being the one at the cursor, or
/// `reel __complete-line LINE`, the line up to the cursor as it was typed.
///
/// The first line of the answer says what the shell should add by itself: `words` (nothing), `folders`, or `files EXT…`. Each other line
/// is a word that could stand there, a tab, and what it means. It never fails and says nothing on stderr: a shell that completes
/// is in the middle of somebody's line.
struct CompletionReply {
  let table: CommandTable

  /// The answer to a question; nil when the words are none, but a command line.
  func answer(_ words: [String]) -> String? {
    switch words.first {
    case "__complete": text(Array(words.dropFirst()))
    case "__complete-line": text(Array(ShellLine.words(words.dropFirst().joined(separator: " ")).dropFirst()))
    default: nil
    }
  }

  private func text(_ words: [String]) -> String {
    var completion = table.completion(after: words.dropLast(), typing: words.last ?? "")
    var directive = "words"
    switch completion.kind {
    case .directory?: directive = "folders"
    case .file(let extensions)?: directive = (["files"] + extensions).joined(separator: " ")
    case .shot?: completion.candidates += shots(completion)
    case .take?: completion.candidates += takes(completion)
    default: break
    }
    let lines = completion.candidates.map { "\(Self.plain($0.word))\t\(Self.plain($0.says))" }
    return ([directive] + lines).map { $0 + "\n" }.joined()
  }

  // MARK: What a project has

  /// The sequences, and their shots once a sequence is typed or where their name alone says which is meant.
  private func shots(_ completion: Completion) -> [Completion.Candidate] {
    guard let folder = folder(completion) else { return [] }
    var sequences: [Completion.Candidate] = []
    var found: [Completion.Candidate] = []
    var bare: [String: [String]] = [:]
    for name in self.sequences(of: folder) {
      sequences.append(.init(name.text + "/", says: "sequence"))
      guard let content = try? folder.read(name.file, limit: JSONFile.maximumSize) else { continue }
      let source = SourceText(file: name.file, bytes: content.bytes)
      for shot in SequenceFile.read(source, name: name).model?.shots ?? [] {
        let says = shot.name ?? ""
        found.append(.init("\(name.text)/\(shot.id.text)", says: says))
        bare[shot.id.text, default: []].append(says)
      }
    }
    if completion.typed.contains("/") { return fitting(found, completion) }
    return fitting(sequences + bare.filter { $0.value.count == 1 }.map { .init($0, says: $1[0]) }, completion)
  }

  /// The outputs beside the sequences, those that people put there too, by their paths in the project.
  private func takes(_ completion: Completion) -> [Completion.Candidate] {
    guard let folder = folder(completion) else { return [] }
    var found: [Completion.Candidate] = []
    for name in sequences(of: folder) {
      for entry in (try? Tree.entries(of: name.folder, in: folder)) ?? [] {
        guard let take = DroppedTake(entry.path) else { continue }
        found.append(.init(entry.path.string, says: "\(take.kind) of \(take.shot ?? name.text)"))
      }
    }
    return fitting(found, completion)
  }

  private func fitting(_ found: [Completion.Candidate], _ completion: Completion) -> [Completion.Candidate] {
    found.filter { $0.word.hasPrefix(completion.typed) }.sorted { $0.word < $1.word }
      .map { .init(completion.prefix + $0.word, says: $0.says) }
  }

  private func folder(_ completion: Completion) -> Folder? {
    let project = try? ProjectFinder.project(from: completion.values["directory"] ?? ".")
    return project.flatMap { try? Folder(opening: $0) }
  }

  private func sequences(of folder: Folder) -> [SequenceName] {
    ((try? Tree.entries(of: "sequences", in: folder)) ?? []).compactMap { entry in
      if case .sequence(let name) = FileRole(of: entry.path) { name } else { nil }
    }
  }

  /// Names are strangers' text: nothing in them may end the line or move the cursor.
  private static func plain(_ text: String) -> String { TerminalText.escaped(text) }
}
