package import Basics
package import JSONText
internal import Planning
package import ProjectFiles

/// The answers to `reel plan`, `status`, `check` and `why` (to `takes` in `Standing+Takes.swift`): JSON values, which the commands print as they are or as text.
extension Standing {
  /// `{"version":1,"jobs":[…],"restores":[…],"problems":[…]}`
  package func planAnswer() -> JSON {
    var jobs: [JSON] = []
    var restores: [JSON] = []
    for address in addressesInFilmOrder {
      guard let plan = picture.planner.shots[address], !plan.isFrozen else { continue }
      for planned in plan.wants {
        switch planned.state {
        case .fresh: continue
        case .copyable(let take):
          if plan.isHeld || isCancelled(planned) { continue }
          var entry = Self.entry(address, planned)
          entry["from"] = .string(take.path.string)
          restores.append(.object(entry))
        case .restorable:
          if plan.isHeld { continue }
          var entry = Self.entry(address, planned)
          entry["from"] = .string(StudioEvent.Origin.cache.text)
          restores.append(.object(entry))
        case .needed(let reason):
          if plan.isHeld || isCancelled(planned) { continue }
          var entry = Self.entry(address, planned)
          entry["reason"] = .string(reason.sentence)
          entry["state"] = .string(board.state(of: planned, in: plan).rawValue)
          if let message = standstill(of: planned, in: plan) { entry["message"] = .string(message) }
          if let wait = waitJSON(of: planned) { entry["waits"] = wait }
          jobs.append(.object(entry))
        case .waits(let wait):
          if plan.isHeld || isCancelled(planned) { continue }
          var entry = Self.entry(address, planned)
          entry["reason"] = .string(wait.sentence)
          entry["state"] = "waiting"
          entry["waitsFor"] = .string(wait.subject)
          jobs.append(.object(entry))
        }
      }
    }
    return [
      "version": 1, "jobs": .array(jobs), "restores": .array(restores),
      "problems": .array(picture.problems.all.map { .object($0.json) }), "paused": .bool(board.isPaused),
      "pointers": pointersAnswer, "waits": waitsAnswer(),
    ]
  }

  /// `{"takes","references","message"}`: what git-lfs has not brought yet.
  var pointersAnswer: JSON {
    let pointers = picture.pointersInUse
    return [
      "takes": .number(JSONNumber(pointers.takes.count)), "references": .number(JSONNumber(pointers.references.count)),
      "message": .string(pointers.sentence ?? ""),
    ]
  }

  /// A person cancelled it: it is made only when it is asked for again.
  private func isCancelled(_ planned: PlannedWant) -> Bool {
    planned.key.map { board.standing($0) == .cancelled } ?? false
  }

  private static func entry(_ address: ShotAddress, _ planned: PlannedWant) -> JSONObject {
    [
      "shot": .string(address.description), "kind": .string(planned.kind.name),
      "fingerprint": planned.key.map { .string($0.fingerprint.description) } ?? .null,
      "engine": .string(planned.engine),
    ]
  }

  /// `{"version":1,"shots":{…},"problems":[…],"engines":[…]}`, with the project's name, the shots that are not fresh, and the
  /// images in the inbox.
  package func statusAnswer(engines: [JSON]) -> JSON {
    var listed: [JSON] = []
    for address in addressesInFilmOrder {
      guard let state = states[address], state != .fresh, let plan = picture.planner.shots[address] else { continue }
      listed.append(
        .object([
          "shot": .string(address.description), "state": .string(state.rawValue),
          "detail": .string(detail(of: plan, state)),
        ]))
    }
    let unused = picture.project.inputs.keys.filter { InboxClaims($0) != nil && !picture.planner.isUsed($0) }.count
    return [
      "version": 1, "name": .string(picture.name), "shots": .object(counts.json),
      "problems": .array(picture.problems.all.map { .object($0.json) }), "engines": .array(engines),
      "listed": .array(listed), "paused": .bool(board.isPaused), "pointers": pointersAnswer,
      "sequences": .number(JSONNumber(picture.project.sequences.count)),
      "waits": waitsAnswer(),
      "inbox": ["images": .number(JSONNumber(picture.project.inboxImageCount)), "unused": .number(JSONNumber(unused))],
    ]
  }

  /// Why a shot is in its state, in some words.
  func detail(of plan: ShotPlan, _ state: ShotState) -> String {
    if plan.isFrozen { return "see its problems: reel check" }
    for planned in plan.wants where board.state(of: planned, in: plan) == state {
      if let message = standstill(of: planned, in: plan) { return message }
      switch planned.state {
      case .restorable(_, let reason): return reason.sentence
      case .needed(let reason):
        return admissionWait(of: planned).map { "\(reason.sentence); \($0.sentence(engine: planned.engine))" }
          ?? reason.sentence
      case .waits(let wait): return wait.sentence
      case .copyable(let take): return "has the same recipe as \(TerminalText.escaped(take.path.string))"
      case .fresh: continue
      }
    }
    return ""
  }

  /// `{"version":1,"problems":[…]}` with the lines themselves.
  package func checkAnswer() -> JSON {
    let planner = picture.planner
    let idle = IdleKeys.notes(in: picture.project, kinds: planner.kinds, forms: planner.forms)
    let notes = idle + picture.project.templateNotes + picture.project.editorNotes
    return ["version": 1, "problems": .array((picture.problems.all + notes).sorted().map { .object($0.fullJSON) })]
  }

