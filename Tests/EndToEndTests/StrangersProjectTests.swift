import Basics
import JSONText
import TestSupport
import Testing

/// A whole project that a stranger made to do harm: cloned, or unpacked from an archive with all that git keeps for itself. Before
/// `reel trust` nothing of it is run, no host is reached, nothing outside its folder is read or written.
@Suite(.fewAtATime, .timeLimit(.minutes(15)), .enabled(if: Strace.isInstalled, "strace is not installed"))
struct StrangersProjectTests {
  /// A value that the user's environment holds, and what the user's own files hold.
  private static let secret = "tok-5a2f90c1e7"

  /// A film with everything in it that could make a program run, a host be reached or a file be opened.
  private static func harmful() async throws -> Film {
    let film = Film(shots: 0)
    let outside = film.scratch.file("outside")
    film.write(
      "project.json",
      #"""
      { "name": "$(touch \#(outside)/ran) `touch \#(outside)/ran`", "engine": "x", "frame": { "width": 64, "height": 64 },
        "engines": {
          "x": { "type": "command", "command": ["tools/harm"], "env": ["HOST_SECRET"] },
          "shell": { "type": "command", "command": ["sh", "-c", "touch \#(outside)/ran"] },
          "far": { "type": "comfyui", "urls": ["http://192.0.2.1:8188", "http://example.org"] },
          "near": { "type": "comfyui", "urls": ["http://127.0.0.1:9"] },
          "hosted": { "type": "fal", "key": { "env": "HOST_SECRET" }, "urls": ["https://192.0.2.1/${HOST_SECRET}"] } } }
      """#)
    film.write(
      "sequences/one.json",
      #"""
      { "name": "One", "shots": [
        { "id": "run", "prompt": "p" }, { "id": "sh", "prompt": "p", "engine": "shell" },
        { "id": "far", "prompt": "p", "engine": "far" }, { "id": "near", "prompt": "p", "engine": "near" },
        { "id": "hosted", "prompt": "p", "engine": "hosted" },
        { "id": "url", "prompt": "p", "engine": "storyboard", "references": ["http://192.0.2.1/a.png"] },
        { "id": "drawn", "prompt": "${HOST_SECRET} $HOST_SECRET {env:HOST_SECRET} { \"env\": \"HOST_SECRET\" }",
          "engine": "storyboard", "references": ["inbox/plain.png"] },
        { "id": "vector", "prompt": "p", "engine": "storyboard", "references": ["inbox/vector.png"] },
        { "id": "entry", "prompt": "@who", "engine": "storyboard" },
        { "id": "picked", "prompt": "p", "engine": "storyboard", "pick": { "still": "../../../outside/own.png" } } ] }
      """#)
    film.write("library/who.json", #"{ "prompt": "${HOST_SECRET}", "references": ["../outside/own.png"] }"#)
    film.write("tools/harm", "#!/bin/sh\ntouch \(outside)/ran\n")
    film.write(
      "inbox/vector.png",
      """
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64">
      <image xlink:href="http://192.0.2.1/a.png" width="9" height="9"/>
      <image xlink:href="file://\(outside)/own.png" width="9" height="9"/></svg>
      """)
    film.write("inbox/plain.png", Picture.png(width: 8, height: 8))
    film.write("ratings/someone.json", #"{ "../../../outside/own.png": { "value": 1 } }"#)
    try await film.must(
      """
      chmod +x tools/harm; mkdir ../outside; echo \(secret) >../outside/own.png; mkdir -p .reel/trash/x
      git init -qb main; git add -A -f; git commit -qm film
      cat >>.git/config <<END
      [core]
        fsmonitor = \(film.path("tools/harm"))
        hooksPath = \(film.path("tools"))
        pager = \(film.path("tools/harm"))
        editor = \(film.path("tools/harm"))
        sshCommand = \(film.path("tools/harm"))
      [pager]
        config = \(film.path("tools/harm"))
      [alias]
        config = !\(film.path("tools/harm"))
      [credential]
        helper = \(film.path("tools/harm"))
      [diff]
        external = \(film.path("tools/harm"))
      [filter "lfs"]
        process = \(film.path("tools/harm"))
        smudge = \(film.path("tools/harm"))
      [user]
        email = ../../../outside/\\033[31mme
      END
      for hook in post-checkout post-index-change pre-commit reference-transaction; do
        cp tools/harm .git/hooks/$hook; done
      """)
    return film
  }

  private static let commands: [[String]] = [
    ["make", "--json"], ["make"], ["plan"], ["plan", "--json"], ["status"], ["status", "--cold"], ["check"], ["doctor"],
    ["doctor", "--json"], ["why", "one/run"], ["why", "drawn", "--json"], ["takes"], ["trust", "--show"], ["approve"],
    ["retake", "drawn"], ["hold", "drawn"], ["release", "drawn"], ["cancel"], ["retry"], ["pause"], ["resume"],
    ["like", "sequences/one/drawn"], ["pick", "one/drawn"], ["gc"], ["gc", "--takes"], ["sync"], ["init"],
    ["export", "--zip", "out.zip"], ["export", "--sheet", "out.html"],
    ["export", "--otio", "out.otio"], ["__complete", "why", ""],
    ["__complete", "like", ""], ["__complete-line", "reel plan "],
  ]

  @Test func `no command runs a program of it, reaches a host, or touches a file outside`() async throws {
    let film = try await Self.harmful()
    let outside = film.scratch.file("outside")
    let places = [film.folder] + ["state", "run", "cache"].map { film.scratch.file($0) } + ["/dev", "/proc"]
    func check(_ trace: Trace, _ said: String, _ words: [String]) {
      for program in trace.programs {
        let isOwn = program.first == BuiltProgram.path("reel") || program.first == BuiltProgram.path("reel-imaging")
        #expect(
          isOwn || program.first?.hasSuffix("/git") == true && program.dropFirst(2).starts(with: ["config", "--get"]),
          "\(words) runs \(program)")
      }
      // Libraries that draw keep code that they made in such a file, and remove it at once; so does ThreadSanitizer with what it is told.
      let passing = ["orcexec."] + (Pace.isSanitized ? ["tsan.rodata."] : [])
      let changed = trace.changed.filter { path in
        !passing.contains { path.split(separator: "/").last?.hasPrefix($0) == true }
      }
      #expect(trace.families.subtracting(["AF_UNIX"]) == [], "\(words)")
      #expect(
        changed.filter { path in !places.contains { path == $0 || path.hasPrefix("\($0)/") } } == [], "\(words)")
      #expect(trace.opened.filter { $0.hasPrefix(outside) } == [], "\(words)")
      #expect(!trace.programs.isEmpty && !trace.opened.isEmpty, "the trace is empty: \(words)")
      #expect(!said.contains(Self.secret) && !said.contains("\u{1B}"), "\(words): \(said)")
    }
    for words in Self.commands {
      let (outcome, trace) = try await film.traced(words, variables: ["HOST_SECRET=\(Self.secret)"])
      check(trace, outcome.output + outcome.error, words)
    }
    // A take of its own, so that there is one to rate.
    let take = try #require(film.takes.first, "\(film.story)")
    for words in [["like", take], ["remove", take], ["restore", take], ["unrate", take]] {
      let (outcome, trace) = try await film.traced(words, variables: ["HOST_SECRET=\(Self.secret)"])
      #expect(outcome.status == 0, "\(words): \(outcome.error)")
      check(trace, outcome.output + outcome.error, words)
    }
    // Who rates is a safe name, whatever git says.
    #expect(film.names.filter { $0.hasPrefix("ratings/") }.count == 2, "\(film.story)")

    let file = film.scratch.file("trace")
    let words =
      ["HOST_SECRET=\(Self.secret)"] + Trace.command(into: file) + [BuiltProgram.path("reel"), "watch", "--json"]
    let watcher = Watcher(film, try film.start("/usr/bin/env", words))
    _ = try await watcher.next("idle")
    film.replace("\"p\"", by: "\"another\"", in: "sequences/one.json")
    try await film.must("echo more >>tools/harm; git commit -qam more --no-verify || true")
    _ = try await watcher.settle()
    try await film.must("kill $(cat ../state/reelwright/*/lock)")
    _ = try await watcher.program.exit()
    try await film.must("rm -f ../outside/ran")
    let trace = Trace(of: String(decoding: film.scratch.read("trace") ?? [], as: UTF8.self))
    check(trace, watcher.program.output + watcher.program.error, ["watch"])
    #expect(ScratchFolder.names(in: outside) == ["own.png"])
  }

  @Test func `the environment and files outside stand in nothing that reel writes`() async throws {
    let film = try await Self.harmful()
    for words in ["make", "status", "plan", "trust --show", "doctor", "export --zip out.zip --takes all"] {
      let outcome = try await film.sh("HOST_SECRET=\(Self.secret) exec $REEL \(words)")
      #expect(!(outcome.output + outcome.error).contains(Self.secret), "\(words): \(outcome.output)")
    }
    #expect(!film.takes.isEmpty, "\(film.story)")
    #expect(film.names.contains("out.zip"), "\(film.story)")
    let found = try await film.sh(
      "grep -rl \(Self.secret) . ../state ../cache ../run ../config; unzip -p out.zip | grep -c \(Self.secret)")
    #expect(found.output == "0\n", "\(found.output)")
    // It was drawn as it stands there.
    #expect(try await film.sh("grep -l '{HOST_SECRET}' sequences/one/*.json").output != "")
  }

  @Test func `pipes in place of what git keeps hold nothing up`() async throws {
    let film = Film(shots: 1)
    let made = try await film.reel("make")
    #expect(made.status == 0)
    let take = try #require(film.takes.first)
    try await film.must("git init -qb main; git add -A; git commit -qm film")
    let pipes = [
      "rm .git/HEAD; mkfifo .git/HEAD", "rm .git/logs/HEAD; mkfifo .git/logs/HEAD", "mkfifo .git/commondir",
      "rm -r .git; mkfifo .git", "rm .git; mkfifo pipe; echo 'gitdir: pipe' >.git",
    ]
    for pipe in pipes {
      try await film.must(pipe)
      #expect(try await film.reel("plan").status == 0, "\(pipe)")
    }
    // A file that git includes, and waits for.
    try await film.must(
      "rm .git; git init -qb main; mkfifo .git/pipe; printf '[include]\\n path = pipe\\n' >>.git/config")
    let like = try await film.reel("like", take)
    #expect(like.status == 0, "\(like.error)")
    #expect(film.names.filter { $0.hasPrefix("ratings/") }.count == 1)
  }
}
