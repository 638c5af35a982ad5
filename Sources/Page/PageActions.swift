internal import Basics
internal import Glibc
internal import HTTPServer
internal import JSONText
internal import ProjectFiles
internal import Studio
internal import Synchronization

/// What the page does: each as the command of that name does it, by the same code and with the same answer.
struct PageActions: Sendable {
  let board: PageBoard
  let desk: PageDesk
  let asker: LoopAsker
  let folder: Folder
  /// Asked anew each time, as commands do.
  let person: @Sendable () -> Person
  let reads: PageReads

  private let turn = Turn()

  private static let limit = 1 << 20
  private static let most = 1000
  private static let longestNote = 10_000

  var routes: [Router.Route] {
    [
      route("retake", retake), route("retry", steer), route("cancel", steer), route("approve", steer),
      route("pause", steer), route("resume", steer), route("hold", hold), route("release", hold), route("pick", pick),
      route("unpick", unpick), route("like", rate), route("dislike", rate), route("unrate", rate),
      route("remove", remove), route("restore", restore), route("edit", edit), route("save", save),
      Router.Route(
        "/api/inbox",
        .upload(limit: InboxUpload.limit, type: "application/octet-stream") { head throws(HTTPFault) in
          try InboxUpload(head.query.first { $0.name == "name" }?.value ?? "", in: folder)
        }, at: .work
      ) { request throws(HTTPFault) in
        guard let upload = request.sink as? InboxUpload else { throw HTTPFault(400, "bad-call", "there is no file") }
        let path = try upload.finish()
        return PageReads.json(["version": 1, "file": .string(path.string), "key": .string(PageKey.of(path))], 201)
      },
    ]
  }

  private func route(_ name: String, _ act: @escaping @Sendable (Act) throws(HTTPFault) -> Response) -> Router.Route {
    Router.Route("/api/\(name)", .json(limit: Self.limit), at: .work) { request throws(HTTPFault) in
      let body: JSON
      do throws(JSONSyntaxError) {
        body = try JSONDocument(parsing: request.body).root.value
      } catch {
        throw HTTPFault(400, "bad-json", error.message)
      }
      guard let fields = body.object else { throw HTTPFault(400, "bad-json", "the body is a JSON object") }
      if !desk.wake() { throw HTTPFault(503, "busy", "the project is still being read") }
      return try turn.mutex.withLock { _ throws(HTTPFault) in try act(Act(name: name, fields: fields)) }
    }
  }

  /// One action after the other: two that change the same file at once would each write what it read, and the first would be lost.
  private final class Turn: Sendable {
    let mutex = Mutex(())
  }

  /// What a client wants done.
  struct Act: Sendable {
    var name: String
    var fields: JSONObject

    func string(_ key: String) throws(HTTPFault) -> String {
      guard let text = fields[key]?.string else { throw HTTPFault(400, "bad-call", "`\(key)` is a text") }
      return text
    }

    func list(_ key: String) throws(HTTPFault) -> [String] {
      guard let value = fields[key], !value.isNull else { return [] }
      guard let texts = value.array?.map(\.string), !texts.contains(nil), texts.count <= PageActions.most else {
        throw HTTPFault(400, "bad-call", "`\(key)` is a list of at most \(PageActions.most) texts")
      }
      return texts.compactMap { $0 }
    }
  }

  private func shots(_ act: Act) throws(HTTPFault) -> [String] {
    try act.list("shots").map { name throws(HTTPFault) in try board.address(ofShot: name) }
  }

  /// All takes that are named, each once, before anything is done to the first.
  private func takes(_ act: Act, _ key: String = "takes") throws(HTTPFault) -> [ShownProject.Take] {
    let names = key == "take" ? [try act.string(key)] : try act.list(key)
    if names.isEmpty { throw HTTPFault(400, "bad-call", "`\(key)` names no take") }
    var found: [ShownProject.Take] = []
    for name in names {
      guard let take = board.take(name) else { throw HTTPFault(404, "no-take", "there is no such take") }
      if !found.contains(where: { $0.key == take.key }) { found.append(take) }
    }
    return found
  }

