internal import Basics
internal import Glibc
internal import HTTPServer
internal import JSONText

/// Who may come in: whoever bears the project's token, in the cookie that the first visit gives.
///
/// The token lies in the project's state folder, for this user alone, with the port: so the page comes back after a restart under the same
/// address and to the same browser. The cookie is named after the port, as cookies do not tell ports apart.
struct PageDoor: Sendable {
  let token: String
  let port: UInt16

  var cookie: String { "reel-\(port)" }

  /// The address without the token.
  var address: String { "http://127.0.0.1:\(port)" }
  var addressWithToken: String { "\(address)/?token=\(token)" }

  private static let tokenLength = 40

  /// Whether a request may be answered. `/` alone may bear the token itself.
  func check(_ head: RequestHead) throws(HTTPFault) {
    if isVisit(head) || hasCookie(head) { return }
    throw HTTPFault(401, "unauthorised", "this page opens with the address that reel watch says", hint: "reel open")
  }

  /// The first visit, with the token in its address.
  func isVisit(_ head: RequestHead) -> Bool {
    guard head.path == "/", head.method == "GET", head.query.count == 1, head.query[0].name == "token" else {
      return false
    }
    return Self.isSame(head.query[0].value, token)
  }

  private func hasCookie(_ head: RequestHead) -> Bool {
    guard let cookies = head.value(of: "cookie") else { return false }
    // Somebody else's page on another port may have set one of our name for a longer path: any of them will do.
    return cookies.split(separator: ";").contains { pair in
      let pair = pair.drop { $0 == " " }
      return pair.hasPrefix("\(cookie)=") && Self.isSame(String(pair.dropFirst(cookie.utf8.count + 1)), token)
    }
  }

  /// Gives the cookie and goes on to the page. Not by a redirect: a browser that came from elsewhere would not send a strict cookie along
  /// with it. The page that we answer with goes there by itself.
  func welcome() -> Response {
    let text = """
      <!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>Reelwright</title>\
      <link rel="icon" href="/page/icon.svg">\
      <p><a href="/">To the page</a></html>

      """
    return Response(200, type: "text/html; charset=utf-8", Array(text.utf8))
      .with("Set-Cookie", "\(cookie)=\(token); Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict")
      .with("Cache-Control", "no-store")
  }

  /// In the same time whatever is wrong.
  static func isSame(_ one: String, _ other: String) -> Bool {
    let (a, b) = (Array(one.utf8), Array(other.utf8))
    if a.count != b.count { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

// MARK: Keeping

extension PageDoor {
  /// What the state folder keeps of a page.
  struct Memory: Sendable {
    var token: String
    var port: UInt16?
  }

  private static let file: ProjectPath = "page.json"

  /// The project's token, a new one when there is none that can be read.
  static func memory(in state: String) -> Memory {
    let folder = try? Folder(opening: state)
    let bytes = folder.flatMap { try? $0.read(file, limit: 4096).bytes }
    let root = bytes.flatMap { try? JSONDocument(parsing: $0).root }
    let port = root?["port"]?.number?.int.flatMap { UInt16(exactly: $0) }
    if let token = root?["token"]?.string, token.utf8.count == tokenLength { return Memory(token: token, port: port) }
    return Memory(token: newToken(), port: port)
  }

  func keep(in state: String) throws(FileError) {
    let text: JSON = ["token": .string(token), "port": .number(JSONNumber(Int(port)))]
    let folder = try Folder(opening: state)
    try? folder.removeFile(Self.file)
    _ = try AtomicFile.write(to: Self.file, in: folder, existing: .replace, mode: 0o600) { file throws(FileError) in
      try file.writeAll(text.compact + Array("\n".utf8), path: "page.json")
    }
  }

  private static func newToken() -> String {
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    return Digest(of: bytes).text(of: tokenLength)
  }
}
