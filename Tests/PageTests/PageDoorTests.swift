import Basics
import Glibc
import HTTPServer
import TestSupport
import Testing

@testable import Page

struct PageDoorTests {
  private let door = PageDoor(token: String(repeating: "k", count: 40), port: 7411)

  private func head(_ target: String, cookie: String? = nil, method: String = "GET") -> RequestHead {
    RequestHead(
      method: method, target: target, version: "HTTP/1.1", headers: cookie.map { [(name: "cookie", value: $0)] } ?? [])
  }

  @Test func `the token lets in once, at the door and nowhere else`() {
    #expect(door.isVisit(head("/?token=\(door.token)")))
    for target in [
      "/", "/?token=", "/?token=\(door.token)x", "/?token=\(door.token)&x=1", "/api/state?token=\(door.token)",
    ] {
      #expect(!door.isVisit(head(target)), "\(target)")
    }
    #expect(!door.isVisit(head("/?token=\(door.token)", method: "POST")))
  }

  @Test func `everything else needs the cookie of this port`() {
    #expect(throws: Never.self) { try door.check(head("/api/state", cookie: "reel-7411=\(door.token)")) }
    #expect(throws: Never.self) {
      try door.check(head("/api/state", cookie: "a=b; reel-7411=wrong; reel-7411=\(door.token)"))
    }
    let short = door.token.dropLast()
    for cookie in [
      nil, "", "reel-7412=\(door.token)", "reel-7411=\(short)", "reel-7411=", "xreel-7411=\(door.token)",
      "reel-7411=\(door.token)x",
    ] as [String?] {
      #expect(throws: HTTPFault.self) { try door.check(head("/api/state", cookie: cookie)) }
    }
  }

  @Test func `token and port are kept for this user alone`() throws {
    let scratch = ScratchFolder()
    let first = PageDoor.memory(in: scratch.path)
    #expect(first.token.utf8.count == 40 && first.port == nil)
    #expect(PageDoor.memory(in: scratch.path).token != first.token, "each is drawn anew until one is kept")
    try PageDoor(token: first.token, port: 7420).keep(in: scratch.path)
    let second = PageDoor.memory(in: scratch.path)
    #expect(second.token == first.token && second.port == 7420)
    var status = stat()
    #expect(stat(scratch.file("page.json"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    scratch.write("page.json", Array("{\"token\":\"short\",\"port\":99999}".utf8))
    let third = PageDoor.memory(in: scratch.path)
    #expect(third.token.utf8.count == 40 && third.port == nil)
  }

  @Test(arguments: [
    ("mara.png", "mara.png"), ("../../etc/passwd", "passwd"), ("C:\\pictures\\mara.png", "mara.png"),
    (".hidden.png", "hidden.png"),
    ("a\u{202E}gnp.exe", "a_gnp.exe"), ("new\nline.png", "new_line.png"), ("größe 2.png", "größe 2.png"),
    ("-rf.png", "rf.png"),
    ("<b>.png", "_b_.png"), ("tail. ", "tail"),
  ])
  func `a dropped file's name is made safe`(wanted: String, expected: String) throws {
    #expect(try InboxUpload.safe(wanted) == expected)
  }

  @Test func `names stay short and keep what they are`() throws {
    let name = try InboxUpload.safe(String(repeating: "ä", count: 300) + ".jpeg")
    #expect(name.utf8.count <= 100 && name.hasSuffix(".jpeg"))
    for nothing in ["", "/", "...", "   ", "--"] { #expect(throws: HTTPFault.self) { try InboxUpload.safe(nothing) } }
  }

  @Test func `names in headers cannot end the header`() {
    let text = Media.disposition("attachment", "a\"b\r\nSet-Cookie: x=1;ö.png")
    #expect(!text.contains("\r") && !text.contains("\n") && text.filter { $0 == "\"" }.count == 2)
    #expect(text.contains("%C3%B6.png"))
  }
}