  /// One shot as it is; several, which a sequence's or a template's name means, as `{"version":1,"shots":[…]}`.
  func whyAnswer(_ addresses: [ShotAddress]) -> JSON {
    if addresses.count == 1, let address = addresses.first { return whyAnswer(address) }
    return ["version": 1, "shots": .array(addresses.map { whyAnswer($0) }.filter { !$0.isNull })]
  }

  /// `{"version":1,"shot","state","kinds":[{"kind","engine","state","fingerprint","take","used","reason","fields":[…]}],"problems"}`
  package func whyAnswer(_ address: ShotAddress) -> JSON {
    guard let plan = picture.planner.shots[address] else { return .null }
    let wants = picture.wants(of: address)
    let kinds = plan.wants.map { planned -> JSON in
      let want = wants.first { $0.key == planned.key }
      var entry = Self.entry(address, planned)
      entry["shot"] = nil
      entry["state"] = .string(board.state(of: planned, in: plan).rawValue)
      if let message = standstill(of: planned, in: plan), !planned.isMet { entry["message"] = .string(message) }
      let newest = picture.takes.takes(of: TakeOwner(address, planned.kind)).first
      var against = newest
      switch planned.state {
      case .fresh(let take):
        against = take
        entry["reason"] =
          take.isRemoved
          ? "its take was removed; `reel restore` brings it back, and a changed shot gets a new one"
          : "its take was made by this recipe"
      case .needed(let reason): entry["reason"] = .string(reason.sentence)
      case .restorable(_, let reason):
        entry["reason"] = .string("\(reason.sentence); the cache holds what this recipe gave, it is restored")
      case .copyable(let take):
        entry["reason"] = .string("the take \(take.path.string) was made by this recipe; it is copied")
      case .waits(let wait): entry["reason"] = .string(wait.sentence)
      }
      if let wait = waitJSON(of: planned) { entry["waits"] = wait }
      entry["take"] = against.map { .string($0.path.string) } ?? .null
      if let against, against.isEdited { entry["edited"] = true }
      if let used = plan.used[planned.kind] { entry["used"] = .string(used.path.string) }
      if let want {
        entry["references"] = .array(want.request.references.map { .string($0.path.string) })
      }
      entry["fields"] = .array(fields(want, against))
      return .object(entry)
    }
    let files = [address.sequence.file, picture.project.shot(at: address)?.file]
    let problems = plan.diagnostics + (plan.isFrozen ? picture.problems.all.filter { files.contains($0.file) } : [])
    return [
      "version": 1, "shot": .string(address.description), "state": .string((states[address] ?? .unreadable).rawValue),
      "held": .bool(plan.isHeld), "kinds": .array(kinds),
      "problems": .array(Set(problems).sorted().map { .object($0.fullJSON) }),
    ]
  }

  /// Field by field: the recipe now and the take's.
  private func fields(_ want: Want?, _ take: Take?) -> [JSON] {
    guard let want else { return [] }
    let before = take.flatMap { picture.recipe(of: $0) }
    let changed = before.map { RecipeDifference.between($0, want) }
    let now = want.recipe.overview(of: want.recipe.fields)
    let then = before.map { want.recipe.overview(of: $0) }
    var keys = now.keys
    for key in then?.keys ?? [] where !keys.contains(key) { keys.append(key) }
    return keys.map { key in
      let changes = (changed ?? []).filter {
        $0.field == key || $0.field.hasPrefix("\(key).") || $0.field.hasPrefix("\(key)[")
      }
      return [
        "field": .string(key), "now": now[key] ?? .null, "take": then?[key] ?? .null,
        "differs": .bool(!changes.isEmpty), "changes": .array(changes.map { .string($0.sentence) }),
      ]
    }
  }
}

extension PlannedWant.Wait {
  /// What is waited for, without words around it.
  package var subject: String {
    switch self {
    case .input(let kind, let address): "\(address) \(kind)"
    case .reading(let path), .incomplete(let path), .pointer(let path): path.string
    case .engine(let name, _): name
    }
  }
}

extension Diagnostic {
  /// With the lines of the file that it shows.
  package var fullJSON: JSONObject {
    var object = json
    if let place {
      object["length"] = .number(JSONNumber(place.length))
      object["snippet"] = .array(place.snippet.map { .string($0) })
      object["snippetColumn"] = .number(JSONNumber(place.snippetColumn))
    }
    return object
  }

  /// Reads what `fullJSON` gives, for commands that ask the watcher.
  package init?(json: JSON) {
    guard let severity = json["severity"]?.string.flatMap({ Severity(rawValue: $0) }), let code = json["code"]?.string,
      let message = json["message"]?.string, let file = json["file"]?.string
    else { return nil }
    var place: Place?
    if let line = json["line"]?.int, let column = json["column"]?.int {
      place = Place(
        line: line, column: column, length: json["length"]?.int ?? 1,
        snippet: json["snippet"]?.array?.compactMap(\.string) ?? [], snippetColumn: json["snippetColumn"]?.int ?? 1,
        label: json["fix"]?.string ?? "")
    }
    self.init(
      severity, code, message, file: ProjectPath(trusted: file), place: place,
      notes: json["notes"]?.array?.compactMap(\.string) ?? [])
  }
}
