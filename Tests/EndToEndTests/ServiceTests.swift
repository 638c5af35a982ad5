import Basics
import Glibc
import TestSupport
import Testing

/// `reel watch` as a service of systemd, and `make install`.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct ServiceTests {
  /// Listens as systemd does and writes down what it hears, a datagram a line.
  private static let listener = """
    import os, socket, sys
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(("\\0" + sys.argv[1]) if sys.argv[2] == "abstract" else sys.argv[1])
    open("listening", "w").close()
    with open("heard", "a", buffering=1) as out:
        while True:
            word = s.recv(4096).decode().replace("\\n", "|")
            out.write(word + "\\n")
            if word == "STOPPING=1": break
    """

  @Test(arguments: ["file", "abstract"])
  func `systemd hears when all is watched, how it goes, and that it ends`(socket: String) async throws {
    let film = Film(shots: 2)
    film.write("listener.py", Self.listener)
    let name = "\(film.scratch.path)/run/notify"
    let ear = try film.start("/usr/bin/env", ["python3", "listener.py", name, socket])
    _ = try await eventually("the listener") { film.inside("listening") }
    let address = socket == "abstract" ? "@\(name)" : name
    let reel = try film.start("/usr/bin/env", ["NOTIFY_SOCKET=\(address)", BuiltProgram.path("reel"), "watch"])
    let rested = "STATUS=2 shots: 2 up to date"
    _ = try await eventually("rest") { film.text("heard").contains(rested) ? true : nil }
    reel.child.signal(SIGTERM)
    #expect(try await reel.exit(within: .seconds(20)) == .status(143))
    #expect(try await ear.exit(within: .seconds(20)) == .status(0))
    let heard = film.text("heard").split(separator: "\n").map(String.init)
    #expect(heard.first == "READY=1", "\(heard)")
    #expect(heard.contains("STATUS=2 jobs to do"), "\(heard)")
    #expect(heard.last == "STOPPING=1", "\(heard)")
  }

  @Test func `make install puts everything below PREFIX, and uninstall takes it away`() async throws {
    let film = Film(shots: 1)
    let repository = Repository.path
    let root = film.scratch.file("root")
    let build = BuiltProgram.path("reel").split(separator: "/").dropLast().joined(separator: "/")
    let settings = "-C \(repository) DESTDIR='\(root)' PREFIX=/usr BUILD=/\(build)"
    try await film.must("make install \(settings) >&2")
    let files = try await film.sh("cd '\(root)' && find . -type f | sort")
    #expect(
      files.lines == [
        "./usr/bin/reel", "./usr/libexec/reelwright/reel-imaging", "./usr/share/bash-completion/completions/reel",
        "./usr/share/doc/reelwright/LICENSE", "./usr/share/doc/reelwright/NOTICE",
        "./usr/share/fish/vendor_completions.d/reel.fish", "./usr/share/man/man1/reel.1",
        "./usr/share/systemd/user/reel@.service", "./usr/share/zsh/site-functions/_reel",
      ])
    // It finds its helper where it was put.
    let made = try await film.run("\(root)/usr/bin/reel", ["make"])
    #expect(made.status == 0, "\(made.error)")
    #expect(film.takes.count == 1)
    let unit = try await film.sh("cat '\(root)/usr/share/systemd/user/reel@.service'")
    #expect(unit.output.contains("\nExecStart=/usr/bin/reel watch %f\n"))
    for script in [
      "bash -n '\(root)/usr/share/bash-completion/completions/reel'",
      "zsh -n '\(root)/usr/share/zsh/site-functions/_reel'",
    ] {
      #expect(try await film.sh(script).status == 0, "\(script)")
    }
    try await film.must("make uninstall \(settings) >&2")
    #expect(try await film.sh("find '\(root)' -type f").output == "")
  }

  @Test(
    .enabled(
      if: Environment.programFolders.contains { Environment.isExecutable("\($0)/systemd-analyze") }, "no systemd here"))
  func `systemd finds nothing wrong with the unit`() async throws {
    let film = Film(shots: 0)
    try await film.must("sed 's|@BINDIR@/reel|/bin/true|' \(Repository.path)/packaging/reel@.service >reel@.service")
    let verdict = try await film.sh(
      "systemd-analyze --user verify ./reel@x.service 2>&1 || systemd-analyze verify ./reel@.service 2>&1")
    // The manual page is not installed here.
    let faults = verdict.lines.filter { $0.contains("reel@") && !$0.contains("'man reel(1)'") }
    #expect(faults == [])
  }
}
