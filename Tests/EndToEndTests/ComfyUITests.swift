import Basics
import Glibc
import JSONText
import ProjectFiles
import TestSupport
import Testing

/// Shots made on ComfyUI, by the test server that answers as real ones were recorded to, with its faults.
@Suite(.fewAtATime, .timeLimit(.minutes(10)))
struct ComfyUITests {
  private func sidecar(_ film: Film, _ take: String) throws -> JSON {
    try JSONDocument(parsing: try #require(film.inside("\(take).json"), "\(film.story)")).root.value
  }

  // MARK: From shot to take

  // MARK: Servers that are not there

  @Test func `without a server a make ends with 12, says why once, and makes it when the server is back`() async throws
  {
    let peer = try await ComfyUIPeer()
    try await peer.kill()
    let film = ComfyUIFilm.make(on: [peer.url])
    let failed = try await film.reel("make", "--json")
    #expect(failed.status == 12, "\(film.story)")
    #expect(film.takes.isEmpty)
    let waits = failed.events.filter { $0["type"]?.string == "waiting" }.compactMap { $0["message"]?.string }
    #expect(waits.count == 4, "\(waits)")
    #expect(waits.first?.contains("refuses connections") ?? false, "\(waits)")
    #expect(waits.first?.contains("3 jobs wait, next try in 1 s") ?? false, "\(waits)")
    #expect(waits.last?.contains("given up") ?? false, "\(waits)")
    try await peer.restart()
    #expect(try await film.reel("make").status == 0, "\(film.story)")
    #expect(film.takes.count == 3)
  }

  @Test func `a watcher waits for a server that comes late, and goes on by itself`() async throws {
    let peer = try await ComfyUIPeer()
    try await peer.kill()
    let film = ComfyUIFilm.make(on: [peer.url])
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("waiting")
    let status = try await film.reel("status", "--json")
    let engine = status.json["engines"]?.array?.first { $0["name"]?.string == "comfyui" }
    #expect(engine?["state"]?.string == "away", "\(status.output)")
    #expect(engine?["detail"]?.string?.contains("refuses connections") ?? false)
    // One of them may be looking whether it is back.
    #expect((status.json["shots"]?["waiting"]?.int ?? 0) >= 2, "\(status.output)")
    try await peer.restart()
    _ = try await watcher.next("idle")
    #expect(film.takes.count == 3, "\(film.story)")
    let after = try await film.reel("status", "--json")
    #expect(after.json["engines"]?.array?.first { $0["name"]?.string == "comfyui" }?["state"]?.string == "ready")
    _ = try await watcher.stop()
  }

  @Test func `what answers but is no ComfyUI is named as such`() async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["rules": [["do": "not_json", "path": "/", "count": 0]]])
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url])
    let failed = try await film.reel("make", "--json")
    #expect(failed.status == 12, "\(film.story)")
    #expect(failed.output.contains("is no ComfyUI"), "\(failed.output)")
  }

  @Test func `a server that wants a header gets it from a variable, and it stands nowhere`() async throws {
    let peer = try await ComfyUIPeer(arguments: ["--require-header", "X-Studio-Key=quite secret"])
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url])
    let refused = try await film.reel("make", "--json")
    #expect(refused.status == 12 && refused.output.contains("401"), "\(film.story)")
    film.replace(
      "\"type\": \"comfyui\"",
      by: "\"type\": \"comfyui\", \"headers\": { \"X-Studio-Key\": { \"env\": \"STUDIO_KEY\" } }",
      in: "project.json")
    let unset = try await film.reel("make", "--json")
    #expect(unset.output.contains("STUDIO_KEY") && unset.status != 0, "\(film.story)")
    let made = try await film.sh("STUDIO_KEY='quite secret' $REEL make --json")
    #expect(made.status == 0, "\(film.story)")
    #expect(film.takes.count == 1)
    #expect(!made.output.contains("quite secret"))
    for name in film.names { #expect(!film.text(name).contains("quite secret"), "\(name)") }
  }

  // MARK: Previews

  @Test func `the page shows pictures of a shot while it is made, and none afterwards`() async throws {
    let peer = try await ComfyUIPeer()
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url], steps: (400, 0.05))
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("progress") { ($0["fraction"]?.double ?? 0) > 0 }
    let door = try await film.reel("open", "--print")
    let jar = film.scratch.file("cookies")
    try await film.must("curl -sf -o /dev/null -L -c \(jar) '\(door.lines.first ?? "")'")
    let page = try #require(door.output.firstRange(of: "/?").map { String(door.output[..<$0.lowerBound]) })
    // What a page does first: nothing is told to those who know nothing.
    try await film.must("curl -sf -b \(jar) -o /dev/null '\(page)/api/state'")
    var preview: String?
    for _ in 0..<20 where preview == nil {
      // Follows what happens for two seconds.
      let events = try await film.sh("curl -sN -m 2 -b \(jar) '\(page)/api/events'").output
      preview =
        events.split(separator: "\n").filter { $0.hasPrefix("data: ") }.compactMap { line in
          (try? JSONDocument(parsing: Array(line.dropFirst("data: ".count).utf8)))?.root["preview"]?.string
        }.last
    }
    let address = try #require(preview, "\(film.story)")
    try await film.must("curl -sf -b \(jar) -o picture '\(page)\(address)'")
    #expect(film.inside("picture")?.starts(with: [0xFF, 0xD8, 0xFF]) ?? false, "a JPEG")
    _ = try await film.reel("cancel")
    _ = try await watcher.next("cancelled")
    let gone = try await film.sh("curl -s -b \(jar) -o /dev/null -w '%{http_code}' '\(page)\(address)'")
    #expect(gone.output == "404")
    _ = try await watcher.stop()
  }

  // MARK: Refusals

  @Test func `a node that fails is named, and the shot stays down until retry`() async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["fail_node": ["ImageAddNoise": "no noise today"]])
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url])
    let watcher = try await film.watch()
    let happened = try await watcher.settle()
    let failures = watcher.events.filter { $0["type"]?.string == "failed" }.compactMap { $0["message"]?.string }
    #expect(failures.count == 1, "\(failures) \(happened)")
    #expect(failures.first?.contains("ImageAddNoise (node 2): no noise today") ?? false, "\(failures)")
    #expect(peer.log.accepted.count == 1)
    try peer.forgive()
    _ = try await film.reel("retry")
    _ = try await watcher.settle()
    #expect(film.takes.count == 1, "\(film.story)")
    _ = try await watcher.stop()
  }

  @Test func `out of memory is tried again after the server was asked to free some`() async throws {
    let peer = try await ComfyUIPeer()
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url])
    film.write(
      "workflows/noise.json",
      ComfyUIFilm.graph(
        node:
          "\n  \"6\": { \"class_type\": \"PeerRaise\", \"inputs\": { \"image\": [\"4\", 0], \"message\": \"out\", \"kind\": \"OOM\" } },"
      ).replacing("\"images\": [\"4\", 0]", with: "\"images\": [\"6\", 0]"))
    let failed = try await film.reel("make", "--json")
    #expect(failed.status == 3, "\(film.story)")
    #expect(peer.log.accepted.count == 4)
    #expect(peer.log.requests("POST", "/free") == 4)
  }
}

