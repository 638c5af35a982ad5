package import Basics
internal import Glibc
internal import Index
internal import Planning
package import ProjectFiles
package import Watching

extension Picture {
  /// Looks again at what may have changed and plans again what that touches.
  package mutating func look(at dirty: DirtyPaths, accepting acceptance: Acceptance) -> Look {
    var marks = Marks()
    if dirty.everything {
      lookBelow(.root, acceptance, &marks)
      // What the index knows of files that are gone is of no use any more.
      forgotten.formUnion(remembered.keys)
      remembered = [:]
    } else {
      for path in dirty.folders { lookBelow(path, acceptance, &marks) }
      for path in dirty.files { look(at: path, acceptance, &marks) }
    }
    return replan(marks)
  }

  /// What one round of looking touched.
  struct Marks {
    var touched: Set<Touched> = []
    var takePaths: Set<ProjectPath> = []
    var fingerprints: Set<Digest> = []
    /// Files whose own diagnostics may have changed.
    var files: Set<ProjectPath> = []
    var look = Look()
  }

  private mutating func lookBelow(_ start: ProjectPath, _ acceptance: Acceptance, _ marks: inout Marks) {
    let listing = WatchedTree.listing(of: folder, below: start)
    for (path, kind) in listing {
      if case .folder = kind { continue }
      examine(path, kind, acceptance, &marks)
    }
    let gone = files.keys.filter { (start == .root || $0 == start || $0.isInside(start)) && listing[$0] == nil }
    for path in gone { lose(path, acceptance, &marks) }
  }

  /// What lies at a path, nil when nothing does. What cannot even be looked at is there, but of no use.
  private func kind(at path: ProjectPath) -> Folder.Kind? {
    do throws(FileError) {
      return try folder.look(at: path)
    } catch {
      return .other
    }
  }

  private mutating func look(at path: ProjectPath, _ acceptance: Acceptance, _ marks: inout Marks) {
    guard WatchedTree.isReported(path) else { return }
    switch kind(at: path) {
    case nil: if files[path] != nil { lose(path, acceptance, &marks) } else { marks.look.settled.insert(path) }
    case .folder?: if files[path] != nil { lose(path, acceptance, &marks) }
    case let kind?: examine(path, kind, acceptance, &marks)
    }
  }

  private mutating func examine(
    _ path: ProjectPath, _ kind: Folder.Kind, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    guard case .file(let stamp) = kind else {
      // A pipe, a link that leads out: as if nothing were there, but said where it is used.
      if files[path] != nil { lose(path, .asItIs, &marks) }
      return
    }
    if let known = files[path], known.stamp == stamp, stamp.isSettled(at: known.readAt) {
      marks.look.settled.insert(path)
      return
    }
    let now = FileStamp.now()
    switch FileRole(of: path) {
    case .project, .sequence, .entry: readText(path, stamp, acceptance, &marks)
    case .sidecar(let output): readSidecar(path, of: output, stamp, acceptance, &marks)
    case .output: readOutput(path, stamp, &marks)
    case .misnamed:
      project.setMisnamed(path, true)
      marks.files.insert(path)
      files[path] = KnownFile(stamp: stamp, readAt: now)
    case .other: readInput(path, stamp, acceptance, &marks)
    }
  }

  /// Takes a file out of the picture, or names it as unsettled when it may come back at once.
  private mutating func lose(_ path: ProjectPath, _ acceptance: Acceptance, _ marks: inout Marks) {
    if acceptance == .whole {
      marks.look.unsettled[path] = .absent
      return
    }
    marks.look.settled.insert(path)
    files[path] = nil
    remembered[path] = nil
    learnt[path] = nil
    forgotten.insert(path)
    marks.files.insert(path)
    switch FileRole(of: path) {
    case .project: marks.touched.formUnion(project.set(nil))
    case .sequence(let name): marks.touched.formUnion(project.set(nil, for: name))
    case .entry(let name): marks.touched.formUnion(project.set(nil as Reading<LibraryEntry>?, for: name))
    case .sidecar(let output):
      sidecars[output] = nil
      settleTake(at: output, &marks)
    case .output:
      outputs[path] = nil
      settleTake(at: path, &marks)
    case .misnamed: project.setMisnamed(path, false)
    case .other: marks.touched.formUnion(project.set(nil as InputFile?, at: path))
    }
  }

  /// Plans what was touched, reads the references that this made known, and collects problems.
  mutating func replan(_ marks: Marks) -> Look {
    var look = marks.look
    var marks = marks
    while true {
      let view = self.view
      let planned = planner.update(
        marks.touched, takesAt: marks.takePaths, fingerprints: marks.fingerprints, in: view)
      look.replanned.formUnion(planned)
      for path in marks.files { look.problems.form(problems.set(diagnostics(of: path), of: .file(path))) }
      for address in planned {
        look.problems.form(problems.set(planner.shots[address]?.diagnostics ?? [], of: .shot(address)))
      }
      marks = Marks()
      for address in planned {
        for wanted in planner.shots[address]?.wants ?? [] {
          guard case .waits(.reading(let path)) = wanted.state else { continue }
          read(path, &marks)
        }
      }
      look.toRead.formUnion(marks.look.toRead)
      if marks.touched.isEmpty { break }
    }
    look.problems.form(problems.set(projectDiagnostics(), of: .project))
    return look
  }
}

