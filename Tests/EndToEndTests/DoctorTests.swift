import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// `reel doctor`: each thing that may stand in the way is found, and its fix is said.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct DoctorTests {
  private static func finding(_ subject: String, _ film: Film) async throws -> JSON {
    let outcome = try await film.reel("doctor", "--json")
    let findings = outcome.json["findings"]?.array ?? []
    return findings.first { $0["subject"]?.string == subject } ?? .string("no \(subject) in \(outcome.output)")
  }

  @Test func `a sound project has nothing in its way`() async throws {
    let film = Film()
    let outcome = try await film.reel("doctor")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.hasSuffix("\n\nNothing stands in the way.\n"), "\(outcome.output)")
    #expect(!outcome.output.contains("fix:"))
    for subject in ["reel-imaging", "libraries", "lock", "files", "engine storyboard", "inotify", "disk", "state"] {
      #expect(outcome.output.contains("ok       \(subject) "), "\(outcome.output)")
    }
  }

  @Test func `without a project the machine is looked at`() async throws {
    let film = Film(shots: 0)
    let outcome = try await film.reel("doctor")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("fix: reel init makes one"))
    #expect(try await film.reel("doctor", "nowhere").status == 10)
  }

  @Test func `files with errors lead to check`() async throws {
    let film = Film()
    film.write("sequences/sequence_002.json", "{")
    let outcome = try await film.reel("doctor")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("1 error\n"), "\(outcome.output)")
    #expect(try await Self.finding("files", film)["fix"]?.string == "reel check shows each with its fix")
  }

  @Test func `a missing helper is an error`() async throws {
    let film = Film()
    let outcome = try await film.sh("REEL_IMAGING=/nowhere/reel-imaging $REEL doctor")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("error    reel-imaging"), "\(outcome.output)")
    #expect(outcome.output.contains("/nowhere/reel-imaging"))
  }

  @Test func `a library that cannot be loaded is an error, and the rest works without it`() async throws {
    let film = Film(shots: 1)
    #expect(try await film.reel("make").status == 0)
    // What the loader finds first is no library.
    try await film.must("mkdir ../broken; echo 'no library' > ../broken/libarchive.so.13")
    let broken = "LD_LIBRARY_PATH=$PWD/../broken $REEL"
    let outcome = try await film.sh("\(broken) doctor")
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("libarchive cannot be loaded: "), "\(outcome.output)")
    #expect(outcome.output.contains("error    libraries "), "\(outcome.output)")
    #expect(outcome.output.contains("; reel export writes no archives\n"), "\(outcome.output)")
    #expect(outcome.output.contains("fix: apt install libarchive13\n"), "\(outcome.output)")
    let exported = try await film.sh("\(broken) export --zip ../film.zip 2>&1; test -e ../film.zip && echo there")
    #expect(exported.output.hasPrefix("reel: libarchive cannot be loaded: "), "\(exported.output)")
    #expect(exported.output.hasSuffix("\n  apt install libarchive13\n"), "\(exported.output)")
    #expect(try await film.sh("\(broken) status").status == 0)
  }

  @Test func `a disk with less room than the project wants is an error`() async throws {
    let film = Film()
    film.replace(
      "\"version\": 1,", by: "\"version\": 1, \"limits\": { \"freeDisk\": \"900000 TB\" },", in: "project.json")
    let finding = try await Self.finding("disk", film)
    #expect(finding["state"]?.string == "error", "\(finding)")
    #expect(finding["fix"]?.string?.contains("reel gc") == true)
  }

  @Test func `who holds the project is said, and one that does not answer is to be ended`() async throws {
    let film = Film()
    let watcher = try await film.watch()
    let pid = watcher.program.child.pid
    #expect(try await Self.finding("lock", film)["detail"]?.string == "process \(pid) works on this project")
    kill(pid, SIGSTOP)
    let stuck = try await Self.finding("lock", film)
    kill(pid, SIGCONT)
    #expect(stuck["state"]?.string == "error", "\(stuck)")
    #expect(stuck["fix"]?.string == "kill \(pid)")
    _ = try await watcher.stop(SIGINT)
    #expect(try await Self.finding("lock", film)["detail"]?.string == "nobody holds this project")
  }

  @Test func `pointers of git-lfs are counted, with the command that brings the files`() async throws {
    let film = Film(shots: 1)
    let digest = String(repeating: "ab", count: 32)
    film.write("inbox/shot_001.png", "version https://git-lfs.github.com/spec/v1\noid sha256:\(digest)\nsize 12345\n")
    let finding = try await Self.finding("git-lfs", film)
    if try await film.sh("command -v git-lfs").status == 0 {
      #expect(finding["detail"]?.string == "1 file not here yet")
      #expect(finding["fix"]?.string == "git lfs pull")
    } else {
      #expect(finding["fix"]?.string?.contains("apt install git-lfs") == true, "\(finding)")
    }
  }

  @Test func `takes of shots that are gone are orphans`() async throws {
    let film = Film(shots: 2)
    #expect(try await film.reel("make").status == 0)
    film.write("sequences/sequence_001.json", Film.sequence(shots: 1))
    let finding = try await Self.finding("takes", film)
    #expect(finding["detail"]?.string?.hasPrefix("1 take of shots that no sequence has any more") == true, "\(finding)")
    #expect(finding["detail"]?.string?.contains("shot_002") == true)
  }
}
