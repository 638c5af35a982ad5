internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

/// How a project is shown: its outline first, then shots with their takes, as many as are asked for. So that whoever shows ten thousand of
/// them never holds up the loop for all at once.
extension Standing {
  /// `{"version":1,"sequences":[{"id","title","readable","shots":[address]}]}`, in the order of the film. A sequence whose file cannot be
  /// read has the shots that it had, by their addresses: those that this loop has seen.
  func outlineAnswer() -> JSON {
    let sequences = picture.project.orderedSequences.map { name -> JSON in
      let model = picture.project.sequences[name]?.model
      return [
        "id": .string(name.text), "title": .string(model?.title ?? ""), "readable": .bool(model != nil),
        "shots": .array((picture.project.shotAddresses(of: name) + frozen(in: name)).map { .string($0.description) }),
      ]
    }
    return ["version": 1, "sequences": .array(sequences)]
  }

  /// The shots that a sequence had before its file could not be read any more: nobody can say that they are gone.
  private func frozen(in name: SequenceName) -> [ShotAddress] {
    guard let reading = picture.project.sequences[name], reading.model == nil else { return [] }
    return picture.planner.undecidedShots(of: name).sorted()
  }

  /// What is said of the project as a whole. The cost grows with problems, jobs and pictures in the inbox.
  func overviewAnswer(engines: [JSON]) -> JSON {
    let problems = picture.problems.all
    let running = board.runningJobs.map { job -> JSON in
      [
        "shot": .string(job.want.address.description), "kind": .string(job.want.kind.name),
        "engine": .string(job.want.engine), "fraction": .number(JSONNumber(job.fraction)),
        "cancelling": .bool(job.state == .cancelling),
      ]
    }
    var queue: [JSON] = []
    for job in board.queuedJobs(first: 100) {
      let shot = JSON.string(job.want.address.description)
      if queue.last != shot { queue.append(shot) }
    }
    let unused = picture.project.inputs.keys.filter { InboxClaims($0) != nil && !picture.planner.isUsed($0) }.count
    return [
      "version": 1, "name": .string(picture.name),
      "frame": ["width": .number(JSONNumber(frame.width)), "height": .number(JSONNumber(frame.height))],
      "paused": .bool(board.isPaused), "shots": .object(counts.json),
      "jobs": [
        "queued": .number(JSONNumber(board.queuedCount)), "running": .number(JSONNumber(running.count)),
      ],
      "queue": .array(queue), "running": .array(running), "engines": .array(engines), "waits": waitsAnswer(),
      "problems": .array(problems.prefix(100).map { .object($0.fullJSON) }),
      "problemCount": .number(JSONNumber(problems.count)), "pointers": pointersAnswer,
      "inbox": ["images": .number(JSONNumber(picture.project.inboxImageCount)), "unused": .number(JSONNumber(unused))],
    ]
  }

  /// `{"version":1,"shots":[…]}` for the addresses in `of` that are there, each with its takes. Of a shot whose file cannot be read nothing
  /// is said but these and its place; it has `"frozen":true`.
  func cardsAnswer(_ call: ControlCall) -> JSON {
    let addresses = (call.fields["of"]?.array ?? []).compactMap { $0.string.flatMap { ShotAddress($0) } }
    let person = call.fields["person"]?.string.flatMap { Person(stem: $0) }
    var dropped: [SequenceName: [String: [DroppedTake]]] = [:]
    for name in Set(addresses.map(\.sequence)) {
      dropped[name] = Dictionary(grouping: picture.project.droppedTakes(in: name.folder)) { $0.shot ?? "" }
    }
    let shots = addresses.compactMap { address -> JSON? in
      guard let id = address.shot else { return nil }
      let dropped = dropped[address.sequence]?[id.fileName] ?? []
      if let plan = picture.planner.shots[address] { return card(plan, dropped, person) }
      return frozen(in: address.sequence).contains(address) ? frozenCard(address, dropped, person) : nil
    }
    return ["version": 1, "shots": .array(shots)]
  }

