package import Basics
package import JSONText
package import ProjectFiles

/// Decides what is missing, and why: the wants of each shot against the takes that are there.
///
/// Pure, and kept shot by shot: a change is planned again for the shots that it touches and for no others. What a take was made
/// of is asked through `recipe(of:)` only where a reason must be told.
package struct Planner: Sendable {
  package let kinds: KindList
  package let forms: EngineForms
  package let migrations: RecipeMigrations
  package private(set) var shots: [ShotAddress: ShotPlan] = [:]

  private var bySequence: [SequenceName: Set<ShotAddress>] = [:]
  private var byEntry: [String: Set<ShotAddress>] = [:]
  private var byPath: [ProjectPath: Set<ShotAddress>] = [:]
  private var byFingerprint: [Digest: Set<ShotAddress>] = [:]

  package init(kinds: KindList, forms: EngineForms, migrations: RecipeMigrations = .released) {
    self.kinds = kinds
    self.forms = forms
    self.migrations = migrations
  }

  /// What the planner looks at; nothing of it is kept.
  package struct View {
    package var project: Project
    package var takes: TakeCatalogue
    /// The recipe in a take's sidecar, in the current form; nil when it cannot be read any more.
    package var recipe: (Take) -> JSONObject?

    package init(project: Project, takes: TakeCatalogue, recipe: @escaping (Take) -> JSONObject?) {
      self.project = project
      self.takes = takes
      self.recipe = recipe
    }
  }

  /// Plans again what the changes touch. The addresses that were planned come back, those of shots that went away too.
  package mutating func update(_ touched: Set<Touched>, in view: View) -> Set<ShotAddress> {
    var addresses: Set<ShotAddress> = []
    for mark in touched { addresses.formUnion(self.addresses(touchedBy: mark, in: view.project)) }
    replan(addresses, in: view)
    return addresses
  }

  /// Plans again what may change when takes of these paths and fingerprints came, went or changed.
  package mutating func update(takesAt paths: Set<ProjectPath>, fingerprints: Set<Digest>, in view: View) -> Set<
    ShotAddress
  > {
    var addresses: Set<ShotAddress> = []
    for digest in fingerprints { addresses.formUnion(byFingerprint[digest] ?? []) }
    for path in paths {
      guard let owner = TakeOwner(of: path), let name = SequenceName(owner.folder.name), name.folder == owner.folder
      else {
        continue
      }
      for address in bySequence[name] ?? [] where address.shot?.fileName == owner.shot { addresses.insert(address) }
    }
    replan(addresses, in: view)
    return addresses
  }

  private func addresses(touchedBy mark: Touched, in project: Project) -> Set<ShotAddress> {
    switch mark {
    case .everything:
      var all = Set(shots.keys)
      for name in project.sequences.keys { all.formUnion(Self.addresses(of: name, in: project)) }
      return all
    case .sequence(let name):
      return (bySequence[name] ?? []).union(Self.addresses(of: name, in: project))
    case .entry(let name): return byEntry[name] ?? []
    case .path(let path): return byPath[path] ?? []
    case .name(let name):
      return project.addresses(of: ShotID(name)).union(byEntry[name] ?? [])
    case .shot(let address):
      return shots[address] == nil ? [] : [address]
    }
  }

  /// The shots of a sequence and the sequence itself.
  private static func addresses(of name: SequenceName, in project: Project) -> Set<ShotAddress> {
    guard let reading = project.sequences[name] else { return [] }
    var addresses: Set<ShotAddress> = [ShotAddress(name, nil)]
    for shot in reading.model?.shots ?? [] { addresses.insert(ShotAddress(name, shot.id)) }
    return addresses
  }

  private mutating func replan(_ addresses: Set<ShotAddress>, in view: View) {
    var sequences: Set<SequenceName> = []
    // Shots by the sequence, so that finding a shot in its file costs one pass over the file and not one each.
    let grouped = Dictionary(grouping: addresses.filter { $0.shot != nil }, by: \.sequence)
    for (name, group) in grouped {
      sequences.insert(name)
      let reading = view.project.sequences[name]
      let shots = Dictionary((reading?.model?.shots ?? []).map { ($0.id, $0) }) { first, _ in first }
      for address in group {
        guard let id = address.shot else { continue }
        if let shot = shots[id], let sequence = reading?.model {
          set(plan(address, shot, sequence, in: view), at: address)
        } else {
          set(nil, at: address)
        }
      }
    }
    for address in addresses where address.shot == nil { sequences.insert(address.sequence) }
    for name in sequences { set(planSequence(name, in: view), at: ShotAddress(name, nil)) }
  }

  private mutating func set(_ plan: ShotPlan?, at address: ShotAddress) {
    if let before = shots[address]?.uses {
      for name in before.entries { Self.remove(address, from: &byEntry, name) }
      for path in before.paths { Self.remove(address, from: &byPath, path) }
      for digest in before.fingerprints { Self.remove(address, from: &byFingerprint, digest) }
    }
    shots[address] = plan
    guard let plan else { return Self.remove(address, from: &bySequence, address.sequence) }
    bySequence[address.sequence, default: []].insert(address)
    for name in plan.uses.entries { byEntry[name, default: []].insert(address) }
    for path in plan.uses.paths { byPath[path, default: []].insert(address) }
    for digest in plan.uses.fingerprints { byFingerprint[digest, default: []].insert(address) }
  }

  private static func remove<Key>(_ address: ShotAddress, from map: inout [Key: Set<ShotAddress>], _ key: Key) {
    map[key]?.remove(address)
    if map[key]?.isEmpty == true { map[key] = nil }
  }

  /// The fingerprints that a path's shots want, for takes that come without a known place.
  package func isWanted(_ fingerprint: Digest) -> Bool { byFingerprint[fingerprint] != nil }

  /// Whether any shot's recipe was made with this file.
  package func isUsed(_ path: ProjectPath) -> Bool { byPath[path] != nil }

  /// The files that shots use, whose content must be known.
  package var usedPaths: Dictionary<ProjectPath, Set<ShotAddress>>.Keys { byPath.keys }
}

