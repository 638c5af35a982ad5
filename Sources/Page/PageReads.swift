internal import Basics
internal import HTTPServer
internal import JSONText
internal import ProjectFiles
internal import Studio

/// What the page asks for: nothing here changes anything.
struct PageReads: Sendable {
  let board: PageBoard
  let desk: PageDesk
  let asker: LoopAsker
  let folder: Folder
  let media: Media
  let thumbnails: Thumbnails
  let exports: PageExports

  private static let most = 200

  var routes: [Router.Route] {
    [
      Router.Route("/api/state", at: .work, state),
      Router.Route("/api/events", at: .here, events),
      Router.Route("/api/shots", at: .work, cards),
      Router.Route("/api/takes", at: .work, takes),
      Router.Route("/api/shot", at: .work, shot),
      Router.Route("/api/take", at: .work, take),
      Router.Route("/api/search", at: .work, search),
      Router.Route("/api/inbox", at: .work, inbox),
      Router.Route("/api/library", at: .work) { _ throws(HTTPFault) in Self.json(try asker.ask(ControlCall("library")))
      },
      Router.Route("/api/history", at: .work, history),
      Router.Route("/api/trash", at: .work, trash),
      Router.Route("/api/export", at: .slow(first: nil)) { request throws(HTTPFault) in
        guard let form = PageExports.Form(request.query("form") ?? "zip") else {
          throw HTTPFault(400, "bad-call", "`form` is zip, sheet, otio, edl or fcpxml")
        }
        return Self.json(
          try exports.measure(
            form, takes: request.query("takes") ?? TakeChoice.used.rawValue,
            shots: try addresses(request)))
      },
      Router.Route("/export/*", at: .slow(first: nil), download),
      Router.Route("/media/*", at: .work, file),
      Router.Route("/preview/*", at: .work, preview),
      Router.Route("/thumb/*", at: .slow(first: keptThumbnail), thumbnail),
    ]
  }

  static func json(_ value: JSON, _ status: Int = 200) -> Response { json(value.compact, status) }

  static func json(_ text: [UInt8], _ status: Int = 200) -> Response {
    Response(status, type: "application/json", text).with("Cache-Control", "no-store")
  }

  private func awake() throws(HTTPFault) {
    if !desk.wake() { throw HTTPFault(503, "busy", "the project is still being read") }
  }

  // MARK: State

  private func state(_ request: Request) throws(HTTPFault) -> Response {
    try awake()
    if let known = request.head.value(of: "if-none-match"), Conditions.matches(known, board.etag) {
      return Response(304, [("ETag", board.etag), ("Cache-Control", "no-cache")])
    }
    let (tag, text) = board.stateText()
    return Response(
      200, [("Content-Type", "application/json"), ("ETag", tag), ("Cache-Control", "no-cache")], .bytes(text))
  }

