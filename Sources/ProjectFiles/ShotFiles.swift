internal import Basics

/// Shots in files of their own, and the sequences that they belong to.
///
/// The StoryCore editor says that in two places: a sequence lists ids under `shot_ids`, and a shot names its sequence's `id`. The
/// rules, which make one sequence of each file and do not hang on the order in which files are read:
/// - A shot that stands in the sequence's own file is that one.
/// - A file belongs to a sequence that lists its shot; of several to the one that it names, else to the first by file name.
/// - One that none lists belongs to the sequence that it names, unless that has its shots in its own file.
/// - Listed shots come in the order of the list, then the others by their position.
struct ShotFiles: Sendable {
  private(set) var readings: [ProjectPath: Reading<ShotFile>] = [:]
  /// As they were read, without the shots from elsewhere.
  private(set) var sequences: [SequenceName: Reading<SequenceFile>] = [:]

  private var filesByShot: [ShotID: Set<ProjectPath>] = [:]
  private var listers: [ShotID: Set<SequenceName>] = [:]
  private var filesBySequenceID: [String: Set<ProjectPath>] = [:]
  private var sequencesByID: [String: Set<SequenceName>] = [:]
  /// Files that cannot be read; what they hold is known by their names alone.
  private var broken: Set<ProjectPath> = []

  /// Sequences that are to be put together again, and shots whose files changed.
  private(set) var pending: Set<SequenceName> = []
  private(set) var changed: Set<ShotID> = []
  private var hadStrays = false
}

// MARK: Changes

extension ShotFiles {
  mutating func set(_ reading: Reading<ShotFile>?, at path: ProjectPath) {
    let before = readings[path].map { _ in id(of: path) }
    if let before {
      touch(before)
      filesByShot.remove(path, from: before)
      if let sequence = readings[path]?.model?.sequenceID { filesBySequenceID.remove(path, from: sequence) }
    }
    readings[path] = reading
    broken.remove(path)
    guard let reading else { return }
    if reading.model == nil { broken.insert(path) }
    let after = id(of: path)
    filesByShot[after, default: []].insert(path)
    if let sequence = reading.model?.sequenceID { filesBySequenceID[sequence, default: []].insert(path) }
    touch(after)
  }

  /// The sequence itself is put together at once; those that share a shot or an id with it, later.
  mutating func set(_ reading: Reading<SequenceFile>?, for name: SequenceName) {
    let (before, after) = (sequences[name]?.model, reading?.model)
    link(name, before, isThere: false)
    sequences[name] = reading
    link(name, after, isThere: true)
    // Few sequences have shots elsewhere at all.
    let mayHaveMore = [before, after].contains { $0.map(Self.mayHaveMore) ?? false }
    if readings.isEmpty, !mayHaveMore { return }
    let ids = Set((before?.listedShots ?? []).map(\.value)).union((after?.listedShots ?? []).map(\.value))
    for id in ids { pending.formUnion(sequencesConcerned(by: id)) }
    for text in Set([before?.id?.value, after?.id?.value].compactMap { $0 }) {
      pending.formUnion((sequencesByID[text] ?? []).filter { sequences[$0]?.model.map(Self.mayHaveMore) ?? false })
    }
    pending.remove(name)
  }

  private mutating func link(_ name: SequenceName, _ model: SequenceFile?, isThere: Bool) {
    guard let model else { return }
    for listed in model.listedShots ?? [] {
      if isThere { listers[listed.value, default: []].insert(name) } else { listers.remove(name, from: listed.value) }
    }
    guard let id = model.id?.value else { return }
    if isThere { sequencesByID[id, default: []].insert(name) } else { sequencesByID.remove(name, from: id) }
  }

  private mutating func touch(_ id: ShotID) {
    changed.insert(id)
    pending.formUnion(sequencesConcerned(by: id))
  }

  private func sequencesConcerned(by id: ShotID) -> Set<SequenceName> {
    var names = listers[id] ?? []
    for file in filesByShot[id] ?? [] {
      if let sequence = readings[file]?.model?.sequenceID { names.formUnion(sequencesByID[sequence] ?? []) }
    }
    return names
  }

