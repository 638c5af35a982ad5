internal import Basics
internal import Index
internal import JSONText
internal import Planning
internal import ProjectFiles
internal import Watching

extension Picture {
  /// A sidecar, and what it says of its take.
  struct SidecarText: Sendable {
    /// As it was when it was read.
    var stamp: FileStamp
    var readAt: Int64
    /// Nil when it says nothing usable.
    var facts: SidecarFacts?
    var diagnostics: [Diagnostic] = []
    /// Whether the index told it.
    var isRemembered = false
  }

  /// What the index says of a sidecar, as long as its stamp is the one that it had.
  static func sidecar(rememberedIn memory: IndexedFile?, _ stamp: FileStamp, version: Int) -> SidecarText? {
    guard let memory, memory.stamp == stamp, stamp.isSettled(at: memory.hashedAt),
      let facts = SidecarMemory.facts(memory.facts, version: version, modified: stamp.modified)
    else { return nil }
    return SidecarText(stamp: stamp, readAt: memory.hashedAt, facts: facts, isRemembered: true)
  }

  static func sidecar(
    at path: ProjectPath, in folder: Folder, _ migrations: RecipeMigrations
  ) throws(FileError) -> SidecarText {
    let now = FileStamp.now()
    let content = try FileError.twiceRefused { () throws(FileError) in
      try folder.read(path, limit: Sidecar.maximumSize)
    }
    let reading = Sidecar.read(SourceText(file: path, bytes: content.bytes))
    let facts = reading.model.map { sidecar in
      let fingerprint = migrations.fingerprint(of: sidecar.recipe, stated: sidecar.fingerprint)
      var bare = sidecar
      bare.recipe = [:]
      return SidecarFacts(sidecar: bare, fingerprint: fingerprint, modified: content.stamp.modified)
    }
    return SidecarText(stamp: content.stamp, readAt: now, facts: facts, diagnostics: reading.diagnostics)
  }

  /// - Parameter ahead: what was read of it already.
  mutating func readSidecar(
    _ path: ProjectPath, of output: ProjectPath, _ stamp: FileStamp, _ ahead: SidecarText?, _ acceptance: Acceptance,
    _ marks: inout Marks
  ) {
    let version = planner.migrations.currentVersion
    let memory = remembered.removeValue(forKey: path)
    let text: SidecarText
    if let known = ahead ?? Self.sidecar(rememberedIn: memory, stamp, version: version) {
      text = known
    } else {
      do throws(FileError) {
        text = try Self.sidecar(at: path, in: folder, planner.migrations)
      } catch {
        if error.isAbsence { return lose(path, acceptance, &marks) }
        let problem = Diagnostic(
          .warning, "bad-sidecar", error.description, file: path,
          notes: ["its take counts for nothing until it reads again; the output is left alone"])
        return refuse(path, of: output, stamp, [problem], acceptance, &marks)
      }
    }
    guard let facts = text.facts else {
      return refuse(path, of: output, text.stamp, text.diagnostics, acceptance, &marks)
    }
    know(path, text.stamp, readAt: text.readAt, &marks)
    // The path of the output stands in several tables, and is one in memory where the output was met first.
    let output = outputs.index(forKey: output).map { outputs[$0].key } ?? output
    sidecars[output] = facts
    if text.isRemembered { return settleTake(at: output, &marks) }
    // One that is odd is read again at the next start, so that it is said again.
    if text.diagnostics.isEmpty {
      learnt[path] = IndexedFile(
        stamp: text.stamp, digest: nil, hashedAt: text.readAt, facts: SidecarMemory.text(facts, version: version))
      forgotten.remove(path)
    }
    marks.look.problems.form(problems.set(text.diagnostics, of: .file(path)))
    settleTake(at: output, &marks)
  }

  /// A sidecar that says nothing usable: its take is none.
  private mutating func refuse(
    _ path: ProjectPath, of output: ProjectPath, _ stamp: FileStamp, _ found: [Diagnostic], _ acceptance: Acceptance,
    _ marks: inout Marks
  ) {
    if acceptance == .whole {
      marks.look.unsettled[path] = .broken
      return
    }
    know(path, stamp, &marks)
    sidecars[output] = nil
    marks.look.problems.form(problems.set(found, of: .file(path)))
    settleTake(at: output, &marks)
  }

  /// A take's output: here, a git-lfs pointer, or nothing (an empty file is nothing). Its content is read only when something is
  /// made of it, or when somebody asks whether it was edited.
  mutating func readOutput(_ path: ProjectPath, _ stamp: FileStamp, _ acceptance: Acceptance, _ marks: inout Marks) {
    if stamp.size == 0, acceptance == .whole, outputs[path].map({ $0.presence != .absent }) ?? false {
      // A program that saves in place begins so, and may draw for a while before it writes. Made anew meanwhile, what it writes then
      // would be lost.
      marks.look.unsettled[path] = .partial
      return
    }
    let before = outputs[path]
    var facts = OutputFacts(stamp: stamp, content: .unread)
    var readAt = FileStamp.now()
    if let memory = recall(path, stamp) {
      (facts.content, readAt) = memory
    } else if stamp.size < LFSPointer.maximumSize,
      let content = try? folder.read(path, limit: LFSPointer.maximumSize), let pointer = LFSPointer(content.bytes)
    {
      facts.content = .pointer(pointer.digest)
    } else if let before, before.stamp.size == stamp.size, planner.isUsed(path) {
      // What it held counts until it is known what it holds, so that nothing that is made of it is cancelled for a touch.
      facts.content = before.content
    }
    know(path, stamp, readAt: readAt, &marks)
    outputs[path] = facts
    settleTake(at: path, &marks)
    if facts.presence == .here, facts.content == before?.content, planner.isUsed(path) {
      read(path, stamp, acceptance, &marks)
    }
  }

  /// Puts together what is known of a take: its sidecar makes it one.
  mutating func settleTake(at output: ProjectPath, _ marks: inout Marks) {
    marks.outputs.insert(output)
    let before = takes.byPath[output]
    // Of a take that comes with its sidecar the output is met first.
    if before == nil, sidecars[output] == nil { return }
    let take = sidecars[output].map { facts in
      Take(
        path: output, facts: facts.$sidecar, fingerprint: facts.fingerprint, modified: facts.modified,
        presence: outputs[output]?.presence ?? .absent,
        bytes: outputs[output]?.bytes(of: facts.sidecar.output) ?? .asMade)
    }
    notePointer(take, at: output)
    guard takes.set(take, at: output) else { return }
    marks.takePaths.insert(output)
    for known in [before, take].compactMap({ $0 }) { marks.fingerprints.insert(known.fingerprint) }
  }

  /// An output whose sidecar is missing or cannot be read is a file like any other that a person put there: it can be picked and
  /// named as a reference, and meets no want. Once for each look, as most outputs are only met before their sidecars.
  mutating func settleBareOutputs(_ marks: inout Marks) {
    for path in marks.outputs {
      var bare: InputFile?
      if sidecars[path] == nil, let facts = outputs[path], facts.presence != .absent {
        bare = InputFile(stamp: facts.stamp, content: facts.content)
      }
      if bare == nil, project.inputs[path] == nil { continue }
      marks.touched.formUnion(setInput(bare, at: path))
    }
    marks.outputs = []
  }
}