  private func json(_ value: JSON) -> Response { PageReads.json(value) }

  // MARK: Work

  private func steer(_ act: Act) throws(HTTPFault) -> Response {
    json(try asker.ask(ControlCall(act.name, ["shots": .array(try shots(act).map { .string($0) })])))
  }

  private func retake(_ act: Act) throws(HTTPFault) -> Response {
    let shot = JSON.string(try board.address(ofShot: try act.string("shot")))
    let call = ControlCall("retake", ["shot": shot, "sameSeed": act.fields["sameSeed"] ?? false])
    let answer = try edited { () throws(HTTPFault) in
      let answer = try asker.ask(call)
      guard answer["again"] != nil || answer["key"] != nil && answer["value"] != nil else {
        throw HTTPFault(409, "refused", "nothing could be written for that shot")
      }
      return answer
    } by: { answer throws(SequenceEditError) in
      if answer["again"] == nil, let address = answer["shot"]?.string.flatMap({ ShotAddress($0) }),
        let key = answer["key"]?.string, let value = answer["value"]
      {
        try SequenceEdit(folder: folder, address: address).set(key, to: value, from: answer["before"] ?? .null)
      }
      return answer
    }
    if let again = answer["again"] { _ = try asker.ask(ControlCall("again", ["shot": again])) }
    return json(answer)
  }

  private func hold(_ act: Act) throws(HTTPFault) -> Response {
    let isHeld = act.name == "hold"
    let shots = JSON.array(try shots(act).map { .string($0) })
    let changed = try edited { () throws(HTTPFault) in
      try asker.ask(ControlCall(act.name, ["shots": shots]))
    } by: { answer throws(SequenceEditError) in
      let named = (answer["shots"]?.array ?? []).compactMap { entry -> (address: ShotAddress, isHeld: Bool)? in
        entry["shot"]?.string.flatMap { ShotAddress($0) }.map { ($0, entry["held"]?.bool ?? false) }
      }
      return try SequenceEdit.setHold(isHeld, of: named, in: folder)
    }
    return json(["version": 1, "held": .bool(isHeld), "changed": .array(changed.map { .string($0.description) })])
  }

  /// Edits a file by what the loop says of it. Where something else stands there, the loop may not have read it yet, such as right after
  /// another edit: it is waited for, as `reel sync` does, and asked once more.
  private func edited<Said, Result>(
    _ ask: () throws(HTTPFault) -> Said, by body: (Said) throws(SequenceEditError) -> Result
  ) throws(HTTPFault) -> Result {
    let said = try ask()
    do throws(SequenceEditError) {
      return try body(said)
    } catch {
      if !error.isLate { throw HTTPFault(409, "refused", error.description) }
    }
    _ = try asker.ask(ControlCall("sync"))
    let now = try ask()
    return try edited { () throws(SequenceEditError) in try body(now) }
  }

  private func edited<Result>(_ body: () throws(SequenceEditError) -> Result) throws(HTTPFault) -> Result {
    do throws(SequenceEditError) {
      return try body()
    } catch {
      throw HTTPFault(409, "refused", error.description)
    }
  }

  // MARK: Takes

  private func answer(about take: ShownProject.Take) throws(HTTPFault) -> JSON {
    try asker.ask(ControlCall("take", ["take": .string(take.path.string), "path": .string(take.path.string)]))
  }

  private func pick(_ act: Act) throws(HTTPFault) -> Response {
    guard let take = try takes(act, "take").first else { throw HTTPFault(404, "no-take", "there is no such take") }
    return try edited { () throws(HTTPFault) in
      let answer = try answer(about: take)
      guard let address = answer["shot"]?.string.flatMap({ ShotAddress($0) }), address.shot != nil,
        let kind = answer["kind"]?.string.flatMap({ Kind($0) })
      else { throw HTTPFault(409, "refused", "this take belongs to no shot that is there: nothing could use it") }
      if answer["removed"]?.bool ?? false {
        throw HTTPFault(409, "refused", "this take lies in the trash: restore it first")
      }
      if answer["presence"]?.string == "absent" { throw HTTPFault(409, "refused", "this take is not there") }
      return (address, kind, answer["pick"]?.string)
    } by: { (address: ShotAddress, kind: Kind, before: String?) throws(SequenceEditError) in
      let file = try SequenceEdit(folder: folder, address: address).pick(take.path.name, for: kind, from: before)
      return json([
        "version": 1, "file": .string(file.string), "shot": .string(address.description), "kind": .string(kind.name),
        "take": .string(take.path.name),
      ])
    }
  }

