internal import Watching
internal import Basics
internal import Index
internal import JSONText
internal import Planning
internal import ProjectFiles

extension Picture {
  mutating func readSidecar(
    _ path: ProjectPath, of output: ProjectPath, _ stamp: FileStamp, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    let version = planner.migrations.currentVersion
    if let memory = remembered.removeValue(forKey: path), memory.stamp == stamp, stamp.isSettled(at: memory.hashedAt),
      let facts = SidecarMemory.facts(memory.facts, version: version, modified: stamp.modified)
    {
      files[path] = KnownFile(stamp: stamp, readAt: memory.hashedAt)
      sidecars[output] = facts
      return settleTake(at: output, &marks)
    }
    let now = FileStamp.now()
    guard let content = try? folder.read(path, limit: Sidecar.maximumSize) else {
      if acceptance == .whole { marks.look.unsettled[path] = .broken }
      return
    }
    let reading = Sidecar.read(SourceText(file: path, bytes: content.bytes))
    guard let sidecar = reading.model else {
      if acceptance == .whole {
        marks.look.unsettled[path] = .broken
        return
      }
      files[path] = KnownFile(stamp: stamp, readAt: now)
      sidecars[output] = nil
      look(&marks, at: path, problems: reading.diagnostics)
      return settleTake(at: output, &marks)
    }
    let fingerprint = planner.migrations.fingerprint(of: sidecar.recipe, stated: sidecar.fingerprint)
    var facts = SidecarFacts(sidecar: sidecar, fingerprint: fingerprint, modified: stamp.modified)
    facts.sidecar.recipe = [:]
    files[path] = KnownFile(stamp: stamp, readAt: now)
    sidecars[output] = facts
    learnt[path] = IndexedFile(
      stamp: content.stamp, digest: nil, hashedAt: now, facts: SidecarMemory.text(facts, version: version))
    forgotten.remove(path)
    marks.look.settled.insert(path)
    look(&marks, at: path, problems: [])
    settleTake(at: output, &marks)
  }

  private mutating func look(_ marks: inout Marks, at path: ProjectPath, problems found: [Diagnostic]) {
    marks.look.problems.form(problems.set(found, of: .file(path)))
  }

  /// A take's output: here, a git-lfs pointer, or nothing (an empty file is nothing).
  mutating func readOutput(_ path: ProjectPath, _ stamp: FileStamp, _ marks: inout Marks) {
    files[path] = KnownFile(stamp: stamp, readAt: FileStamp.now())
    if stamp.size == 0 {
      outputs[path] = .absent
    } else if stamp.size < LFSPointer.maximumSize,
      let content = try? folder.read(path, limit: LFSPointer.maximumSize), LFSPointer(content.bytes) != nil
    {
      outputs[path] = .pointer
    } else {
      outputs[path] = .here
    }
    marks.look.settled.insert(path)
    settleTake(at: path, &marks)
  }

  /// Puts together what is known of a take: its sidecar makes it one.
  mutating func settleTake(at output: ProjectPath, _ marks: inout Marks) {
    let before = takes.byPath[output]
    let take = sidecars[output].map { facts in
      Take(
        path: output, sidecar: facts.sidecar, fingerprint: facts.fingerprint, modified: facts.modified,
        presence: outputs[output] ?? .absent)
    }
    guard takes.set(take, at: output) else { return }
    marks.takePaths.insert(output)
    for known in [before, take].compactMap({ $0 }) { marks.fingerprints.insert(known.fingerprint) }
  }
}

/// What the index keeps of a sidecar, so that 20,000 of them need not be read again at each start: all but the recipe.
private enum SidecarMemory {
  static func text(_ facts: Picture.SidecarFacts, version: Int) -> String {
    let sidecar = facts.sidecar
    var object: JSONObject = [
      "form": .number(JSONNumber(version)), "current": .string(facts.fingerprint.hex),
      "kind": .string(sidecar.kind.name),
      "shot": .string(sidecar.shot), "fingerprint": .string(sidecar.fingerprint.hex),
      "output": .object(Sidecar.fields(sidecar.output)), "engine": .object(Sidecar.fields(sidecar.engine)),
    ]
    if let created = sidecar.created { object["created"] = .string(created) }
    if let seconds = sidecar.seconds { object["seconds"] = .number(JSONNumber(seconds)) }
    if sidecar.isRemoved { object["removed"] = true }
    return JSON.object(object).compactText
  }

  /// Nil when it was written for another form of recipes, or by another reel.
  static func facts(_ text: String?, version: Int, modified: Int64) -> Picture.SidecarFacts? {
    guard let text, let value = try? JSONDocument(parsing: Array(text.utf8)).root.value, value["form"]?.int == version,
      let current = value["current"]?.string.flatMap({ Digest(hex: $0) }),
      let fingerprint = value["fingerprint"]?.string.flatMap({ Digest(hex: $0) }),
      let kind = value["kind"]?.string.flatMap({ Kind($0) }), let shot = value["shot"]?.string,
      let output = Sidecar.output(value["output"]), let engine = Sidecar.engine(value["engine"])
    else { return nil }
    let sidecar = Sidecar(
      kind: kind, shot: shot, fingerprint: fingerprint, recipe: [:], output: output, engine: engine,
      created: value["created"]?.string, seconds: value["seconds"]?.double, isRemoved: value["removed"]?.bool ?? false)
    return Picture.SidecarFacts(sidecar: sidecar, fingerprint: current, modified: modified)
  }
}
