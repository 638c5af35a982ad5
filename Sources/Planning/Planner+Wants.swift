internal import Basics
internal import JSONText
internal import ProjectFiles

extension Planner {
  /// One want for each recipe: `takes: n` gives n seeds, the same recipe twice is one.
  func recipes(
    _ kind: Kind, _ resolved: ShotResolver.Resolved, _ inputs: JSONObject, _ address: ShotAddress, _ view: View
  ) -> [PlannedWant] {
    var planned: [PlannedWant] = []
    for number in 0..<resolved.takes {
      let large = resolved.large.map { resolved.form.seeding == .seed ? $0.seeded(resolved.seed(of: number)) : $0 }
      let recipe = Recipe(fields(kind, resolved, inputs, number: number), large: large)
      if planned.contains(where: { $0.key?.fingerprint == recipe.fingerprint }) { continue }
      let want = Want(
        address: address, kind: kind, engine: resolved.engine, engineType: resolved.form.type,
        seeding: resolved.form.seeding, jobLimit: resolved.form.jobLimit, recipe: recipe, request: resolved.request)
      let state = state(of: want, number: number, resolved, isFirstMet: planned.first?.isMet ?? false, view)
      planned.append(PlannedWant(kind: kind, engine: resolved.engine, want: want, state: state))
    }
    return planned
  }

  private func fields(
    _ kind: Kind, _ resolved: ShotResolver.Resolved, _ inputs: JSONObject, number: Int
  ) -> JSONObject {
    var fields: JSONObject = [
      "version": .number(JSONNumber(migrations.currentVersion)), "kind": .string(kind.name),
      "engine": .string(resolved.form.type),
    ]
    for (key, value) in resolved.fields where fields[key] == nil { fields[key] = value }
    if !inputs.isEmpty { fields["inputs"] = .object(inputs) }
    switch resolved.form.seeding {
    case .seed: fields["seed"] = .number(JSONNumber(resolved.seed(of: number)))
    case .takeNumber: fields["take"] = .number(JSONNumber(number + 1))
    case .none: break
    }
    return fields
  }

  /// A want is met by its own take, else copied from any take with that fingerprint, else restored from the cache, else made.
  private func state(
    of want: Want, number: Int, _ resolved: ShotResolver.Resolved, isFirstMet: Bool, _ view: View
  ) -> PlannedWant.State {
    let owner = want.owner
    let fingerprint = want.recipe.fingerprint
    if let take = view.takes.current(fingerprint, of: owner) { return .fresh(take) }
    let elsewhere = view.takes.elsewhere(fingerprint, kind: want.kind, besides: owner)
    if let elsewhere, elsewhere.presence == .here { return .copyable(elsewhere) }
    let lost = view.takes.lost(fingerprint, of: owner)
    func reason() -> Reason {
      if let lost { return .outputGone(lost.path) }
      return self.reason(of: want, number: number, of: resolved.takes, isFirstMet: isFirstMet, owner, view)
    }
    if let cached = view.cached(fingerprint, want.kind, lost?.output.digest) { return .restorable(cached, reason()) }
    // One that git-lfs has not brought is no reason to make it again.
    if let elsewhere { return .waits(.pointer(elsewhere.path)) }
    // The recipe is known by hash; what it is made of must be here to be worked on.
    if let wait = resolved.missingContent { return .waits(wait) }
    return .needed(reason())
  }

  private func reason(
    of want: Want, number: Int, of count: Int, isFirstMet: Bool, _ owner: TakeOwner, _ view: View
  ) -> Reason {
    let further = Reason.further(number: number + 1, count: count)
    let takes = view.takes.takes(of: owner)
    guard let newest = takes.first else { return number == 0 ? .noTake : further }
    if number > 0, isFirstMet { return further }
    guard let (take, before) = nearest(to: want, among: takes.prefix(count), view) else {
      return .unknownBefore(take: newest.path.name)
    }
    if let version = before["version"]?.int, version > migrations.currentVersion {
      return .newerForm(take: take.path.name)
    }
    let changes = RecipeDifference.between(before, want)
    return .changed(changes, take: take.path.name)
  }

  /// The take to compare with: of the newest ones, as many as the shot wants, the one with the same seed or number, else the newest.
  private func nearest(
    to want: Want, among takes: ArraySlice<Take>, _ view: View
  ) -> (take: Take, recipe: JSONObject)? {
    var newest: (Take, JSONObject)?
    for take in takes {
      guard let recipe = view.recipe(take) else { continue }
      if recipe["seed"] == want.recipe["seed"], recipe["take"] == want.recipe["take"] {
        return (take, recipe)
      }
      newest = newest ?? (take, recipe)
    }
    return newest
  }
}
