internal import Basics
internal import Glibc
internal import Index
internal import Planning
internal import ProjectFiles
internal import Watching

// MARK: Texts

extension Picture {
  mutating func readText(_ path: ProjectPath, _ acceptance: Acceptance, _ marks: inout Marks) {
    // Before it is read: understanding a large one takes longer than a clock's tick.
    let now = FileStamp.now()
    let content: Folder.Content
    do throws(FileError) {
      content = try folder.read(path, limit: JSONFile.maximumSize)
    } catch {
      if error.isAbsence { return lose(path, acceptance, &marks) }
      return refuse(path, error, acceptance, &marks)
    }
    // An empty text stands for one that could not be read, too: those are never the same.
    if !content.bytes.isEmpty, project.source(of: path)?.bytes == content.bytes {
      return know(path, content.stamp, readAt: now, &marks)
    }
    let source = SourceText(file: path, bytes: content.bytes)
    let isTaken =
      switch FileRole(of: path) {
      case .project: take(ProjectFile.read(source), acceptance, &marks) { $0.set($1) }
      case .sequence(let name):
        take(SequenceFile.read(source, name: name), acceptance, &marks) { $0.set($1, for: name) }
      case .shot(let id): take(ShotFile.read(source, id: id), acceptance, &marks) { $0.set($1, at: path) }
      case .entry(let name):
        take(LibraryEntry.read(source, name: name), acceptance, &marks) { $0.set($1, for: name) }
      case .ratings(let person): takeRatings(Ratings.read(source), of: person, acceptance, &marks)
      case .workflow: take(Workflow.read(source), acceptance, &marks) { $0.set($1, at: path) }
      default: preconditionFailure("Internal inconsistency: \(path) is no text of ours")
      }
    if isTaken { know(path, content.stamp, readAt: now, &marks) }
  }

  /// Takes over a sequence that was read ahead.
  mutating func take(
    _ text: SequenceText, of name: SequenceName, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    if take(text.reading, acceptance, &marks, { $0.set($1, for: name) }) {
      know(text.reading.source.file, text.content.stamp, readAt: text.readAt, &marks)
    }
  }

  private mutating func takeRatings(
    _ reading: Reading<Ratings>, of person: Person, _ acceptance: Acceptance, _ marks: inout Marks
  ) -> Bool {
    let before = project.ratings[person]?.model
    let isTaken = take(reading, acceptance, &marks) { $0.set($1, for: person) }
    if isTaken { marks.look.shown.noteRatings(before, reading.model) }
    return isTaken
  }

  /// Takes over what a text says. One that is broken may be in the middle of being written: it is waited for.
  private mutating func take<Model>(
    _ reading: Reading<Model>, _ acceptance: Acceptance, _ marks: inout Marks,
    _ set: (inout Project, Reading<Model>) -> Set<Touched>
  ) -> Bool {
    let path = reading.source.file
    if reading.model == nil, acceptance == .whole {
      marks.look.unsettled[path] = .broken
      return false
    }
    marks.touched.formUnion(set(&project, reading))
    marks.files.insert(path)
    return true
  }

  /// A text that cannot be read at all.
  private mutating func refuse(
    _ path: ProjectPath, _ error: FileError, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    let source = SourceText(file: path, bytes: [])
    let role = FileRole(of: path)
    var problem = Diagnostic(
      .error, error.code == EFBIG ? "too-large" : "unreadable-file", error.description, file: path,
      notes: ["its shots are frozen until it reads again; nothing was queued or cancelled"])
    if case .ratings = role {
      problem.severity = .warning
      problem.notes = ["its ratings count for nothing until it reads again"]
    }
    func unread<Model>() -> Reading<Model> { Reading(model: nil, diagnostics: [problem], source: source) }
    let isTaken =
      switch role {
      case .project: take(unread(), acceptance, &marks) { $0.set($1) }
      case .sequence(let name): take(unread(), acceptance, &marks) { $0.set($1, for: name) }
      case .shot: take(unread(), acceptance, &marks) { $0.set($1 as Reading<ShotFile>, at: path) }
      case .entry(let name): take(unread(), acceptance, &marks) { $0.set($1, for: name) }
      case .ratings(let person): take(unread(), acceptance, &marks) { $0.set($1, for: person) }
      case .workflow: take(unread(), acceptance, &marks) { $0.set($1 as Reading<Workflow>, at: path) }
      default: preconditionFailure("Internal inconsistency: \(path) is no text of ours")
      }
    // With a stamp that no file has: known to be there, and looked at again each time.
    if isTaken { know(path, FileStamp(size: -1, modified: 0, changed: .max, inode: 0, device: 0), &marks) }
  }
}