// MARK: Reading

extension Picture {
  private mutating func readText(
    _ path: ProjectPath, _ stamp: FileStamp, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    let source: SourceText
    var failure: Diagnostic?
    do throws(FileError) {
      let content = try folder.read(path, limit: JSONFile.maximumSize)
      source = SourceText(file: path, bytes: content.bytes)
    } catch {
      if error.isAbsence { return lose(path, acceptance, &marks) }
      source = SourceText(file: path, bytes: [])
      failure = Diagnostic(
        .error, error.code == EFBIG ? "too-large" : "unreadable-file", error.description, file: path,
        notes: ["its shots are frozen until it reads again; nothing was queued or cancelled"])
    }
    if failure == nil, self.source(of: path)?.bytes == source.bytes {
      files[path] = KnownFile(stamp: stamp, readAt: FileStamp.now())
      marks.look.settled.insert(path)
      return
    }
    let touched: Set<Touched>?
    switch FileRole(of: path) {
    case .project:
      let reading = failure.map { Reading(model: nil, diagnostics: [$0], source: source) } ?? ProjectFile.read(source)
      touched = reading.model == nil && acceptance == .whole ? nil : project.set(reading)
    case .sequence(let name):
      let reading =
        failure.map { Reading(model: nil, diagnostics: [$0], source: source) } ?? SequenceFile.read(source, name: name)
      touched = reading.model == nil && acceptance == .whole ? nil : project.set(reading, for: name)
    case .entry(let name):
      let reading =
        failure.map { Reading(model: nil, diagnostics: [$0], source: source) } ?? LibraryEntry.read(source, name: name)
      touched = reading.model == nil && acceptance == .whole ? nil : project.set(reading, for: name)
    default: preconditionFailure("Internal inconsistency: \(path) is no text of ours")
    }
    guard let touched else {
      marks.look.unsettled[path] = .broken
      return
    }
    files[path] = KnownFile(stamp: stamp, readAt: FileStamp.now())
    marks.look.settled.insert(path)
    marks.touched.formUnion(touched)
    marks.files.insert(path)
  }

  private func source(of path: ProjectPath) -> SourceText? {
    switch FileRole(of: path) {
    case .project: project.file?.source
    case .sequence(let name): project.sequences[name]?.source
    case .entry(let name): project.library[name]?.source
    default: nil
    }
  }

  /// A file that recipes may name. Its content is read only when a shot uses it.
  private mutating func readInput(
    _ path: ProjectPath, _ stamp: FileStamp, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    if let memory = remembered.removeValue(forKey: path), memory.stamp == stamp, stamp.isSettled(at: memory.hashedAt),
      let content = Self.content(memory)
    {
      files[path] = KnownFile(stamp: stamp, readAt: memory.hashedAt)
      marks.touched.formUnion(project.set(InputFile(stamp: stamp, content: content), at: path))
      return
    }
    guard planner.isUsed(path) else {
      files[path] = KnownFile(stamp: stamp, readAt: FileStamp.now())
      marks.touched.formUnion(project.set(InputFile(stamp: stamp, content: .unread), at: path))
      return
    }
    if stamp.size > ContentReader.inlineLimit {
      // The old content counts until the new one is read.
      marks.look.toRead.insert(path)
      return
    }
    guard let input = ContentReader.read(path, in: folder) else {
      marks.look.unsettled[path] = .broken
      return
    }
    take(input, at: path, acceptance, &marks)
  }

  /// Takes over a content that was read on a thread beside; nil when it could not be read in one piece.
  package mutating func take(_ input: InputFile?, readAt path: ProjectPath, accepting acceptance: Acceptance) -> Look {
    var marks = Marks()
    if let input { take(input, at: path, acceptance, &marks) } else { marks.look.unsettled[path] = .broken }
    return replan(marks)
  }

  private mutating func take(
    _ input: InputFile, at path: ProjectPath, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    if input.content == .incomplete, acceptance == .whole {
      marks.look.unsettled[path] = .broken
      return
    }
    let now = FileStamp.now()
    files[path] = KnownFile(stamp: input.stamp, readAt: now)
    marks.look.settled.insert(path)
    marks.touched.formUnion(project.set(input, at: path))
    if let memory = Self.memory(of: input, at: now) {
      learnt[path] = memory
      forgotten.remove(path)
    }
  }

  /// Reads a reference that a shot turned out to use.
  private mutating func read(_ path: ProjectPath, _ marks: inout Marks) {
    guard let input = project.inputs[path], input.content == .unread else { return }
    if input.stamp.size > ContentReader.inlineLimit {
      marks.touched.formUnion(project.set(InputFile(stamp: input.stamp, content: .reading), at: path))
      marks.look.toRead.insert(path)
    } else if let read = ContentReader.read(path, in: folder) {
      take(read, at: path, .asItIs, &marks)
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

  private static func content(_ memory: IndexedFile) -> InputFile.Content? {
    guard let digest = memory.digest, let facts = memory.facts else { return nil }
    if facts == "pointer" { return .pointer(digest) }
    return ImageFormat(rawValue: facts).map { .here(digest, $0) }
  }
}
