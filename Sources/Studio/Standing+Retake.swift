internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

extension Standing {
  /// What `reel retake` has to write: `{"file","shot","seed"}`, or `{"again":…}` for the same recipe once more.
  ///
  /// The next unused seed is the one after the highest that any take or want of the shot has had.
  func retakeAnswer(_ addresses: [ShotAddress], sameSeed: Bool) -> ControlReply {
    guard let address = addresses.first, addresses.count == 1, let shot = picture.project.shot(at: address) else {
      return .failure(code: "no-shot", message: "`retake` needs one shot, such as sequence_001/shot_002")
    }
    let name = TerminalText.escaped(address.description)
    guard let plan = picture.planner.shots[address], !plan.isFrozen else {
      return .failure(code: "unreadable", message: "\(name) cannot be read; see `reel check`")
    }
    let wants = picture.wants(of: address)
    guard let want = wants.first else {
      return .failure(code: "no-engine", message: "\(name) has nothing that could be made again")
    }
    if want.seeding == .none {
      return .failure(
        code: "deterministic",
        message:
          "the engine \(TerminalText.escaped(want.engine)) has no use for a seed: another take of \(name) would be the same; "
          + "change its prompt")
    }
    if sameSeed { return .success(["version": 1, "again": .string(address.description)]) }
    if let made = shot.made {
      return .failure(
        code: "made-by-template", message: MadeShot.refusal(of: address, by: made.template) + "; nothing was changed")
    }
    let key = want.seeding == .seed ? "seed" : "takes"
    var used: UInt64 = 0
    let owner = TakeOwner(address, want.kind)
    let recipes =
      picture.takes.takes(of: owner).compactMap { picture.recipe(of: $0) }
      + wants.map(\.recipe.fields)
    for recipe in recipes {
      if case .number(let number)? = recipe[key == "seed" ? "seed" : "take"], let value = number.uint64 {
        used = max(used, value)
      }
    }
    let before: JSON? =
      want.seeding == .seed
      ? shot.settings.seed.value.map { .number(JSONNumber($0)) }
      : shot.settings.takes.value.map { .number(JSONNumber($0)) }
    let next = used == .max ? 0 : used + 1
    return .success([
      "version": 1, "file": .string(shot.file.string), "shot": .string(address.description),
      "key": .string(key), "before": before ?? .null,
      "value": .number(JSONNumber(next)),
    ])
  }
}