  private func unpick(_ act: Act) throws(HTTPFault) -> Response {
    let shot = try board.address(ofShot: try act.string("shot"))
    let asked = act.fields["kind"]?.string
    func picks() throws(HTTPFault) -> [Kind: String] {
      let answer = try asker.ask(ControlCall("picks", ["shot": .string(shot)]))
      var picks: [Kind: String] = [:]
      for (name, file) in answer["picks"]?.object ?? [:] where asked == nil || asked == name {
        if let kind = Kind(name) { picks[kind] = file.string }
      }
      return picks
    }
    return try edited { () throws(HTTPFault) in
      try picks()
    } by: { picks throws(SequenceEditError) in
      guard let address = ShotAddress(shot), !picks.isEmpty else {
        // There may be one that the loop has not read yet.
        throw SequenceEditError("this shot has no such pick: it uses the take of its recipe", isLate: true)
      }
      let file = try SequenceEdit(folder: folder, address: address).unpick(picks)
      return json([
        "version": 1, "file": .string(file.string), "shot": .string(shot),
        "kinds": .array(picks.keys.sorted().map { .string($0.name) }),
      ])
    }
  }

  private func rate(_ act: Act) throws(HTTPFault) -> Response {
    let takes = try takes(act)
    let note = act.fields["note"]?.string
    if (note?.utf8.count ?? 0) > Self.longestNote {
      throw HTTPFault(413, "too-large", "a note has \(Self.longestNote) bytes at most")
    }
    let change: Ratings.Change
    let value: JSON
    switch act.name {
    case "like": (change, value) = (.rate(.liked, note: note), 1)
    case "dislike": (change, value) = (.rate(.disliked, note: note), -1)
    default: (change, value) = (.unrate, .null)
    }
    let person = person()
    do throws(RatingsEditError) {
      try RatingsEdit(folder, person).change(takes.map(\.path), to: change)
    } catch {
      throw HTTPFault(409, "refused", error.description)
    }
    return json([
      "version": 1, "file": .string(person.file.string), "person": .string(person.name),
      "takes": .array(takes.map { ["file": .string($0.path.string), "rating": value] }),
    ])
  }

  private func remove(_ act: Act) throws(HTTPFault) -> Response {
    let takes = try takes(act)
    let isForced = act.fields["force"]?.bool ?? false
    var picks: [String: [ShotAddress]] = [:]
    for take in takes {
      let shots = (try answer(about: take)["picks"]?.array ?? []).compactMap { $0.string.flatMap { ShotAddress($0) } }
      if !isForced, let shot = shots.first {
        throw HTTPFault(
          409, "refused", "\(take.path.string) is what \(shot) is told to use; nothing was removed",
          hint: "unpick it first, or remove it by force, which takes the pick out, too")
      }
      picks[take.key] = shots
    }
    var done: [JSON] = []
    for take in takes {
      for shot in picks[take.key] ?? [] {
        try edited { () throws(SequenceEditError) in
          try SequenceEdit(folder: folder, address: shot).unpick(of: take.path.name)
        }
      }
      do throws(TakeRemovalError) {
        let place = try TakeRemoval(folder).remove(take.path)
        done.append(["file": .string(take.path.string), "trash": place.map { .string($0.string) } ?? .null])
      } catch {
        throw HTTPFault(409, "refused", error.description, hint: error.hint)
      }
    }
    return json(["version": 1, "takes": .array(done)])
  }

