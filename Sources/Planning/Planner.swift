package import Basics
package import JSONText
package import ProjectFiles

/// Decides what is missing, and why: the wants of each shot against the takes that are there.
///
/// Pure, and kept shot by shot: a change is planned again for the shots that it touches and for no others. What comes of a shot is
/// always what planning the whole project afresh would give. How one shot is decided stands in `Planner+Shot.swift` (its kinds and
/// what they are made of), `ShotResolver.swift` (its text, made into requests) and `Planner+Wants.swift` (recipes against takes).
package struct Planner: Sendable {
  package let kinds: KindList
  package let forms: EngineForms
  package let migrations: RecipeMigrations
  package private(set) var shots: [ShotAddress: ShotPlan] = [:]

  private var index = PlanIndex()
  /// Shots that were planned and whose file does not say any more whether they are still wanted.
  private var undecided: [SequenceName: Set<ShotAddress>] = [:]

  package init(kinds: KindList, forms: EngineForms, migrations: RecipeMigrations = .released) {
    self.kinds = kinds
    self.forms = forms
    self.migrations = migrations
  }

  /// The fingerprint, the kind, and the hash that the output had, where it is known.
  package typealias CacheLookup = @Sendable (Digest, Kind, _ wished: Digest?) -> CachedOutput?

  /// What the planner looks at; nothing of it is kept.
  package struct View: Sendable {
    /// In boxes, as everyone who decides a shot holds a view: counting the holders of each of a project's tables would be work that threads
    /// cannot do at the same time.
    @Boxed package var project: Project
    @Boxed package var takes: TakeCatalogue
    /// The recipe in a take's sidecar, in the current form; nil when it cannot be read any more. Asked only where a reason must be
    /// told, as it may read a file.
    package var recipe: @Sendable (Take) -> JSONObject?
    /// What the user's cache holds of a recipe, the output with a certain hash if it has that. Asked only for wants that no take meets.
    package var cached: CacheLookup

    package init(
      project: Project, takes: TakeCatalogue, recipe: @escaping @Sendable (Take) -> JSONObject?,
      cached: @escaping CacheLookup = { _, _, _ in nil }
    ) {
      _project = Boxed(wrappedValue: project)
      _takes = Boxed(wrappedValue: takes)
      self.recipe = recipe
      self.cached = cached
    }
  }

  /// Plans again what changes touch.
  /// - Parameters:
  ///   - paths: where takes came, went or changed.
  ///   - fingerprints: of those takes, before and after.
  /// - Returns: the addresses that were planned, those of shots that went away too.
  package mutating func update(
    _ touched: Set<Touched>, takesAt paths: Set<ProjectPath> = [], fingerprints: Set<Digest> = [], in view: View
  ) -> Set<ShotAddress> {
    if touched.contains(.everything) {
      let all = self.addresses(touchedBy: .everything, in: view.project)
      return all.union(replan(all, in: view))
    }
    var addresses: Set<ShotAddress> = []
    for mark in touched { addresses.formUnion(self.addresses(touchedBy: mark, in: view.project)) }
    for path in paths { addresses.formUnion(index.shots(concernedByTakeAt: path)) }
    for digest in fingerprints { addresses.formUnion(index.shots(wanting: digest)) }
    return addresses.union(replan(addresses, in: view))
  }

  /// Whether a shot without a plan may still be wanted: its sequence's file cannot be read, wholly or in part, so nobody can say that
  /// the shot is gone. Nothing of it is to be queued or cancelled.
  package func isUndecided(_ address: ShotAddress) -> Bool {
    undecided[address.sequence]?.contains(address) ?? false
  }

  /// The shots of a sequence that are undecided, in no order.
  package func undecidedShots(of name: SequenceName) -> Set<ShotAddress> { undecided[name] ?? [] }

  /// What a shot wants, in full: planned again as it was, since a plan that is kept does not say of takes that are there what they were
  /// made of.
  package func wants(of address: ShotAddress, in view: View) -> [Want] {
    let plan =
      address.shot == nil ? planSequence(address.sequence, in: view) : plan(of: address, Guesses(), in: view)
    return plan?.wants.compactMap(\.want) ?? []
  }

  /// Whether any shot wants a take of this recipe.
  package func isWanted(_ fingerprint: Digest) -> Bool { index.isWanted(fingerprint) }

  /// Whether any shot looks at this file: its content must be known then.
  package func isUsed(_ path: ProjectPath) -> Bool { index.isUsed(path) }
}