// MARK: References

extension Picture {
  /// A file that recipes may name. Its content is read only when a shot uses it.
  mutating func readInput(_ path: ProjectPath, _ stamp: FileStamp, _ acceptance: Acceptance, _ marks: inout Marks) {
    if let memory = recall(path, stamp) {
      know(path, stamp, readAt: memory.readAt, &marks)
      marks.touched.formUnion(setInput(InputFile(stamp: stamp, content: memory.content), at: path))
    } else if planner.isUsed(path) {
      read(path, stamp, acceptance, &marks)
    } else {
      know(path, stamp, &marks)
      marks.touched.formUnion(setInput(InputFile(stamp: stamp, content: .unread), at: path))
    }
    marks.files.insert(path)
  }

  /// Reads a reference that a shot turned out to use.
  mutating func readNow(_ path: ProjectPath, _ acceptance: Acceptance, _ marks: inout Marks) {
    if let input = project.inputs[path], input.content == .unread {
      read(path, input.stamp, acceptance, &marks)
    } else if let output = outputs[path], takes.byPath[path]?.isToRead ?? false {
      read(path, output.stamp, acceptance, &marks)
    }
  }

  /// Here if it is small, else on a thread beside; until then the old content counts.
  mutating func read(
    _ path: ProjectPath, _ stamp: FileStamp, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    let began = FileStamp.now()
    if stamp.size > ContentReader.inlineLimit {
      if let input = project.inputs[path], input.content == .unread {
        marks.touched.formUnion(setInput(InputFile(stamp: input.stamp, content: .reading), at: path))
      }
      marks.look.toRead.insert(path)
    } else if let input = ContentReader.read(path, in: folder) {
      take(input, at: path, readSince: began, acceptance, &marks)
    } else if kind(at: path) == nil {
      // It may be waited for as absent already, and its going has been told: there is no more to come.
      lose(path, acceptance, &marks)
    } else {
      // Written to while it was read: there is more to come.
      take(InputFile(stamp: stamp, content: .incomplete), at: path, readSince: began, acceptance, &marks)
    }
  }

  /// Takes over a content. A picture whose end is missing may still be on its way: it is waited for.
  /// - Parameter began: when its reading began, by the file system's clock.
  mutating func take(
    _ input: InputFile, at path: ProjectPath, readSince began: Int64, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    let isOutput = if case .output = FileRole(of: path) { true } else { false }
    // Nothing waits for a take of which nothing is made.
    if input.content == .incomplete, acceptance == .whole, !isOutput || planner.isUsed(path) {
      marks.look.unsettled[path] = .partial
      return
    }
    know(path, input.stamp, readAt: began, &marks)
    if isOutput {
      outputs[path] = OutputFacts(stamp: input.stamp, content: input.content)
      settleTake(at: path, &marks)
    } else {
      marks.touched.formUnion(setInput(input, at: path))
      marks.files.insert(path)
    }
    if let memory = Self.memory(of: input, at: began) {
      learnt[path] = memory
      forgotten.remove(path)
    }
  }

  /// What the index keeps of a reference: its hash, and what it is in a word.
  private static func memory(of input: InputFile, at now: Int64) -> IndexedFile? {
    switch input.content {
    case .here(let digest, let format):
      IndexedFile(stamp: input.stamp, digest: digest, hashedAt: now, facts: format.rawValue)
    case .pointer(let digest): IndexedFile(stamp: input.stamp, digest: digest, hashedAt: now, facts: "pointer")
    case .unread, .reading, .incomplete, .unreadable: nil
    }
  }

  /// What the index says of a file, as long as its stamp is the one that it had.
  mutating func recall(_ path: ProjectPath, _ stamp: FileStamp) -> (content: InputFile.Content, readAt: Int64)? {
    guard let memory = remembered.removeValue(forKey: path), memory.stamp == stamp, stamp.isSettled(at: memory.hashedAt)
    else { return nil }
    return Self.content(memory).map { ($0, memory.hashedAt) }
  }

  private static func content(_ memory: IndexedFile) -> InputFile.Content? {
    guard let digest = memory.digest, let facts = memory.facts else { return nil }
    if facts == "pointer" { return .pointer(digest) }
    return ImageFormat(rawValue: facts).map { .here(digest, $0) }
  }
}
