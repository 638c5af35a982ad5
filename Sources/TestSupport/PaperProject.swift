package import Basics
internal import Engines
internal import Imaging
package import JSONText
package import Planning
package import ProjectFiles

/// A project on paper: files held in memory, takes made up, a planner that follows every change. For tests of deciding.
///
/// Every step is planned as the watcher plans it, by what it touches; `jobs` and `problems` compare that with a plan of the same
/// files made afresh and say so if the two differ.
package struct PaperProject {
  package private(set) var files: [ProjectPath: [UInt8]] = [:]
  package private(set) var project = Project()
  package private(set) var takes = TakeCatalogue()
  package private(set) var planner: Planner
  /// The recipes in the takes' sidecars.
  package var recipes: [ProjectPath: JSONObject] = [:]
  /// The shots that the last step planned again.
  package private(set) var replanned: Set<ShotAddress> = []
  /// What the user's cache holds, by recipe; changes of it alone are no news to the planner.
  package var cache: [Digest: [CachedOutput]] = [:]
  private var clock: Int64 = 0

  /// The engine that draws storyboards, as far as deciding goes.
  package static let storyboard: any EngineForm = StoryboardEngine(
    helper: ImagingHelper(executable: "reel-imaging"), version: "test", capacity: 1)

  package init(
    _ files: [(String, String)] = [], kinds: KindList = .released, forms: [any EngineForm] = [PaperProject.storyboard],
    migrations: RecipeMigrations = .released
  ) {
    planner = Planner(kinds: kinds, forms: EngineForms(forms), migrations: migrations)
    for (path, text) in files { write(path, text) }
  }

  // MARK: Steps

  package mutating func write(_ path: String, _ text: String) { write(path, bytes: Array(text.utf8)) }

  package mutating func write(_ path: String, bytes: [UInt8]) {
    let path = ProjectPath(trusted: path)
    files[path] = bytes
    update(Self.set(path, bytes, in: &project))
  }

  /// Replaces a text in a file; the text must be there once.
  package mutating func edit(_ path: String, _ before: String, _ after: String) {
    let text = String(decoding: files[ProjectPath(trusted: path)] ?? [], as: UTF8.self)
    let parts = text.split(separator: before, omittingEmptySubsequences: false)
    precondition(parts.count == 2, "`\(before)` stands \(parts.count - 1) times in \(path)")
    write(path, parts.joined(separator: after))
  }

  /// A whole PNG as far as its beginning and end tell; other words, other content.
  package mutating func dropImage(_ path: String, _ content: String) {
    write(path, bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + content.utf8 + "IEND".utf8)
  }

  /// What git-lfs leaves in place of a file with that content.
  package mutating func dropPointer(_ path: String, to content: [UInt8]) {
    write(path, Self.pointer(to: content))
  }

  package static func pointer(to content: [UInt8]) -> String {
    "version https://git-lfs.github.com/spec/v1\noid \(Digest(of: content))\nsize \(content.count)\n"
  }

  package mutating func remove(_ path: String) {
    let path = ProjectPath(trusted: path)
    files[path] = nil
    update(Self.set(path, nil, in: &project))
  }

  /// Puts a take in, changes it, or takes it out.
  package mutating func setTake(_ take: Take?, at path: ProjectPath) {
    let fingerprints = [takes.byPath[path], take].compactMap { $0?.fingerprint }
    guard takes.set(take, at: path) else { return }
    update([], takesAt: [path], fingerprints: Set(fingerprints))
  }

  package mutating func changeTake(_ path: ProjectPath, _ change: (inout Take) -> Void) {
    guard var take = takes.byPath[path] else { preconditionFailure("there is no take \(path)") }
    change(&take)
    setTake(take, at: path)
  }

  /// Makes a take of a recipe, as an engine would; other words, other bytes.
  @discardableResult
  package mutating func make(_ want: Want, saying content: String = "") -> Take {
    let output = Digest(of: Array("\(want.recipe.fingerprint) \(content)".utf8))
    let name = TakeName(
      shot: want.address.shot, kind: want.kind, fingerprint: want.recipe.fingerprint, output: output,
      fileExtension: "png")
    let path = want.address.sequence.folder.appending(name.description)
    clock += 1
    let sidecar = Sidecar(
      kind: want.kind, shot: want.address.description, fingerprint: want.recipe.fingerprint, recipe: want.recipe.fields,
      output: Sidecar.Output(digest: output, bytes: 100, type: "image/png", width: 16, height: 9),
      engine: Sidecar.EngineFacts(name: want.engine, type: want.engineType, version: "test"))
    let take = Take(
      path: path, sidecar: sidecar,
      fingerprint: planner.migrations.fingerprint(of: sidecar.recipe, stated: sidecar.fingerprint), modified: clock,
      presence: .here)
    recipes[path] = want.recipe.fields
    setTake(take, at: path)
    return take
  }

  /// Puts what a recipe gave into the cache.
  package mutating func cache(_ take: Take) {
    guard let recipe = recipes[take.path] else { preconditionFailure("\(take.path) has no recipe") }
    let sidecar = Sidecar(
      kind: take.kind, shot: "", fingerprint: take.fingerprint, recipe: recipe, output: take.output, engine: take.engine
    )
    cache[take.fingerprint, default: []].append(CachedOutput(sidecar))
  }

  /// Makes what is planned, and what becomes possible by that, until nothing is left to make.
  package mutating func workOff() {
    for _ in 0..<100 {
      let wants = planned.compactMap { planned in
        switch planned.state {
        case .needed, .copyable, .restorable: planned.want
        case .fresh, .waits: nil
        }
      }
      if wants.isEmpty { return }
      for want in wants { make(want) }
    }
    preconditionFailure("the work has no end")
  }

  // MARK: Questions

  /// The jobs of the plan in the order of the film: `sequence_001/shot_002 still: no take yet`.
  package var jobs: [String] {
    states { state in
      switch state {
      case .needed(let reason): reason.sentence
      case .fresh, .copyable, .restorable, .waits: nil
      }
    } + differences
  }

  /// What is waited for: `sequence_001/shot_002 clip: waits for the still of sequence_001/shot_002`.
  package var waits: [String] {
    states { if case .waits(let wait) = $0 { wait.sentence } else { nil } } + differences
  }

  /// What is copied: `sequence_001/shot_002 still: from sequences/…`.
  package var copies: [String] {
    states { if case .copyable(let take) = $0 { "from \(take.path)" } else { nil } } + differences
  }

  /// What comes from the cache: `sequence_001/shot_002 still: from the cache, no take yet`.
  package var restores: [String] {
    states { if case .restorable(_, let reason) = $0 { "from the cache, \(reason.sentence)" } else { nil } }
      + differences
  }

  package var frozen: [String] {
    addresses.filter { planner.shots[$0]?.isFrozen == true }.map(\.description) + differences
  }

  /// All that is wrong with the files and the shots, each once, in order.
  package var problems: [Diagnostic] {
    var found = Set(planner.shots.values.flatMap(\.diagnostics))
    found.formUnion(project.file?.diagnostics ?? [])
    for reading in project.sequences.values { found.formUnion(reading.diagnostics) }
    for path in files.keys { found.formUnion(project.problems(ofShotFile: path)) }
    for reading in project.library.values { found.formUnion(reading.diagnostics) }
    for reading in project.workflows.values { found.formUnion(reading.diagnostics) }
    return found.sorted()
  }

  package func plan(of address: String) -> ShotPlan? { ShotAddress(address).flatMap { planner.shots[$0] } }

  /// The recipe of a shot's first want of a kind.
  package func recipe(of address: String, _ kind: Kind = .still) -> Recipe? { want(of: address, kind)?.recipe }

  package func want(of address: String, _ kind: Kind = .still) -> Want? {
    guard let address = ShotAddress(address),
      let key = planner.shots[address]?.wants.first(where: { $0.kind == kind })?.key
    else { return nil }
    return planner.wants(of: address, in: view).first { $0.key == key }
  }

  /// All that a shot wants, in full.
  package func wants(of address: String) -> [Want] {
    ShotAddress(address).map { planner.wants(of: $0, in: view) } ?? []
  }

  /// The takes of a shot, the newest first.
  package func takes(of address: String, _ kind: Kind = .still) -> [Take] {
    ShotAddress(address).map { takes.takes(of: TakeOwner($0, kind)) } ?? []
  }

  // MARK: Following changes

  private var view: Planner.View {
    Planner.View(
      project: project, takes: takes,
      recipe: { [recipes, migrations = planner.migrations] take in recipes[take.path].map { migrations.current($0) } },
      cached: { [cache] fingerprint, kind, wished in
        let outputs = (cache[fingerprint] ?? []).filter { $0.kind == kind }
        return outputs.first { $0.output.digest == wished } ?? outputs.first
      })
  }

  private mutating func update(
    _ touched: Set<Touched>, takesAt paths: Set<ProjectPath> = [], fingerprints: Set<Digest> = []
  ) {
    let gathered = project.gatherShots().touched
    replanned = planner.update(touched.union(gathered), takesAt: paths, fingerprints: fingerprints, in: view)
  }

  private static func set(_ path: ProjectPath, _ bytes: [UInt8]?, in project: inout Project) -> Set<Touched> {
    let source = bytes.map { SourceText(file: path, bytes: $0) }
    switch FileRole(of: path) {
    case .project: return project.set(source.map { ProjectFile.read($0) })
    case .sequence(let name): return project.set(source.map { SequenceFile.read($0, name: name) }, for: name)
    case .shot(let id): return project.set(source.map { ShotFile.read($0, id: id) }, at: path)
    case .entry(let name): return project.set(source.map { LibraryEntry.read($0, name: name) }, for: name)
    case .ratings(let person): return project.set(source.map { Ratings.read($0) }, for: person)
    case .workflow: return project.set(source.map { Workflow.read($0) }, at: path)
    case .sidecar, .output: preconditionFailure("\(path) is a take: use setTake")
    case .misnamed:
      project.setMisnamed(path, bytes != nil)
      return []
    case .other: return project.set(bytes.map { input($0) }, at: path)
    }
  }

  private static func input(_ bytes: [UInt8]) -> InputFile {
    let stamp = FileStamp(size: Int64(bytes.count), modified: 0, changed: 0, inode: 0, device: 0)
    if let pointer = LFSPointer(bytes) { return InputFile(stamp: stamp, content: .pointer(pointer.digest)) }
    let format = ImageFormat(head: bytes)
    guard format.isComplete(head: bytes, tail: bytes, size: bytes.count) else {
      return InputFile(stamp: stamp, content: .incomplete)
    }
    return InputFile(stamp: stamp, content: .here(Digest(of: bytes), format))
  }

  private var addresses: [ShotAddress] { Self.inFilmOrder(planner, project) }

  private static func inFilmOrder(_ planner: Planner, _ project: Project) -> [ShotAddress] {
    project.orderedSequences.flatMap { name in
      (project.shotAddresses(of: name) + [ShotAddress(name, nil)]).filter { planner.shots[$0] != nil }
    }
  }

  private var planned: [PlannedWant] {
    addresses.flatMap { address -> [PlannedWant] in
      guard let plan = planner.shots[address], !plan.isHeld, !plan.isFrozen else { return [] }
      return plan.wants
    }
  }

  private func states(_ sentence: (PlannedWant.State) -> String?) -> [String] {
    addresses.flatMap { address -> [String] in
      guard let plan = planner.shots[address], !plan.isHeld, !plan.isFrozen else { return [] }
      return plan.wants.compactMap { want in sentence(want.state).map { "\(address) \(want.kind): \($0)" } }
    }
  }

  /// Where the plan that followed the changes differs from one made afresh: nowhere.
  private var differences: [String] {
    var cold = Project()
    for (path, bytes) in files { _ = Self.set(path, bytes, in: &cold) }
    _ = cold.gatherShots()
    var fresh = Planner(kinds: planner.kinds, forms: planner.forms, migrations: planner.migrations)
    var view = self.view
    view.project = cold
    _ = fresh.update([.everything], in: view)
    let addresses = Set(planner.shots.keys).union(fresh.shots.keys).sorted()
    return addresses.compactMap { address in
      let (live, cold) = (planner.shots[address].map(Self.text), fresh.shots[address].map(Self.text))
      return live == cold ? nil : "\(address) is planned as \(live ?? "nothing"), and afresh as \(cold ?? "nothing")"
    }
  }

  private static func text(_ plan: ShotPlan) -> String {
    let wants = plan.wants.map { "\($0.kind) \($0.engine) \($0.key.map { "\($0.fingerprint)" } ?? "-") \($0.state)" }
    let used = plan.used.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.path)" }
    let uses = plan.uses.entries.sorted() + plan.uses.paths.map(\.string).sorted()
    return "\(plan.isFrozen) \(plan.isHeld) \(wants) \(used) \(uses) \(plan.diagnostics.sorted())"
  }
}