  private func events(_ request: Request) throws(HTTPFault) -> Response {
    if request.head.method == "HEAD" { throw HTTPFault(405, "bad-method", "this address answers GET") }
    guard let stream = board.follow(after: request.head.value(of: "last-event-id") ?? request.query("after")) else {
      throw HTTPFault(503, "busy", "too many pages are open")
    }
    return Response(
      200, [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")], .stream(stream))
  }

  private func keys(_ request: Request) throws(HTTPFault) -> [String] {
    let keys = request.queries("key")
    if keys.count > Self.most { throw HTTPFault(400, "bad-call", "\(Self.most) keys at most") }
    return keys
  }

  private func cards(_ request: Request) throws(HTTPFault) -> Response {
    try awake()
    let keys = try keys(request)
    let cards = board.read { project in JSONParts.list(keys.compactMap { project.card($0) }) }
    return Self.json(Array("{\"version\":1,\"shots\":".utf8) + cards + Array("}".utf8))
  }

  private func takes(_ request: Request) throws(HTTPFault) -> Response {
    try awake()
    let keys = try keys(request)
    let takes = board.read { project in JSONParts.list(keys.compactMap { project.takeDetail($0) }) }
    return Self.json(Array("{\"version\":1,\"takes\":".utf8) + takes + Array("}".utf8))
  }

  // MARK: One

  private func shot(_ request: Request) throws(HTTPFault) -> Response {
    try awake()
    let name = request.query("shot") ?? ""
    guard let (key, address) = board.shot(name) else { throw HTTPFault(404, "no-shot", "there is no such shot") }
    // The loop plans no shot whose file cannot be read.
    let why = asker.answer("why", ["shot": .string(address)]) ?? ["version": 1, "shot": .string(address), "kinds": []]
    var written: JSONObject = [:]
    guard let place = ShotAddress(address) else { throw HTTPFault(404, "no-shot", "there is no such shot") }
    do throws(SequenceEditError) {
      let found = try SequenceEdit(folder: folder, address: place).written()
      written = [
        "file": .string(found.file.string), "line": .number(JSONNumber(found.line)), "fields": .object(found.fields),
        "refusal": .null,
      ]
    } catch {
      written = ["file": .null, "line": .null, "fields": [:], "refusal": .string(error.description)]
    }
    let (card, takes) = board.read { project in
      (
        project.card(key) ?? Array("null".utf8),
        JSONParts.list((project.shots[key]?.takes ?? []).compactMap { project.takeDetail($0) })
      )
    }
    var text = JSONParts.head([
      "version": 1, "key": .string(key), "shot": .string(address), "written": .object(written), "why": why,
    ])
    text += Array(",\"card\":".utf8) + card + Array(",\"takes\":".utf8) + takes + Array("}".utf8)
    return Self.json(text)
  }

  private func take(_ request: Request) throws(HTTPFault) -> Response {
    try awake()
    guard let take = board.take(request.query("take") ?? "") else {
      throw HTTPFault(404, "no-take", "there is no such take")
    }
    let detail = board.read { $0.takeDetail(take.key) } ?? Array("null".utf8)
    let siblings = board.read { project in
      take.shot.flatMap { project.shots[$0]?.takes }.map { keys in keys.compactMap { project.takes[$0] } } ?? []
    }
    let same = siblings.filter { $0.kind == take.kind && $0.flags & ShownProject.Flag.yours == 0 }
    let place = same.firstIndex { $0.key == take.key }
    let earlier = place.flatMap { $0 + 1 < same.count ? same[$0 + 1] : nil }
    let changes = try earlier.map { earlier throws(HTTPFault) -> JSON in
      let answer = try asker.ask(
        ControlCall("changes", ["from": .string(earlier.path.string), "to": .string(take.path.string)]))
      return ["take": .string(earlier.key), "changes": answer["changes"] ?? []]
    }
    var text = JSONParts.head([
      "version": 1, "recipe": recipe(of: take).map { .object($0) } ?? .null, "previous": changes ?? .null,
    ])
    text += Array(",\"take\":".utf8) + detail + Array("}".utf8)
    return Self.json(text)
  }

  /// What stands in a take's sidecar.
  func recipe(of take: ShownProject.Take) -> JSONObject? {
    let sidecar = ProjectPath(trusted: take.path.bytes + Array(".json".utf8))
    return (try? folder.read(sidecar, limit: Sidecar.maximumSize)).flatMap { Sidecar.recipe(in: $0.bytes) }
  }

  // MARK: Lists

  private func search(_ request: Request) throws(HTTPFault) -> Response {
    try awake()
    let words = (request.query("q") ?? "").lowercased().split(whereSeparator: \.isWhitespace)
    let keys = board.read { project in
      project.sequences.flatMap { sequence in
        let title = sequence.title.lowercased()
        return sequence.shots.filter { key in
          guard let shot = project.shots[key] else { return false }
          return words.allSatisfy { shot.words.contains($0) || title.contains($0) }
        }
      }
    }
    return Self.json(["version": 1, "shots": .array(keys.map { .string($0) })])
  }

  private func inbox(_ request: Request) throws(HTTPFault) -> Response {
    let answer = try asker.ask(ControlCall("inbox"))
    let files = (answer["files"]?.array ?? []).map { entry -> JSON in
      let path = ProjectPath(trusted: entry["file"]?.string ?? "")
      let (key, version) = (PageKey.of(path), entry["stamp"]?.string ?? "")
      board.know(path, version, as: key)
      var fields: JSONObject = ["key": .string(key), "name": .string(path.name)]
      for (name, value) in entry.object ?? [:] where name != "stamp" { fields[name] = value }
      fields["v"] = .string(version)
      fields["thumb"] = .string("/thumb/\(key)?v=\(version)")
      fields["media"] = .string("/media/\(key)?v=\(version)")
      return .object(fields)
    }
    return Self.json(["version": 1, "files": .array(files)])
  }

  private func history(_ request: Request) throws(HTTPFault) -> Response {
    desk.settleHistory()
    let count = min(500, max(1, request.query("count").flatMap { Int($0) } ?? 100))
    let texts = desk.history.texts(before: request.query("before").flatMap { Int($0) }, count: count)
    return Self.json(Array("{\"version\":1,\"events\":".utf8) + JSONParts.list(texts) + Array("}".utf8))
  }

  private func trash(_ request: Request) throws(HTTPFault) -> Response {
    try awake()
    let items = Trash(folder).items.filter { !$0.path.string.hasSuffix(".json") }
    let list = items.map { item -> JSON in
      let key = PageKey.of(item.path)
      let shot = board.read { $0.takes[key]?.shot }
      return [
        "key": .string(key), "file": .string(item.path.string), "shot": shot.map { .string($0) } ?? .null,
        "removed": .string(item.removal.name),
      ]
    }
    return Self.json(["version": 1, "takes": .array(list)])
  }

  // MARK: Files

  private func addresses(_ request: Request) throws(HTTPFault) -> [String] {
    try awake()
    return try request.queries("shot").map { name throws(HTTPFault) in try board.address(ofShot: name) }
  }

  private func download(_ request: Request) throws(HTTPFault) -> Response {
    let last = request.head.path.dropFirst("/export/".utf8.count)
    guard let name = RequestHead.unescaped(last[...], plusIsSpace: false) else {
      throw HTTPFault(400, "bad-call", "this is no name")
    }
    guard let form = PageExports.Form(ofFile: name) else {
      throw HTTPFault(404, "not-found", "exports end with .zip, .html, .otio, .edl or .fcpxml")
    }
    if request.head.method == "HEAD" { throw HTTPFault(405, "bad-method", "this address answers GET") }
    return try exports.download(
      form, name: name, takes: request.query("takes") ?? TakeChoice.used.rawValue, shots: try addresses(request))
  }

  /// A take or a picture of the inbox by the key at the end of a path.
  private func find(_ request: Request) throws(HTTPFault) -> (
    path: ProjectPath, version: String, presence: String, key: String
  ) {
    try awake()
    let key = String(request.head.path.split(separator: "/").last ?? "")
    guard PageKey.isKey(key), let found = board.file(key) else {
      throw HTTPFault(404, "no-take", "there is no such take")
    }
    return (found.path, found.version, found.presence, key)
  }

  private func file(_ request: Request) throws(HTTPFault) -> Response {
    let found = try find(request)
    let isCurrent = !found.version.isEmpty && request.query("v") == found.version
    return try media.response(
      found.path, request.head, isCurrent: isCurrent, asDownload: request.query("download") == "1")
  }

  /// What an engine sent as a picture of how far it is. Only what begins like one is passed on.
  private func preview(_ request: Request) throws(HTTPFault) -> Response {
    let job = String(request.head.path.dropFirst("/preview/".utf8.count))
    guard let bytes = asker.preview(job)?.bytes, let type = MediaType(head: bytes)?.name,
      ["image/jpeg", "image/png"].contains(type)
    else { throw HTTPFault(404, "no-picture", "there is no picture of that job, or it is over") }
    return Response(200, type: type, bytes).with("Cache-Control", "no-store")
  }

  private func width(_ request: Request) throws(HTTPFault) -> Int {
    guard let width = Int(request.query("w") ?? "512"), Thumbnails.widths.contains(width) else {
      throw HTTPFault(400, "bad-call", "`w` is 256, 512 or 1024")
    }
    return width
  }

  private func keptThumbnail(_ request: Request) throws(HTTPFault) -> Response? {
    let (found, width) = (try find(request), try width(request))
    if found.presence == "pointer" { throw HTTPFault(404, "pointer", "git-lfs has not brought it yet") }
    if found.version.isEmpty { throw HTTPFault(404, "absent", "the file is not there") }
    guard let kept = try thumbnails.kept(found.path, version: found.version, width: width) else { return nil }
    return answer(kept, request, found.version)
  }

  private func thumbnail(_ request: Request) throws(HTTPFault) -> Response {
    let (found, width) = (try find(request), try width(request))
    do throws(HTTPFault) {
      let made = try thumbnails.make(found.path, version: found.version, width: width)
      desk.note(nil, of: found.key)
      return answer(made, request, found.version)
    } catch {
      if error.code == "damaged" {
        desk.note(ShownProject.Damage(version: found.version, sentence: error.message), of: found.key)
      }
      throw error
    }
  }

  private func answer(_ body: FileBody, _ request: Request, _ version: String) -> Response {
    let isCurrent = request.query("v") == version
    return Response(
      200,
      [
        ("Content-Type", "image/webp"),
        ("Cache-Control", isCurrent ? "private, max-age=31536000, immutable" : "private, no-cache"),
      ], .file(body))
  }
}
