import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// Watching where the kernel tells too little: a queue that overflows, no watches left, a file system without events.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct WatchFaultTests {
  // MARK: The queue

  @Test(.enabled(if: QueueLimit.isSettable, "the kernel's queue limit cannot be set here"))
  func `ten thousand files while the queue takes sixty-four: nothing is lost`() async throws {
    let film = Film(shots: 3)
    film.write("inbox/one.png", Picture.png(width: 16, height: 16))
    film.replace("rain number 3\"", by: "rain number 3\", \"references\": [\"inbox/one.png\"]", in: Self.name)
    // A queue keeps the limit that was there when it was made.
    let before = try QueueLimit.value()
    try QueueLimit.set(64)
    let watcher: Watcher
    do {
      defer { try? QueueLimit.set(before) }
      watcher = try await film.watch()
    }
    _ = try await watcher.settle()
    film.scratch.write("new.png", Picture.png(width: 16, height: 16, shade: 9))
    // While it stands still, all of them go through the queue or are lost.
    watcher.program.child.signal(SIGSTOP)
    try await film.must(
      """
      mkdir -p inbox/many; cd inbox/many; seq -f 'f%g.txt' 10000 | xargs touch; cd ../..
      sed -i 's/number 1/fog/' \(Self.name); cp ../new.png inbox/one.png
      mkdir -p library; printf '{"prompt": "oil"}' >library/look.json
      sed 's/rain/second/' \(Self.name) | sed 's/, "references": [^]]*]//' >sequences/sequence_002.json
      """)
    watcher.program.child.signal(SIGCONT)
    let happened = try await watcher.settle()
    #expect(
      happened.jobs == [
        "sequence_001/shot_001", "sequence_001/shot_003", "sequence_002/shot_001", "sequence_002/shot_002",
        "sequence_002/shot_003",
      ], "\(film.story)")
    #expect(happened.of("problem").isEmpty, "\(film.story)")
    try await film.expectLikeCold("after the overflow")
    // Folders that came while events were lost are watched.
    try await film.must("sed -i 's/number 2/snow, @look/' \(Self.name)")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_002"], "\(film.story)")
    try await film.must("printf '{\"prompt\": \"water colour\"}' >library/look.json")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_002"], "\(film.story)")
    try await film.expectLikeCold()
  }

  // MARK: Watches

  /// A user namespace has a limit of its own, so that no other program is touched.
  @Test(.enabled(if: Namespace.isPossible, "no user namespace can be made here"))
  func `with a hundred watches for more folders the limit and its setting are said, and all is seen`() async throws {
    let film = Film(shots: 120)
    film.scratch.write("dot.png", Picture.png(width: 16, height: 16))
    try await film.must("for i in $(seq -f %03g 120); do mkdir -p inbox/sequence_001/shot_$i; done")
    try await film.must("echo 100 >../limit")
    let watcher = Watcher(
      film,
      try film.start(
        "/usr/bin/unshare",
        [
          "--user", "--map-root-user", "/bin/sh", "-c",
          "cat ../limit >/proc/sys/user/max_inotify_watches; exec \"$REEL\" watch --json",
        ]))
    _ = try await watcher.next("idle")
    let limits = watcher.events.filter { $0["type"]?.string == "notice" }.compactMap { $0["message"]?.string }
    #expect(limits.count == 1, "\(limits)")
    let said = try #require(limits.first)
    #expect(said.contains("limit of watched folders (now 100) is reached"), "\(said)")
    #expect(said.contains("`sudo sysctl user.max_inotify_watches="), "\(said)")
    _ = try await watcher.settle()
    // In folders with a watch and in folders without one.
    try await film.must(
      """
      for i in $(seq -f %03g 1 10 120); do cp ../dot.png inbox/sequence_001/shot_$i/x.png; done
      mkdir -p inbox/a/b; cp ../dot.png inbox/a/b
      """)
    _ = try await eventually("twelve jobs") {
      watcher.unread.count { $0["type"]?.string == "finished" } == 12 ? true : nil
    }
    let happened = try await watcher.settle()
    #expect(Set(happened.jobs).count == 12 && happened.jobs.count == 12, "\(film.story)")
    try await film.expectLikeCold("beyond the limit")
    // Somebody raises it: the watches come with the next round.
    let pid = watcher.program.child.pid
    try await film.must(
      """
      nsenter --target \(pid) --user --preserve-credentials \
        /bin/sh -c 'echo 1000 >/proc/sys/user/max_inotify_watches'
      """)
    _ = try await eventually("a watch for each folder") {
      Namespace.watches(of: pid) >= 125 ? true : nil
    }
    try await film.must("for i in $(seq -f %03g 2 10 120); do cp ../dot.png inbox/sequence_001/shot_$i/x.png; done")
    #expect(try await watcher.settle().jobs.count == 12, "\(film.story)")
    try await film.expectLikeCold("with room again")
    #expect(limits.count == watcher.events.count { $0["type"]?.string == "notice" }, "\(film.story)")
  }

  // MARK: Without events

  /// As on network shares: the kernel takes the watches and never tells anything.
  @Test(.enabled(if: Tool.isThere("clang"), "clang is not installed"))
  func `a file system that tells nothing is found out, said, and looked at every second`() async throws {
    let film = Film(shots: 3)
    film.scratch.write("silent.c", Array(Self.silence.utf8))
    try await film.must("clang -shared -fPIC -o ../silent.so ../silent.c")
    let watcher = Watcher(
      film,
      try film.start(
        "/usr/bin/env", ["LD_PRELOAD=\(film.scratch.file("silent.so"))", BuiltProgram.path("reel"), "watch", "--json"]))
    let notice = try await watcher.next("notice")
    #expect(
      notice["message"]?.string
        == "this file system does not tell of changes; the project folder is looked at every second instead")
    _ = try await watcher.settle()
    try await film.must(
      """
      sed -i 's/number 2/snow/' \(Self.name); mkdir -p inbox/a/b; echo x >inbox/a/b/c.txt
      sed 's/rain/second/' \(Self.name) >sequences/sequence_002.json
      """)
    let happened = try await watcher.settle()
    #expect(
      happened.jobs == [
        "sequence_001/shot_002", "sequence_002/shot_001", "sequence_002/shot_002", "sequence_002/shot_003",
      ], "\(film.story)")
    #expect(happened.of("problem").isEmpty)
    try await film.expectLikeCold()
    try await film.must("mv sequences ../away")
    #expect(try await watcher.settle().jobs == [])
    try await film.expectLikeCold("without the sequences")
    try await film.must("mv ../away sequences")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.expectLikeCold("with the sequences again")
    #expect(try await watcher.stop() == .status(143))
  }

  private static let silence = """
    #include <stdint.h>

    int inotify_add_watch(int descriptor, const char *path, uint32_t mask) {
      static int last;
      (void)descriptor; (void)path; (void)mask;
      return ++last;
    }

    """

  static let name = "sequences/sequence_001.json"
}