  private func restore(_ act: Act) throws(HTTPFault) -> Response {
    let names = try act.list("takes")
    if names.isEmpty { throw HTTPFault(400, "bad-call", "`takes` names no take") }
    let items = Trash(folder).items.map(\.path)
    var paths: [ProjectPath] = []
    for name in names {
      // A take without a sidecar is known to the trash alone.
      let path = items.first { PageKey.of($0) == name || $0.string == name } ?? board.take(name)?.path
      guard let path else { throw HTTPFault(404, "no-take", "there is no such take") }
      if !paths.contains(path) { paths.append(path) }
    }
    var done: [JSON] = []
    for path in paths {
      do throws(TakeRemovalError) {
        let place = try TakeRemoval(folder).restore(path)
        done.append(["file": .string(path.string), "trash": place.map { .string($0.string) } ?? .null])
      } catch {
        throw HTTPFault(409, "refused", error.description, hint: error.hint)
      }
    }
    return json(["version": 1, "takes": .array(done)])
  }

  // MARK: Texts

  private func edit(_ act: Act) throws(HTTPFault) -> Response {
    let shot = try board.address(ofShot: try act.string("shot"))
    let field = try act.string("field")
    guard let value = act.fields["value"], let before = act.fields["before"], let address = ShotAddress(shot),
      address.shot != nil
    else {
      throw HTTPFault(400, "bad-call", "an edit says `before` and `value`; null stands for a key that is not there")
    }
    if let refusal = SequenceEdit.refusal(of: value, for: field) { throw HTTPFault(400, "bad-value", refusal) }
    let result = try edited { () throws(SequenceEditError) in
      try SequenceEdit(folder: folder, address: address).set(field: field, to: value, from: before)
    }
    switch result {
    case .written(let file, let line):
      return json([
        "version": 1, "file": .string(file.string), "shot": .string(shot), "field": .string(field), "value": value,
        "line": .number(JSONNumber(line)),
      ])
    case .movedOn(let current):
      return PageReads.json(
        [
          "error": [
            "code": "moved-on",
            "message": .string("somebody changed \(field) of \(shot) meanwhile; nothing was written"),
          ],
          "field": .string(field), "before": before, "current": current, "value": value,
        ], 409)
    }
  }

  private func save(_ act: Act) throws(HTTPFault) -> Response {
    let name = try act.string("name")
    let path = LibraryEntry.path(of: name)
    guard FileRole.isEntryName(name), FileRole(of: path) == .entry(name) else {
      throw HTTPFault(400, "bad-value", "an entry's name has letters, digits, `_` and `-`, and begins with a letter")
    }
    var entry: JSONObject = [:]
    var source = act.fields
    if act.fields["take"] != nil {
      guard let take = try takes(act, "take").first, let recipe = reads.recipe(of: take) else {
        throw HTTPFault(409, "refused", "nobody knows the prompt of this take")
      }
      source = recipe
      source["references"] = nil
    }
    for key in ["prompt", "negativePrompt", "references", "parameters"] {
      guard let value = source[key], !value.isNull else { continue }
      entry[key] = value
    }
    guard let prompt = entry["prompt"]?.string, !prompt.isEmpty else {
      throw HTTPFault(400, "bad-value", "an entry has a `prompt`")
    }
    let text = JSON.object(entry).pretty
    let faults = LibraryEntry.read(SourceText(file: path, bytes: text), name: name).diagnostics
    if let fault = faults.first { throw HTTPFault(400, "bad-value", fault.message) }
    do throws(FileError) {
      try folder.makeFolder("library")
      try AtomicFile.write(text, to: path, in: folder, existing: .keep)
    } catch {
      if error.code == EEXIST { throw HTTPFault(409, "exists", "the library has an entry of that name") }
      let isFull = error.code == ENOSPC || error.code == EDQUOT
      throw HTTPFault(isFull ? 507 : 409, isFull ? "disk-full" : "refused", "\(error)")
    }
    return json(["version": 1, "file": .string(path.string), "name": .string(name)])
  }
}