// MARK: Which shots

extension Planner {
  private func addresses(touchedBy mark: Touched, in project: Project) -> Set<ShotAddress> {
    switch mark {
    case .everything:
      var all = Set(shots.keys)
      for addresses in undecided.values { all.formUnion(addresses) }
      for name in project.sequences.keys { all.formUnion(Self.addresses(of: name, in: project)) }
      return all
    case .sequence(let name):
      return Self.addresses(of: name, in: project).union(undecided[name] ?? []).union(index.shots(of: name))
    case .shots(let name, let ids):
      var addresses = Set(ids.map { ShotAddress(name, $0) })
      // What is wrong with the others now stands elsewhere in the file.
      for address in index.shots(of: name) where shots[address].map({ $0.isFrozen || !$0.diagnostics.isEmpty }) ?? false
      {
        addresses.insert(address)
      }
      return addresses.union([ShotAddress(name, nil)])
    case .entry(let name): return index.shots(using: name)
    case .path(let path): return index.shots(using: path)
    case .name(let name): return project.addresses(of: ShotID(name)).union(index.shots(using: name))
    case .shot(let address):
      return shots[address] == nil && project.shot(at: address) == nil ? [] : [address]
    }
  }

  /// The shots of a sequence and the sequence itself.
  private static func addresses(of name: SequenceName, in project: Project) -> Set<ShotAddress> {
    project.sequences[name] == nil ? [] : Set(project.shotAddresses(of: name) + [ShotAddress(name, nil)])
  }

  /// - Returns: the sequences that want something of their own, made of what their shots use.
  private mutating func replan(_ addresses: Set<ShotAddress>, in view: View) -> Set<ShotAddress> {
    var sequences: Set<ShotAddress> = []
    var decided = decide(addresses, in: view)
    for (name, group) in Dictionary(grouping: addresses, by: { $0.sequence }) {
      let reading = view.project.sequences[name]
      // The file is there, but not all of it says which shot it means.
      let isPartlyUnknown = reading.map { !($0.model?.namesAllShots ?? false) } ?? false
      for address in group where address.shot != nil {
        if let plan = decided.removeValue(forKey: address) {
          undecided[name]?.remove(address)
          set(plan, at: address)
          continue
        }
        if isPartlyUnknown { undecided[name, default: []].insert(address) } else { undecided[name]?.remove(address) }
        set(nil, at: address)
      }
      if undecided[name]?.isEmpty == true { undecided[name] = nil }
      // After its shots, whose takes it is made of.
      let whole = ShotAddress(name, nil)
      let before = shots[whole]
      set(planSequence(name, in: view)?.kept, at: whole)
      if before != nil || shots[whole] != nil { sequences.insert(whole) }
    }
    return sequences
  }

  /// The plans of those shots that are there. Each is decided by itself, so many are decided on all cores.
  private func decide(_ addresses: Set<ShotAddress>, in view: View) -> [ShotAddress: ShotPlan] {
    // Neighbours together: they look at the same sequence, and miss the same things.
    let many = addresses.count > Self.few
    // Without what is decided already: a thread that still held that would have it copied as a whole when it is changed below.
    let decider = Planner(kinds: kinds, forms: forms, migrations: migrations)
    let plans = Spread.mapChunks(many ? addresses.sorted() : Array(addresses), of: many ? Self.chunk : Self.few + 1) {
      chunk in
      let guesses = Guesses()
      return chunk.compactMap { decider.plan(of: $0, guesses, in: view)?.kept }
    }
    return Dictionary(plans.lazy.map { ($0.address, $0) }) { first, _ in first }
  }

  private func plan(of address: ShotAddress, _ guesses: Guesses, in view: View) -> ShotPlan? {
    guard address.shot != nil, let sequence = view.project.sequences[address.sequence]?.model,
      let shot = view.project.shot(at: address)
    else { return nil }
    return plan(address, shot, sequence, guesses, in: view)
  }

  /// So many take about a millisecond.
  private static let chunk = 100
  /// With so few the threads would be no help.
  private static let few = 300

  private mutating func set(_ plan: ShotPlan?, at address: ShotAddress) {
    let before = shots[address]
    shots[address] = plan
    // Most changes leave what a shot looks at as it was.
    if let before, let plan, before.uses == plan.uses, before.fingerprints == plan.fingerprints { return }
    if let before { index.remove(before) }
    if let plan { index.add(plan) }
  }
}
