internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

extension Standing {
  /// What a contact sheet shows, in the order of the film:
  /// `{"version":1,"name","frame":{"width","height"},"sequences":[{"sequence","title","isReadable","shots":[…]}],"lacking":[…]}`.
  ///
  /// Each shot: `shot`, `id`, `name`, `prompt`, `duration`, `state`, `detail`, `takes`; each take: `kind`, `file`, `standing` (`used`, `current`,
  /// `older`, or `other` for one that a person put there), `presence` (`here`, `pointer`, `absent`) and `ratings` (`person`, `value`, `note`).
  func sheetAnswer(_ choice: TakeChoice, _ chosen: [ShotAddress]?) -> JSON {
    let addresses = chosen ?? addressesInFilmOrder
    let dropped = droppedTakes(choice)
    let sequences = sequences(of: addresses) { sheetEntry($0, choice, dropped[$0] ?? []) }
    let frame = frame
    return [
      "version": 1, "name": .string(picture.name),
      "frame": ["width": .number(JSONNumber(frame.width)), "height": .number(JSONNumber(frame.height))],
      "sequences": .array(sequences), "lacking": .array(choice == .used ? addresses.flatMap(lacking) : []),
    ]
  }

  /// Shots under their sequences, in the order given: `sequence`, `title`, `isReadable`, `shots`. A sequence without any is left out unless it
  /// cannot be read.
  /// - Parameter entry: what is said of a shot; nil where it has no place.
  func sequences(of addresses: [ShotAddress], _ entry: (ShotAddress) -> JSON?) -> [JSON] {
    var sequences: [JSON] = []
    var shots: [JSON] = []
    for (index, address) in addresses.enumerated() {
      if address.shot != nil, let shot = entry(address) { shots.append(shot) }
      if index + 1 < addresses.count, addresses[index + 1].sequence == address.sequence { continue }
      let reading = picture.project.sequences[address.sequence]
      if !shots.isEmpty || reading?.model == nil {
        sequences.append([
          "sequence": .string(address.sequence.text), "title": .string(reading?.model?.title ?? ""),
          "isReadable": .bool(reading?.model != nil), "shots": .array(shots),
        ])
      }
      shots = []
    }
    return sequences
  }

  /// The project's frame: the shape of the sheet's cells, and the rate of timelines, which may be nobody's.
  var frame: (width: Int, height: Int, fps: JSONNumber?) {
    var settings = ResolvedSettings()
    if let file = picture.project.file?.model { settings.apply(file.settings, from: ProjectFile.path) }
    let standard = FrameLimits.standard
    return (settings.width?.value ?? standard.width, settings.height?.value ?? standard.height, settings.fps?.value)
  }

  /// Nil for a shot that has nothing of the choice: only with `used` and `all` a shot without takes has a place.
  private func sheetEntry(_ address: ShotAddress, _ choice: TakeChoice, _ dropped: [ProjectPath]) -> JSON? {
    guard let plan = picture.planner.shots[address], let shot = picture.project.shot(at: address) else { return nil }
    let state = states[address] ?? .unreadable
    let shown = shownTakes(plan, choice, dropped)
    if choice == .liked, shown.isEmpty { return nil }
    return [
      "shot": .string(address.description), "id": .string(shot.id.text), "name": .string(shot.name ?? ""),
      "prompt": .string(shot.prompt?.value ?? ""),
      "duration": shot.duration.map { .number(JSONNumber($0)) } ?? .null, "state": .string(state.rawValue),
      "detail": .string(detail(of: plan, state)), "takes": .array(shown),
    ]
  }

  /// With `used` one take of each kind: the used one, and until it is there the newest older one.
  private func shownTakes(_ plan: ShotPlan, _ choice: TakeChoice, _ dropped: [ProjectPath]) -> [JSON] {
    func entry(_ path: ProjectPath, _ kind: Kind, _ standing: String, _ presence: String) -> JSON? {
      guard path.string.utf8.elementsEqual(path.bytes) else { return nil }
      return [
        "kind": .string(kind.name), "file": .string(path.string), "standing": .string(standing),
        "presence": .string(presence),
        "ratings": .array(
          picture.project.ratings(of: path).map {
            [
              "person": .string($0.person.name), "value": .number(JSONNumber($0.rating.value.rawValue)),
              "note": .string($0.rating.note ?? ""),
            ]
          }),
      ]
    }
    let chosen = takes(of: plan.address, choice)
    if choice != .used {
      let current = Set(takes(of: plan.address, .used).map(\.path))
      return chosen.compactMap { take in
        let isUsed = plan.used[take.kind]?.path == take.path
        return entry(
          take.path, take.kind, isUsed ? "used" : current.contains(take.path) ? "current" : "older",
          take.isRemoved ? "absent" : "\(take.presence)")
      }
        + dropped.compactMap { path in
          guard let kind = DroppedTake(path)?.kind else { return nil }
          let isPointer = if case .pointer? = picture.project.content(of: path) { true } else { false }
          return entry(
            path, kind, plan.used[kind]?.path == path ? "used" : "other", isPointer ? "pointer" : "here")
        }
    }
    return picture.planner.kinds.ordered.compactMap { definition in
      let kind = definition.kind
      if let used = plan.used[kind] { return entry(used.path, kind, "used", used.isHere ? "here" : "pointer") }
      return standIn(for: kind, plan).flatMap { entry($0.path, kind, "older", "\($0.presence)") }
    }
  }
}
