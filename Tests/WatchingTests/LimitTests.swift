import Basics
import Glibc
import Testing
import Watching

/// A number of the kernel's, changed for a test and put back.
struct KernelLimit {
  let path: String
  let value: Int

  init?(_ name: String) {
    path = "/proc/sys/fs/inotify/\(name)"
    guard access(path, W_OK) == 0, let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 32)
    guard fgets(&line, 32, file) != nil else { return nil }
    value = Int(atoll(line))
  }

  func set(_ value: Int) throws {
    let file = try #require(fopen(path, "w"))
    fputs("\(value)\n", file)
    try #require(fclose(file) == 0)
  }

  /// How many watches this user's other programs and tests hold, as the kernel lists them.
  static var watchesInUse: Int {
    get throws {
      let tree = try TemporaryTree()
      try tree.sh("cat /proc/[0-9]*/fdinfo/* 2>/dev/null | grep -c '^inotify wd' > count || true")
      let text = String(decoding: try tree.folder.read("count", limit: 100).bytes, as: UTF8.self)
      return Int(text.filter(\.isNumber)) ?? 0
    }
  }

  static func isSettable(_ name: String) -> Bool { geteuid() == 0 && KernelLimit(name) != nil }
}

extension KernelTests {
  @Suite struct Limits {
    @Test(.enabled(if: KernelLimit.isSettable("max_queued_events"), "the kernel's queue limit cannot be set here"))
    func `an overflowing queue loses nothing`() async throws {
      let limit = try #require(KernelLimit("max_queued_events"))
      try limit.set(64)
      defer { try? limit.set(limit.value) }
      let tree = try TemporaryTree()
      try tree.sh("mkdir inbox")
      let observer = try Observer(.inotify, tree.folder)
      try await observer.sync()
      var overflows = 0
      for round in 0..<5 {
        try tree.sh(
          """
          mkdir -p deep\(round)/a/b; i=0
          while [ $i -lt 2000 ]; do echo $i > inbox/f$i; i=$((i+1)); done; echo x > deep\(round)/a/b/f
          touch inbox/*; rm inbox/f1*
          """)
        if try await observer.sync().everything { overflows += 1 }
        observer.expectTruth("round \(round)")
      }
      #expect(overflows > 0, "the queue never overflowed: the test tests nothing")
      // Folders that came during an overflow are watched.
      try tree.sh("echo y > deep4/a/b/g")
      #expect(try await observer.sync().covers("deep4/a/b/g"))
      observer.expectTruth()
    }

    @Test(.enabled(if: KernelLimit.isSettable("max_user_watches"), "the kernel's watch limit cannot be set here"))
    func `beyond the limit of watches folders are polled, and watched once there is room`() async throws {
      let limit = try #require(KernelLimit("max_user_watches"))
      let tree = try TemporaryTree()
      try tree.sh("mkdir .reel .reel/sync; for i in 1 2 3 4 5 6; do mkdir -p d$i/e; echo $i > d$i/e/f; done")
      let few = try KernelLimit.watchesInUse + 5
      try limit.set(few)
      defer { try? limit.set(limit.value) }
      let observer = try Observer(.inotify, tree.folder)
      try await observer.sync()
      let told = observer.told.compactMap { event -> WatchLimit? in
        if case .limited(let limit) = event { return limit }
        return nil
      }
      #expect(told.count == 1)
      #expect(told.first?.resource == .watches)
      #expect(told.first?.value == few)
      #expect(told.first?.description.contains("sysctl fs.inotify.max_user_watches=") == true)
      #expect((told.first?.folders ?? 0) >= 8)

      try tree.sh("for i in 1 2 3 4 5 6; do echo changed > d$i/e/f; mkdir -p d$i/new/er; echo x > d$i/new/er/g; done")
      try await truth(observer)
      try limit.set(limit.value)
      // With the next round all are watched.
      while observer.told.last != .watching(folders: 25) { try #require(await observer.next() != nil) }
      try tree.sh("for i in 1 2 3 4 5 6; do echo last > d$i/new/er/g; done")
      let dirty = try await observer.sync()
      for number in 1...6 { #expect(dirty.covers(ProjectPath(trusted: "d\(number)/new/er/g"))) }
      observer.expectTruth()
    }

    /// Reads batches until the picture is true: polled folders come with the next rounds, for which no cookie speaks.
    private func truth(_ observer: Observer) async throws {
      while !observer.isTrue { try #require(await observer.next() != nil) }
    }

    @Test(
      .enabled(if: KernelLimit.isSettable("max_user_instances"), "the kernel's limit of instances cannot be set here"))
    func `without an instance everything is polled`() async throws {
      let limit = try #require(KernelLimit("max_user_instances"))
      let tree = try TemporaryTree()
      try tree.sh("mkdir -p inbox/a")
      try limit.set(0)
      defer { try? limit.set(limit.value) }
      let observer = try Observer(.inotify, tree.folder)
      try await observer.sync()
      guard case .limited(let told)? = observer.told.first else {
        Issue.record("the limit was not told: \(observer.told)")
        return
      }
      #expect(told.resource == .instances && told.value == 0)
      try tree.sh("echo x > inbox/a/f; mkdir -p inbox/b/c; echo y > inbox/b/c/g")
      try await truth(observer)
      try limit.set(limit.value)
      while observer.told.last != .watching(folders: 5) { try #require(await observer.next() != nil) }
      try tree.sh("echo z > inbox/b/c/g")
      #expect(try await observer.sync().covers("inbox/b/c/g"))
      observer.expectTruth()
    }
  }
}