/// What is lost on the way, and what dies: nothing is made twice, nothing is lost.
@Suite(.fewAtATime, .timeLimit(.minutes(10)))
struct ComfyUIFaultTests {
  /// All that was begun on the server, for films where each shot should be made once.
  private func expectOnce(_ film: Film, _ peer: ComfyUIPeer, shots: Int) {
    #expect(film.takes.count == shots, "\(film.story)")
    #expect(peer.log.executed("SaveImage") == shots, "\(peer.log.events.suffix(40))\n\(film.story)")
  }

  // MARK: Answers that get lost

  @Test(arguments: ["drop_after", "garbage", "wrong_length", "not_json"])
  func `a prompt whose answer got lost is looked up and not sent again`(fault: String) async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["rules": [["do": .string(fault), "path": "/prompt", "method": "POST"]]])
    let film = ComfyUIFilm.make(shots: 2, on: [peer.url])
    #expect(try await film.reel("make", "--json").status == 0, "\(film.story)")
    expectOnce(film, peer, shots: 2)
    #expect(peer.log.accepted.count == 2)
  }

  @Test(arguments: ["drop_before", "status"])
  func `a prompt that never arrived is sent again`(fault: String) async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["rules": [["do": .string(fault), "path": "/prompt", "method": "POST", "status": 502]]])
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url])
    #expect(try await film.reel("make", "--json").status == 0, "\(film.story)")
    expectOnce(film, peer, shots: 1)
  }

  @Test func `a history that is late is waited for`() async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["history_delay": 1.5])
    let film = ComfyUIFilm.make(shots: 2, on: [peer.url])
    #expect(try await film.reel("make", "--json").status == 0, "\(film.story)")
    expectOnce(film, peer, shots: 2)
  }

  @Test func `a prompt that the history lost is found by its own prefix`() async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["lose_history": 1])
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url])
    #expect(try await film.reel("make", "--json").status == 0, "\(film.story)")
    expectOnce(film, peer, shots: 1)
  }

  // MARK: The socket

  @Test(arguments: ["mute", "cut", "refused"])
  func `without a word from the socket everything is made all the same`(how: String) async throws {
    let peer = try await ComfyUIPeer()
    switch how {
    case "mute": try peer.faults(["mute_sockets": true])
    case "refused": try peer.faults(["rules": [["do": "refuse_socket", "path": "/ws", "count": 0]]])
    default: break
    }
    let film = ComfyUIFilm.make(shots: 2, on: [peer.url], steps: (20, 0.05))
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    if how == "cut" {
      _ = try await watcher.next("progress")
      try peer.faults(["close_sockets": true])
    }
    _ = try await watcher.next("idle")
    expectOnce(film, peer, shots: 2)
    _ = try await watcher.stop()
  }

  // MARK: Files

  @Test(arguments: ["truncate", "corrupt", "wrong_length", "status"])
  func `a file that came damaged is fetched again, not made again`(fault: String) async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["rules": [["do": .string(fault), "path": "/view", "method": "GET", "count": 2]]])
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url])
    #expect(try await film.reel("make", "--json").status == 0, "\(film.story)")
    expectOnce(film, peer, shots: 1)
  }

  @Test func `a picture whose file is gone is made again`() async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["rules": [["do": "status", "path": "/view", "method": "GET", "status": 404]]])
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url])
    #expect(try await film.reel("make", "--json").status == 0, "\(film.story)")
    #expect(film.takes.count == 1)
    #expect(Set(peer.log.written).count == 2, "under another prefix, so that no cache answers")
  }

  // MARK: Servers that die

  @Test(arguments: ["accepted", "executing", "written", "before_history"])
  func `a server that dies gives its job back once it is certain that nothing came of it`(point: String) async throws {
    let peer = try await ComfyUIPeer()
    try peer.faults(["kill_at": .string(point)])
    let film = ComfyUIFilm.make(shots: 2, on: [peer.url])
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    try await peer.end()
    try await peer.restart(refusing: 1)
    _ = try await watcher.next("idle")
    #expect(film.takes.count == 2, "\(film.story)")
    // What was whole on its disk was not made again.
    let wasMade = point == "written" || point == "before_history"
    #expect(peer.log.executed("SaveImage") == 2 || !wasMade, "\(peer.log.events.suffix(40))")
    #expect(Set(peer.log.written).count <= (wasMade ? 2 : 3))
    _ = try await watcher.stop()
  }

  @Test func `a worker thread that died behind a healthy face is noticed, and another worker gets its jobs`()
    async throws
  {
    let sick = try await ComfyUIPeer()
    let sound = try await ComfyUIPeer()
    try sick.faults(["worker_dead": true])
    let film = ComfyUIFilm.make(shots: 4, on: [sick.url, sound.url])
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("idle", within: .seconds(90))
    #expect(film.takes.count == 4, "\(film.story)")
    #expect(sound.log.executed("SaveImage") == 4)
    let status = try await film.reel("status", "--json")
    #expect(status.output.contains("it has to be restarted"), "\(status.output)")
    _ = try await watcher.stop()
  }

  // MARK: reel dies

  // MARK: Cancelling

  // MARK: Trust

  @Test func `a project that came from elsewhere sends nothing before it is trusted`() async throws {
    let peer = try await ComfyUIPeer()
    let film = ComfyUIFilm.make(shots: 1, on: [peer.url], isTrusted: false)
    let made = try await film.reel("make", "--json")
    #expect(made.status == 4, "\(film.story)")
    #expect(peer.log.of("request").isEmpty)
    let shown = try await film.reel("trust", "--show")
    #expect(shown.output.contains("PeerSleep") && shown.output.contains(peer.url), "\(shown.output)")
    #expect(try await film.reel("trust").status == 0)
    #expect(try await film.reel("make").status == 0, "\(film.story)")
  }
}
