import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// The page's server as the built reel has it.
struct PageServerTests {
  private func started(_ film: Film, _ options: [String] = []) async throws -> (Watcher, PageClient) {
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"] + options))
    _ = try await watcher.next("idle")
    _ = try await eventually("the page") { watcher.events.first { $0["type"]?.string == "page" } }
    return (watcher, try await watcher.page())
  }

  /// Asks the page again and again until there is a value.
  private func soon<Value>(_ what: String, _ look: () async throws -> Value?) async throws -> Value {
    let deadline = ContinuousClock.now + .seconds(40)
    while ContinuousClock.now < deadline {
      if let value = try await look() { return value }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw Failure("waited in vain for \(what)")
  }

  /// Rows as objects.
  private func rows(_ state: JSON, _ what: String) -> [[String: JSON]] {
    let columns = state["\(what)Columns"]?.array?.compactMap(\.string) ?? []
    return (state["\(what)s"]?.array ?? []).compactMap { row in
      row.array.map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
    }
  }

  private func take(of shot: String, _ page: PageClient) async throws -> [String: JSON] {
    let state = try await page.state()
    let key = rows(state, "shot").first { $0["id"]?.string == shot }?["key"]
    guard let take = rows(state, "take").first(where: { $0["shot"] == key }) else {
      throw Failure("no take of \(shot) in \(state)")
    }
    return take
  }

  // MARK: Getting in

  @Test func `the first visit brings the token and gets the cookie, and nothing goes without it`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let visit = try await page.ask("GET /?token=\(page.token) HTTP/1.1\r\n", ["Host: 127.0.0.1:\(page.port)"], [])
    let cookie = try #require(visit["set-cookie"])
    #expect(visit.status == 200 && cookie.hasPrefix(page.cookie + ";"), "\(film.story)")
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(cookie.contains(attribute)) }
    #expect(!visit.text.contains(page.token))
    let take = try await take(of: "shot_001", page)
    let key = try #require(take["key"]?.string)
    let targets = [
      "/", "/page/main.js", "/api/state", "/api/events", "/api/shots", "/api/takes",
      "/api/shot?shot=sequence_001/shot_001", "/api/take?take=\(key)",
      "/api/search?q=", "/api/inbox", "/api/library", "/api/history", "/api/trash", "/api/export", "/export/x.zip",
      "/media/\(key)",
      "/thumb/\(key)?w=256",
    ]
    for target in targets {
      for cookie in [
        [], ["Cookie: reel-\(page.port)=\(String(repeating: "x", count: 40))"], ["Cookie: reel-1=\(page.token)"],
      ] {
        let reply = try await page.ask("GET \(target) HTTP/1.1\r\n", ["Host: 127.0.0.1:\(page.port)"] + cookie, [])
        #expect(reply.status == 401, "\(target)")
        #expect(!reply.text.contains("shot_001") && reply["set-cookie"] == nil, "\(target)")
      }
      let reply = try await page.ask(
        "HEAD \(target) HTTP/1.1\r\n", ["Host: 127.0.0.1:\(page.port)", "Cookie: \(page.cookie)"], [])
      #expect([200, 405].contains(reply.status), "\(target) \(reply.status)")
    }
    let post = try await page.ask(
      "POST /api/pause HTTP/1.1\r\n",
      [
        "Host: 127.0.0.1:\(page.port)", "Origin: \(page.origin)", "Content-Type: application/json", "Content-Length: 2",
      ], Array("{}".utf8))
    #expect(post.status == 401)
    _ = try await watcher.stop()
  }

  @Test func `every answer says what may be done with it, and none lets another page in`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let key = try #require(try await take(of: "shot_001", page)["key"]?.string)
    let policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; "
      + "font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    for target in [
      "/", "/page/main.js", "/api/state", "/api/none", "/media/\(key)", "/thumb/\(key)?w=256", "/media/none",
    ] {
      let reply = try await page.get(target)
      #expect(
        reply["content-security-policy"] == (target == "/media/\(key)" ? "default-src 'none'; sandbox" : policy),
        "\(target)")
      #expect(reply["x-content-type-options"] == "nosniff" && reply["referrer-policy"] == "no-referrer", "\(target)")
      #expect(
        reply["cross-origin-resource-policy"] == "same-origin" && reply["cross-origin-opener-policy"] == "same-origin",
        "\(target)")
      #expect(!reply.headers.contains { $0.name.hasPrefix("access-control") }, "\(target)")
    }
    let preflight = try await page.ask(
      "OPTIONS /api/pause HTTP/1.1\r\n",
      [
        "Host: 127.0.0.1:\(page.port)", "Cookie: \(page.cookie)", "Origin: http://evil.example",
        "Access-Control-Request-Method: POST",
      ], [])
    #expect(preflight.status == 403 && !preflight.headers.contains { $0.name.hasPrefix("access-control") })
    let events = try await page.ask(
      "GET /api/events HTTP/1.1\r\n",
      ["Host: 127.0.0.1:\(page.port)", "Cookie: \(page.cookie)", "Origin: http://evil.example"], [])
    #expect(events.status == 403)
    let rebound = try await page.ask(
      "GET /api/state HTTP/1.1\r\n", ["Host: evil.example:\(page.port)", "Cookie: \(page.cookie)"], [])
    #expect(rebound.status == 403)
    _ = try await watcher.stop()
  }

  @Test func `the token stays this user's, out of the log, and with the project over restarts, as the port does`()
    async throws
  {
    let film = Film()
    // Not a port that other tests' watchers take while this one is away.
    let (watcher, page) = try await started(film, ["--port", "\(Int.random(in: 20_000..<30_000))"])
    #expect(!watcher.program.output.contains(page.token) && !watcher.program.error.contains(page.token))
    let files = ScratchFolder.names(in: film.scratch.file("state/reelwright"))
    var status = stat()
    let file = film.scratch.file("state/reelwright/\(try #require(files.first))/page.json")
    #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
    let events = try await page.events()
    _ = try await events.next("snapshot")
    _ = try await watcher.stop()
    #expect(try await events.next("gone").data["message"]?.string == "the watcher has stopped")
    #expect(try await events.next() == nil)
    let (again, same) = try await started(film)
    #expect(same.port == page.port && same.token == page.token, "\(film.story)")
    #expect(try await page.get("/api/state").status == 200)
    _ = try await again.stop()
  }

  @Test func `one project's key does not open another's page`() async throws {
    let (one, two) = (Film(), Film())
    let (first, pageOne) = try await started(one)
    let (second, pageTwo) = try await started(two)
    #expect(pageOne.port != pageTwo.port && pageOne.token != pageTwo.token)
    let thief = PageClient(port: pageTwo.port, token: pageOne.token)
    #expect(try await thief.get("/api/state").status == 401)
    _ = try await first.stop()
    _ = try await second.stop()
  }

  @Test func `without a page nothing listens, and a port that is taken is said`() async throws {
    let film = Film()
    let watcher = try await film.watch("--no-page")
    let outcome = try await film.reel("open", "--print")
    #expect(outcome.status == 1 && outcome.error.contains("serves no page"), "\(outcome.error)")
    _ = try await watcher.stop()
    #expect(try await film.reel("open", "--print").status == 14)
    // Not a port that other tests' watchers take in between.
    let (other, page) = try await started(Film(), ["--port", "\(Int.random(in: 20_000..<30_000))"])
    let refused = try await film.reel("watch", "--port", "\(page.port)")
    #expect(refused.status == 1 && refused.error.contains("\(page.port)"), "\(refused.error)")
    _ = try await other.stop()
    let (asked, same) = try await started(film, ["--port", "\(page.port)"])
    #expect(same.port == page.port)
    _ = try await asked.stop()
  }

  // MARK: What is shown

  @Test func `a save is told as one small change, and the state is what it was before and after`() async throws {
    let film = Film(shots: 5)
    let (watcher, page) = try await started(film)
    let first = try await page.get("/api/state")
    let tag = try #require(first["etag"])
    #expect(try await page.get("/api/state", ["If-None-Match: \(tag)"]).status == 304)
    let state = first.json
    let events = try await page.events(after: state["event"]?.string)
    film.replace("rain number 2", by: "snow number 2", in: "sequences/sequence_001.json")
    let change = try await events.next("change") { $0["shots"] != nil }
    let columns = state["shotColumns"]
    let changed = rows(["shotColumns": columns ?? [], "shots": change.data["shots"] ?? []], "shot")
    #expect(changed.compactMap { $0["id"]?.string } == ["shot_002"], "\(change)")
    _ = try await events.next("happened") { $0["type"]?.string == "finished" }
    _ = try await watcher.settle()
    let after = try await soon("both takes") { () async throws -> JSON? in
      let state = try await page.state()
      let shot = rows(state, "shot").first { $0["id"]?.string == "shot_002" }
      guard shot?["takes"] == 2, shot?["state"] == "fresh", state["overview"]?["shots"]?["fresh"] == 5 else {
        // In `condition ? state : nil` it would be JSON's null, which is a value.
        return nil
      }
      return state
    }
    #expect(rows(after, "take").count == 6)
    // From nothing it is the same as change by change.
    let (shots, takes) = (rows(after, "shot"), rows(after, "take"))
    _ = try await watcher.stop()
    let (again, fresh) = try await started(film)
    let cold = try await fresh.state()
    #expect(rows(cold, "shot") == shots && rows(cold, "take") == takes, "\(film.story)")
    _ = try await again.stop()
  }

  @Test func `a stream goes on where it was cut, and says when it cannot`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let start = try #require(try await page.state()["event"]?.string)
    let first = try await page.events(after: start)
    film.replace("rain number 1", by: "snow number 1", in: "sequences/sequence_001.json")
    let one = try #require(try await first.next())
    #expect(one.kind != "snapshot" && one.id != nil)
    let second = try await page.events(after: start)
    #expect(try await second.next()?.id == one.id)
    let resumed = try await page.events(after: one.id)
    // So that there is another one for sure.
    film.replace("rain number 2", by: "snow number 2", in: "sequences/sequence_001.json")
    let next = try #require(try await resumed.next())
    #expect(next.kind != "snapshot" && next.id != one.id)
    let foreign = try await page.events(after: "another-7")
    #expect(try await foreign.next()?.kind == "snapshot")
    _ = try await watcher.stop()
  }

  @Test func `sequences, orders and shots that come and go are told`() async throws {
    let film = Film(shots: 2)
    let (watcher, page) = try await started(film)
    let state = try await page.state()
    let events = try await page.events(after: state["event"]?.string)
    film.write(
      "sequences/sequence_000.json", "{\"name\":\"Zero\",\"shots\":[{\"id\":\"shot_900\",\"prompt\":\"sun\"}]}")
    let came = try await events.next("change") { $0["order"] != nil }
    #expect(came.data["order"] == ["sequence_000", "sequence_001"], "\(came)")
    _ = try await watcher.settle()
    unlink(film.path("sequences/sequence_000.json"))
    let went = try await events.next("change") { $0["goneShots"] != nil }
    #expect(went.data["goneShots"]?.array?.count == 1)
    _ = try await soon("its take without a shot") { () async throws -> Bool? in
      rows(try await page.state(), "take").contains { $0["shot"]?.isNull == true } ? true : nil
    }
    _ = try await watcher.stop()
  }

  @Test func `a file that does not read shows as a problem with its place`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let state = try await page.state()
    let events = try await page.events(after: state["event"]?.string)
    film.write("sequences/sequence_001.json", "{ \"shots\": [ { \"id\": \"shot_001\" \"prompt\": 1 } ] }")
    let change = try await events.next("change") { $0["overview"]?["problemCount"] == 1 }
    let problem = try #require(change.data["overview"]?["problems"]?.array?.first)
    #expect(
      problem["file"]?.string == "sequences/sequence_001.json" && problem["line"] == 1 && problem["snippet"] != nil)
    _ = try await watcher.stop()
  }

  // MARK: Pictures

  @Test func `small pictures are WebP at three widths and are kept for good under their version`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let take = try await take(of: "shot_001", page)
    let (key, version) = (try #require(take["key"]?.string), try #require(take["v"]?.string))
    for width in [256, 512, 1024] {
      let reply = try await page.get("/thumb/\(key)?w=\(width)&v=\(version)")
      #expect(reply.status == 200 && reply["content-type"] == "image/webp", "\(width) \(reply.text)")
      #expect(reply.body.starts(with: Array("RIFF".utf8)) && reply["cache-control"]?.contains("immutable") == true)
    }
    #expect(try await page.get("/thumb/\(key)?w=256&v=old")["cache-control"]?.contains("immutable") == false)
    #expect(try await page.get("/thumb/\(key)?w=257").status == 400)
    #expect(!ScratchFolder.names(in: film.scratch.file("cache/reelwright/thumbnails")).isEmpty)
    _ = try await watcher.stop()
  }

  @Test func `what cannot be shown is said at once, and leads nowhere`() async throws {
    let film = Film()
    film.write("sequences/sequence_001/shot_001.mine.png", "no picture")
    film.write(
      "sequences/sequence_001/shot_001.page.png",
      "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    film.write("sequences/sequence_001/shot_001.sound.wav", "RIFF....WAVEfmt ")
    symlink("/etc/passwd", film.path("sequences/sequence_001/shot_001.link.png"))
    symlink("../../..", film.path("sequences/sequence_001/shot_001.up.png"))
    mkfifo(film.path("sequences/sequence_001/shot_001.pipe.png"), 0o600)
    let (watcher, page) = try await started(film)
    let state = try await page.state()
    for name in ["mine", "page", "sound", "link", "up", "pipe"] {
      let file = "sequences/sequence_001/shot_001.\(name).\(name == "sound" ? "wav" : "png")"
      let key = try await key(of: file)
      let thumb = try await page.get("/thumb/\(key)?w=256")
      #expect(thumb.status == 404, "\(name): \(thumb.status)")
      let media = try await page.get("/media/\(key)")
      #expect(!media.text.contains("root:"), "\(name)")
      if media.status == 200, name != "sound" {
        #expect(
          media["content-disposition"]?.hasPrefix("attachment") == true
            && media["content-type"] == "application/octet-stream", "\(name)")
      }
      if name == "mine" {
        #expect(thumb.code == "damaged" && media.status == 200)
        let flags = rows(try await page.state(), "take").first { $0["key"]?.string == key }?["flags"]?.int ?? 0
        #expect(flags & 256 != 0, "\(state)")
      }
      if name == "sound" { #expect(thumb.code == "no-picture" && media["content-type"] == "audio/wav") }
    }
    for way in [
      "/media/../../etc/passwd", "/media/..%2f..%2fetc%2fpasswd", "/thumb/%2e%2e", "/media/sequences",
      "/page/../reel_page.c", "/page/%2e%2e%2fx",
    ] {
      let reply = try await page.get(way)
      #expect((400...404).contains(reply.status), "\(way)")
    }
    _ = try await watcher.stop()
  }

  /// The key of a file, as the contract says: of its path alone.
  private func key(of file: String) async throws -> String { Digest(of: Array(file.utf8)).text(of: 12) }

  @Test func `a take is sent whole, in parts, and not again`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let take = try await take(of: "shot_001", page)
    let key = try #require(take["key"]?.string)
    let whole = try await page.get("/media/\(key)")
    let file = try #require(film.inside(film.takes.sorted()[0]))
    #expect(whole.body == file && whole["content-type"] == "image/png" && whole["accept-ranges"] == "bytes")
    let tag = try #require(whole["etag"])
    #expect(!tag.hasPrefix("W/"))
    #expect(try await page.get("/media/\(key)", ["If-None-Match: \(tag)"]).status == 304)
    let part = try await page.get("/media/\(key)", ["Range: bytes=2-5", "If-Range: \(tag)"])
    #expect(part.status == 206 && part.body == Array(file[2...5]) && part["content-range"] == "bytes 2-5/\(file.count)")
    #expect(try await page.get("/media/\(key)", ["Range: bytes=2-5", "If-Range: \"old\""]).body == file)
    #expect(try await page.get("/media/\(key)", ["Range: bytes=\(file.count)-"]).status == 416)
    #expect(try await page.get("/media/\(key)?download=1")["content-disposition"]?.hasPrefix("attachment") == true)
    _ = try await watcher.stop()
  }

  // MARK: What is done

  @Test func `an edit changes the bytes that it must and no others`() async throws {
    let film = Film()
    let text =
      "{\r\n\t\"name\" : \"One\",\r\n\t\"shots\":[\r\n\t\t{\"id\":\"shot_001\", \"prompt\" :  \"rain \\u00e9\", \"seed\":7.0e0 , \"x-mine\":[1,  2]},\r\n\t\t{\"id\":\"shot_002\",\"prompt\":\"sun\"}\r\n\t]\r\n}"
    film.write("sequences/sequence_001.json", text)
    let (watcher, page) = try await started(film)
    let shot: JSON = "sequence_001/shot_001"
    let fields = try await page.get("/api/shot?shot=sequence_001/shot_001").json["written"]?["fields"]
    #expect(fields?["prompt"] == "rain é" && fields?["negativePrompt"]?.isNull == true)
    let reply = try await page.post(
      "/api/edit", ["shot": shot, "field": "prompt", "before": "rain é", "value": "snow"])
    #expect(reply.status == 200 && reply.json["line"] == 4, "\(reply.text)")
    #expect(film.text("sequences/sequence_001.json") == text.replacing("\"rain \\u00e9\"", with: "\"snow\""))
    // The same change once more was decided on what is not there any more.
    let late = try await page.post("/api/edit", ["shot": shot, "field": "prompt", "before": "rain é", "value": "fog"])
    #expect(late.status == 409 && late.code == "moved-on")
    #expect(late.json["current"] == "snow" && late.json["value"] == "fog" && late.json["before"] == "rain é")
    #expect(film.text("sequences/sequence_001.json") == text.replacing("\"rain \\u00e9\"", with: "\"snow\""))
    // A key that comes and goes leaves the file as it was.
    let before = film.text("sequences/sequence_001.json")
    for (value, old) in [(JSON.string("people"), JSON.null), (.null, "people")] {
      #expect(
        try await page.post("/api/edit", ["shot": shot, "field": "negativePrompt", "before": old, "value": value])
          .status == 200)
    }
    #expect(film.text("sequences/sequence_001.json") == before)
    #expect(
      try await page.post("/api/edit", ["shot": shot, "field": "parameters.steps", "before": nil, "value": 20]).status
        == 200)
    #expect(film.text("sequences/sequence_001.json").contains("\"steps\""))
    for (field, value) in [
      ("seed", "x"), ("duration", -1), ("id", "shot_009"), ("prompt", 3), ("pick", "x"), ("parameters.", 1),
    ] as [(String, JSON)] {
      let refused = try await page.post(
        "/api/edit", ["shot": shot, "field": .string(field), "before": nil, "value": value])
      #expect(refused.status == 400, "\(field) \(refused.status)")
    }
    film.write("sequences/sequence_001.json", "{ broken")
    let broken = try await page.post("/api/edit", ["shot": shot, "field": "prompt", "before": "snow", "value": "sun"])
    #expect(broken.status == 409 && film.text("sequences/sequence_001.json") == "{ broken")
    _ = try await watcher.stop()
  }

  @Test func `what the page does the command line sees, and the other way round`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let take = try #require(try await take(of: "shot_002", page)["key"])
    let file = try #require(film.takes.sorted().first { $0.contains("shot_002") })
    func told() async throws -> JSON {
      try #require(try await film.reel("takes", "--json").json["takes"]?.array?.first { $0["file"]?.string == file })
    }
    #expect(try await page.post("/api/dislike", ["takes": [take], "note": "too dark"]).status == 200)
    _ = try await watcher.settle()
    #expect(try await told()["rating"] == -1)
    #expect(try await told()["ratings"]?.array?.first?["note"] == "too dark")
    #expect(try await film.reel("like", file).status == 0)
    _ = try await soon("the rating on the page") { () async throws -> Bool? in
      try await self.take(of: "shot_002", page)["rating"] == 1 ? true : nil
    }
    #expect(try await page.post("/api/unrate", ["takes": [.string(file)]]).status == 200)
    #expect(
      try await page.post("/api/pick", ["take": take]).json["take"]?.string
        == file.split(separator: "/").last.map(String.init))
    _ = try await watcher.settle()
    #expect(film.text("sequences/sequence_001.json").contains("\"pick\""))
    #expect(try await page.post("/api/remove", ["takes": [take]]).code == "refused")
    #expect(film.inside(file) != nil)
    #expect(try await page.post("/api/unpick", ["shot": "shot_002"]).code == "no-shot")
    #expect(try await page.post("/api/unpick", ["shot": "sequence_001/shot_002", "kind": "still"]).status == 200)
    _ = try await watcher.settle()
    #expect(try await page.post("/api/remove", ["takes": [take]]).status == 200)
    #expect(film.inside(file) == nil)
    #expect(try await watcher.settle().jobs.isEmpty)
    #expect(try await page.get("/api/trash").json["takes"]?.array?.first?["key"] == take)
    #expect(try await page.post("/api/restore", ["takes": [take]]).status == 200)
    #expect(film.inside(file) != nil)
    #expect(
      try await page.post("/api/hold", ["shots": ["sequence_001/shot_001"]]).json["changed"] == [
        "sequence_001/shot_001"
      ])
    #expect(film.text("sequences/sequence_001.json").contains("\"hold\""))
    #expect(try await page.post("/api/release", ["shots": ["sequence_001/shot_001"]]).status == 200)
    #expect(!film.text("sequences/sequence_001.json").contains("\"hold\""))
    #expect(
      try await page.post("/api/retake", ["shot": "sequence_001/shot_001"]).json["error"]?["message"]?.string?.contains(
        "no use for a seed") == true)
    #expect(try await page.post("/api/pause", [:]).json["paused"] == true)
    #expect(try await film.reel("status", "--json").json["paused"] == true)
    film.replace("rain number 3", by: "snow number 3", in: "sequences/sequence_001.json")
    _ = try await watcher.next("queued")
    #expect(try await page.post("/api/cancel", ["shots": []]).json["cancelled"]?.array?.count == 1)
    #expect(try await page.post("/api/resume", [:]).json["paused"] == false)
    #expect(try await page.post("/api/retry", ["shots": []]).json["retried"]?.array?.count == 1)
    #expect(try await watcher.settle().shots("finished") == ["sequence_001/shot_003"])
    #expect(try await page.post("/api/approve", ["shots": []]).json["admitted"] == [])
    _ = try await watcher.stop()
  }

  @Test func `what is taken back right after it was done is taken back`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let shot: JSON = "sequence_001/shot_001"
    let before = film.text("sequences/sequence_001.json")
    let first = try #require(try await take(of: "shot_001", page)["key"])
    film.write("sequences/sequence_001/shot_001.mine.png", try #require(film.inside(film.takes.sorted()[0])))
    _ = try await watcher.settle()
    let second = JSON.string(try await key(of: "sequences/sequence_001/shot_001.mine.png"))
    _ = try await soon("the other take") { () async throws -> Bool? in
      rows(try await page.state(), "take").contains { $0["key"] == second } ? true : nil
    }
    for round in 0..<5 {
      for (name, fields) in [
        ("hold", ["shots": [shot]]), ("release", ["shots": [shot]]), ("pick", ["take": first]),
        ("pick", ["take": second]),
        ("unpick", ["shot": shot]),
      ] as [(String, JSON)] {
        let reply = try await page.post("/api/\(name)", fields)
        #expect(reply.status == 200, "\(round) \(name): \(reply.text)\n\(film.story)")
        let text = film.text("sequences/sequence_001.json")
        #expect(
          text.contains("\"hold\"") == (name == "hold") && text.contains("\"pick\"") == (name == "pick"), "\(name)")
        if name == "pick" { #expect(text.contains("shot_001.mine.png") == (fields["take"] == second)) }
      }
      #expect(film.text("sequences/sequence_001.json") == before)
    }
    // What is not there at all is refused as ever.
    #expect(try await page.post("/api/unpick", ["shot": shot]).status == 409)
    #expect(try await page.post("/api/release", ["shots": [shot]]).json["changed"] == [])
    #expect(film.text("sequences/sequence_001.json") == before)
    _ = try await watcher.stop()
  }

  @Test func `asking changes nothing`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let key = try #require(try await take(of: "shot_001", page)["key"]?.string)
    let before = film.tree
    for target in [
      "/api/state", "/api/shots?key=\(key)", "/api/takes?key=\(key)", "/api/shot?shot=sequence_001/shot_001",
      "/api/take?take=\(key)",
      "/api/search?q=rain", "/api/inbox", "/api/library", "/api/history", "/api/trash", "/api/export?form=zip",
      "/export/a.zip",
      "/export/a.otio", "/api/export?form=otio",
      "/export/a.html", "/media/\(key)", "/thumb/\(key)?w=512",
    ] { #expect(try await page.get(target).status == 200, "\(target)") }
    for name in [
      "retake", "retry", "cancel", "hold", "release", "pick", "unpick", "like", "dislike", "unrate", "remove",
      "restore", "pause", "resume", "approve", "edit", "save",
    ] {
      #expect(try await page.get("/api/\(name)?shot=sequence_001/shot_001&takes=\(key)").status == 405, "\(name)")
    }
    #expect(film.tree == before)
    _ = try await watcher.stop()
  }

  @Test func `files that are dropped lie in the inbox, whole, under safe names, and never over another`() async throws {
    let film = Film()
    film.write("inbox/mara.png", "mine")
    let (watcher, page) = try await started(film)
    let picture = try #require(film.inside(film.takes[0]))
    func upload(_ name: String, _ body: [UInt8]) async throws -> HTTPReply {
      try await page.post("/api/inbox?name=\(name)", body, type: "application/octet-stream")
    }
    let second = try await upload("mara.png", picture)
    #expect(second.status == 201 && second.json["file"] == "inbox/mara-2.png", "\(second.text)")
    #expect(film.text("inbox/mara.png") == "mine" && film.inside("inbox/mara-2.png") == picture)
    #expect(try await upload("..%2F..%2Fshot_001.png", picture).json["file"] == "inbox/shot_001.png")
    #expect(try await upload(".ssh%2F.rc.png", picture).json["file"] == "inbox/rc.png")
    #expect(try await upload("a%5C..%5Cb.png", picture).json["file"] == "inbox/b.png")
    #expect(try await upload("page.html", Array("<script>".utf8)).code == "bad-type")
    #expect(try await upload("nothing.png", []).code == "bad-type")
    #expect(try await upload("", picture).status == 400)
    #expect(try await page.post("/api/inbox?name=x.png", picture, type: "image/png").status == 415)
    let large = try await page.ask(
      "POST /api/inbox?name=x.png HTTP/1.1\r\n",
      [
        "Host: 127.0.0.1:\(page.port)", "Cookie: \(page.cookie)", "Origin: \(page.origin)",
        "Content-Type: application/octet-stream",
        "Content-Length: 999999999999",
      ], [])
    #expect(large.status == 413)
    // Half of one, and then the client goes away.
    func isUnderWay() -> Bool { ScratchFolder.names(in: film.path("inbox")).contains { $0.hasPrefix(".reel-") } }
    do {
      let cut = try RawHTTP(port: page.port)
      await cut.send(
        "POST /api/inbox?name=half.png HTTP/1.1\r\nHost: 127.0.0.1:\(page.port)\r\nCookie: \(page.cookie)\r\nOrigin: \(page.origin)\r\n"
          + "Content-Type: application/octet-stream\r\nContent-Length: \(picture.count)\r\n\r\n")
      await cut.send(Array(picture.prefix(picture.count / 2)))
      _ = try await eventually("its beginning") { isUnderWay() ? true : nil }
    }
    _ = try await eventually("nothing left of it") { isUnderWay() ? nil : true }
    #expect(
      film.names.filter { $0.hasPrefix("inbox/") }.sorted() == [
        "inbox/b.png", "inbox/mara-2.png", "inbox/mara.png", "inbox/rc.png", "inbox/shot_001.png",
      ])
    // What bears a shot's name is its reference.
    _ = try await watcher.settle()
    let why = try await page.get("/api/shot?shot=sequence_001/shot_001").json["why"]?["kinds"]?.array?.first
    #expect(why?["references"] == ["inbox/shot_001.png"])
    let listed = try await page.get("/api/inbox").json["files"]?.array ?? []
    #expect(listed.count == 5)
    let tile = try #require(listed.first { $0["name"] == "rc.png" })
    #expect(try await page.get((tile["thumb"]?.string ?? "") + "&w=256").status == 200)
    _ = try await watcher.stop()
  }

  @Test func `a prompt is saved into the library, and never over an entry`() async throws {
    let film = Film()
    film.write("library/look.json", "{\"prompt\":\"35 mm\"}")
    let (watcher, page) = try await started(film)
    let take = try #require(try await take(of: "shot_001", page)["key"])
    #expect(try await page.post("/api/save", ["name": "rainy", "take": take]).status == 200)
    #expect(film.text("library/rainy.json") == "{\n  \"prompt\": \"rain number 1\"\n}\n")
    #expect(try await page.post("/api/save", ["name": "look", "prompt": "x"]).code == "exists")
    #expect(film.text("library/look.json") == "{\"prompt\":\"35 mm\"}")
    for name in ["../x", "a/b", "", ".x", "a b", "x.json"] {
      #expect(try await page.post("/api/save", ["name": .string(name), "prompt": "x"]).status == 400, "\(name)")
    }
    _ = try await watcher.settle()
    #expect(
      try await page.get("/api/library").json["entries"]?.array?.compactMap { $0["name"]?.string } == ["look", "rainy"])
    _ = try await watcher.stop()
  }

  @Test func `an archive from the page has the bytes of one from the command line`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let reply = try await page.get("/export/my%20film.zip?takes=used")
    #expect(reply.status == 200 && reply["content-type"] == "application/zip")
    #expect(reply["content-disposition"]?.contains("filename=\"my film.zip\"") == true)
    try await film.must("$REEL export --zip out.zip")
    #expect(reply.body == film.inside("out.zip"), "\(film.story)")
    let size = try await page.get("/api/export?form=zip&takes=used").json
    #expect(size["takes"] == 3 && size["bytes"]?.int ?? 0 > 0)
    let sheet = try await page.get("/export/sheet.html?takes=all&shot=sequence_001/shot_001")
    #expect(sheet.status == 200 && sheet.text.contains("shot_001") && !sheet.text.contains("shot_002"))
    #expect(try await page.get("/export/x.exe").status == 404)
    #expect(try await page.get("/api/export?form=zip&takes=none").status == 400)
    _ = try await watcher.stop()
  }

  @Test func `a timeline from the page is that of the command line, with whole addresses`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    for (form, type) in [
      ("otio", "application/json"), ("edl", "text/plain; charset=utf-8"), ("fcpxml", "application/xml"),
    ] {
      let reply = try await page.get("/export/my%20film.\(form)")
      #expect(reply.status == 200 && reply["content-type"] == type, "\(form)")
      #expect(reply["content-disposition"]?.contains("filename=\"my film.\(form)\"") == true)
      // Standard output has no place either.
      #expect(reply.text == (try await film.reel("export", "--\(form)", "-").output), "\(form): \(film.story)")
      let size = try await page.get("/api/export?form=\(form)&takes=used").json
      #expect(size["form"]?.string == form && size["bytes"]?.int == reply.body.count)
      #expect(size["shots"] == 3 && size["pictures"] == 3 && size["gaps"] == 0 && size["seconds"] == 9)
      for takes in ["liked", "all", "none"] {
        #expect(try await page.get("/api/export?form=\(form)&takes=\(takes)").status == 400)
        #expect(try await page.get("/export/x.\(form)?takes=\(takes)").status == 400)
      }
      let some = try await page.get("/api/export?form=\(form)&shot=sequence_001/shot_001").json
      #expect(some["shots"] == 1)
    }
    #expect(try await page.get("/api/export?form=aaf").status == 400)
    film.replace("\"fps\": 24", by: "\"fps\": 12.5", in: "project.json")
    _ = try await watcher.settle()
    let refused = try await page.get("/export/x.edl")
    #expect(refused.status == 409 && refused.text.contains("time codes"), "\(refused.text)")
    _ = try await watcher.stop()
  }

  @Test func `bodies that are no calls are refused, whatever they are`() async throws {
    let film = Film()
    let (watcher, page) = try await started(film)
    let before = film.tree
    for body in [
      "", "[]", "{", "{\"a\":1}", "null", String(repeating: "[", count: 100_000), "{\"shot\":[]}", "{\"takes\":\"x\"}",
      "{\"takes\":[1]}", "{\"shots\":[\"nowhere\"]}",
    ] {
      for name in ["retake", "pick", "unpick", "like", "remove", "restore", "edit", "save", "hold"] {
        let reply = try await page.post("/api/\(name)", Array(body.utf8), type: "application/json")
        #expect((400...409).contains(reply.status), "\(name) \(body.prefix(40)) \(reply.status)")
      }
    }
    let many = JSON.array((0..<1001).map { .string("\($0)") })
    #expect(try await page.post("/api/like", ["takes": many]).status == 400)
    #expect(try await page.get("/api/shots?" + (0..<201).map { "key=\($0)" }.joined(separator: "&")).status == 400)
    #expect(film.tree == before)
    _ = try await watcher.stop()
  }
}
