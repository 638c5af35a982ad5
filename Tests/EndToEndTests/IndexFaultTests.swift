import Basics
import JSONText
import TestSupport
import Testing

/// Whatever happens to the index: it is built anew or done without, and is never the reason for a job.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct IndexFaultTests {
  struct Fault: CustomTestStringConvertible, Sendable {
    var name: String
    /// `$I` is the index.
    var script: String
    /// What the next run says of it; nil when there is nothing to say.
    var said: String?

    var testDescription: String { name }
  }

  static let faults = [
    Fault(name: "deleted", script: "rm -f $I $I-*", said: nil),
    Fault(name: "deleted without its log", script: "rm $I", said: nil),
    Fault(name: "emptied", script: ": >$I", said: nil),
    Fault(
      name: "cut in the middle", script: "rm -f $I-*; truncate -s 6000 $I", said: "was set aside and is built anew"),
    Fault(
      name: "overwritten with noise", script: "rm -f $I-*; head -c 20000 /dev/urandom >$I",
      said: "was set aside and is built anew"),
    Fault(
      name: "noise in its middle",
      script: "rm -f $I-*; head -c 9000 /dev/urandom | dd of=$I bs=1 seek=3000 conv=notrunc",
      said: "was set aside and is built anew"),
    Fault(
      name: "of a later version", script: "sqlite3 $I 'PRAGMA user_version = 99'",
      said: "it is of format 99, this program works with 2; it was set aside"),
    Fault(
      name: "another program's", script: "rm -f $I $I-*; sqlite3 $I 'CREATE TABLE files (a); PRAGMA user_version = 2'",
      said: "was set aside and is built anew"),
    Fault(name: "a folder in its place", script: "rm -f $I $I-*; mkdir $I", said: "is kept in memory only"),
    Fault(name: "its log is noise", script: "head -c 20000 /dev/urandom >$I-wal", said: nil),
  ]

  private static let index = "I=$(echo ../state/reelwright/film-*/index.sqlite)"
  private static let name = "sequences/sequence_001.json"

  /// Made once, so that the index knows hashes: one large picture that is read beside, and one small one.
  private static func made() async throws -> Film {
    let film = Film(shots: 2)
    film.write("inbox/one.png", Picture.png(width: 32, height: 24))
    film.scratch.write("large.png", Picture.png(width: 16, height: 16))
    try await film.must("python3 - <<'END'\n\(largePicture)\nEND")
    film.replace("number 1\"", by: "number 1\", \"references\": [\"inbox/one.png\"]", in: name)
    film.replace("number 2\"", by: "number 2\", \"references\": [\"inbox/large.png\"]", in: name)
    #expect(try await film.reel("make").status == 0)
    // Nothing of what is lost could come from there unseen.
    film.configure(#"{ "cache": { "size": 0 } }"#)
    try await film.must("\(index)\ntest -f $I")
    return film
  }

  /// Above the size that is read where it is met.
  private static let largePicture = """
    import os, struct, zlib
    def chunk(name, data): return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\\0" + os.urandom(1) * 3000 for _ in range(2000))
    os.makedirs("inbox", exist_ok=True)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 3000, 2000, 8, 0, 0, 0, 0))
    open("inbox/large.png", "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" + head
      + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))
    """

  /// Nothing is made again, what is edited is, and all of it is as a fresh look finds it.
  private static func expectNothingLost(_ film: Film, _ when: String) async throws {
    let before = film.takes
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0 && make.jobs == [], "\(when)\n\(film.story)")
    let watcher = try await film.watch()
    #expect(try await watcher.settle().jobs == [], "\(when)\n\(film.story)")
    #expect(Happenings(events: watcher.events).jobs == [])
    #expect(film.takes == before)
    try await film.expectLikeCold(when)
    film.replace("rain number 1", by: "hail number 1", in: name)
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"], "\(when)\n\(film.story)")
    _ = try await watcher.stop()
    film.replace("hail number 1", by: "rain number 1", in: name)
    #expect(try await film.reel("make", "--json").jobs == [], "\(when)")
  }

  @Test(.enabled(if: Tool.isThere("sqlite3"), "sqlite3 is not installed"), arguments: faults)
  func `an index that is gone, damaged or strange costs no job, and is said to be`(_ fault: Fault) async throws {
    let film = try await Self.made()
    try await film.must("\(Self.index)\n\(fault.script)")
    let first = try await film.reel("make", "--json")
    #expect(first.status == 0 && first.jobs == [], "\(film.story)")
    let notices = first.events.filter { $0["type"]?.string == "notice" }.compactMap { $0["message"]?.string }
    if let said = fault.said {
      #expect(notices.count == 1 && notices.allSatisfy { $0.contains(said) }, "\(notices)")
    } else {
      #expect(notices == [])
    }
    try await Self.expectNothingLost(film, "after it was \(fault.name)")
  }

  @Test(.enabled(if: Tool.isThere("sqlite3"), "sqlite3 is not installed"), arguments: ["IMMEDIATE", "EXCLUSIVE"])
  func `locked by another program the index is done without, and stays as it is`(_ lock: String) async throws {
    let film = try await Self.made()
    let other = try film.start(
      "/bin/sh",
      [
        "-c",
        """
        \(Self.index)
        mkfifo ../line; { printf 'BEGIN \(lock);\\n.print locked\\n'; cat ../line; } | sqlite3 -bail $I
        """,
      ])
    _ = try await eventually("the lock") { other.output.contains("locked") ? true : nil }
    let make = try await film.reel("make", "--json")
    #expect(make.status == 0 && make.jobs == [], "\(film.story)")
    let notices = make.events.filter { $0["type"]?.string == "notice" }.compactMap { $0["message"]?.string }
    #expect(notices.count == 1 && notices.allSatisfy { $0.contains("is kept in memory only") }, "\(notices)")
    try await Self.expectNothingLost(film, "while it is locked")
    try await film.must("echo 'COMMIT;' >../line")
    #expect(try await other.exit() == .status(0))
    let after = try await film.reel("make", "--json")
    #expect(after.jobs == [] && after.events.allSatisfy { $0["type"]?.string != "notice" }, "\(after.output)")
    try await film.must("\(Self.index)\ntest $(sqlite3 $I 'PRAGMA integrity_check') = ok; ! ls $I.damaged* 2>/dev/null")
  }

  @Test(.enabled(if: Strace.isInstalled, "strace is not installed"), arguments: ["ENOSPC", "EIO", "EROFS"])
  func `where the index cannot be written, the work goes on`(_ error: String) async throws {
    let film = try await Self.made()
    let found = try await film.sh("\(Self.index)\necho $I")
    let path = film.path(found.lines.first ?? "")
    film.replace("rain number 1", by: "fog number 1", in: Self.name)
    for call in ["pwrite64", "openat", "ftruncate", "fdatasync"] {
      let wrapper =
        Strace.injecting("error=\(error)", at: call, when: "1+", in: path) + ["-P", "\(path)-wal", "-P", "\(path)-shm"]
      let made = try await film.run(
        wrapper[0], Array(wrapper.dropFirst()) + [BuiltProgram.path("reel"), "make", "--json"])
      #expect(made.status == 0, "\(error) at \(call)\n\(film.story)")
      #expect(made.jobs == (call == "pwrite64" ? ["sequence_001/shot_001"] : []), "\(error) at \(call)\n\(film.story)")
    }
    film.replace("fog number 1", by: "rain number 1", in: Self.name)
    try await Self.expectNothingLost(film, "after \(error)")
  }

  @Test(
    .enabled(if: Tool.isThere("sqlite3"), "sqlite3 is not installed"),
    arguments: [
      "rm -f $I $I-*", ": >$I", "head -c 20000 /dev/urandom >$I; head -c 9000 /dev/urandom >$I-wal",
      "sqlite3 $I 'DROP TABLE files' || true", "rm -r ../state/reelwright/film-*",
    ])
  func `what happens to the index under a running watcher stops nothing and makes nothing`(_ script: String)
    async throws
  {
    let film = try await Self.made()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("\(Self.index)\n\(script)")
    film.write("inbox/one.png", Picture.png(width: 32, height: 24, shade: 200))
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"], "\(film.story)")
    film.write("inbox/one.png", Picture.png(width: 32, height: 24))
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.expectLikeCold()
    #expect(try await watcher.stop() == .status(143), "\(film.story)")
    try await Self.expectNothingLost(film, "after \(script) while it ran")
  }
}
