import Basics
import Glibc
import Testing
import Watching

extension KernelTests {
  /// Folders that come, go, move and change their nature.
  @Suite struct Folders {
    @Test(arguments: WatcherKind.allCases)
    func `nested folders made in one go lose no file`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      try tree.sh("for i in $(seq 200); do mkdir -p n$i/a/b/c; echo $i > n$i/a/b/c/f.json; done")
      let dirty = try await observer.sync()
      for number in 1...200 { #expect(dirty.covers(ProjectPath(trusted: "n\(number)/a/b/c/f.json"))) }
      observer.expectTruth()
      // All of them are watched now.
      try tree.sh("for i in $(seq 200); do echo again > n$i/a/b/c/f.json; done")
      let again = try await observer.sync()
      for number in 1...200 { #expect(again.covers(ProjectPath(trusted: "n\(number)/a/b/c/f.json"))) }
      observer.expectTruth()
    }

    /// What happens to the folder `inbox/a`, then a path in it that must be told when it is written.
    static let moves: [(script: String, thereafter: String)] = [
      ("mv inbox/a inbox/b", "inbox/b/deep/f.png"),
      ("mv inbox/a library/a", "library/a/deep/f.png"),
      ("mv inbox/a inbox/ab; mkdir -p inbox/a/deep; touch inbox/a/deep/f.png", "inbox/a/deep/f.png"),
      ("mv inbox/a inbox/ab; mkdir -p inbox/a/deep; touch inbox/a/deep/f.png", "inbox/ab/deep/f.png"),
      ("mv inbox/a ../a; mv ../a inbox/a", "inbox/a/deep/f.png"),
      ("mv inbox/a ../a; mv ../a inbox/c", "inbox/c/deep/f.png"),
      ("mv inbox/a .hidden; mv .hidden inbox/d", "inbox/d/deep/f.png"),
      ("mv inbox/a inbox/x; mv library inbox/a; mv inbox/x library", "library/deep/f.png"),
      ("rm -r inbox/a; mkdir -p inbox/a/deep", "inbox/a/deep/f.png"),
      ("mkdir empty; mv -T inbox/a empty", "empty/deep/f.png"),
      ("mkdir ../full; mv inbox ../full; mkdir -p inbox/a/deep", "inbox/a/deep/f.png"),
    ]

    @Test(arguments: moves, WatcherKind.allCases)
    func `a moved folder is told under its new path`(move: (script: String, thereafter: String), kind: WatcherKind)
      async throws
    {
      let tree = try TemporaryTree()
      try tree.sh("mkdir -p inbox/a/deep library/deep; echo one > inbox/a/deep/f.png; echo two > library/deep/f.png")
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      try tree.sh(move.script)
      try await observer.sync()
      observer.expectTruth("after the move")

      try tree.sh("echo later > \(move.thereafter)")
      let dirty = try await observer.sync()
      #expect(dirty.covers(ProjectPath(trusted: move.thereafter)))
      // Nothing is told under the old path; the poller tells again what is new there. Another project of this process that was
      // watched anew at this very moment makes it `everything`.
      if kind == .inotify, !dirty.everything { #expect(dirty.files == [ProjectPath(trusted: move.thereafter)]) }
      observer.expectTruth("after writing in it")
    }

    @Test(arguments: WatcherKind.allCases)
    func `a folder that was moved out tells nothing any more`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir inbox; touch -d 2001-01-01 inbox/a.png")
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      try tree.sh("mv inbox ../away")
      #expect(try await observer.sync().covers("inbox"))
      try tree.sh("echo changed > ../away/a.png; echo new > ../away/b.png")
      let dirty = try await observer.sync()
      #expect(!dirty.everything && !dirty.covers("inbox/a.png") && !dirty.covers("inbox/b.png"))
      observer.expectTruth()
    }

    static let replacements = [
      "rm -r inbox; echo file > inbox",
      "rm -r inbox; ln -s library inbox",
      "mv inbox ../inbox; ln -s ../inbox inbox",
      "rm -r inbox; echo file > inbox; rm inbox; mkdir inbox; echo new > inbox/a.png",
      "rm -r inbox; mkfifo inbox",
    ]

    @Test(arguments: replacements, WatcherKind.allCases)
    func `a folder replaced by something else`(script: String, kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir inbox library; echo one > inbox/a.png; echo two > library/b.png")
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      try tree.sh(script)
      let dirty = try await observer.sync()
      // The poller does not see that a folder was another one in between.
      #expect(dirty.covers("inbox") || kind == .polling && dirty.covers("inbox/a.png"))
      observer.expectTruth()
      try tree.sh("rm -rf inbox; mkdir inbox; echo three > inbox/c.png")
      #expect(try await observer.sync().covers("inbox/c.png"))
      observer.expectTruth()
    }

    @Test(arguments: WatcherKind.allCases)
    func `a link to a folder is not followed`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir ../elsewhere inbox; ln -s ../../elsewhere inbox/link; ln -s . circle")
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      try tree.sh("echo x > ../elsewhere/a.png")
      let dirty = try await observer.sync()
      #expect(dirty.files.allSatisfy { !$0.isInside("inbox/link") })
      observer.expectTruth()
    }

    @Test(
      arguments: ["rm -rf ../film", "mv ../film ../away", "mv ../film ../away; mkdir ../film"], WatcherKind.allCases)
    func `the project folder gone ends the stream, and nothing seems deleted`(script: String, kind: WatcherKind)
      async throws
    {
      let tree = try TemporaryTree()
      try tree.sh("mkdir inbox")
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      try tree.sh(script)
      await observer.rest()
      #expect(observer.told.last == .rootGone)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting needs root"), arguments: WatcherKind.allCases)
    func `a file system mounted over the project folder is noticed`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      try tree.sh("mount -t tmpfs -o size=64k none \"$PWD\" || touch ../refused")
      if access("\(tree.outside)/refused", F_OK) == 0 { try Test.cancel("mounting is not permitted here") }
      defer { try? tree.sh("cd ..; umount film") }
      await observer.rest()
      #expect(observer.told.last == .rootGone)
    }

    @Test func `a folder that may not be read is watched once it may`() async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir -m 0 inbox")
      let observer = try Observer(.inotify, tree.folder)
      try await observer.sync()
      try tree.sh("chmod 755 inbox; echo x > inbox/a.png")
      #expect(try await observer.sync().covers("inbox/a.png"))
      observer.expectTruth()
    }

    @Test(arguments: WatcherKind.allCases)
    func `names that are no text are told as their bytes`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      try tree.sh(
        "mkdir \"$(printf 'caf\\351')\"; echo x > \"$(printf 'caf\\351/\\303\\251')\"; echo y > \"$(printf 'e\\314\\201')\""
      )
      let dirty = try await observer.sync()
      let latin: [UInt8] = [0x63, 0x61, 0x66, 0xE9]
      #expect(dirty.covers(ProjectPath(trusted: latin)))
      #expect(dirty.covers(ProjectPath(trusted: latin + [0x2F, 0xC3, 0xA9])))
      #expect(dirty.covers(ProjectPath(trusted: [0x65, 0xCC, 0x81])))
      #expect(!dirty.covers(ProjectPath(trusted: [0xC3, 0xA9])) || dirty.everything)
      observer.expectTruth()
    }
  }
}