// MARK: One shot

extension Planner {
  private func plan(_ address: ShotAddress, _ shot: Shot, _ sequence: SequenceFile, in view: View) -> ShotPlan {
    var plan = ShotPlan(address: address)
    plan.isHeld = shot.isHeld
    let isProjectReadable = view.project.file?.model.map { !$0.isFaulty } ?? false
    if !isProjectReadable || sequence.isFaulty || shot.isFaulty {
      plan.isFrozen = true
      // What it would use is still noted, so that nothing about it looks unused meanwhile.
      plan.uses.entries = Set(PromptText(shot.prompt?.value ?? "").entries)
      return plan
    }
    var resolver = ShotResolver(
      project: view.project, forms: forms, address: address, shot: shot, sequence: sequence)
    for definition in kinds.ordered where definition.scope == .shot && definition.isWanted(shot) {
      let outcome = resolver.resolve(definition.kind)
      switch outcome {
      case .frozen: continue
      case .waits(let wait, let engine):
        plan.wants.append(PlannedWant(kind: definition.kind, engine: engine, want: nil, state: .waits(wait)))
      case .resolved(let resolved):
        plan.wants += wants(definition, resolved, shot, plan, view)
      }
      settleUse(of: definition.kind, shot, &plan, view)
    }
    plan.diagnostics += resolver.diagnostics
    plan.uses = resolver.uses
    plan.uses.fingerprints = Set(plan.wants.compactMap { $0.want?.recipe.fingerprint })
    if resolver.isFrozen {
      plan.isFrozen = true
      plan.wants = []
      plan.uses.fingerprints = []
    }
    return plan
  }

  private func wants(
    _ definition: KindDefinition, _ resolved: ShotResolver.Resolved, _ shot: Shot, _ plan: ShotPlan, _ view: View
  ) -> [PlannedWant] {
    let address = plan.address
    var inputs: JSONObject = [:]
    for kind in definition.inputs {
      // A kind that the shot does not want is no input of it; one that it wants must have its used take first.
      guard plan.wants.contains(where: { $0.kind == kind }) else { continue }
      guard let take = plan.used[kind], !take.isRemoved else {
        return [
          PlannedWant(
            kind: definition.kind, engine: resolved.engine, want: nil, state: .waits(.input(kind, of: address)))
        ]
      }
      inputs[kind.name] = .string(take.output.digest.description)
    }
    return recipes(definition.kind, resolved, inputs, plan.address, view)
  }

  /// One want for each recipe: `takes: n` gives n seeds, the same recipe twice is one.
  private func recipes(
    _ kind: Kind, _ resolved: ShotResolver.Resolved, _ inputs: JSONObject, _ address: ShotAddress, _ view: View
  ) -> [PlannedWant] {
    var planned: [PlannedWant] = []
    for number in 0..<resolved.takes {
      var fields: JSONObject = [
        "version": .number(JSONNumber(migrations.currentVersion)), "kind": .string(kind.name),
        "engine": .string(resolved.form.type),
      ]
      for (key, value) in resolved.fields { fields[key] = value }
      if !inputs.isEmpty { fields["inputs"] = .object(inputs) }
      switch resolved.form.seeding {
      case .seed: fields["seed"] = .number(JSONNumber(resolved.seed &+ UInt64(number)))
      case .takeNumber: fields["take"] = .number(JSONNumber(number + 1))
      case .none: break
      }
      let want = Want(
        address: address, kind: kind, engine: resolved.engine, engineType: resolved.form.type, recipe: Recipe(fields),
        request: resolved.request)
      if planned.contains(where: { $0.want?.recipe.fingerprint == want.recipe.fingerprint }) { continue }
      let state = state(of: want, number: number, resolved, isFirstMet: planned.first?.isMet ?? false, view)
      planned.append(PlannedWant(kind: kind, engine: resolved.engine, want: want, state: state))
    }
    return planned
  }

