import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// The first pictures of films on the page, by the real ffmpeg, and what becomes of films that have none or mean harm.
struct PosterFrameTests {
  private static let folder = "sequences/sequence_001"
  /// What Matroska and WebM begin with.
  private static let matroska: [UInt8] = [0x1A, 0x45, 0xDF, 0xA3]

  /// A film whose `PATH` a test may change, with takes that ffmpeg makes.
  private struct Cinema {
    let film = Film(shots: 1)
    var bin: String { film.scratch.file("bin") }

    init() {
      mkdir(film.scratch.file("bin"), 0o755)
      mkdir(film.path(folder), 0o755)
    }

    func take(_ name: String) -> String { "\(folder)/shot_001.\(name)" }

    /// Makes a take.
    func make(_ name: String, _ arguments: String) async throws {
      try await film.must("ffmpeg -nostdin -v error -y \(arguments) '\(take(name))'")
    }

    /// A program that stands before all others of its name.
    func put(_ name: String, _ script: String) {
      film.scratch.write("bin/\(name)", Array("#!/bin/sh\n\(script)\n".utf8))
      chmod(film.scratch.file("bin/\(name)"), 0o755)
    }

    func link(_ name: String) throws {
      let path = try #require(Environment.programFolders.map { "\($0)/\(name)" }.first(where: Environment.isExecutable))
      symlink(path, film.scratch.file("bin/\(name)"))
    }

    /// - Parameter path: nil for the test's own with `bin` before it.
    func start(path: String? = nil) async throws -> (Watcher, PageClient) {
      let path = path ?? ([bin] + Environment.programFolders).joined(separator: ":")
      let program = try film.start("/usr/bin/env", ["PATH=\(path)", BuiltProgram.path("reel"), "watch", "--json"])
      let watcher = Watcher(film, program)
      _ = try await watcher.next("idle")
      _ = try await eventually("the page") { watcher.events.first { $0["type"]?.string == "page" } }
      let page = try await watcher.page()
      _ = try await page.state()
      return (watcher, page)
    }

    /// Asks for a small picture, for longer than the page waits for ffmpeg.
    func poster(_ name: String, _ width: Int, _ page: PageClient) async throws -> HTTPReply {
      let key = Digest(of: Array(take(name).utf8)).text(of: 12)
      let connection = try RawHTTP(port: page.port, limit: 60)
      await connection.send(
        "GET /thumb/\(key)?w=\(width) HTTP/1.1\r\nHost: 127.0.0.1:\(page.port)\r\nCookie: \(page.cookie)\r\n\r\n")
      guard let reply = try await connection.reply() else { throw Failure("no answer for \(name)\n\(film.story)") }
      return reply
    }

    /// Width, height and mean colour of a picture, as ffmpeg reads it.
    func look(_ picture: HTTPReply) async throws -> (size: String, colour: [UInt8]) {
      film.scratch.write("poster.webp", picture.body)
      let file = film.scratch.file("poster.webp")
      let size = try await film.sh(
        "ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 '\(file)'")
      try await film.must(
        "ffmpeg -nostdin -v error -y -i '\(file)' -vf scale=1:1 -f rawvideo -pix_fmt rgb24 '\(file).rgb'")
      return (size.lines.first ?? size.error, film.scratch.read("poster.webp.rgb") ?? [])
    }

    func isShownDamaged(_ name: String, _ page: PageClient) async throws -> Bool {
      let key = Digest(of: Array(take(name).utf8)).text(of: 12)
      let reply = try await page.get("/api/takes?key=\(key)")
      return reply.json["takes"]?.array?.first?["damaged"]?.string != nil
    }
  }

