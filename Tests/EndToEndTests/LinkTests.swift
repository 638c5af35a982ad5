import Basics
import JSONText
import TestSupport
import Testing

/// Links in a project that lead out of it, and ones that come while reel writes: nothing is written where they lead.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct LinkTests {
  /// What lies outside, with its bytes.
  private static func outside(_ film: Film) async throws -> String {
    let script = "cd ../outside && find . -printf '%p %y %m %s %T@\\n' | sort && cat $(find . -type f | sort)"
    return try await film.sh(script).output
  }

  @Test(arguments: [
    "mv sequences ../outside/moved; ln -s ../outside/moved sequences",
    "ln -s ../../outside sequences/sequence_001", "ln -s ../../outside/file sequences/sequence_001",
    "ln -s ../outside .reel", "mkdir .reel; ln -s ../../outside .reel/schemas",
    "mkdir .reel; ln -s ../../outside/file .reel/.gitignore; ln -s ../../outside .reel/trash",
    "ln -s ../outside ratings", "mkdir -p ratings; ln -s ../../outside/file ratings/test@example.org.json",
    "ln -s ../outside inbox; ln -s ../outside library; ln -s ../outside shots; ln -s ../outside workflows",
    "rm sequences/sequence_001.json; ln ../outside/sequence.json sequences/sequence_001.json",
    "rm sequences/sequence_001.json; ln -s ../../outside/sequence.json sequences/sequence_001.json",
    "rm project.json; ln -s ../outside/project.json project.json",
  ])
  func `a link that leads out is followed by no command`(_ link: String) async throws {
    let film = Film(shots: 2)
    try await film.must(
      """
      git init -qb main; git config user.email test@example.org
      mkdir ../outside; echo mine >../outside/file; cp sequences/sequence_001.json ../outside/sequence.json
      cp project.json ../outside/project.json
      \(link)
      """)
    let before = try await Self.outside(film)
    let commands = [
      "make", "hold shot_001", "release shot_001", "retake shot_001", "make", "like shot_001", "pick shot_001",
      "remove shot_001", "restore shot_001", "export --zip out.zip", "gc --takes --yes", "init .", "status", "doctor",
    ]
    for words in commands { _ = try await film.sh("exec $REEL \(words)") }
    let watcher = try film.start(BuiltProgram.path("reel"), ["watch", "--json"])
    _ = try? await eventually("the end of the first look", within: .seconds(10)) {
      watcher.output.contains("\"idle\"") || watcher.child.exit != nil ? true : nil
    }
    watcher.child.signal(15)
    _ = try await watcher.exit()
    #expect(try await Self.outside(film) == before, "\(link)\n\(film.story)")
  }

  @Test func `init writes through no link that lies in its way`() async throws {
    for link in [
      "ln -s ../outside/new .gitignore; ln -s ../outside/new .gitattributes", "ln -s ../outside sequences",
      "ln -s ../outside .reel", "ln -s ../outside inbox", "ln -s ../outside/new project.json",
    ] {
      let film = Film(shots: 0)
      try await film.must("mkdir ../outside; echo mine >../outside/file; \(link)")
      let before = try await Self.outside(film)
      _ = try await film.reel("init")
      #expect(try await Self.outside(film) == before, "\(link)\n\(film.story)")
    }
  }

  @Test func `a link inside the project does not let reel's own files write over a person's`() async throws {
    let film = Film(shots: 1)
    try await film.must("echo mine >.gitignore; ln -s . .reel; ln -s sequences schemas")
    let make = try await film.reel("make")
    #expect(make.status == 0, "\(make.output)")
    #expect(film.text(".gitignore") == "mine\n")
    #expect(!film.names.contains { $0.hasPrefix("sequences/") && $0.hasSuffix("schema.json") }, "\(film.story)")
  }

  @Test func `a folder that is swapped for a link while takes are written gets them, or none`() async throws {
    let film = Film(shots: 60)
    try await film.must("mkdir ../outside sequences/sequence_001; ln -s ../../outside link")
    let swapper = try film.start(
      "/usr/bin/env",
      [
        "python3", "-c",
        """
        import os
        while not os.path.exists("stop"):
            for before, after in [("sequences/sequence_001", "aside"), ("link", "sequences/sequence_001"),
                                  ("sequences/sequence_001", "link"), ("aside", "sequences/sequence_001")]:
                try: os.rename(before, after)
                except OSError: pass
        """,
      ])
    for _ in 0..<3 { _ = try await film.reel("make", "--json") }
    film.write("stop", "")
    _ = try await swapper.exit()
    #expect(ScratchFolder.names(in: film.scratch.file("outside")) == [])
    let last = try await film.reel("make", "--json")
    #expect(last.status == 0, "\(film.story)")
    #expect(ScratchFolder.names(in: film.scratch.file("outside")) == [])
  }
}
