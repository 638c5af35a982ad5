import Basics
import JSONText
import TestSupport
import Testing

/// What `reel trust` and `reel init` allow holds for this project in this place as it is, and for nothing else.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct TrustTests {
  @Test func `a copy, a moved project and another one in its stead are not trusted`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film, isTrusted: false)
    engine.project()
    _ = try await film.reel("trust")
    #expect(try await film.reel("make").status == 0)
    #expect(engine.runs.count == 1)
    func reel(in folder: String, _ words: String...) async throws -> Film.Outcome {
      try await film.run(BuiltProgram.path("reel"), ["-C", "../\(folder)"] + words)
    }
    // Something new to make, for which the program would run.
    try await film.must("cp -a . ../copy; cp -a . ../moving; mv ../moving ../moved")
    for folder in ["copy", "moved"] {
      try await film.must("sed -i 's/number 1/\(folder)/' ../\(folder)/sequences/sequence_001.json")
      #expect(try await reel(in: folder, "make").status == 4)
    }
    // An inode number is used again for a folder of the same name: what is kept for the place is that of the one before.
    try await film.must(
      """
      cp -a . ../other; cd ../other; $REEL status >/dev/null; cd ../state/reelwright
      rm -r other-*/journal.sqlite*; cp film-*/journal.sqlite* other-*/
      sed -i 's/number 1/other/' ../../other/sequences/sequence_001.json
      """)
    #expect(try await reel(in: "other", "make").status == 4)
    #expect(engine.runs.count == 1)
    // It is asked once, not for ever.
    #expect(try await reel(in: "other", "trust").status == 0)
    #expect(try await reel(in: "other", "make").status == 0)
    #expect(engine.runs.count == 2)
  }

  @Test func `a folder in the stead of one that init made is nobody's own`() async throws {
    let film = Film(shots: 1)
    film.noteMadeHere()
    let engine = CountingEngine(in: film, isTrusted: false)
    engine.project()
    try await film.must(
      """
      cp -a . ../other; cd ../other; $REEL status >/dev/null; cd ../state/reelwright
      rm -r other-*/journal.sqlite*; cp film-*/journal.sqlite* other-*/
      """)
    let other = try await film.run(BuiltProgram.path("reel"), ["-C", "../other", "make"])
    #expect(other.status == 4, "\(other.output)")
    #expect(engine.runs == [])
    #expect(try await film.reel("make").status == 0)
    #expect(engine.runs.count == 1)
  }

  @Test(arguments: [
    "echo '# more' >>tools/helper.py", "echo x=1 >tools/json.so", "mkdir tools/json; echo >tools/json/__init__.py",
    "rm tools/helper.py; ln -s evil.txt tools/helper.py", "ln -sf ../evil.txt tools/count.py",
    "mkdir tools/__pycache__; printf 'abcd\\001\\0\\0\\0' >tools/__pycache__/helper.cpython-311.pyc",
    "sed -i 's/python3/python/' project.json", "sed -i 's/\"jobs\": 1/\"env\": [\"HOME\"]/' project.json",
  ])
  func `what the program loads beside itself is trusted with it, and asks again when it changes`(_ change: String)
    async throws
  {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film, isTrusted: false)
    film.write("tools/helper.py", "value = 1\n")
    film.write("tools/evil.txt", "value = 2\n")
    film.write("evil.txt", "value = 2\n")
    engine.project("\"jobs\": 1")
    _ = try await film.reel("trust")
    #expect(try await film.reel("make").status == 0)
    #expect(engine.runs.count == 1)
    // What Python leaves there for itself does not count.
    try await film.must("python3 -c 'import sys; sys.path.insert(0, \"tools\"); import helper'")
    film.replace("number 1", by: "snow", in: "sequences/sequence_001.json")
    #expect(try await film.reel("make").status == 0)
    #expect(engine.runs.count == 2)
    try await film.must("rm -r tools/__pycache__; \(change)")
    film.replace("snow", by: "hail", in: "sequences/sequence_001.json")
    #expect(try await film.reel("make").status == 4, "\(change)\n\(film.story)")
    #expect(engine.runs.count == 2)
  }

  @Test func `a program of one's own config takes nothing from a project, whatever that calls its files`() async throws
  {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film, isTrusted: false)
    film.write("project.json", #"{ "engine": "mine" }"#)
    // What Python would take for its own modules, and for the program.
    for name in ["json.py", "counting.py", "tools/counting.py", "zlib.py"] {
      film.write(name, "import os\nos.system('touch \(film.scratch.file("ran"))')\n")
    }
    film.configure(
      #"{ "engines": { "mine": { "type": "command", "command": ["python3", "-m", "tools.count", "\#(engine.place)"] } } }"#
    )
    try await film.must("mkdir ../config/reelwright/tools; mv tools/count.py ../config/reelwright/tools/")
    #expect(try await film.reel("trust", "--show").output.contains("mine: your own, from your config.json: trusted"))
    let make = try await film.reel("make")
    #expect(make.status == 0, "\(make.output)")
    #expect(engine.runs.count == 1)
    film.configure(
      #"{ "engines": { "mine": { "type": "command", "command": ["tools/harm"] } } }"#)
    film.write("tools/harm", "#!/bin/sh\ntouch \(film.scratch.file("ran"))\n")
    try await film.must("chmod +x tools/harm")
    film.replace("number 1", by: "snow", in: "sequences/sequence_001.json")
    let other = try await film.reel("make")
    #expect(other.status == 3 && other.output.contains("there is no program tools/harm"), "\(other.output)")
    #expect(!film.scratch.names.contains("ran"))
  }

  @Test func `a module that Python finds in the project is trusted with the command`() async throws {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film, isTrusted: false)
    film.write(
      "project.json",
      #"""
      { "engine": "counting", "engines": { "counting": { "type": "command",
        "command": ["python3", "-m", "tools.count", "\#(engine.place)"] } } }
      """#)
    _ = try await film.reel("trust")
    #expect(try await film.reel("make").status == 0)
    for (number, change) in ["echo '# more' >>tools/count.py", "echo 'raise 1' >json.py"].enumerated() {
      try await film.must("\(change); sed -i 's/rain/rain \(number)/' sequences/sequence_001.json")
      #expect(try await film.reel("make").status == 4, "\(change)")
      #expect(engine.runs.count == 1)
    }
  }

  @Test func `a program that changes while the watcher runs is asked for before the next job`() async throws {
    let film = Film(shots: 2)
    let engine = CountingEngine(in: film, isTrusted: false)
    engine.project()
    _ = try await film.reel("trust")
    let watcher = try await film.watch()
    #expect(engine.runs.count == 2)
    try await film.must("echo '# more' >>tools/count.py")
    film.replace("number 1", by: "snow", in: "sequences/sequence_001.json")
    let settled = try await watcher.settle()
    #expect(engine.runs.count == 2, "\(film.story)")
    #expect(settled.of("waiting").contains { $0["message"]?.string?.contains("reel trust") == true }, "\(film.story)")
    _ = try await film.reel("trust")
    _ = try await watcher.settle()
    #expect(engine.runs.count == 3, "\(film.story)")
  }

  @Test func `a secret is cut out of all that a program says, also where it is cut off or spelled in a name`()
    async throws
  {
    let film = Film(shots: 1)
    let engine = CountingEngine(in: film)
    engine.project(#""env": ["HF_TOKEN"]"#)
    let token = "hf_\(String(repeating: "verysecret", count: 12))"
    let scripts = [
      "say(progress=0.1, doing='x' * 150 + os.environ['HF_TOKEN']); time.sleep(0.3); sys.exit(1)",
      "sys.exit('x' * 350 + os.environ['HF_TOKEN'])", "print('x' * 150 + os.environ['HF_TOKEN']); sys.exit(1)",
      "print('x' * 3000000 + os.environ['HF_TOKEN']); sys.exit(1)",
      "print('x' * 8100 + os.environ['HF_TOKEN'], file=sys.stderr); sys.exit(1)",
      "say(result={'file': os.environ['HF_TOKEN'] + '.png'}); sys.exit(0)",
      "open(job['output'] + '/' + os.environ['HF_TOKEN'], 'wb').write(b'x'); say(result={'file': job['output'] + '/' + os.environ['HF_TOKEN']}); sys.exit(0)",
      "say(error={'message': os.environ['HF_TOKEN']}); sys.exit(1)",
      "say(error=os.environ['HF_TOKEN'], progress=2); sys.exit(75 if False else 1)",
    ]
    for script in scripts {
      engine.script(script)
      let outcome = try await film.sh("HF_TOKEN=\(token) exec $REEL make --json")
      #expect(outcome.status == 3, "\(script): \(outcome.output)")
      #expect(!(outcome.output + outcome.error).contains("verys"), "\(script): \(outcome.output)")
      let found = try await film.sh("grep -rl verys ../state ../cache ../run .")
      #expect(found.output == "", "\(script)")
    }
  }

  @Test func `names with quotes and signs of a shell are completed as plain text`() async throws {
    let film = Film(shots: 0)
    film.write("project.json", Film.project)
    film.write(
      "sequences/one.json",
      #"{ "shots": [{ "id": "a$(touch ran)", "prompt": "p" }, { "id": "a\"; touch ran; \"", "name": "`touch ran`\t;" }] }"#
    )
    try await film.must(
      "mkdir -p sequences/one; : >'sequences/one/a.$(touch ran).png'; $REEL completions bash >../reel.bash")
    let script = """
      source ../reel.bash
      for typed in 'reel why a' 'reel why "a' "reel why 'a" 'reel why one/a' 'reel like sequences/one/a'; do
        COMP_LINE=$typed COMP_POINT=${#typed} COMP_WORDS=($typed) COMP_CWORD=2
        _reel "$REEL"
        for word in "${COMPREPLY[@]}"; do printf '%s\\t%s\\n' "$typed" "$word"; done
      done
      """
    film.scratch.write("complete.sh", Array(script.utf8))
    let completed = try await film.run("/bin/bash", ["../complete.sh"])
    #expect(completed.output != "", "\(completed.error)")
    #expect(!film.names.contains("ran") && !ScratchFolder.names(in: film.scratch.path).contains("ran"))
    // What stands behind an open quote would be run with the line.
    for line in completed.lines where line.hasPrefix("reel why \"") || line.hasPrefix("reel why '") {
      let word = line.split(separator: "\t").last ?? ""
      #expect(!word.contains("$(") && !word.contains("`") && !word.contains("\""), "\(line)")
    }
  }
}
