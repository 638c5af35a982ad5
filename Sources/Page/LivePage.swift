package import Basics
internal import Glibc
package import HTTPServer
package import Imaging
internal import JSONText
internal import ProjectFiles
package import Studio

/// The page of one project: a server on 127.0.0.1 for as long as somebody watches.
///
/// It hears what the loop says and asks the loop; it holds no truth, and everything that takes time happens on threads of its own.
package final class LivePage: Sendable {
  package struct Options: Sendable {
    /// Nil for 7411 or what is free behind it.
    package var port: UInt16?
    package var version: String
    /// Whether the address that is told bears the token: where only the user reads it.
    package var showsToken: Bool
    package var environment = StateFolders.processEnvironment()
    package var limits = Server.Limits()

    package init(port: UInt16? = nil, version: String, showsToken: Bool) {
      self.port = port
      self.version = version
      self.showsToken = showsToken
    }
  }

  private struct State {
    var server: Server?
    var door: PageDoor?
    var person: Person?
    var hasBegun = false
    var isStopped = false
    /// New takes whose small pictures are to be made.
    var ahead: [ProjectPath] = []
    var isLookingAhead = false
  }

  private let options: Options
  private let folder: Folder
  private let places: StateFolders
  private let services: PageServices
  private let imaging: ImagingHelper
  private let tell: @Sendable (StudioEvent) -> Void
  private let asker: LoopAsker
  private let board = PageBoard()
  private let desk: PageDesk
  private let thumbnails: Thumbnails
  private let state: Monitor<State>

  package static let usualPort: UInt16 = 7411

  /// - Parameters:
  ///   - project: the project's folder.
  ///   - tell: called on a thread of the page when it can be looked at, or why not.
  package init(
    of project: String, options: Options, imaging: ImagingHelper, services: PageServices,
    tell: @escaping @Sendable (StudioEvent) -> Void
  ) throws(FileError) {
    self.options = options
    self.services = services
    self.imaging = imaging
    self.tell = tell
    folder = try Folder(opening: project)
    places = try StateFolders(of: folder, environment: options.environment)
    asker = LoopAsker(facts: ["folder": .string(folder.path), "reel": .string(options.version)])
    let state = Monitor(State())
    self.state = state
    desk = PageDesk(board, asking: asker) { [services] in Self.person(state, services).name }
    thumbnails = Thumbnails(Media(folder: folder), project: folder.path, imaging: imaging, cache: places.cache)
  }

  /// Why the page cannot be served on a port; nil when it can.
  package static func refusal(ofPort port: UInt16) -> String? {
    do throws(HTTPServerError) {
      _ = try Server.listen(on: port)
      return nil
    } catch {
      return error.description
    }
  }

  // MARK: What the loop says

  /// On the loop's thread.
  package func hear(_ event: StudioEvent) {
    desk.hear(event)
    switch event {
    case .hello: begin()
    case .finished(_, let take, _): lookAhead(take)
    case .restored(_, _, _, let take, _): lookAhead(take)
    default: break
    }
  }

  package func follow(_ change: StandingChange) { desk.hear(change) }

  /// Answers what the loop does not: where the page is.
  package func answer(_ call: ControlCall) -> ControlReply? {
    guard call.name == "page" else { return nil }
    guard let door = state.look({ $0.door }) else {
      return .failure(code: "no-page", message: "this watcher serves no page")
    }
    return .success(["version": 1, "url": .string(door.addressWithToken), "address": .string(door.address)])
  }

  package func connect(_ loop: ProjectLoop) { asker.connect(loop) }

  /// The loop holds the project: its page can be served. On a thread of its own, as the library takes some milliseconds to load.
  private func begin() {
    let isFirst = state.look { state in
      defer { state.hasBegun = true }
      return !state.hasBegun
    }
    if !isFirst { return }
    NamedThread.start("page start") { [self] in
      do throws(HTTPServerError) {
        try serve()
      } catch {
        tell(.notice("there is no page: \(error)\(error.hint.map { "; \($0)" } ?? "")"))
      }
    }
  }

  private func serve() throws(HTTPServerError) {
    let memory = PageDoor.memory(in: places.state)
    let listener = try listen(memory.port)
    let door = PageDoor(token: memory.token, port: listener.port)
    try? door.keep(in: places.state)
    let server = try Server(
      on: listener, router: router(door), limits: options.limits,
      gate: { head throws(HTTPFault) in try door.check(head) },
      refuse: { fault, head in Self.refusal(fault, head) }, decorate: { Self.decorated($0) })
    let isStopped = state.change { state in
      if !state.isStopped { (state.server, state.door) = (server, door) }
      return state.isStopped
    }
    if isStopped { return server.stop() }
    desk.start()
    tell(.page(address: options.showsToken ? door.addressWithToken : door.address))
    // Nobody waits for it.
    NamedThread.start("page sweep") { [thumbnails] in thumbnails.sweep() }
  }

  private func listen(_ remembered: UInt16?) throws(HTTPServerError) -> Listener {
    if let port = options.port { return try Server.listen(on: port) }
    var ports = Array(Self.usualPort..<(Self.usualPort + 20))
    if let remembered { ports.insert(remembered, at: 0) }
    for port in ports {
      do throws(HTTPServerError) {
        return try Server.listen(on: port)
      } catch {
        if !error.isTaken { throw error }
      }
    }
    return try Server.listen(on: 0)
  }

  /// Ends all streams and answers nobody any more. Comes after the loop has ended.
  package func stop(_ why: String) {
    asker.connect(nil)
    board.end(why)
    desk.stop()
    let server = state.look { state in
      defer { (state.server, state.door) = (nil, nil) }
      state.isStopped = true
      return state.server
    }
    server?.stop()
  }

  // MARK: What is served

  private func router(_ door: PageDoor) -> Router {
    let files = PageFiles()
    let reads = PageReads(
      board: board, desk: desk, asker: asker, folder: folder, media: Media(folder: folder), thumbnails: thumbnails,
      exports: PageExports(asker, services))
    let actions = PageActions(
      board: board, desk: desk, asker: asker, folder: folder,
      person: { [state, services] in Self.person(state, services, isFresh: true) }, reads: reads)
    let own = [
      Router.Route("/", at: .here) { request throws(HTTPFault) in
        if door.isVisit(request.head) { return door.welcome() }
        return try files.response("index.html", request.head)
      },
      Router.Route("/page/*", at: .here) { request throws(HTTPFault) in
        try files.response(String(request.head.path.dropFirst("/page/".utf8.count)), request.head)
      },
    ]
    return Router(own + reads.routes + actions.routes)
  }

  /// What every answer has. A page of ours gets nothing from elsewhere, and nobody else's page gets anything from us.
  private static func decorated(_ response: Response) -> Response {
    var response = response
    if !response.headers.contains(where: { $0.name == "Content-Security-Policy" }) {
      response.headers.append(("Content-Security-Policy", policy))
    }
    response.headers += [
      ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
      ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    return response
  }

  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; "
    + "font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  /// JSON, but for a person at the door. Nothing of what was asked comes back in it.
  private static func refusal(_ fault: HTTPFault, _ head: RequestHead) -> Response {
    if fault.code == "unauthorised", head.path == "/" {
      let text = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Reelwright</title>\
        <h1>This page opens with its key</h1><p>Type <code>reel open</code> in the project's folder.</p></html>

        """
      return Response(fault.status, type: "text/html; charset=utf-8", Array(text.utf8)).with(
        "Cache-Control", "no-store")
    }
    var error: JSONObject = ["code": .string(fault.code), "message": .string(fault.message)]
    if let hint = fault.hint { error["hint"] = .string(hint) }
    return PageReads.json(["error": .object(error)], fault.status)
  }

  // MARK: Beside

  /// Who is at work, asked once, and anew where something is written in that name.
  private static func person(_ state: Monitor<State>, _ services: PageServices, isFresh: Bool = false) -> Person {
    if !isFresh, let person = state.look({ $0.person }) { return person }
    let found = Monitor<Person?>(nil)
    Task {
      let person = await services.person()
      found.change { $0 = person }
    }
    let person = found.wait { $0 } ?? Person(identity: "nobody")
    state.look { $0.person = person }
    return person
  }

  /// Has the small pictures of a new take made before anybody asks, where somebody looks: one after the other.
  private func lookAhead(_ take: ProjectPath) {
    guard board.isFollowed else { return }
    let starts = state.look { state in
      state.ahead.append(take)
      defer { state.isLookingAhead = true }
      return !state.isLookingAhead
    }
    if starts { NamedThread.start("page ahead") { [self] in makeAhead() } }
  }

  private func makeAhead() {
    while true {
      let next = state.look { state -> ProjectPath? in
        if state.ahead.isEmpty {
          state.isLookingAhead = false
          return nil
        }
        return state.ahead.removeFirst()
      }
      guard let next else { return }
      let key = PageKey.of(next)
      // The desk hears of it in a moment, or it is older by then.
      for _ in 0..<50 {
        if let found = board.file(key), !found.version.isEmpty {
          for width in Thumbnails.widths.dropLast() {
            _ = try? thumbnails.make(found.path, version: found.version, width: width)
          }
          break
        }
        usleep(20_000)
      }
    }
  }
}
