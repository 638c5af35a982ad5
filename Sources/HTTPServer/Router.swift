/// Which paths there are, and who answers them.
///
/// A path is compared as it was sent, nothing in it is unescaped before: what leads to a file is never made of it.
package struct Router: Sendable {
  package enum Place: Sendable {
    /// On the server's own thread: for what is answered from memory.
    case here
    /// On one of a few threads that may block.
    case work
    /// On threads for what takes long, so that it holds up nothing else; unless it can be answered at once after all, which is tried where
    /// work is done.
    case slow(first: Quick?)
  }

  package enum Body: Sendable {
    /// GET and HEAD.
    case none
    /// POST with JSON, up to so many bytes.
    case json(limit: Int)
    /// POST with a file, up to so many bytes, which goes into a sink.
    case upload(limit: Int, type: String, sink: @Sendable (RequestHead) throws(HTTPFault) -> any BodySink)
  }

  package typealias Handler = @Sendable (Request) throws(HTTPFault) -> Response

  /// Nil when it takes longer.
  package typealias Quick = @Sendable (Request) throws(HTTPFault) -> Response?

  package struct Route: Sendable {
    var path: String
    var body: Body
    package var place: Place
    package var handle: Handler

    var methods: [String] {
      if case .none = body { ["GET", "HEAD"] } else { ["POST"] }
    }

    /// - Parameter path: `/api/state`, or `/thumb/*` for all that begins so and has one more part.
    package init(_ path: String, _ body: Body = .none, at place: Place = .work, _ handle: @escaping Handler) {
      self.path = path
      self.body = body
      self.place = place
      self.handle = handle
    }
  }

  private var exact: [String: [Route]] = [:]
  private var byFolder: [String: [Route]] = [:]

  package init(_ routes: [Route]) {
    for route in routes {
      if route.path.hasSuffix("/*") {
        byFolder[String(route.path.dropLast()), default: []].append(route)
      } else {
        exact[route.path, default: []].append(route)
      }
    }
  }

  /// The route of a request that may be answered, before its body has come.
  package func route(for head: RequestHead) throws(HTTPFault) -> Route {
    let routes = find(head.path)
    if routes.isEmpty { throw HTTPFault(404, "not-found", "there is nothing at this address") }
    guard let route = routes.first(where: { $0.methods.contains(head.method) }) else {
      let methods = routes.flatMap(\.methods).joined(separator: ", ")
      throw HTTPFault(405, "bad-method", "this address answers \(methods)")
    }
    switch route.body {
    case .none:
      if (head.contentLength ?? 0) != 0 || !head.values(of: "transfer-encoding").isEmpty {
        throw HTTPFault(400, "bad-call", "a GET has no body")
      }
    case .json(let limit): try check(head, limit, "application/json")
    case .upload(let limit, let type, _): try check(head, limit, type)
    }
    return route
  }

  private func find(_ path: String) -> [Route] {
    if let routes = exact[path] { return routes }
    guard let slash = path.lastIndex(of: "/") else { return [] }
    let end = path.index(after: slash)
    return end == path.endIndex ? [] : byFolder[String(path[..<end])] ?? []
  }

  private func check(_ head: RequestHead, _ limit: Int, _ type: String) throws(HTTPFault) {
    guard head.contentType == type else { throw HTTPFault(415, "bad-type", "this address takes \(type)") }
    guard head.values(of: "transfer-encoding").isEmpty, let length = head.contentLength else {
      throw HTTPFault(411, "no-length", "a POST says its Content-Length")
    }
    if length > limit { throw HTTPFault(413, "too-large", "this address takes \(limit) bytes at most") }
  }
}