/// How many events the kernel keeps for a watcher that does not fetch them.
enum QueueLimit {
  private static let path = "/proc/sys/fs/inotify/max_queued_events"

  static var isSettable: Bool { geteuid() == 0 && access(path, W_OK) == 0 }

  static func value() throws -> Int {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 32)
    try #require(fgets(&line, 32, file) != nil)
    return Int(atoll(line))
  }

  static func set(_ value: Int) throws {
    let file = try #require(fopen(path, "w"))
    fputs("\(value)\n", file)
    try #require(fclose(file) == 0)
  }
}

/// A user namespace of its own for a program.
enum Namespace {
  static var isPossible: Bool {
    system(
      "unshare --user --map-root-user /bin/sh -c 'echo 100 >/proc/sys/user/max_inotify_watches' >/dev/null 2>&1") == 0
      || Environment.isContinuousIntegration
  }

  /// How many folders a program watches, as the kernel lists them.
  static func watches(of pid: Int32) -> Int {
    ScratchFolder.names(in: "/proc/\(pid)/fdinfo").reduce(into: 0) { sum, name in
      guard let file = fopen("/proc/\(pid)/fdinfo/\(name)", "r") else { return }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 512)
      while fgets(&line, 512, file) != nil { if strncmp(line, "inotify wd", 10) == 0 { sum += 1 } }
    }
  }
}
