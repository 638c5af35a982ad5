internal import Basics
internal import JSONText
internal import ProjectFiles

extension Planner {
  /// What a sequence itself wants: kinds made of the used takes of its shots, which are planned already.
  ///
  /// A sequence whose file cannot be read stands here with `isFrozen`, as its shots are not known. So does one of which a shot is
  /// frozen, where it wants anything: what it is made of is not known.
  func planSequence(_ name: SequenceName, in view: View) -> ShotPlan? {
    guard let reading = view.project.sequences[name] else { return nil }
    let address = ShotAddress(name, nil)
    var plan = ShotPlan(address: address)
    guard let sequence = reading.model else {
      plan.isFrozen = true
      return plan
    }
    let definitions = kinds.ordered.filter { $0.scope == .sequence }
    if definitions.isEmpty { return nil }
    let parts = view.project.shots(of: name)
    if parts.isEmpty { return nil }
    let isAnyFrozen = parts.contains { shots[ShotAddress(name, $0.id)]?.isFrozen ?? true }
    if sequence.isFaulty || !sequence.namesAllShots || isAnyFrozen || !isReadable(view.project.file) {
      plan.isFrozen = true
      return plan
    }
    for definition in definitions { plan.wants += sequenceWants(definition, sequence, parts, &plan, view) }
    return plan
  }

  private func sequenceWants(
    _ definition: KindDefinition, _ sequence: SequenceFile, _ parts: [Shot], _ plan: inout ShotPlan, _ view: View
  ) -> [PlannedWant] {
    let settings = view.project.settings(of: sequence)
    guard let (engine, form, entry) = engine(for: definition.kind, settings, view.project) else { return [] }

    var request = ShotRequest(plan.address, definition.kind, settings)
    request.engine = entry
    var missing: PlannedWant.Wait?
    // All of them before the first that must be waited for, so that they are read together.
    plan.uses.paths.formUnion(used(definition, sequence.name, parts).map(\.path))
    for shot in parts where definition.isWanted(shot) {
      guard let shotPlan = shots[ShotAddress(sequence.name, shot.id)] else { continue }
      var part = ShotRequest.Part(shot: shot.id, duration: shot.duration)
      for input in definition.inputs {
        guard let kind = input.alternatives.first(where: { shotPlan.wants(kind: $0) }) else { continue }
        switch Self.content(of: kind, in: shotPlan) {
        case .failure(let input): return [.waiting(definition.kind, engine, for: input.wait)]
        case .success(let take):
          part.inputs[kind] = take
          if !take.isHere { missing = missing ?? .pointer(take.path) }
        }
      }
      request.parts.append(part)
    }
    do throws(RecipeRefusal) {
      let parts = try form.parts(for: request)
      let resolved = ShotResolver.Resolved(
        engine: engine, form: form, request: request, fields: parts.fields, large: parts.large,
        seed: settings.seed?.value ?? ShotID(sequence.name.text).seed, takes: 1, missingContent: missing)
      return recipes(definition.kind, resolved, ["shots": .array(request.parts.map(\.recipe))], plan.address, view)
    } catch {
      plan.diagnostics.append(Diagnostic(.error, "refused-by-engine", error.message, file: sequence.name.file))
      plan.isFrozen = true
      return []
    }
  }

  /// The takes that a sequence's own is made of, as far as they are known.
  private func used(_ definition: KindDefinition, _ sequence: SequenceName, _ parts: [Shot]) -> [UsedTake] {
    parts.filter(definition.isWanted).flatMap { shot -> [UsedTake] in
      guard let plan = shots[ShotAddress(sequence, shot.id)] else { return [] }
      return definition.inputs.compactMap { input in
        input.alternatives.first { plan.wants(kind: $0) }.flatMap { plan.used[$0] }
      }
    }
  }

  /// Who makes a kind of a whole sequence: its engine if that can, else a built-in one, else one that the project defines.
  private func engine(
    for kind: Kind, _ settings: ResolvedSettings, _ project: Project
  ) -> (name: String, form: any EngineForm, entry: EngineDefinition?)? {
    let definitions = project.engines
    let names = [settings.engine?.value].compactMap { $0 } + forms.builtInNames + definitions.keys.sorted()
    for name in names {
      if case .found(let form, let entry) = forms.form(named: name, in: definitions), form.kinds.contains(kind) {
        return (name, form, entry)
      }
    }
    return nil
  }
}

extension ShotRequest.Part {
  /// What of a shot decides the bytes of its sequence's take: its takes by content, and how long it stands.
  fileprivate var recipe: JSON {
    var fields: JSONObject = [:]
    for kind in inputs.keys.sorted() { fields[kind.name] = inputs[kind].map { .string($0.digest.description) } }
    if let duration { fields["duration"] = .number(JSONNumber(duration)) }
    return .object(fields)
  }
}