  private func state(
    of want: Want, number: Int, _ resolved: ShotResolver.Resolved, isFirstMet: Bool, _ view: View
  ) -> PlannedWant.State {
    let owner = TakeOwner(want.address, want.kind)
    let fingerprint = want.recipe.fingerprint
    if let take = view.takes.current(fingerprint, of: owner) { return .fresh(take) }
    if let take = view.takes.copyable(fingerprint, kind: want.kind, besides: owner) { return .copyable(take) }
    // The recipe is known by hash; what it is made of must be here to be worked on.
    if let wait = resolved.missingContent { return .waits(wait) }
    if let lost = view.takes.lost(fingerprint, of: owner) { return .needed(.outputGone(lost.path)) }
    guard let newest = view.takes.takes(of: owner).first else {
      return .needed(number == 0 ? .noTake : .further(number: number + 1, count: resolved.takes))
    }
    if number > 0, isFirstMet { return .needed(.further(number: number + 1, count: resolved.takes)) }
    guard let before = view.recipe(newest) else { return .needed(.unknownBefore(take: newest.path.name)) }
    let changes = RecipeDifference.between(
      before, want.recipe.fields, references: want.request.references.map(\.path))
    return .needed(.changed(changes, take: newest.path.name))
  }

  /// Settles which take a kind uses, for kinds that depend on it: the pick, else that of its first recipe.
  private func settleUse(of kind: Kind, _ shot: Shot, _ plan: inout ShotPlan, _ view: View) {
    if let pick = shot.pick[kind] {
      let path = plan.address.sequence.folder.appending(pick.value)
      if let take = view.takes.byPath[path], take.isMet {
        plan.used[kind] = take
        return
      }
      let source = view.project.sequences[plan.address.sequence]?.source
      plan.diagnostics.append(
        Diagnostic(
          .warning, "missing-pick", "there is no take `\(TerminalText.shortened(pick.value, to: 80))`",
          file: plan.address.sequence.file,
          place: source?.place(pick.range, label: "pick one that is there, or take the line out"),
          notes: ["until then the newest recipe's take is used"]))
    }
    if let first = plan.wants.first(where: { $0.kind == kind }), case .fresh(let take) = first.state {
      plan.used[kind] = take
    }
  }
}

// MARK: A whole sequence

extension Planner {
  /// What the sequence itself wants: kinds made of the used takes of its shots. A sequence whose file cannot be read stands here
  /// with `isFrozen`, as its shots are not known.
  private func planSequence(_ name: SequenceName, in view: View) -> ShotPlan? {
    guard let reading = view.project.sequences[name] else { return nil }
    let address = ShotAddress(name, nil)
    var plan = ShotPlan(address: address)
    guard let sequence = reading.model else {
      plan.isFrozen = true
      return plan
    }
    let definitions = kinds.ordered.filter { $0.scope == .sequence }
    if definitions.isEmpty || sequence.shots.isEmpty { return nil }
    if sequence.isFaulty || view.project.file?.model?.isFaulty ?? true {
      plan.isFrozen = true
      return plan
    }
    for definition in definitions {
      guard definition.isWanted(Shot(id: ShotID(name.text), range: 0..<0)) else { continue }
      plan.wants += sequenceWants(definition, sequence, address, view)
      plan.uses.fingerprints.formUnion(plan.wants.compactMap { $0.want?.recipe.fingerprint })
    }
    return plan
  }

  private func sequenceWants(
    _ definition: KindDefinition, _ sequence: SequenceFile, _ address: ShotAddress, _ view: View
  ) -> [PlannedWant] {
    // The engine of a whole sequence is the one that makes the kind; built-in ones need no mention.
    guard let form = forms.byType.values.first(where: { $0.kinds.contains(definition.kind) }) else { return [] }
    var parts: [JSON] = []
    for shot in sequence.shots {
      let shotAddress = ShotAddress(address.sequence, shot.id)
      var part: JSONObject = [:]
      for kind in definition.inputs {
        guard shots[shotAddress]?.wants.contains(where: { $0.kind == kind }) ?? false else { continue }
        guard let take = shots[shotAddress]?.used[kind] else {
          return [
            PlannedWant(
              kind: definition.kind, engine: form.type, want: nil, state: .waits(.input(kind, of: shotAddress)))
          ]
        }
        part[kind.name] = .string(take.output.digest.description)
      }
      if let duration = shot.duration { part["duration"] = .number(JSONNumber(duration)) }
      parts.append(.object(part))
    }
    var request = ShotRequest(address: address, kind: definition.kind, prompt: "")
    request.fields = ["shots": .array(parts)]
    guard let fields = try? form.recipe(for: request) else { return [] }
    let resolved = ShotResolver.Resolved(
      engine: form.type, form: form, request: request, fields: fields, seed: ShotResolver.seed(of: nil), takes: 1,
      missingContent: nil)
    return recipes(definition.kind, resolved, ["shots": .array(parts)], address, view)
  }
}

extension PlannedWant {
  /// Whether its take is there.
  package var isMet: Bool {
    if case .fresh = state { true } else { false }
  }
}
