import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// Programs as engines, with the built `reel`.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct CommandEngineTests {
  private func running(_ engine: CountingEngine, _ count: Int = 1) async throws {
    _ = try await eventually("\(count) runs") { engine.runs.count >= count ? true : nil }
  }

  private func gone(_ engine: CountingEngine) async throws {
    _ = try await eventually("the end of the processes") { engine.living.isEmpty ? true : nil }
  }

  /// What `make --json` says of the only shot of a film.
  private func failure(_ film: Film) async throws -> String {
    let make = try await film.reel("make", "--json")
    #expect(make.status == 3, "\(make.output)\n\(make.error)")
    #expect(film.takes == [])
    return Happenings(events: make.events).of("failed").last?["message"]?.string ?? make.output
  }

  @Test func `a program makes one take for each shot, and none when nothing changed`() async throws {
    let film = Film(shots: 3)
    let engine = CountingEngine(in: film)
    engine.project()
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0, "\(make.output)\n\(make.error)")
    #expect(engine.runs.sorted() == (1...3).map { "sequence_001/shot_00\($0) still" })
    #expect(film.takes.count == 3)
    let again = try await film.reel("make", "--json")
    #expect(again.status == 0 && again.jobs == [])
    #expect(engine.runs.count == 3 && engine.living == [])
    let sidecar = try #require(film.takes.first.flatMap { film.inside("\($0).json") })
    let json = try JSONDocument(parsing: sidecar).root.value
    #expect(json["output"]?["width"]?.int == 16 && json["output"]?["type"]?.string == "image/png")
    #expect(json["engine"]?["type"]?.string == "command")
    #expect(json["recipe"]?["program"]?["name"]?.string == "counting")
    #expect(Self.jobFolders(of: film) == [])
  }

  private static func jobFolders(of film: Film) -> [String] {
    let state = film.scratch.file("state/reelwright")
    return Tree.names(inFolder: state).flatMap { Tree.names(inFolder: "\(state)/\($0)/jobs") }
  }

  // MARK: Restarts

  @Test func `reel is killed while the program runs; the next run takes it up`() async throws {
    let film = Film(shots: 2)
    let engine = CountingEngine(in: film)
    engine.hold()
    engine.project(#""jobs": 2"#)
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    try await running(engine, 2)
    _ = try await watcher.stop(SIGKILL)
    #expect(engine.living.count == 2, "the programs go on")
    let next = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await next.next("started") { $0["adopted"]?.bool == true }
    engine.release()
    _ = try await next.next("idle")
    #expect(Happenings(events: next.events).jobs == [])
    #expect(engine.runs.count == 2 && film.takes.count == 2, "\(film.story)")
    _ = try await next.stop()
    #expect(Self.jobFolders(of: film) == [])
  }

  @Test func `reel is killed and the program ends before the next run, which fetches what it made`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.hold()
    engine.project()
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    try await running(engine)
    _ = try await watcher.stop(SIGKILL)
    engine.release()
    try await gone(engine)
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0 && make.jobs == [], "\(make.output)")
    #expect(engine.runs.count == 1 && engine.ends.count == 1 && film.takes.count == 1)
  }

  @Test func `a program that is killed while reel is dead is run again`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.hold()
    engine.project()
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    try await running(engine)
    _ = try await watcher.stop(SIGKILL)
    for pid in engine.pids { kill(pid, SIGKILL) }
    try await gone(engine)
    engine.release()
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0, "\(make.output)")
    #expect(engine.runs.count == 2 && film.takes.count == 1)
  }

  @Test func `a supervisor that is killed takes its program along, and the job is begun anew`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.hold()
    engine.script(
      "child = subprocess.Popen(['sleep', '600']); note('pids', child.pid); note('parents', os.getppid()); note('ready', 1)"
    )
    engine.project()
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await eventually("the program") { engine.lines("ready").isEmpty ? nil : true }
    _ = try await watcher.stop(SIGKILL)
    let supervisor = try #require(engine.lines("parents").first.flatMap { Int32($0) })
    kill(supervisor, SIGKILL)
    _ = try await eventually("the end of the program") { engine.living.count <= 1 ? true : nil }
    engine.release()
    engine.script("")
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0, "\(make.output)")
    #expect(engine.runs.count == 2 && film.takes.count == 1)
    #expect(engine.living == [], "what the dead one left is ended before it is begun anew")
  }

  @Test func `stopped hard, reel leaves the program, and the next run takes it up`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.hold()
    engine.project()
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    try await running(engine)
    let exit = try await watcher.stop(SIGTERM)
    #expect(exit == .status(143) && engine.living.count == 1)
    let make = try film.start(BuiltProgram.path("reel"), ["make", "--json"])
    _ = try await eventually("adoption") { make.output.contains("\"adopted\"") ? true : nil }
    engine.release()
    #expect(try await make.exit() == .status(0))
    #expect(engine.runs.count == 1 && film.takes.count == 1)
  }

  @Test func `a shot that changed while reel was dead has its program ended and the new recipe made`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.hold()
    engine.project()
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    try await running(engine)
    _ = try await watcher.stop(SIGKILL)
    let old = engine.pids
    film.replace("rain number 1", by: "snow", in: "sequences/sequence_001.json")
    let make = try film.start(BuiltProgram.path("reel"), ["make", "--json"])
    try await running(engine, 2)
    _ = try await eventually("the end of the old one") { engine.living.contains { old.contains($0) } ? nil : true }
    engine.release()
    #expect(try await make.exit() == .status(0))
    #expect(engine.runs.count == 2 && engine.ends.count == 1 && film.takes.count == 1)
  }

  /// The first rename is that of the output, the second that of the sidecar.
  @Test(arguments: [1, 2]) func `reel is killed while the take is written; the program is not run again`(_ rename: Int)
    async throws
  {
    try #require(Strace.isInstalled)
    let folder = TestFolder(["sequences/sequence_001.json": TestFolder.sequence(["a": "fog"])])
    let engine = CountingEngine(in: folder)
    engine.project()
    // Copies of the schemas are written before, by renames of their own.
    _ = try await ReelRun.run(["make", "nothing"], on: folder)
    let run = try await ReelRun.run(
      ["make"], on: folder,
      under: Strace.injecting("signal=SIGKILL", at: "renameat2", when: "\(rename)"))
    #expect(run.status == 137, "\(run.said)")
    let next = try await ReelRun.run(["make"], on: folder)
    #expect(next.status == 0, "\(next.said)")
    #expect(engine.runs == ["sequence_001/a still"] && folder.takes(of: "a").count == 1)
    #expect(folder.faultsOfTakes() == [] && folder.names(in: "sequences/sequence_001").count == 2)
  }

  // MARK: Cancelling

  @Test func `an edited shot has its program ended with all that it started, deaf ones too`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.hold()
    // A child in the group, one that left it and its session, and none of them hears SIGTERM.
    engine.script(
      """
      if not os.path.exists(os.path.join(here, "first")):
          note("first", 1)
          signal.signal(signal.SIGTERM, signal.SIG_IGN)
          for away in (False, True):
              child = subprocess.Popen(["sh", "-c", "trap '' TERM; while :; do sleep 600; done"], start_new_session=away)
              note("pids", child.pid)
          note("ready", 1)
      """)
    engine.project()
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await eventually("three processes") { engine.lines("ready").isEmpty ? nil : true }
    let old = engine.pids
    #expect(old.count == 3 && engine.living.count == 3)
    film.replace("rain number 1", by: "snow", in: "sequences/sequence_001.json")
    let cancelled = try await watcher.next("cancelled")
    #expect(
      cancelled["message"]?.string
        == "the shot changed while it ran; its program did not end when asked to, and was killed")
    #expect(!engine.living.contains { old.contains($0) })
    engine.release()
    _ = try await watcher.next("idle")
    #expect(film.takes.count == 1 && engine.runs.count == 2)
    _ = try await watcher.stop()
  }

  // MARK: Limits

  @Test func `a program that runs too long is ended, for good`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.hold()
    engine.project(#""limits": { "seconds": 5 }"#)
    let message = try await failure(film)
    #expect(
      message
        == "it ran longer than 5 seconds and was ended; raise `seconds` in the `limits` of the engine `counting`")
    #expect(engine.runs.count == 1 && engine.living == [])
  }

  @Test func `a program that holds too much memory is killed, also when its child holds it`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.hold()
    engine.script("subprocess.Popen([sys.executable, '-c', 'x = bytearray(300 << 20); import time; time.sleep(600)'])")
    engine.project(#""limits": { "memory": "150 MB" }"#)
    let message = try await failure(film)
    #expect(
      message
        == "it held more memory than 150 MB and was killed; raise `memory` in the `limits` of the engine `counting`")
    #expect(engine.living == [])
  }

  @Test func `a program that fills the disk is killed while it does`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.script(
      """
      with open(os.path.join(job["output"], "out.png"), "wb") as file:
          while True:
              file.write(bytes(1 << 20)); file.flush(); time.sleep(0.005)
      """)
    engine.project(#""limits": { "size": "5 MB" }"#)
    let message = try await failure(film)
    #expect(message == "it wrote more than 5 MB and was killed; raise `size` in the `limits` of the engine `counting`")
    #expect(engine.living == [])
  }

  // MARK: What programs do

  struct Mischief: Sendable, CustomTestStringConvertible {
    var name: String
    var script: String
    var message: String
    var testDescription: String { name }
  }

  private static let mischiefs = [
    Mischief(
      name: "garbage", script: "os.write(1, bytes(range(256)) * 4000); sys.exit(0)",
      message: "the program ended without a result: "),
    Mischief(name: "nothing", script: "sys.exit(0)", message: "the program ended without a result"),
    Mischief(
      name: "a failure", script: "print('first', file=sys.stderr); sys.exit('no such model: \\x1b[31mx')",
      message: "the program failed with status 1: no such model: \u{1b}[31mx"),
    Mischief(
      name: "an error of its own", script: "say(error={'message': 'the model is not here'}); sys.exit(1)",
      message: "the model is not here"),
    Mischief(
      name: "a crash", script: "os.kill(os.getpid(), signal.SIGSEGV); time.sleep(60)",
      message: "the program was ended by signal 11 (segmentation fault)"),
    Mischief(
      name: "a path outside", script: "say(result={'file': '../../../etc/passwd'}); sys.exit(0)",
      message: "the program's result `../../../etc/passwd` lies outside of the folder that it was given"),
    Mischief(
      name: "an absolute path", script: "say(result={'file': '/etc/passwd'}); sys.exit(0)",
      message: "the program's result `/etc/passwd` lies outside of the folder that it was given"),
    Mischief(
      name: "a link", script: "os.symlink('/etc/passwd', job['output'] + '/x'); say(result={'file': 'x'}); sys.exit(0)",
      message: "the program's result `x` is a link"),
    Mischief(
      name: "a linked folder",
      script: "os.symlink('/etc', job['output'] + '/d'); say(result={'file': 'd/passwd'}); sys.exit(0)",
      message: "the program's result `d/passwd` lies outside of the folder that it was given"),
    Mischief(
      name: "a folder", script: "os.mkdir(job['output'] + '/x'); say(result={'file': 'x'}); sys.exit(0)",
      message: "the program's result `x` is no regular file"),
    Mischief(
      name: "a pipe", script: "os.mkfifo(job['output'] + '/x'); say(result={'file': 'x'}); sys.exit(0)",
      message: "the program's result `x` is no regular file"),
    Mischief(
      name: "an empty file", script: "open(job['output'] + '/x', 'w'); say(result={'file': 'x'}); sys.exit(0)",
      message: "the program's result `x` is empty"),
    Mischief(
      name: "no file", script: "say(result={'file': 'x'}); sys.exit(0)",
      message: "the program's result `x` is not there"),
    Mischief(
      name: "another type",
      script: "open(job['output'] + '/x', 'w').write('<html>'); say(result={'file': 'x'}); sys.exit(0)",
      message:
        "the program's result `x` is no picture (PNG, JPEG, WebP, GIF), film (MP4, WebM, MOV, MKV) or sound (WAV, FLAC, MP3, Ogg, M4A)"
    ),
    Mischief(
      name: "another kind",
      script: "open(job['output'] + '/x', 'wb').write(sound(b'x')); say(result={'file': 'x'}); sys.exit(0)",
      message: "the program's result `x` is audio/wav, and a still is another kind of thing"),
    Mischief(
      name: "half a picture",
      script: "open(job['output'] + '/x', 'wb').write(picture(b'x')[:-8]); say(result={'file': 'x'}); sys.exit(0)",
      message: "the program's result `x` is cut off: its end is missing"),
  ]

  @Test(arguments: mischiefs) func `what is no result fails for good, with its sentence`(_ mischief: Mischief)
    async throws
  {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.script(mischief.script)
    engine.project()
    let message = try await failure(film)
    // Of garbage the last line is shown, whatever it is.
    #expect(mischief.name == "garbage" ? message.hasPrefix(mischief.message) : message == mischief.message)
    #expect(engine.runs.count == 1 && engine.living == [])
  }

  @Test func `a program that floods its output and leaves something running is whole all the same`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.script(
      """
      child = subprocess.Popen(["sleep", "600"], start_new_session=True)
      note("pids", child.pid)
      for number in range(20000): print("talk", number, "x" * 100)
      print("y" * 3000000)
      """)
    engine.project()
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0 && film.takes.count == 1, "\(make.output)")
    #expect(engine.living == [], "nothing that it started outlives its job")
  }

  @Test func `a failure that can pass is tried again`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.script("if len(open(os.path.join(here, 'runs')).readlines()) == 1: sys.exit(75)")
    engine.project()
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0 && engine.runs.count == 2 && film.takes.count == 1, "\(make.output)")
  }

  @Test func `secrets reach the program and nothing else`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.script(
      """
      note("saw", os.environ["HF_TOKEN"])
      note("others", "NOT_NAMED" in os.environ)
      say(progress=0.1, doing="with " + os.environ["HF_TOKEN"])
      sys.exit("refused: " + os.environ["HF_TOKEN"])
      """)
    engine.project(#""env": ["HF_TOKEN"]"#)
    let unset = try await film.reel("make", "--json")
    #expect(unset.output.contains("the variable HF_TOKEN, which the engine `counting` needs, is not set"))
    #expect(engine.runs == [])
    let outcome = try await film.sh("HF_TOKEN=hf_verysecret NOT_NAMED=1 exec $REEL make --json")
    #expect(engine.lines("saw") == ["hf_verysecret"] && engine.lines("others") == ["False"])
    #expect(outcome.output.contains("refused: ***"))
    let places = "\(film.scratch.file("state")) \(film.folder) \(film.scratch.file("cache"))"
    let found = try await film.sh("grep -rl verysecret \(places)")
    #expect(!outcome.output.contains("verysecret") && !outcome.error.contains("verysecret") && found.output == "")
  }

  @Test(arguments: [
    (
      #"["nosuchprogram"]"#,
      "there is no program nosuchprogram in PATH: install it, or write `./nosuchprogram` for one of the project"
    ),
    (#"["tools/none"]"#, "there is no program tools/none in the project"),
    (#"["tools/plain"]"#, "the program tools/plain may not be executed: chmod +x makes it so"),
    (#"["tools/out"]"#, "the program tools/out is no file, or a link that leads out of the project"),
    (
      #"["tools/odd"]"#,
      "the program tools/odd could not be started: it is no program, and has no line `#!` that says which one reads it"
    ),
  ])
  func `a program that is not there, or none, fails for good`(_ command: String, _ message: String) async throws {
    let film = Film(shots: 1)
    film.noteMadeHere()
    film.write("tools/plain", "#!/bin/sh\n")
    film.write("tools/odd", "no program\n")
    try await film.must("ln -s /bin/true tools/out; chmod +x tools/odd")
    film.write("project.json", #"{ "engine": "x", "engines": { "x": { "type": "command", "command": \#(command) } } }"#)
    #expect(try await failure(film) == message)
  }

  @Test func `as many run at a time as the entry says`() async throws {
    let film = Film(shots: 6)
    let engine = CountingEngine(in: film)
    engine.hold()
    engine.project(#""jobs": 3"#)
    let make = try film.start(BuiltProgram.path("reel"), ["make", "--json"])
    try await running(engine, 3)
    let status = try await film.reel("status", "--json")
    #expect(status.json["shots"]?["running"]?.int == 3 && status.json["shots"]?["queued"]?.int == 3)
    #expect(engine.runs.count == 3)
    engine.release()
    #expect(try await make.exit() == .status(0))
    #expect(engine.runs.count == 6 && film.takes.count == 6)
  }

  @Test func `the user's own engine of that name wins`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    film.write(
      "project.json",
      #"{ "engine": "counting", "engines": { "counting": { "type": "command", "command": ["false"] } } }"#)
    film.configure("{ \"engines\": { \(engine.entry()) } }")
    // Its paths begin where config.json lies.
    try await film.must("mv tools ../config/reelwright/")
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0 && engine.runs.count == 1 && film.takes.count == 1, "\(make.output)")
  }

  @Test func `the engine of ten lines in Documentation works as it stands there`() async throws {
    let file = try Folder(opening: Repository.path).read("Documentation/Engines.md", limit: 1 << 20)
    let page = String(decoding: file.bytes, as: UTF8.self)
    let section = try #require(page.between("## An engine of your own in ten lines", and: "### "))
    let film = Film(shots: 2)
    film.noteMadeHere()
    let project = try #require(section.between("```json\n", and: "```"))
    let script = try #require(section.between("```python\n", and: "```"))
    #expect(script.split(separator: "\n").count == 10)
    film.noteMadeHere()
    film.write("project.json", project)
    film.write("tools/make.py", script)
    #expect(try await film.reel("trust").status == 0)
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0 && film.takes.count == 2, "\(make.output)\(make.error)")
    let picture = try #require(film.takes.first.flatMap { film.inside($0) })
    #expect(Array(picture[16..<24]) == [0, 0, 1, 64, 0, 0, 0, 180])
    let again = try await film.reel("make", "--json")
    #expect(again.jobs == [])
  }

  // MARK: Kinds

  @Test func `voice, still, clip and talk are made in turn, each of what it depends on`() async throws {
    let film = Film(shots: 0)
    let engine = CountingEngine(in: film)
    engine.project(#""kinds": ["still", "clip", "voice", "talk"]"#)
    film.write(
      "sequences/sequence_001.json",
      #"""
      { "shots": [ { "id": "a", "prompt": "fog", "duration": 2, "clip": {}, "voice": { "text": "I never left." }, "talk": {} } ] }
      """#)
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0, "\(make.output)")
    #expect(
      Set(engine.runs) == [
        "sequence_001/a still", "sequence_001/a voice", "sequence_001/a clip", "sequence_001/a talk",
      ])
    #expect(engine.runs.count == 4 && engine.runs.last == "sequence_001/a talk")
    film.replace("I never left.", by: "I left.", in: "sequences/sequence_001.json")
    let next = try await film.reel("make", "--json")
    #expect(next.status == 0)
    #expect(engine.runs.dropFirst(4) == ["sequence_001/a voice", "sequence_001/a talk"])
  }
}

extension String {
  /// What stands between two texts, the first time.
  fileprivate func between(_ start: String, and end: String) -> String? {
    let parts = split(separator: start, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    return parts[1].split(separator: end, maxSplits: 1, omittingEmptySubsequences: false).first.map { String($0) }
  }
}