  /// `{"version":1,"takes":[…]}`: those that belong to no shot: of shots that are gone, and of whole sequences. The cost grows with the
  /// project.
  func looseAnswer(_ call: ControlCall) -> JSON {
    let person = call.fields["person"]?.string.flatMap { Person(stem: $0) }
    let frozen = picture.project.sequences.keys.flatMap { self.frozen(in: $0) }
    let loose = allTakes(andOf: frozen).filter { $0.address?.shot == nil }
    return [
      "version": 1,
      "takes": .array(loose.map { shownTake($0, $0.address.flatMap { picture.planner.shots[$0] }, person) }),
    ]
  }

  private func card(_ plan: ShotPlan, _ dropped: [DroppedTake], _ person: Person?) -> JSON {
    let address = plan.address
    let state = states[address] ?? .unreadable
    let shot = picture.project.shot(at: address)
    let folder = address.sequence.folder
    let takes = takes(of: address, dropped)
    let kinds = plan.wants.map { planned -> JSON in
      var entry: JSONObject = [
        "kind": .string(planned.kind.name), "engine": .string(planned.engine),
        "state": .string(board.state(of: planned, in: plan).rawValue),
      ]
      switch planned.state {
      case .needed(let reason), .restorable(_, let reason): entry["reason"] = .string(reason.sentence)
      case .waits(let wait): entry["reason"] = .string(wait.sentence)
      case .fresh, .copyable: break
      }
      return .object(entry)
    }
    let used = plan.used.sorted { $0.key < $1.key }.map { ($0.key.name, JSON.string($0.value.path.string)) }
    let picks = (shot?.pick ?? [:]).sorted { $0.key < $1.key }
      .map { ($0.key.name, JSON.string(folder.appending($0.value.value).string)) }
    return [
      "shot": .string(address.description), "id": .string(address.shot?.text ?? ""), "name": .string(shot?.name ?? ""),
      // What a take's name begins with that belongs here.
      "place": .string(folder.appending(address.shot?.fileName ?? "").string),
      "prompt": .string(shot?.prompt?.value ?? ""), "state": .string(state.rawValue),
      "detail": .string(state == .fresh ? "" : detail(of: plan, state)), "held": .bool(plan.isHeld),
      "duration": shot?.duration.map { .number(JSONNumber($0)) } ?? .null,
      "file": shot.map { .string($0.file.string) } ?? .null, "kinds": .array(kinds),
      "used": .object(JSONObject(used)), "picks": .object(JSONObject(picks)),
      "takes": .array(takes.map { shownTake($0, plan, person) }),
    ]
  }

  private func takes(of address: ShotAddress, _ dropped: [DroppedTake]) -> [FoundTake] {
    let made = picture.planner.kinds.ordered.flatMap { picture.takes.takes(of: TakeOwner(address, $0.kind)) }
    return made.map { FoundTake(path: $0.path, kind: $0.kind, address: address, take: $0) }
      + dropped.filter { picture.takes.byPath[$0.path] == nil }
      .map { FoundTake(path: $0.path, kind: $0.kind, address: address, take: nil) }
  }

  private func frozenCard(_ address: ShotAddress, _ dropped: [DroppedTake], _ person: Person?) -> JSON {
    [
      "shot": .string(address.description), "id": .string(address.shot?.text ?? ""),
      "place": .string(address.sequence.folder.appending(address.shot?.fileName ?? "").string),
      "state": .string(ShotState.unreadable.rawValue), "detail": "see its problems: reel check", "frozen": true,
      "kinds": [], "takes": .array(takes(of: address, dropped).map { shownTake($0, nil, person) }),
    ]
  }