  /// Hands out what is to be put together again, once.
  mutating func takePending() -> (sequences: Set<SequenceName>, shots: Set<ShotID>) {
    if hadStrays != hasStrays {
      hadStrays.toggle()
      pending.formUnion(sequences.filter { $0.value.model.map(Self.mayHaveMore) ?? false }.keys)
    }
    defer { (pending, changed) = ([], []) }
    return (pending, changed)
  }
}

// MARK: Who belongs to whom

extension ShotFiles {
  /// By what stands inside, else by the file's name.
  private func id(of path: ProjectPath) -> ShotID {
    if let id = readings[path]?.model?.shot.id { return id }
    if case .shot(let id) = FileRole(of: path) { return id }
    return ShotID(path.stem)
  }

  /// The files that hold a shot of that id.
  func files(of id: ShotID) -> Set<ProjectPath> { filesByShot[id] ?? [] }

  /// The one that counts: the only one, or that with the name which the editor would give it.
  private func file(of id: ShotID) -> (path: ProjectPath, isSure: Bool)? {
    guard let files = filesByShot[id], let first = files.min() else { return nil }
    let usual = ShotFile.path(of: id)
    if files.contains(usual) { return (usual, true) }
    return (first, files.count == 1)
  }

  /// The one sequence that a file belongs to.
  func owner(of path: ProjectPath) -> SequenceName? {
    guard let reading = readings[path] else { return nil }
    let id = id(of: path)
    let claimed = reading.model?.sequenceID
    let listing = listers[id] ?? []
    let candidates =
      listing.isEmpty
      ? (claimed.flatMap { sequencesByID[$0] } ?? []).filter { sequences[$0]?.model.map(Self.mayHaveMore) ?? false }
      : listing
    let free = candidates.filter { sequences[$0]?.model?.shot(id) == nil }
    return free.filter { sequences[$0]?.model?.id?.value == claimed }.min() ?? free.min()
  }

  /// Whether shots that a sequence does not list may belong to it.
  private static func mayHaveMore(_ sequence: SequenceFile) -> Bool {
    sequence.id != nil && (sequence.listedShots != nil || !sequence.hasOwnShots)
  }

  /// Whether a file cannot be read that no sequence lists: any sequence may be its own, and nobody can say that a shot is gone.
  private var hasStrays: Bool { broken.contains { listers[id(of: $0)] == nil } }
}

// MARK: Putting together

extension ShotFiles {
  /// A sequence with all its shots.
  func whole(_ name: SequenceName) -> Reading<SequenceFile>? {
    guard var reading = sequences[name], var sequence = reading.model else { return sequences[name] }
    let claimed = sequence.id.flatMap { filesBySequenceID[$0.value] } ?? []
    let mayBeStrayed = hasStrays && Self.mayHaveMore(sequence)
    if sequence.listedShots == nil, claimed.isEmpty, !mayBeStrayed { return reading }
    if mayBeStrayed { sequence.hasNamelessShots = true }

    var diagnostics: [Diagnostic] = []
    func report(_ code: String, _ message: String, _ range: Range<Int>?, _ label: String, isError: Bool = false) {
      diagnostics.append(
        Diagnostic(
          isError ? .error : .warning, code, message, file: name.file,
          place: range.map { reading.source.place($0, label: label) }, notes: range == nil ? [label] : []))
    }
    func add(_ id: ShotID, _ path: ProjectPath, isSure: Bool, _ range: Range<Int>?) {
      var shot = readings[path]?.model?.shot ?? Shot(id: id, file: path, range: 0..<0)
      if readings[path]?.model == nil || !isSure { shot.isFaulty = true }
      guard let rival = sequence.add(shot) else { return }
      report("duplicate-id", SequenceFile.rivalry(rival, id), range, "give one of the two another id", isError: true)
    }

    let twin = twin(of: sequence)
    if let twin, let id = sequence.id {
      report(
        "duplicate-sequence", "\(twin.file) has this `id`, too", id.range,
        "give one of the two another id, or delete the one that is left over; a shot of both belongs to the first by file name"
      )
    }
    var seen: Set<ShotID> = []
    for listed in sequence.listedShots ?? [] {
      let id = listed.value
      guard seen.insert(id).inserted else {
        report("duplicate-shot", "`\(Self.shown(id))` is listed twice", listed.range, "take one out")
        continue
      }
      if sequence.shot(id) != nil { continue }
      guard let (path, isSure) = file(of: id) else {
        report(
          "missing-shot",
          "there is no shot `\(Self.shown(id))`: neither here nor as \(Self.shown(ShotFile.path(of: id)))",
          listed.range, "write that file, or take the id out")
        continue
      }
      let owner = owner(of: path)
      if owner == name {
        add(id, path, isSure: isSure, listed.range)
      } else if let owner, owner != twin {
        report(
          "duplicate-shot", "`\(Self.shown(id))` belongs to \(owner.file), too", listed.range, "it is left out here")
      }
    }
    for path in inOrder(claimed.subtracting(seen.flatMap { files(of: $0) })) {
      let id = id(of: path)
      guard let (counting, isSure) = file(of: id), counting == path, owner(of: path) == name else { continue }
      add(id, path, isSure: isSure, nil)
    }
    for shot in sequence.shots where shot.file == name.file {
      for path in files(of: shot.id).sorted() where seen.contains(shot.id) || claimed.contains(path) {
        let brace = shot.range.lowerBound..<(shot.range.lowerBound + 1)
        report(
          "duplicate-shot", "`\(Self.shown(shot.id))` stands here and in \(Self.shown(path))", brace,
          "the one here counts")
      }
    }
    reading.model = sequence
    reading.diagnostics += diagnostics
    return reading
  }

