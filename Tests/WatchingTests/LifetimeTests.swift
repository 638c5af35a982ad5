import Basics
import Glibc
import Testing
import Watching

extension KernelTests {
  /// Starting, stopping, several projects, limits.
  @Suite struct Lifetime {
    private func openDescriptors() -> Int {
      guard let directory = opendir("/proc/self/fd") else { return -1 }
      defer { closedir(directory) }
      var count = 0
      while readdir(directory) != nil { count += 1 }
      return count
    }

    private func inotifyDescriptors() -> [Int32] {
      (0..<1024).filter { number in
        var target = [CChar](repeating: 0, count: 64)
        guard readlink("/proc/self/fd/\(number)", &target, 63) > 0 else { return false }
        return String(decoding: target.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
          == "anon_inode:inotify"
      }
    }

    @Test(arguments: WatcherKind.allCases)
    func `the first thing told is that all is watched and all is dirty`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir -p inbox sequences/sequence_001 .git/objects; echo x > inbox/a.png")
      let observer = try Observer(kind, tree.folder)
      #expect(await observer.next() == .watching(folders: 4))
      #expect(await observer.next() == .dirty(.all))
      observer.expectTruth()
    }

    @Test(arguments: WatcherKind.allCases)
    func `stopping ends the stream and leaves nothing open`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir inbox")
      let before = openDescriptors()
      for _ in 0..<5 {
        let observer = try Observer(kind, tree.folder)
        try await observer.sync()
        observer.watcher.stop()
        await observer.rest()
        #expect(openDescriptors() == before)
      }
    }

    @Test(arguments: WatcherKind.allCases)
    func `cancelling the reader stops the watcher`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      let before = openDescriptors()
      let watcher = kind.watcher(tree.folder)
      let stream = try watcher.start()
      let reader = Task { for await _ in stream {} }
      reader.cancel()
      await reader.value
      // Nothing tells when the thread has ended; the suite's time limit does when it has not.
      while openDescriptors() != before { await Task.yield() }
      #expect(throws: WatchError(code: .startedTwice, path: tree.folder.path)) { _ = try watcher.start() }
    }

    @Test func `the descriptor is not handed to programs that are started`() async throws {
      let tree = try TemporaryTree()
      let observer = try Observer(.inotify, tree.folder)
      try await observer.sync()
      let descriptors = inotifyDescriptors()
      #expect(descriptors.count == 1)
      for descriptor in descriptors { try tree.sh("test ! -e /proc/$$/fd/\(descriptor)") }
    }

    @Test func `two projects are watched at once, each told its own`() async throws {
      let (first, second) = (try TemporaryTree(), try TemporaryTree())
      try first.sh("mkdir inbox")
      try second.sh("mkdir inbox")
      let one = try Observer(.inotify, first.folder)
      let two = try Observer(.inotify, second.folder)
      try await one.sync()
      try await two.sync()
      #expect(inotifyDescriptors().count == 1)

      try first.sh("echo x > inbox/one.png")
      #expect(try await one.sync().files == ["inbox/one.png"])
      #expect(try await two.sync().files.isEmpty)
      // A folder that goes makes all start anew, for both.
      try first.sh("mv inbox inbox2")
      try second.sh("echo y > inbox/two.png")
      try await one.sync()
      try await two.sync()
      one.expectTruth()
      two.expectTruth()

      one.watcher.stop()
      await one.rest()
      try second.sh("mkdir more; echo z > more/three.png")
      #expect(try await two.sync().covers("more/three.png"))
      two.expectTruth()
    }

    @Test func `a project inside another, and the same one twice, are all told`() async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir -p inner/inbox")
      let inner = try Folder(opening: tree.absolute("inner"))
      let outerObserver = try Observer(.inotify, tree.folder)
      let innerObserver = try Observer(.inotify, inner)
      let again = try Observer(.inotify, inner)
      try await outerObserver.sync()
      try await innerObserver.sync()
      try await again.sync()
      try tree.sh("echo x > inner/inbox/a.png")
      #expect(try await outerObserver.sync().covers("inner/inbox/a.png"))
      #expect(try await innerObserver.sync().covers("inbox/a.png"))
      #expect(try await again.sync().covers("inbox/a.png"))
      // The folders of one that left are still watched for the others.
      innerObserver.watcher.stop()
      await innerObserver.rest()
      try tree.sh("echo y > inner/inbox/b.png")
      #expect(try await outerObserver.sync().covers("inner/inbox/b.png"))
      #expect(try await again.sync().covers("inbox/b.png"))
    }

    @Test(arguments: WatcherKind.allCases)
    func `a cookie in a sync folder made that moment is answered`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      for _ in 0..<20 {
        try tree.sh("rm -r .reel; echo x > a.json; mkdir -p .reel/sync")
        // Prepares nothing: the cookie may well be there before the folder is watched.
        #expect(try await observer.sync().covers("a.json"))
        observer.expectTruth()
      }
    }

    @Test(arguments: WatcherKind.allCases)
    func `batches wait while git works`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir .git; touch .git/index.lock")
      let lock = tree.absolute(".git/index.lock")
      let isHeld: @Sendable () -> Bool = { access(lock, F_OK) == 0 }
      let watcher: any Watcher =
        switch kind {
        case .inotify: InotifyWatcher(folder: tree.folder, isHeld: isHeld)
        case .polling: PollingWatcher(folder: tree.folder, interval: .milliseconds(20), isHeld: isHeld)
        }
      let observer = try Observer(starting: watcher, tree.folder)
      #expect(await observer.next() == .watching(folders: 1))
      try tree.sh("(sleep 0.2; echo x > a.json; rm .git/index.lock) >/dev/null 2>&1 &")
      // The first batch comes only after the lock is gone, and with it the file.
      guard case .dirty? = await observer.next() else {
        Issue.record("no batch came")
        return
      }
      #expect(access(lock, F_OK) != 0)
      observer.expectTruth()
    }

    @Test func `a folder that is gone cannot be watched`() throws {
      let tree = try TemporaryTree()
      try tree.sh("cd ..; rm -r film; mkdir film")
      for kind in WatcherKind.allCases {
        #expect(throws: WatchError(code: .rootGone, path: tree.folder.path)) {
          _ = try kind.watcher(tree.folder).start()
        }
      }
    }
  }
}