  private func shownTake(_ found: FoundTake, _ plan: ShotPlan?, _ person: Person?) -> JSON {
    let isFresh =
      plan?.wants.contains { if case .fresh(let current) = $0.state { current.path == found.path } else { false } }
      ?? false
    let ratings = picture.project.ratings(of: found.path)
    let isPicked =
      found.address.flatMap { picture.project.shot(at: $0)?.pick[found.kind] }.map {
        found.path.nameBytes.elementsEqual($0.value.utf8)
      } ?? false
    let stamp = picture.outputs[found.path]?.stamp ?? picture.project.inputs[found.path]?.stamp
    let created = found.take?.created
    let output = found.take?.output
    var entry: JSONObject = [
      "file": .string(found.path.string), "kind": .string(found.kind.name),
      "fingerprint": found.take.map { .string($0.fingerprint.description) } ?? .null, "fresh": .bool(isFresh),
      "used": .bool(plan?.used[found.kind]?.path == found.path), "picked": .bool(isPicked),
      "yours": .bool(found.take == nil), "edited": .bool(found.take?.isEdited ?? false),
      "removed": .bool(found.isRemoved), "presence": .string(presence(of: found)),
      "rating": ratings.first { $0.person == person }.map { .number(JSONNumber($0.rating.value.rawValue)) } ?? .null,
      "ratings": .array(ratings.map { .object($0.json) }), "created": created.map { .string($0) } ?? .null,
    ]
    let time =
      created.flatMap { Timestamp.seconds(rfc3339: $0) } ?? (found.take?.modified ?? stamp?.modified ?? 0)
      / 1_000_000_000
    entry["time"] = .number(JSONNumber(Int(time)))
    entry["type"] = output.map { .string($0.type) } ?? .null
    entry["bytes"] = .number(JSONNumber(Int(stamp?.size ?? Int64(output?.bytes ?? 0))))
    entry["width"] = output?.width.map { .number(JSONNumber($0)) } ?? .null
    entry["height"] = output?.height.map { .number(JSONNumber($0)) } ?? .null
    entry["engine"] = found.take.map { .string($0.engine.name) } ?? .null
    entry["stamp"] = .string(stamp?.version ?? "")
    return .object(entry)
  }

  /// How the recipe of the take `to` differs from that of the take `from`: `{"version":1,"changes":["seed 41 -> 42"]}`.
  func changesAnswer(_ call: ControlCall) -> ControlReply {
    let recipes = ["from", "to"].map { field -> JSONObject? in
      let path = call.fields[field]?.string.map(ProjectPath.init(trusted:))
      return path.flatMap { picture.takes.byPath[$0] }.flatMap { picture.recipe(of: $0) }
    }
    guard let before = recipes[0], let after = recipes[1] else {
      return .failure(code: "bad-call", message: "`changes` needs two takes with recipes, in `from` and `to`")
    }
    let changes = RecipeDifference.between(before, after, references: [])
    return .success(["version": 1, "changes": .array(changes.map { .string($0.sentence) })])
  }

  /// `{"version":1,"files":[{"file","bytes","used","time","stamp"}]}`: what lies in `inbox/` and recipes could name, the newest first.
  func inboxAnswer() -> JSON {
    let inbox: ProjectPath = "inbox"
    let files = picture.project.inputs.filter { $0.key.isInside(inbox) }
      .sorted {
        $0.value.stamp.modified != $1.value.stamp.modified
          ? $0.value.stamp.modified > $1.value.stamp.modified : $0.key < $1.key
      }
    return [
      "version": 1,
      "files": .array(
        files.map { path, input in
          [
            "file": .string(path.string), "bytes": .number(JSONNumber(Int(input.stamp.size))),
            "used": .bool(picture.planner.isUsed(path)),
            "time": .number(JSONNumber(Int(input.stamp.modified / 1_000_000_000))),
            "stamp": .string(input.stamp.version),
          ]
        }),
    ]
  }

  /// `{"version":1,"entries":[{"name","prompt","negativePrompt","references","uses"}]}`
  func libraryAnswer() -> JSON {
    var uses: [String: Int] = [:]
    for plan in picture.planner.shots.values {
      for name in plan.uses.entries { uses[name, default: 0] += 1 }
    }
    let entries = picture.project.library.sorted { $0.key < $1.key }.map { name, reading -> JSON in
      [
        "name": .string(name), "prompt": .string(reading.model?.prompt ?? ""),
        "negativePrompt": .string(reading.model?.negativePrompt ?? ""),
        "references": .array((reading.model?.references ?? []).map { .string($0.value.string) }),
        "uses": .number(JSONNumber(uses[name] ?? 0)),
      ]
    }
    return ["version": 1, "entries": .array(entries)]
  }
}

extension FileStamp {
  /// Ten characters that change whenever the file may have changed.
  var version: String {
    Digest(of: Array("\(size) \(modified) \(changed) \(inode)".utf8)).text(of: 10)
  }
}
