import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// `reel export --otio`, `--edl` and `--fcpxml`, read back with other people's readers.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct TimelineExportTests {
  /// What a reader makes of a timeline (`Tests/timelines/read.py`).
  private struct Told {
    let json: JSON

    func items(_ kind: String) -> [JSON] {
      (json["tracks"]?.array ?? []).filter { $0["kind"]?.string == kind }.flatMap { $0["items"]?.array ?? [] }
    }
    var pictures: [JSON] { items("Video") }
    var voices: [JSON] { items("Audio") }
    var markers: [JSON] { json["markers"]?.array ?? [] }

    /// `clip 0+96`, `gap 96+72`: what lies where.
    func places(_ kind: String = "Video") -> [String] {
      items(kind).map {
        "\($0["type"]?.string ?? "") \(Int($0["start"]?.double ?? -1))+\(Int($0["length"]?.double ?? -1))"
      }
    }
  }

  private func told(_ film: Film, _ file: String, at rate: String? = nil) async throws -> Told {
    let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }
    let python = "\(root)/.build/venv/bin/python"
    if access(python, X_OK) != 0 { throw Failure("there is no \(python); run scripts/setup test") }
    let read = try await film.run(python, ["\(root)/Tests/timelines/read.py", file] + (rate.map { [$0] } ?? []))
    if !read.exit.isSuccess { throw Failure("\(file) does not read:\n\(read.error)\n\(film.story)") }
    return Told(json: read.json)
  }

  @discardableResult
  private func export(
    _ film: Film, _ form: String, _ file: String, status: Int32 = 0, _ more: String...
  ) async throws -> JSON {
    let exported = try await film.run(
      BuiltProgram.path("reel"), ["export", "--\(form)", file, "--json"] + more)
    #expect(exported.status == status, "\(exported.output)\(exported.error)")
    return exported.json
  }

  private func path(_ film: Film, _ name: String) -> String {
    film.path(name)
  }

  // MARK: OpenTimelineIO

  @Test func `a timeline holds every shot in the order of the film for as long as it lasts, and its media are there`()
    async throws
  {
    let film = Film(shots: 2)
    film.write(
      "sequences/sequence_001.json",
      """
      { "name": "Arrival", "order": 2, "shots": [
        { "id": "a", "prompt": "rain", "duration": 4 }, { "id": "b", "name": "The pier", "prompt": "fog", "duration": 2.5 } ] }
      """)
    film.write(
      "sequences/sequence_002.json",
      "{ \"name\": \"Before\", \"order\": 1, \"shots\": [ { \"id\": \"c\", \"prompt\": \"sea\" } ] }")
    #expect(try await film.reel("make").status == 0, "\(film.story)")
    let json = try await export(film, "otio", "cut.otio")
    #expect(json["shots"] == 3 && json["gaps"] == 0 && json["frames"] == 228 && json["seconds"] == 9.5)
    #expect(json["files"]?.array?.first?["file"] == "cut.otio")
    let told = try await told(film, "cut.otio")
    #expect(told.places() == ["clip 0+72", "clip 72+96", "clip 168+60"])
    #expect(told.json["seconds"]?.double == 9.5 && told.json["name"] == "Test film")
    #expect(told.pictures.map { $0["name"]?.string } == ["c", "a", "b The pier"])
    #expect(told.pictures.allSatisfy { $0["exists"] == true && $0["rate"]?.double == 24 && $0["from"]?.double == 0 })
    #expect(told.pictures.allSatisfy { $0["url"]?.string?.hasPrefix("sequences/") == true })
    #expect(told.markers.map { $0["name"]?.string } == ["Before", "Arrival"])
    #expect(told.markers.compactMap { $0["frame"]?.double } == [0, 72])
    let used = try await film.reel("takes", "--json").json["takes"]?.array ?? []
    for item in told.pictures {
      let about = item["metadata"]?["reelwright"]
      let take = used.first { $0["shot"] == about?["shot"] }
      #expect(about?["take"] == take?["file"] && about?["kind"] == "still")
      #expect(about?["fingerprint"] == take?["fingerprint"])
      #expect(item["path"]?.string == path(film, take?["file"]?.string ?? ""))
      #expect(about?["prompt"]?.string?.isEmpty == false)
    }
    #expect(told.voices == [])
  }

  @Test func `a timeline beside the project goes where both go, and one that lies elsewhere has whole addresses`()
    async throws
  {
    let film = Film(shots: 1, in: "a \u{E4} & 'b' #1 \u{1F451}")
    _ = try await film.reel("make")
    try await film.must("mkdir cuts ../far ../far/off")
    for (file, beginning) in [
      ("in.otio", "sequences/"), ("cuts/cut.otio", "../sequences/"),
      ("../beside.otio", "a%20%C3%A4%20%26%20%27b%27%20%231%20%F0%9F%91%91/sequences/"),
      ("../far/far.otio", "file:///"),
    ] {
      try await export(film, "otio", file)
      let item = try #require(try await told(film, file).pictures.first)
      #expect(item["url"]?.string?.hasPrefix(beginning) == true, "\(item)")
      #expect(item["exists"] == true, "\(item)")
      #expect(item["path"]?.string == path(film, film.takes[0]))
    }
    let written = try await film.sh("$REEL export --otio - > ../far/said.otio")
    #expect(written.status == 0)
    try await film.must("cmp ../far/far.otio ../far/said.otio")
    // What is named by its way is found wherever both were put.
    try await film.must("mkdir ../moved; cp -R . \"../moved/$(basename \"$PWD\")\"; cp ../beside.otio ../moved/")
    let moved = try await told(film, "../moved/beside.otio").pictures.first
    #expect(moved?["path"]?.string?.contains("/moved/a ") == true && moved?["exists"] == true, "\(film.story)")
  }

  @Test func `clips, talking shots and stills go onto one track, voices beneath`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.project(#""kinds": ["still", "clip", "voice", "talk"]"#, keys: "\"seed\": 11")
    film.write(
      "sequences/sequence_001.json",
      """
      { "shots": [
        { "id": "still", "prompt": "1", "duration": 1 },
        { "id": "clip", "prompt": "2", "duration": 2, "clip": {} },
        { "id": "talk", "prompt": "3", "duration": 3, "clip": {}, "voice": { "text": "I never left." }, "talk": {} },
        { "id": "last", "prompt": "4", "duration": 4, "voice": { "text": "Never." } } ] }
      """)
    let make = try await film.reel("make")
    #expect(make.status == 0, "\(make.output)\(make.error)\(film.story)")
    for (form, file) in [("otio", "cut.otio"), ("edl", "cut.edl"), ("fcpxml", "cut.fcpxml")] {
      let json = try await export(film, form, file)
      #expect(json["pictures"] == 4 && json["voices"] == 2)
      let told = try await told(film, file)
      #expect(told.places() == ["clip 0+24", "clip 24+48", "clip 72+72", "clip 144+96"], "\(form)")
      let words = told.pictures.map { ($0["path"]?.string ?? "").split { "/.-".contains($0) } }
      #expect(words.map { $0.dropLast(3).last.map(String.init) } == ["still", "clip", "talk", "still"], "\(form)")
      #expect((told.pictures + told.voices).allSatisfy { $0["exists"] == true || $0["type"] == "gap" }, "\(form)")
      let spoken = told.voices.filter { $0["type"] == "clip" }
      #expect(spoken.compactMap { $0["length"]?.double } == [72, 96], "\(form)")
      #expect(spoken.allSatisfy { $0["path"]?.string?.contains(".voice-") == true }, "\(form)")
      if form == "otio" {
        #expect(told.places("Audio") == ["gap 0+72", "clip 72+72", "clip 144+96"])
        let about = told.pictures[1]["metadata"]?["reelwright"]
        #expect(about?["seed"] == 11 && about?["prompt"] == "2" && about?["kind"] == "clip")
      }
      if form == "fcpxml" { #expect(spoken.compactMap { $0["start"]?.double } == [72, 144]) }
    }
  }

  @Test func `films and sounds that end before their shot are laid down as long as they are`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.project(#""kinds": ["still", "clip", "voice"]"#)
    // A film of 1.5 s whose header lies behind its data, and 2 s of sound.
    engine.script(
      """
      import io, wave
      def box(name, content): return struct.pack(">I", len(content) + 8) + name + content
      def film(text):
          header = struct.pack(">IIIII", 0, 0, 0, 600, 900) + bytes(80)
          movie = box(b"moov", box(b"free", b"x") + box(b"mvhd", header))
          return box(b"ftyp", b"mp42" + bytes(4) + b"isom") + box(b"mdat", text) + movie
      def sound(text):
          file = io.BytesIO()
          with wave.open(file, "wb") as out:
              out.setnchannels(1), out.setsampwidth(2), out.setframerate(8000), out.writeframes(bytes(32000))
          return file.getvalue()[:-32000] + text.ljust(32000)[:32000]
      """)
    film.write(
      "sequences/sequence_001.json",
      """
      { "shots": [ { "id": "long", "prompt": "1", "duration": 4, "clip": {}, "voice": { "text": "I never left." } },
        { "id": "short", "prompt": "2", "duration": 1, "clip": {}, "voice": { "text": "Never." } } ] }
      """)
    #expect(try await film.reel("make").status == 0, "\(film.story)")
    for (form, file, black) in [("otio", "c.otio", "gap"), ("edl", "c.edl", "clip"), ("fcpxml", "c.fcpxml", "gap")] {
      try await export(film, form, file)
      let told = try await told(film, file)
      #expect(told.places() == ["clip 0+36", "\(black) 36+60", "clip 96+24"], "\(form)")
      #expect(told.pictures.map { $0["exists"] == true } == [true, false, true], "\(form)")
      let spoken = told.voices.filter { $0["type"] == "clip" }
      #expect(spoken.compactMap { $0["length"]?.double } == [48, 24] && spoken.allSatisfy { $0["exists"] == true })
      let media = told.pictures.first?["media"]
      switch form {
      case "otio":
        #expect(told.places("Audio") == ["clip 0+48", "gap 48+48", "clip 96+24"])
        #expect(media?.double == 36 && told.voices.first?["media"]?.double == 48)
        #expect(told.markers.last?["comment"] == "the clip ends before the shot does")
      case "fcpxml": #expect(media == "36/24s" && told.voices.first?["media"] == "2s")
      default: break
      }
    }
  }

  @Test func `a film without any take is gaps that say what is missing`() async throws {
    let film = Film(shots: 2)
    for (form, file) in [("otio", "cut.otio"), ("edl", "cut.edl"), ("fcpxml", "cut.fcpxml")] {
      let json = try await export(film, form, file, status: 2)
      #expect(json["gaps"] == 2 && json["lacking"]?.array?.count == 2)
    }
    let otio = try await told(film, "cut.otio")
    #expect(otio.places() == ["gap 0+72", "gap 72+72"])
    #expect(otio.pictures.map { $0["name"]?.string } == ["shot_001: no take yet", "shot_002: no take yet"])
    #expect(
      otio.markers.map { marker in ["name", "comment", "color"].map { marker[$0]?.string } } == [
        ["One", "sequence_001 begins", "BLUE"], ["shot_001", "no take yet", "RED"],
        ["shot_002", "no take yet", "RED"],
      ])
    let list = try await told(film, "cut.edl")
    #expect(list.places() == ["clip 0+72", "clip 72+72"])
    #expect(list.pictures.allSatisfy { $0["reference"] == "GeneratorReference" }, "black")
    #expect(list.pictures.map { $0["markers"]?.array } == [["shot_001: no take yet"], ["shot_002: no take yet"]])
    let xml = try await told(film, "cut.fcpxml")
    #expect(xml.places() == ["gap 0+72", "gap 72+72"])
    #expect(xml.markers.map { $0["name"]?.string } == ["One", "no take yet", "no take yet"])
    let text = try await film.reel("export", "--otio", "said.otio")
    let beginning = "said.otio: 2 shots, 6 s at 24 fps, 2 gaps\n\nStill to be made, 2 takes:\n"
    #expect(text.output.hasPrefix(beginning), "\(text.output)")
  }

  @Test func `an older take stands in for one that is to be made, and a marker says so`() async throws {
    let film = Film(shots: 2)
    _ = try await film.reel("make")
    let older = film.takes[0]
    film.replace("rain number 1", by: "hail", in: "sequences/sequence_001.json")
    let json = try await export(film, "otio", "cut.otio", status: 2)
    #expect(json["gaps"] == 0)
    #expect(json["lacking"]?.array?.compactMap { $0["shot"]?.string } == ["sequence_001/shot_001"])
    let told = try await told(film, "cut.otio")
    #expect(told.pictures[0]["path"]?.string == path(film, older))
    let marker = told.markers.first { $0["name"] == "shot_001" }
    #expect(marker?["comment"]?.string?.hasPrefix("older take: changed: prompt") == true, "\(told.markers)")
    #expect(told.pictures[0]["metadata"]?["reelwright"]?["prompt"] == "rain number 1")
    #expect(told.pictures[1]["metadata"]?["reelwright"]?["prompt"] == "rain number 2")
  }

  @Test func `picks, files among the takes, pointers and removed takes are what they are`() async throws {
    let film = Film(shots: 3)
    _ = try await film.reel("make")
    film.write("sequences/sequence_001/shot_001.mine.png", Picture.png(width: 8, height: 8))
    film.replace(
      "\"rain number 1\"", by: "\"rain number 1\", \"pick\": { \"still\": \"shot_001.mine.png\" }",
      in: "sequences/sequence_001.json")
    let pointed = try #require(film.takes.first { $0.contains("shot_002.still") })
    let digest = Digest(of: try #require(film.inside(pointed)))
    film.write(pointed, "version https://git-lfs.github.com/spec/v1\noid sha256:\(digest.hex)\nsize 1234\n")
    let removed = try #require(film.takes.first { $0.contains("shot_003.still") })
    film.replace("\n}\n", by: ",\n  \"removed\": true\n}\n", in: removed + ".json")
    try await film.must("rm \(removed)")
    let json = try await export(film, "otio", "cut.otio", status: 2)
    #expect(json["pointers"]?.array?.compactMap(\.string) == [pointed])
    let told = try await told(film, "cut.otio")
    #expect(told.places() == ["clip 0+72", "clip 72+72", "gap 144+72"])
    #expect(told.pictures[0]["path"]?.string == path(film, "sequences/sequence_001/shot_001.mine.png"))
    #expect(told.pictures[0]["metadata"]?["reelwright"]?["fingerprint"] == .null)
    #expect(told.pictures[2]["name"]?.string == "shot_003: removed")
  }

  @Test func `names with strange characters come through`() async throws {
    let film = Film(shots: 1)
    let name = #"</note> & \"q\" 'a' <b> \n* LOC: 1 \u0001 \u202e \ud83d\udc51"#
    film.write(
      "project.json",
      "{ \"name\": \"\(name)\", \"frame\": { \"width\": 96, \"height\": 64, \"fps\": 25 }, \"engine\": \"storyboard\" }"
    )
    film.write(
      "sequences/sequence_001.json",
      """
      { "name": "\(name)", "shots": [
        { "id": "\u{5D0}/b c", "name": "\(name)", "prompt": "\(name)" },
        { "id": "con", "prompt": "]]> %41 ?x=1#y" }, { "id": "\(name)", "prompt": "x", "hold": true } ] }
      """)
    _ = try await film.reel("make")
    let wanted = "</note> & \"q\" 'a' <b> \n* LOC: 1 \u{1} \u{202E} \u{1F451}"
    for (form, file) in [("otio", "cut.otio"), ("edl", "cut.edl"), ("fcpxml", "cut.fcpxml")] {
      let exported = try await film.reel("export", "--\(form)", file)
      #expect([0, 2].contains(exported.status), "\(exported.error)")
      let told = try await told(film, file, at: form == "edl" ? "25" : nil)
      #expect(told.pictures.count == 3, "\(form)")
      #expect(told.pictures.prefix(2).allSatisfy { $0["exists"] == true }, "\(form): \(told.pictures)")
      switch form {
      case "otio":
        #expect(told.json["name"]?.string == wanted)
        #expect(told.pictures[0]["metadata"]?["reelwright"]?["prompt"]?.string == wanted)
      case "fcpxml":
        #expect(told.json["name"]?.string == wanted.split(separator: "\u{1}").joined())
        #expect(told.pictures[0]["note"]?.string?.contains(wanted.split(separator: "\u{1}").joined()) == true)
      default: #expect(film.text(file).split(separator: "\r\n").allSatisfy { !$0.contains("\n") }, "a line is a line")
      }
    }
  }

  // MARK: Rates

  @Test(arguments: ["23.976", "24", "25", "29.97", "30", "59.94", "60"])
  func `every form says the same film at every rate`(_ fps: String) async throws {
    // What is not written as a whole number is a thousandth slower than the next one.
    let rate = (Double(fps) ?? 0).rounded() / (fps.contains(".") ? 1001.0 / 1000 : 1)
    let film = Film(shots: 1)
    film.write(
      "project.json",
      "{ \"frame\": { \"width\": 96, \"height\": 64, \"fps\": \(fps) }, \"engine\": \"storyboard\", \"name\": \"F\" }")
    // Long enough to pass by the numbers that drop-frame codes leave out, with lengths that are no whole frames.
    film.write(
      "sequences/sequence_001.json",
      """
      { "shots": [ { "id": "a", "prompt": "1", "duration": 59.99 }, { "id": "b", "prompt": "2", "duration": 601.7 },
        { "id": "c", "prompt": "3", "duration": 0.04 }, { "id": "d", "prompt": "4", "duration": 1.23456 } ] }
      """)
    _ = try await film.reel("make", "c")
    let lengths = [59.99, 601.7, 0.04, 1.23456].map { max(1, ($0 * rate).rounded()) }
    for (form, file) in [("otio", "cut.otio"), ("edl", "cut.edl"), ("fcpxml", "cut.fcpxml")] {
      let json = try await export(film, form, file, status: 2)
      let told = try await told(film, file, at: form == "edl" ? fps : nil)
      #expect(told.pictures.compactMap { $0["length"]?.double } == lengths, "\(form)")
      #expect(told.pictures.map { $0["exists"] == true } == [false, false, true, false], "\(form)")
      let seconds = lengths.reduce(0, +) / rate
      #expect(abs((told.json["seconds"]?.double ?? 0) - seconds) < 1e-6, "\(form)")
      #expect(abs((json["seconds"]?.double ?? 0) - seconds) < 1e-9)
      if form == "otio" { #expect(abs((told.pictures[0]["rate"]?.double ?? 0) - rate) < 1e-9) }
    }
    let drops = fps == "29.97" || fps == "59.94"
    #expect(film.text("cut.edl").contains(drops ? "FCM: DROP FRAME" : "FCM: NON-DROP FRAME"))
    #expect(film.text("cut.edl").contains(";") == drops)
    #expect(try await told(film, "cut.fcpxml").json["tcFormat"]?.string == (drops ? "DF" : "NDF"))
  }

  @Test func `films of another rate keep theirs, and the timeline has the project's`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    film.write(
      "project.json",
      """
      { "name": "Mixed", "frame": { "width": 96, "height": 64, "fps": 24 }, "engine": "counting",
        "engines": { \(engine.entry(#""kinds": ["still", "clip"]"#)) } }
      """)
    film.write(
      "sequences/sequence_001.json",
      """
      { "frame": { "fps": 12 }, "shots": [ { "id": "a", "prompt": "1", "duration": 2, "clip": {} },
        { "id": "b", "prompt": "2", "duration": 2, "clip": {}, "frame": { "fps": 29.97 } },
        { "id": "c", "prompt": "3", "duration": 2, "clip": {}, "frame": { "fps": 24 } } ] }
      """)
    #expect(try await film.reel("make").status == 0, "\(film.story)")
    try await export(film, "otio", "cut.otio")
    try await export(film, "fcpxml", "cut.fcpxml")
    let otio = try await told(film, "cut.otio")
    #expect(otio.places() == ["clip 0+48", "clip 48+48", "clip 96+48"])
    #expect(otio.pictures.allSatisfy { $0["rate"]?.double == 24 })
    let rates = otio.pictures.map { $0["metadata"]?["reelwright"]?["fps"]?.double }
    #expect(rates == [12, 30_000.0 / 1001, nil])
    let xml = try await told(film, "cut.fcpxml")
    #expect(xml.places() == otio.places())
    #expect(xml.pictures.map { $0["format"]?["frameDuration"]?.string } == ["1/12s", "1001/30000s", "1/24s"])
  }

  @Test func `two thousand shots add up`() async throws {
    let film = Film(shots: 2000)
    _ = try await film.reel("make", "shot_001", "shot_1000", "shot_2000")
    let plan = try await film.reel("plan", "--json").json["jobs"]?.array?.count
    #expect(plan == 1997)
    for (form, file) in [("otio", "cut.otio"), ("edl", "cut.edl"), ("fcpxml", "cut.fcpxml")] {
      let json = try await export(film, form, file, status: 2)
      #expect(json["shots"] == 2000 && json["gaps"]?.int == plan)
      #expect(json["seconds"] == 6000 && json["frames"] == 144_000)
      let told = try await told(film, file)
      #expect(told.pictures.count == 2000 && told.json["seconds"] == 6000)
      #expect(told.pictures.indices.filter { told.pictures[$0]["exists"] == true } == [0, 999, 1999], "\(form)")
    }
  }

  // MARK: The command

  @Test func `a timeline is refused where an archive would be, and other takes than the used ones are no timeline`()
    async throws
  {
    let film = Film(shots: 1)
    _ = try await film.reel("make")
    try await film.must("echo mine > a.otio; mkdir d")
    let before = film.tree
    for (arguments, status, message) in [
      (["--otio", "a.otio"], 1, "reel: a.otio is there already\n  --force replaces it\n"),
      (["--edl", "d", "--force"], 1, "reel: d is a folder\n"),
      (["--fcpxml", "none/a.fcpxml"], 1, "reel: cannot open none: it is not there\n"),
      (["--otio", "project.json", "--force"], 1, "reel: project.json is a file of the project\n"),
      (
        ["--otio", "b.otio", "--takes", "liked"], 64,
        "reel: a timeline holds the take that each shot uses, and no others\n  --takes liked is for --zip and --sheet\n"
      ),
      (["--edl", "b.edl", "--takes", "all"], 64, "reel: a timeline holds the take that each shot uses"),
      (["--otio", "b.otio", "shot_009"], 64, "reel: there is no shot `shot_009`"),
      (["--otio", "b.otio", "--edl", "b.edl"], 64, ""),
      (["--otio", "-", "--json"], 64, "reel: --json has nowhere to go"),
    ] as [([String], Int32, String)] {
      let refused = try await film.run(BuiltProgram.path("reel"), ["export"] + arguments)
      #expect(refused.status == status, "\(arguments): \(refused.output)\(refused.error)")
      #expect(refused.error.hasPrefix(message), "\(arguments): \(refused.error)")
    }
    #expect(film.tree == before)
    film.replace("24", by: "12.5", in: "project.json")
    let slow = try await film.reel("export", "--edl", "b.edl")
    #expect(slow.status == 1)
    let reason = "reel: an EDL counts in time codes, and there are none for 12.5 frames a second\n"
    #expect(slow.error.hasPrefix(reason), "\(slow.error)")
    #expect(try await film.reel("export", "--otio", "a.otio", "--force", "--takes", "used").status == 0)
    #expect(try await told(film, "a.otio").places() == ["clip 0+38"])
  }

  @Test func `shots and sequences can be named, and a watcher answers as the files do`() async throws {
    let film = Film(shots: 3)
    film.write("sequences/sequence_002.json", Film.sequence(shots: 2) { "fog \($0)" })
    _ = try await film.reel("make")
    try await export(film, "otio", "some.otio", "sequence_002", "sequence_001/shot_003")
    #expect(
      try await told(film, "some.otio").pictures.map { $0["metadata"]?["reelwright"]?["shot"]?.string } == [
        "sequence_001/shot_003", "sequence_002/shot_001", "sequence_002/shot_002",
      ])
    try await export(film, "otio", "cold.otio")
    let watcher = try await film.watch()
    try await export(film, "otio", "live.otio")
    try await film.must("cmp cold.otio live.otio")
    _ = try await watcher.stop()
  }

  @Test func `a sequence that cannot be read is a marker, and the rest of the film is there`() async throws {
    let film = Film(shots: 2)
    film.write("sequences/sequence_002.json", Film.sequence(shots: 2) { "fog \($0)" })
    _ = try await film.reel("make")
    film.write("sequences/sequence_001.json", "{")
    let json = try await export(film, "otio", "cut.otio", status: 2)
    #expect(json["lacking"]?.array?.first?["state"] == "unreadable")
    let told = try await told(film, "cut.otio")
    #expect(told.pictures.count == 2)
    #expect(told.markers.first?["comment"] == "sequence_001 cannot be read")
  }
}
