internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

extension Standing {
  /// What a timeline shows, in the order of the film: `{"version":1,"name","frame":{"width","height","fps"},
  /// "sequences":[{"sequence","title","isReadable","shots":[…]}],"lacking":[…],"pointers":[…]}`.
  ///
  /// Each shot: `shot`, `id`, `name`, `prompt`, `duration`, `fps` (of its films), `state`, `detail`, `kinds` (that it wants, the most
  /// finished first), and its takes `picture` and `voice`, each null or `kind`, `file`, `standing` (`used` or `older`), `presence` (`here`
  /// or `pointer`), `fingerprint`, `width`, `height`. What nobody said is null.
  func timelineAnswer(_ chosen: [ShotAddress]?) -> JSON {
    let addresses = chosen ?? addressesInFilmOrder
    var pointers: [JSON] = []
    let sequences = sequences(of: addresses) { address in
      guard let shot = timelineEntry(address) else { return nil }
      for take in [shot["picture"], shot["voice"]] where take?["presence"] == "pointer" {
        if let file = take?["file"] { pointers.append(file) }
      }
      return shot
    }
    let frame = frame
    return [
      "version": 1, "name": .string(picture.name),
      "frame": [
        "width": .number(JSONNumber(frame.width)), "height": .number(JSONNumber(frame.height)),
        "fps": frame.fps.map { .number($0) } ?? .null,
      ],
      "sequences": .array(sequences), "lacking": .array(addresses.flatMap(lacking)), "pointers": .array(pointers),
    ]
  }

  /// What goes onto the track of pictures: a talking shot is made of the clip, and a clip of the still.
  private static let picturesByFinish: [Kind] = [.talk, .clip, .still]

  private func timelineEntry(_ address: ShotAddress) -> JSON? {
    guard let plan = picture.planner.shots[address], let shot = picture.project.shot(at: address) else { return nil }
    let wanted = Set(plan.wants.map(\.kind))
    let state = states[address] ?? .unreadable
    func entry(_ kind: Kind) -> JSON? {
      let path: ProjectPath
      let isUsed: Bool
      let isHere: Bool
      if let used = plan.used[kind] {
        (path, isUsed, isHere) = (used.path, true, used.isHere)
      } else if wanted.contains(kind) || plan.isFrozen, let older = standIn(for: kind, plan) {
        (path, isUsed, isHere) = (older.path, false, older.presence == .here)
      } else {
        return nil
      }
      guard path.string.utf8.elementsEqual(path.bytes) else { return nil }
      let take = picture.takes.byPath[path]
      return [
        "kind": .string(kind.name), "file": .string(path.string), "standing": isUsed ? "used" : "older",
        "presence": isHere ? "here" : "pointer",
        "fingerprint": take.map { .string($0.fingerprint.description) } ?? .null,
        "width": take?.output.width.map { .number(JSONNumber($0)) } ?? .null,
        "height": take?.output.height.map { .number(JSONNumber($0)) } ?? .null,
      ]
    }
    let pictures = Self.picturesByFinish
    let settings = picture.project.sequences[address.sequence]?.model.map { picture.project.settings(of: $0, shot) }
    return [
      "shot": .string(address.description), "id": .string(shot.id.text), "name": .string(shot.name ?? ""),
      "prompt": .string(shot.prompt?.value ?? ""),
      "duration": shot.duration.map { .number(JSONNumber($0)) } ?? .null,
      "fps": settings?.fps.map { .number($0.value) } ?? .null, "state": .string(state.rawValue),
      "detail": .string(detail(of: plan, state)),
      "kinds": .array((pictures + [.voice]).filter(wanted.contains).map { .string($0.name) }),
      "picture": pictures.lazy.compactMap { entry($0) }.first ?? .null, "voice": entry(.voice) ?? .null,
    ]
  }
}