  /// Another sequence of the same `id`, where shots name their sequence by it: the first of them by file name.
  private func twin(of sequence: SequenceFile) -> SequenceName? {
    guard Self.mayHaveMore(sequence), let id = sequence.id?.value, let names = sequencesByID[id] else { return nil }
    return names.filter { $0 != sequence.name && (sequences[$0]?.model.map(Self.mayHaveMore) ?? false) }.min()
  }

  private func inOrder(_ files: Set<ProjectPath>) -> [ProjectPath] {
    files.sorted { left, right in
      let (a, b) = (readings[left]?.model?.position, readings[right]?.model?.position)
      if let a, let b, a != b { return a < b }
      if (a == nil) != (b == nil) { return a != nil }
      return left < right
    }
  }

  private static func shown(_ id: ShotID) -> String { TerminalText.shortened(id.text, to: 60) }
  private static func shown(_ path: ProjectPath) -> String { TerminalText.shortened(path.string, to: 80) }

  // MARK: What is wrong with a file

  func problems(of path: ProjectPath) -> [Diagnostic] {
    guard let reading = readings[path] else { return [] }
    let id = id(of: path)
    guard files(of: id).count > 1, let (counting, isSure) = file(of: id), counting != path || !isSure else {
      return reading.diagnostics
    }
    let others = files(of: id).filter { $0 != path }.sorted().map { Self.shown($0) }.joined(separator: ", ")
    return reading.diagnostics + [
      isSure
        ? Diagnostic(
          .warning, "duplicate-shot", "\(others) holds the shot `\(Self.shown(id))`, too", file: path,
          notes: ["that one counts, by its name; delete this one or give its shot another id"])
        : Diagnostic(
          .error, "duplicate-shot", "\(others) holds the shot `\(Self.shown(id))`, too", file: path,
          notes: [
            "give one of them another id, or delete it",
            "the shot is frozen until then; nothing was queued or cancelled",
          ])
    ]
  }

  /// The files that belong to no sequence, while all sequences can be read.
  var orphans: [ProjectPath] {
    if sequences.values.contains(where: { $0.model == nil }) { return [] }
    return readings.keys.filter { owner(of: $0) == nil && problems(of: $0).isEmpty }.sorted()
  }
}

extension Dictionary {
  /// Takes an element out of a set that is a value here; an empty one goes.
  fileprivate mutating func remove<Element>(_ element: Element, from key: Key) where Value == Set<Element> {
    self[key]?.remove(element)
    if self[key]?.isEmpty == true { self[key] = nil }
  }
}
