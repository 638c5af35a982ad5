internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

/// What waits for a person, in the answers.
extension Standing {
  /// Whether something of a shot waits for approval or trust.
  func isForPerson(_ address: ShotAddress) -> Bool {
    (picture.planner.shots[address]?.wants ?? []).contains { planned in
      planned.key.flatMap { board.admission.wait(of: $0) }?.isForPerson ?? false
    }
  }

  /// What a want waits for; nil when it does not wait for admission.
  func admissionWait(of planned: PlannedWant) -> Admission.Wait? {
    guard let key = planned.key, board.job(key)?.state == .waiting else { return nil }
    return board.admission.wait(of: key)
  }

  /// `{"for","message","command"}` of one want.
  func waitJSON(of planned: PlannedWant) -> JSON? {
    guard let wait = admissionWait(of: planned) else { return nil }
    return [
      "for": .string(wait.word), "message": .string(wait.sentence(engine: planned.engine)),
      "command": wait.command.map { .string($0) } ?? .null,
    ]
  }

  /// All that waits for a person: `[{"for","engine","shots","message","command"}]`.
  func waitsAnswer() -> JSON {
    let groups = board.admission.waitingKeys.map { group, keys -> (String, JSON) in
      let shots = Set(keys.map(\.address)).count
      let entry: JSON = [
        "for": .string(group.wait.word), "engine": group.engine.map { .string($0) } ?? .null,
        "shots": .number(JSONNumber(shots)), "message": .string(group.sentence(shots: shots)),
        "command": group.wait.command.map { .string($0) } ?? .null,
      ]
      // Trust first: without it approval leads nowhere.
      return ("\(group.wait == .trust ? 0 : 1) \(group.sentence(shots: shots))", entry)
    }
    return .array(groups.sorted { $0.0 < $1.0 }.map(\.1))
  }
}
