internal import Basics
internal import JSONText
internal import ProjectFiles

extension Planner {
  /// Decides all kinds of one shot, each after those it is made of.
  func plan(
    _ address: ShotAddress, _ shot: Shot, _ sequence: SequenceFile, _ guesses: Guesses, in view: View
  ) -> ShotPlan {
    var plan = ShotPlan(address: address)
    plan.isHeld = shot.isHeld
    var resolver = ShotResolver(
      view: view, forms: forms, guesses: guesses, address: address, shot: shot, sequence: sequence)
    if isReadable(view.project.file), !sequence.isFaulty, !shot.isFaulty {
      for definition in kinds.ordered where definition.scope == .shot && definition.isWanted(shot) {
        guard resolver.isAskedFor(definition.kind) else { continue }
        plan.wants += wants(definition, &resolver, plan, view)
        plan.used[definition.kind] = use(of: definition.kind, shot, &plan, view)
      }
    } else {
      // What it would use is noted all the same, so that nothing of it looks unused meanwhile.
      resolver.freeze()
      for definition in kinds.ordered where definition.scope == .shot && definition.isWanted(shot) {
        resolver.noteUses(for: definition.kind)
      }
    }
    if shot.made != nil, let fault = view.project.templateFault(at: address) { plan.diagnostics.append(fault) }
    plan.diagnostics += resolver.diagnostics
    plan.uses.entries = resolver.uses.entries
    plan.uses.paths.formUnion(resolver.uses.paths)
    if resolver.isFrozen {
      plan.isFrozen = true
      plan.wants = []
    }
    return plan
  }

  func isReadable(_ file: Reading<ProjectFile>?) -> Bool { file?.model.map { !$0.isFaulty } ?? false }

  private func wants(
    _ definition: KindDefinition, _ resolver: inout ShotResolver, _ plan: ShotPlan, _ view: View
  ) -> [PlannedWant] {
    let madeOf = definition.inputs.compactMap { input in input.alternatives.first { plan.wants(kind: $0) } }
    switch resolver.resolve(definition.kind, madeOf: Set(madeOf)) {
    case .frozen: return []
    case .waits(let wait, let engine): return [.waiting(definition.kind, engine, for: wait)]
    case .resolved(var resolved):
      var inputs: JSONObject = [:]
      for kind in madeOf {
        // What it is made of must be read, and it is looked at again when that is edited.
        if let used = plan.used[kind] { resolver.uses.paths.insert(used.path) }
        switch Self.content(of: kind, in: plan) {
        case .failure(let missing): return [.waiting(definition.kind, resolved.engine, for: missing.wait)]
        case .success(let take):
          inputs[kind.name] = .string(take.digest.description)
          resolved.request.inputs[kind] = take
          if !take.isHere { resolved.missingContent = resolved.missingContent ?? .pointer(take.path) }
        }
      }
      if !inputs.isEmpty, resolved.form.usesWorkflows {
        // They stand in the graph, too.
        guard let parts = try? resolved.form.parts(for: resolved.request) else { return [] }
        (resolved.fields, resolved.large) = (parts.fields, parts.large)
      }
      return recipes(definition.kind, resolved, inputs, plan.address, view)
    }
  }

  struct MissingInput: Error {
    var wait: PlannedWant.Wait
  }

  /// The take that a shot uses of a kind, for what is made of it.
  static func content(of kind: Kind, in plan: ShotPlan) -> Result<ShotRequest.Reference, MissingInput> {
    guard let used = plan.used[kind] else { return .failure(MissingInput(wait: .input(kind, of: plan.address))) }
    if used.isCutOff { return .failure(MissingInput(wait: .incomplete(used.path))) }
    guard let digest = used.digest else { return .failure(MissingInput(wait: .reading(used.path))) }
    return .success(ShotRequest.Reference(path: used.path, digest: digest, isHere: used.isHere))
  }

  /// Which take a kind uses: the pick, else that of its first recipe, even while that one is missing.
  private func use(of kind: Kind, _ shot: Shot, _ plan: inout ShotPlan, _ view: View) -> UsedTake? {
    if let pick = shot.pick[kind] {
      let path = plan.address.sequence.folder.appending(pick.value)
      plan.uses.paths.insert(path)
      if let picked = picked(path, view) { return picked }
      let source = view.project.source(of: shot.file)
      plan.diagnostics.append(
        Diagnostic(
          .warning, "missing-pick", "there is no take `\(TerminalText.shortened(pick.value, to: 80))`",
          file: shot.file,
          place: source?.place(pick.range, label: "pick one that is there, or take the line out"),
          notes: ["until then the take of the first recipe is used"]))
    }
    guard let first = plan.wants.first(where: { $0.kind == kind }), case .fresh(let take) = first.state, !take.isRemoved
    else { return nil }
    return UsedTake(take)
  }

  /// The take of that name: one with a sidecar, or a file that a person put among the takes.
  private func picked(_ path: ProjectPath, _ view: View) -> UsedTake? {
    if let take = view.takes.byPath[path] { return take.isMet && !take.isRemoved ? UsedTake(take) : nil }
    switch view.project.content(of: path) {
    case .here(let digest, _)?: return UsedTake(path: path, digest: digest, isHere: true)
    case .pointer(let digest)?: return UsedTake(path: path, digest: digest, isHere: false)
    case .unread?, .reading?: return UsedTake(path: path, digest: nil, isHere: true)
    case .incomplete?:
      var used = UsedTake(path: path, digest: nil, isHere: true)
      used.isCutOff = true
      return used
    case .unreadable?, nil: return nil
    }
  }
}
