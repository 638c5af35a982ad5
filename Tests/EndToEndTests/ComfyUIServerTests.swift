import Glibc
import JSONText
import TestSupport
import Testing

/// Shots made on each ComfyUI there is: the test server as either version, and a real one where `REEL_COMFYUI_URL` names it. That needs the
/// nodes of Tests/comfyui/nodes, and no model.
@Suite(.fewAtATime, .timeLimit(.minutes(20)))
struct ComfyUIServerTests {
  // MARK: From shot to take

  @Test(arguments: ComfyUIHost.names)
  func `a shot becomes the server's bytes, with the graph, the seed and the server's version beside them`(
    name: String
  ) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, mark) = host.film(shots: 2)
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0, "\(film.story)")
    let takes = film.takes
    try #require(takes.count == 2, "\(film.story)")
    let version = try await host.ask("/system_stats", film)["system"]?["comfyui_version"]?.string
    for take in takes {
      let facts = try JSONDocument(parsing: try #require(film.inside("\(take).json"))).root.value
      #expect(facts["engine"]?["type"]?.string == "comfyui")
      #expect(facts["engine"]?["version"]?.string == version)
      #expect(facts["output"]?["width"]?.int == 96 && facts["output"]?["height"]?.int == 64)
      let graph = try #require(facts["recipe"]?["graph"]?.object, "\(facts)")
      #expect(graph["4"]?["inputs"]?["text"]?.string?.hasPrefix("rain \(mark) number") ?? false, "\(facts)")
      #expect(graph["2"]?["inputs"]?["seed"]?.int == facts["recipe"]?["seed"]?.int)
      #expect(graph["9"]?["inputs"]?["filename_prefix"] == nil, "names of files decide nothing")
      // The server's bytes as they are: ComfyUI puts the graph into its pictures.
      let bytes = try #require(film.inside(take))
      #expect(String(decoding: bytes, as: UTF8.self).contains("\"class_type\""))
      if let peer = host.peer {
        #expect(
          peer.log.of("written").contains { peer.read("output/\($0["path"]?.string ?? "")") == bytes },
          "\(peer.log.events)")
      }
    }
    #expect(try await host.ended(mark, film) == ["success", "success"])
    let again = try await film.reel("make", "--json")
    #expect(again.status == 0 && again.jobs.isEmpty)
    #expect(try await host.ended(mark, film).count == 2, "what is there is not made again")
  }

  @Test(arguments: ComfyUIHost.names)
  func `only the shot that was edited is made again, and its progress and the reason are told`(name: String)
    async throws
  {
    let host = try await ComfyUIHost.named(name)
    let (film, mark) = host.film(steps: (10, 0.1))
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.replace("number 2", by: "heavy", in: "sequences/sequence_001.json")
    let happened = try await watcher.settle()
    #expect(happened.jobs == ["sequence_001/shot_002"], "\(film.story)")
    #expect(happened.reasons.allSatisfy { $0.contains("heavy") }, "\(happened.reasons)")
    let shares = happened.of("progress").compactMap { $0["fraction"]?.double }
    #expect(shares == shares.sorted() && shares.contains { $0 > 0.2 && $0 < 1 }, "\(shares)")
    #expect(
      happened.of("progress").contains {
        $0.object.map { JSON.object($0).compactText.contains("step ") } ?? false
      })
    #expect(try await host.ended(mark, film).count == 4)
    _ = try await watcher.stop()
  }

  @Test(arguments: ComfyUIHost.names)
  func `references are uploaded once per content, and loaders get them`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, _) = host.film()
    film.write(
      ComfyUIFilm.workflow,
      """
      {
        "1": { "class_type": "LoadImage", "inputs": { "image": "example.png" } },
        "2": { "class_type": "ImageAddNoise", "inputs": { "image": ["1", 0], "seed": 7, "strength": 0.2 } },
        "9": { "class_type": "SaveImage", "inputs": { "images": ["2", 0], "filename_prefix": "ComfyUI" } }
      }
      """)
    film.write("inbox/a.png", Picture.png(width: 40, height: 30))
    film.write("inbox/b.png", Picture.png(width: 40, height: 30))
    film.write(
      "sequences/sequence_001.json",
      """
      { "shots": [ { "id": "shot_001", "prompt": "x", "references": ["inbox/a.png"] },
                   { "id": "shot_002", "prompt": "y", "references": ["inbox/b.png"] } ] }
      """)
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0, "\(film.story)")
    try #require(film.takes.count == 2, "\(film.story)")
    for take in film.takes {
      let facts = try JSONDocument(parsing: try #require(film.inside("\(take).json"))).root.value
      #expect(facts["output"]?["width"]?.int == 40 && facts["output"]?["height"]?.int == 30, "the reference's size")
    }
    if let peer = host.peer { #expect(peer.log.of("uploaded").count == 1, "two files of one content") }
    film.replace("\"x\"", by: "\"x\", \"seed\": 5", in: "sequences/sequence_001.json")
    #expect(try await film.reel("make").status == 0)
    #expect(film.takes.count == 3, "\(film.story)")
    if let peer = host.peer { #expect(peer.log.of("uploaded").count == 1, "another run finds it there") }
  }

  @Test(arguments: ComfyUIHost.names)
  func `a film of many frames becomes a clip, found although the server calls it a picture`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, _) = host.film(shots: 1)
    film.write(
      "workflows/clip.json",
      """
      {
        "1": { "class_type": "LoadImage", "inputs": { "image": "example.png" }, "_meta": { "title": "@image" } },
        "2": { "class_type": "ImageBatch", "inputs": { "image1": ["1", 0], "image2": ["1", 0] } },
        "3": { "class_type": "CreateVideo", "inputs": { "images": ["2", 0], "fps": 8 }, "_meta": { "title": "@fps" } },
        "9": { "class_type": "SaveVideo", "inputs": { "video": ["3", 0], "filename_prefix": "clip", "format": "mp4", "codec": "h264" } }
      }
      """)
    film.write(
      "sequences/sequence_001.json",
      """
      { "shots": [ { "id": "shot_001", "prompt": "x", "duration": 1, "clip": { "engine": "comfyui", "workflow": "workflows/clip.json" } } ] }
      """)
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0, "\(film.story)")
    let clips = film.names.filter { $0.hasSuffix(".mp4") }
    #expect(clips.count == 1, "\(film.story)")
  }

  @Test(arguments: ComfyUIHost.names)
  func `a sound becomes a voice`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, _) = host.film(shots: 1)
    film.write(
      "workflows/voice.json",
      """
      {
        "1": { "class_type": "EmptyAudio", "inputs": { "duration": 1.0, "sample_rate": 44100, "channels": 2 } },
        "9": { "class_type": "SaveAudio", "inputs": { "audio": ["1", 0], "filename_prefix": "audio/ComfyUI" } }
      }
      """)
    film.write(
      "sequences/sequence_001.json",
      """
      { "shots": [ { "id": "shot_001", "prompt": "x",
                     "voice": { "text": "I never left.", "engine": "comfyui", "workflow": "workflows/voice.json" } } ] }
      """)
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0, "\(film.story)")
    #expect(film.names.filter { $0.contains("shot_001.voice-") && $0.hasSuffix(".flac") }.count == 1, "\(film.story)")
  }

  // MARK: Refusals

  @Test(arguments: ComfyUIHost.names)
  func `a class that the server lacks is told with the workflow's line and the nearest name`(name: String) async throws
  {
    let host = try await ComfyUIHost.named(name)
    let (film, mark) = host.film()
    film.replace("\"ImageAddNoise\"", by: "\"ImageAddNoize\"", in: ComfyUIFilm.workflow)
    let failed = try await film.reel("make", "--json")
    #expect(failed.status == 3, "\(film.story)")
    #expect(try await host.ended(mark, film).isEmpty, "nothing is sent that cannot be done")
    let problems = failed.events.filter { $0["type"]?.string == "problem" }
    #expect(problems.count == 1, "three shots with one workflow have one fault: \(problems)")
    #expect(problems.first?["file"]?.string == ComfyUIFilm.workflow)
    #expect(problems.first?["line"]?.int == 4)
    #expect(failed.output.contains("`ImageAddNoise`"), "\(failed.output)")
  }

  @Test(arguments: ComfyUIHost.names)
  func `a node that raises an error is named with what it says`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, mark) = host.film(shots: 1)
    film.write(
      ComfyUIFilm.workflow,
      ComfyUIFilm.graph(
        node: """

            "6": { "class_type": "PeerRaise", "inputs": { "image": ["4", 0], "message": "no luck", "kind": "ValueError" } },
          """
      ).replacing("\"images\": [\"4\", 0]", with: "\"images\": [\"6\", 0]"))
    let failed = try await film.reel("make", "--json")
    #expect(failed.status == 3, "\(film.story)")
    #expect(failed.output.contains("PeerRaise (node 6): no luck"), "\(failed.output)")
    #expect(try await host.ended(mark, film) == ["error"], "it is not tried again")
  }

  // MARK: reel dies

  @Test(arguments: ComfyUIHost.names)
  func `what a dead reel left running and pending is found by its id and fetched`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, mark) = host.film(shots: 2, steps: (40, 0.05))
    let first = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    try await waitForPrompts(2, host, mark, film)
    _ = try await first.stop(SIGKILL)
    let second = try await film.watch()
    #expect(second.events.contains { $0["type"]?.string == "started" })
    _ = try await second.settle()
    #expect(film.takes.count == 2, "\(film.story)")
    #expect(try await host.ended(mark, film) == ["success", "success"])
    _ = try await second.stop()
  }

  @Test(arguments: ComfyUIHost.names)
  func `what was finished while no reel lived is fetched`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, mark) = host.film(shots: 2, steps: (20, 0.05))
    let first = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    try await waitForPrompts(2, host, mark, film)
    _ = try await first.stop(SIGKILL)
    for _ in 0..<600 where try await host.open(mark, film) > 0 { usleep(100_000) }
    #expect(film.takes.isEmpty)
    let second = try await film.watch()
    _ = try await second.settle()
    #expect(film.takes.count == 2, "\(film.story)")
    #expect(try await host.ended(mark, film) == ["success", "success"])
    _ = try await second.stop()
  }

  @Test(arguments: ComfyUIHost.names)
  func `what nobody wants any more after a crash is ended on the server`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, mark) = host.film(shots: 1, steps: (2000, 0.05))
    let first = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await first.next("progress") { ($0["fraction"]?.double ?? 0) > 0 }
    _ = try await first.stop(SIGKILL)
    film.write(ComfyUIFilm.workflow, ComfyUIFilm.graph(steps: (2, 0.01)))
    let second = try await film.watch()
    _ = try await second.settle()
    #expect(film.takes.count == 1, "\(film.story)")
    #expect(try await host.ended(mark, film).sorted() == ["error", "success"])
    _ = try await second.stop()
  }

  // MARK: Cancelling

  @Test(arguments: ComfyUIHost.names)
  func `cancelling ends our own prompts, running and pending, and nobody else's`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, mark) = host.film(shots: 2, steps: (2000, 0.05))
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    try await waitForPrompts(2, host, mark, film)
    _ = try await watcher.next("progress") { ($0["fraction"]?.double ?? 0) > 0 }
    // Somebody else's prompt waits behind ours.
    let foreign = "foreign\(UInt32.random(in: 0...UInt32.max))"
    let graph = ComfyUIFilm.graph(steps: (1, 0.01)).replacing("a harbour", with: foreign)
    film.scratch.write("foreign.json", Array("{\"prompt\": \(graph)}".utf8))
    try await film.must(
      "curl -sf -H 'Content-Type: application/json' -d @\(film.scratch.file("foreign.json")) \(host.url)/prompt >/dev/null"
    )
    let cancelled = try await film.reel("cancel")
    #expect(cancelled.status == 0, "\(cancelled.error)")
    _ = try await eventually("both let go") {
      watcher.events.filter { $0["type"]?.string == "cancelled" }.count == 2 ? true : nil
    }
    #expect(watcher.events.contains { $0["type"]?.string == "cancelling" })
    for _ in 0..<400 where try await host.ended(foreign, film).isEmpty { usleep(100_000) }
    #expect(try await host.ended(foreign, film) == ["success"])
    #expect(film.takes.isEmpty)
    // What was pending leaves no trace; what ran ended as interrupted.
    #expect(try await host.ended(mark, film) == ["error"])
    #expect(try await host.open(mark, film) == 0)
    _ = try await watcher.stop()
  }

  @Test(arguments: ComfyUIHost.names)
  func `a shot that changes while it runs has its prompt ended and the new one made`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, mark) = host.film(shots: 1, steps: (2000, 0.05))
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("progress") { ($0["fraction"]?.double ?? 0) > 0 }
    film.write(ComfyUIFilm.workflow, ComfyUIFilm.graph(steps: (2, 0.01)))
    _ = try await watcher.next("idle", within: .seconds(90))
    #expect(film.takes.count == 1, "\(film.story)")
    #expect(try await host.ended(mark, film).sorted() == ["error", "success"])
    _ = try await watcher.stop()
  }

  // MARK: Standing

  @Test(arguments: ComfyUIHost.names)
  func `reel doctor asks the server and says what it is`(name: String) async throws {
    let host = try await ComfyUIHost.named(name)
    let (film, _) = host.film(shots: 1)
    let version = try #require(try await host.ask("/system_stats", film)["system"]?["comfyui_version"]?.string)
    let doctor = try await film.reel("doctor", "--json")
    let finding = doctor.json["findings"]?.array?.first { $0["subject"]?.string == "engine comfyui" }
    #expect(finding?["state"]?.string == "ok", "\(doctor.output)")
    #expect(finding?["detail"]?.string?.contains("ComfyUI \(version)") ?? false, "\(doctor.output)")
  }

  private func waitForPrompts(_ count: Int, _ host: ComfyUIHost, _ mark: String, _ film: Film) async throws {
    for _ in 0..<600 {
      if try await host.open(mark, film) == count { return }
      usleep(50_000)
    }
    throw Failure("\(count) prompts never came\n\(film.story)")
  }
}