  @Test func `the first picture of a film is WebP at three widths, and kept when it was made once`() async throws {
    let cinema = Cinema()
    // Red, then blue; with sound. The index of an MP4 stands at its end.
    try await cinema.make(
      "one.mp4",
      "-f lavfi -i color=red:s=640x360:d=0.4:r=10 -f lavfi -i color=blue:s=640x360:d=0.4:r=10 -f lavfi -i sine=d=0.8 "
        + "-filter_complex '[0][1]concat' -c:v libx264 -pix_fmt yuv420p -c:a aac")
    try await cinema.make("two.webm", "-f lavfi -i color=lime:s=320x568:d=0.3:r=10 -c:v libvpx-vp9 -deadline realtime")
    try await cinema.make("three.mkv", "-f lavfi -i color=blue:s=1920x960:d=0.2:r=10 -c:v libx264 -pix_fmt yuv420p")
    try await cinema.make("four.mov", "-f lavfi -i color=white:s=100x50:d=0.2:r=10 -c:v mpeg4")
    let (watcher, page) = try await cinema.start()
    let wanted: [(name: String, sizes: [String], colour: [Int])] = [
      ("one.mp4", ["256,144", "512,288", "640,360"], [255, 0, 0]),
      ("two.webm", ["144,256", "288,512", "320,568"], [0, 255, 0]),
      ("three.mkv", ["256,128", "512,256", "1024,512"], [0, 0, 255]),
      ("four.mov", ["100,50", "100,50", "100,50"], [255, 255, 255]),
    ]
    for film in wanted {
      for (width, size) in zip([256, 512, 1024], film.sizes) {
        let reply = try await cinema.poster(film.name, width, page)
        #expect(reply.status == 200 && reply["content-type"] == "image/webp", "\(film.name) \(width): \(reply.text)")
        let seen = try await cinema.look(reply)
        #expect(seen.size == "webp,\(size)", "\(film.name) \(width)")
        let far = zip(seen.colour, film.colour).map { abs(Int($0) - $1) }.max() ?? 255
        #expect(far < 24, "\(film.name) \(width): \(seen.colour)")
      }
    }
    _ = try await watcher.stop()
    // What is kept needs no ffmpeg.
    try cinema.link("prlimit")
    let (again, same) = try await cinema.start(path: cinema.bin)
    for film in wanted { #expect(try await cinema.poster(film.name, 512, same).status == 200, "\(film.name)") }
    _ = try await again.stop()
  }

  @Test func `a film without a picture and one that is broken are told apart`() async throws {
    let cinema = Cinema()
    try await cinema.make("whole.mp4", "-f lavfi -i testsrc=s=320x200:d=2:r=10 -c:v libx264 -g 5 -movflags faststart")
    try await cinema.make("late.mp4", "-f lavfi -i testsrc=s=320x200:d=1:r=10 -c:v libx264")
    try await cinema.make("sound.mp4", "-f lavfi -i sine=d=0.3 -c:a aac")
    try await cinema.make("sound.webm", "-f lavfi -i sine=d=0.3 -c:a libopus")
    try await cinema.make("none.mp4", "-f lavfi -i testsrc=s=320x200:d=1:r=10 -c:v libx264 -frames:v 0")
    let whole = try #require(cinema.film.inside(cinema.take("whole.mp4")))
    let late = try #require(cinema.film.inside(cinema.take("late.mp4")))
    // As downloads that stopped leave them: behind the first pictures, and before the index.
    cinema.film.write(cinema.take("begun.mp4"), Array(whole.prefix(whole.count * 2 / 3)))
    cinema.film.write(cinema.take("headless.mp4"), Array(late.prefix(late.count / 2)))
    let data = try #require(whole.indices.dropLast(4).first { whole[$0..<($0 + 4)].elementsEqual("mdat".utf8) })
    cinema.film.write(
      cinema.take("torn.mp4"), Array(whole[..<(data + 4)]) + [UInt8](repeating: 0x55, count: whole.count - data - 4))
    var random = SeededGenerator(seed: 7)
    cinema.film.write(
      cinema.take("noise.webm"), Self.matroska + (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) })
    let (watcher, page) = try await cinema.start()
    for (name, code) in [
      ("begun.mp4", nil), ("sound.mp4", "no-picture"), ("sound.webm", "no-picture"), ("none.mp4", "no-picture"),
      ("headless.mp4", "damaged"), ("torn.mp4", "damaged"), ("noise.webm", "damaged"),
    ] as [(String, String?)] {
      for _ in 0..<2 {
        let reply = try await cinema.poster(name, 256, page)
        #expect(
          reply.code == code && reply.status == (code == nil ? 200 : 404), "\(name): \(reply.status) \(reply.text)")
      }
      #expect(try await cinema.isShownDamaged(name, page) == (code == "damaged"), "\(name)")
    }
    _ = try await watcher.stop()
  }

  @Test func `without ffmpeg a film has no picture, and has one as soon as it is there`() async throws {
    let cinema = Cinema()
    try await cinema.make("one.mp4", "-f lavfi -i testsrc=s=320x200:d=0.3:r=10 -c:v libx264")
    try cinema.link("prlimit")
    let (watcher, page) = try await cinema.start(path: cinema.bin)
    let reply = try await cinema.poster("one.mp4", 256, page)
    #expect(reply.status == 404 && reply.code == "no-picture", "\(reply.text)")
    #expect(reply.json["error"]?["hint"]?.string == "apt install ffmpeg")
    #expect(try await !cinema.isShownDamaged("one.mp4", page))
    try cinema.link("ffmpeg")
    #expect(try await cinema.poster("one.mp4", 256, page).status == 200)
    _ = try await watcher.stop()
  }

  @Test func `an ffmpeg that hangs is killed with all that it started, and is told of no name`() async throws {
    let cinema = Cinema()
    try await cinema.make("concat:x.mp4", "-f lavfi -i testsrc=s=320x200:d=0.3:r=10 -c:v libx264 -f mp4")
    // A wrapper of the kind that some systems have.
    cinema.put("ffmpeg", "sleep 1000 & wait")
    let (watcher, page) = try await cinema.start()
    async let answer = cinema.poster("concat:x.mp4", 256, page)
    let own = watcher.program.child.pid
    let script = cinema.film.scratch.file("bin/ffmpeg")
    let (pid, sleeper) = try await eventually("the program and what it started") {
      let all = ScratchFolder.names(in: "/proc").compactMap { Int32($0) }
      guard let pid = all.first(where: { commandLine(of: $0).contains(script) && Processes.parent(of: $0) == own }),
        let sleeper = all.first(where: { Processes.parent(of: $0) == pid })
      else { return nil as (Int32, Int32)? }
      return (pid, sleeper)
    }
    let words = commandLine(of: pid)
    #expect(!words.contains("concat") && !words.contains("shot_001"), "\(words)")
    #expect(words.contains(" -f mov -protocol_whitelist file -i file:/proc/self/fd/0 "), "\(words)")
    let limits = try await cinema.film.sh("cat /proc/\(pid)/limits").lines
    for limit in ["Max file size", "Max address space", "Max cpu time"] {
      #expect(limits.contains { $0.hasPrefix(limit) && !$0.contains("unlimited") }, "\(limits)")
    }
    let reply = try await answer
    #expect(reply.status == 404 && reply.code == "damaged", "\(reply.text)")
    for gone in [pid, sleeper] {
      _ = try await eventually("the end of \(gone)") { commandLine(of: gone).isEmpty ? true : nil }
    }
    _ = try await watcher.stop()
  }

  @Test func `a film that names other files and hosts makes ffmpeg open none of them`() async throws {
    let cinema = Cinema()
    try await cinema.make("other.mp4", "-f lavfi -i testsrc=s=320x200:d=0.3:r=10 -c:v libx264")
    try await cinema.make("-i.mp4", "-f lavfi -i testsrc=s=320x200:d=0.3:r=10 -c:v libx264 -f mp4")
    let other = cinema.film.path(cinema.take("other.mp4"))
    let head = "\0\0\0\u{20}ftypjp2 \0\0\0\0jp2 jp2 jp2 jp2 "
    let session = "\nv=0\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    cinema.film.write(cinema.take("session.webm"), Self.matroska + Array(session.utf8))
    let lists = [
      "session.mp4": head + session,
      "manifest.mp4": head
        + "<MPD profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\" type=\"static\"><Period><AdaptationSet mimeType=\"video/mp4\">"
        + "<Representation id=\"1\" bandwidth=\"1\"><BaseURL>file://\(other)</BaseURL></Representation></AdaptationSet></Period></MPD>",
      "playlist.mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n\(other)\n#EXT-X-ENDLIST\n",
      "script.mp4": "ffconcat version 1.0\nfile '\(other)'\n",
    ]
    for (name, text) in lists { cinema.film.write(cinema.take(name), text) }
    // Writes down what ffmpeg opens; with the limits it could write nothing itself.
    let log = cinema.film.scratch.file("calls")
    let trace = "strace -f -qq -A -o '\(log)' -e trace=open,openat,openat2,socket,connect,execve"
    cinema.put("prlimit", "while [ \"$1\" != -- ]; do shift; done; shift; exec \(trace) \"$@\"")
    let (watcher, page) = try await cinema.start()
    for name in lists.keys.sorted() + ["session.webm"] {
      let reply = try await cinema.poster(name, 256, page)
      #expect(reply.status == 404 && reply.code == "damaged", "\(name): \(reply.status) \(reply.text)")
    }
    #expect(try await cinema.poster("-i.mp4", 256, page).status == 200)
    let calls = String(decoding: cinema.film.scratch.read("calls") ?? [], as: UTF8.self).split(separator: "\n")
    #expect(calls.contains { $0.contains("execve") && $0.contains("ffmpeg") })
    #expect(calls.contains { $0.contains("\"/proc/self/fd/0\"") })
    #expect(calls.filter { $0.contains(cinema.film.folder) }.isEmpty)
    #expect(calls.filter { $0.contains("socket(") || $0.contains("connect(") }.isEmpty)
    _ = try await watcher.stop()
  }
}
