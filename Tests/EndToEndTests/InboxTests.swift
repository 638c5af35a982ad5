import Basics
import JSONText
import TestSupport
import Testing

/// Pictures that come into the inbox, change there, and go.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct InboxTests {
  /// Two shots with one reference each, and one with none.
  private static func film() -> Film {
    let film = Film(shots: 1)
    film.write(
      "sequences/sequence_001.json",
      """
      {
        "shots": [
          { "id": "a", "prompt": "rain", "references": ["inbox/one.png"] },
          { "id": "b", "prompt": "snow", "references": ["inbox/two.png"] },
          { "id": "c", "prompt": "hail" }
        ]
      }

      """)
    film.write("inbox/one.png", Picture.png(width: 40, height: 30, shade: 10))
    film.write("inbox/two.png", Picture.png(width: 40, height: 30, shade: 20))
    return film
  }

  @Test func `nothing happens to a shot before its picture is whole`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.scratch.write("big.png", Picture.png(width: 2000, height: 1500, shade: 77))
    // Under a name of its own, in twelve pieces, over more than a second.
    try await film.must(
      """
      cd ..; split -n 12 big.png piece.; : >film/inbox/c.png
      for p in piece.*; do cat $p >>film/inbox/c.png; sleep 0.1; done; cmp big.png film/inbox/c.png
      """)
    let happened = try await watcher.settle()
    #expect(happened.jobs == ["sequence_001/c"], "\(film.story)")
    #expect(happened.of("problem").isEmpty, "\(film.story)")
    #expect(happened.of("failed").isEmpty)
  }

  @Test func `a picture replaced under its name makes its shots anew and no others`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.scratch.write("new.png", Picture.png(width: 40, height: 30, shade: 200))
    try await film.must("cp ../new.png inbox/one.png")
    let replaced = try await watcher.settle()
    #expect(replaced.jobs == ["sequence_001/a"], "\(film.story)")
    #expect(replaced.reasons == ["inbox/one.png has new content"])
    // The same picture under another name is the same picture.
    try await film.must("cp inbox/two.png inbox/three.png; sed -i 's/two.png/three.png/' sequences/sequence_001.json")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    #expect(try await film.reel("plan").status == 0)
  }

  @Test func `a picture removed is told with the line that names it, and takes stay`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("rm inbox/two.png")
    let removed = try await watcher.settle()
    #expect(removed.jobs == [])
    #expect(removed.of("problem").count == 1, "\(film.story)")
    #expect(removed.of("problem").first?["file"]?.string == "sequences/sequence_001.json")
    #expect(removed.of("problem").first?["line"]?.int == 4)
    #expect(film.takes.count == 3)
    let check = try await film.reel("check")
    #expect(check.status == 2)
    #expect(check.output.contains("--> sequences/sequence_001.json:4:"), "\(check.output)")
    film.write("inbox/two.png", Picture.png(width: 40, height: 30, shade: 20))
    let back = try await watcher.settle()
    #expect(back.of("solved").count == 1)
    #expect(back.jobs == [])
  }

  @Test func `a picture is known by its bytes, not by the end of its name`() async throws {
    let film = Self.film()
    try await film.must("cp '\(Self.sampleJPEG)' inbox/one.png")
    film.write("inbox/two.png", Picture.gif)
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0, "\(film.story)")
    #expect(made.jobs == ["sequence_001/a", "sequence_001/b", "sequence_001/c"])
  }

  @Test func `what is no picture is told as such, and its shots wait`() async throws {
    let film = Self.film()
    film.write("inbox/one.png", "<!DOCTYPE html><html><body>Not found</body></html>")
    film.write("inbox/two.png", "")
    let made = try await film.reel("make", "--json")
    #expect(!made.jobs.contains("sequence_001/a"), "\(film.story)")
    #expect(!made.jobs.contains("sequence_001/b"), "\(film.story)")
    #expect(made.jobs.contains("sequence_001/c"))
    #expect(made.status != 0)
    let check = try await film.reel("check", "--json")
    #expect(check.status == 2)
    let messages = check.json["problems"]?.array?.compactMap { $0["message"]?.string } ?? []
    #expect(
      messages.sorted() == [
        "`inbox/one.png` is no picture, whatever its name says", "`inbox/two.png` ends in the middle",
      ])
  }

  @Test func `a picture that is cut off in one go is told, and its shot waits`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.scratch.write("cut.png", Array(Picture.png(width: 40, height: 30).prefix(60)))
    try await film.must("cp ../cut.png ../c.png; mv ../c.png inbox/c.png")
    let happened = try await watcher.settle()
    #expect(happened.problems == ["incomplete-image"], "\(film.story)")
    #expect(happened.jobs == [])
  }

  @Test func `two hundred megabytes copied slowly are one job when all of it is there`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    // Under the name of a shot, so that it is wanted from its first byte on.
    film.scratch.write("copy.py", Array(Self.slowPicture.utf8))
    let copy = try film.start("/bin/sh", ["-c", "exec python3 ../copy.py"])
    let happened = try await eventually("the end of the copy", within: .seconds(120)) { copy.child.exit }
    #expect(happened == .status(0), "\(copy.error)")
    let before = watcher.unread
    #expect(before.allSatisfy { $0["type"]?.string != "queued" }, "a job began before the picture was whole")
    let settled = try await watcher.settle()
    #expect(settled.jobs == ["sequence_001/c"], "\(film.story)")
    #expect(settled.of("problem").isEmpty && settled.of("failed").isEmpty, "\(film.story)")
    #expect(settled.shots("finished") == ["sequence_001/c"])
    try await film.expectLikeCold()
    // The same under another name is the same picture.
    try await film.must("cp --reflink=auto inbox/c.png inbox/other.png")
    #expect(try await watcher.settle().jobs == [])
    film.replace("inbox/one.png", by: "inbox/other.png", in: "sequences/sequence_001.json")
    #expect(try await watcher.settle().jobs == ["sequence_001/a"], "\(film.story)")
    film.replace("inbox/other.png", by: "inbox/c.png", in: "sequences/sequence_001.json")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
  }

  /// 16 bits a channel and not compressed: 200 MB of rather few pixels, twenty pieces of ten megabytes with a quarter of a
  /// second between, longer in all than a text may stay broken before that is told.
  private static let slowPicture = """
    import os, struct, time, zlib
    def chunk(name, data): return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\\0" + bytes([y % 251]) * 40000 for y in range(5000))
    data = (b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 5000, 5000, 16, 6, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))
    assert len(data) > 200_000_000
    with open("inbox/c.png", "wb") as file:
      for start in range(0, len(data), 10_000_000):
        file.write(data[start:start + 10_000_000])
        file.flush()
        time.sleep(0.25)
    """

  @Test func `a picture that changes while it is read, and does not show it, is read once more`() async throws {
    let film = Self.film()
    try await film.must("python3 - <<'END'\n\(Self.mappedPicture)\nEND")
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.scratch.write("change.py", Array(Self.quietChange.utf8))
    try await film.must("python3 ../change.py")
    let changed = try await watcher.settle()
    #expect(changed.jobs == ["sequence_001/c"], "\(film.story)")
    try await film.expectLikeCold()
  }

  /// A hundred megabytes, which take a while to be read, with a note near the beginning.
  private static let mappedPicture = """
    import struct, zlib
    def chunk(name, data): return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\\0" + bytes([y % 251]) * 40000 for y in range(2500))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 5000, 2500, 16, 6, 0, 0, 0))
    open("inbox/c.png", "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" + head + chunk(b"reEl", b"A" * 16)
      + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))
    """

  /// Through memory that is dirty already, so that neither size nor times show it: a touch has it read, and while that goes on the
  /// note becomes another. Only closing the file tells.
  private static let quietChange = """
    import mmap, os, struct, time, zlib
    def chunk(name, data): return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    file = os.open("inbox/c.png", os.O_RDWR)
    memory = mmap.mmap(file, 0)
    old, new = chunk(b"reEl", b"A" * 16), chunk(b"reEl", b"B" * 16)
    place = memory.find(old, 0, 4096)
    memory[place] = memory[place]
    os.utime("inbox/c.png")
    time.sleep(0.2)
    memory[place:place + len(new)] = new
    memory.close()
    os.close(file)
    """

  @Test func `a picture that grows monstrous when it is decoded fails its shot alone, with its name`() async throws {
    let film = Self.film()
    // 60000 x 60000 pixels, all of them black, in some megabytes.
    try await film.must("python3 -c '\(Self.bomb)'")
    let watcher = try await film.watch()
    let status = try await film.reel("status", "--json").json["shots"]
    #expect(status?["fresh"]?.int == 2 && status?["failed"]?.int == 1, "\(film.story)")
    let failed = watcher.events.filter { $0["type"]?.string == "failed" }
    #expect(failed.compactMap { $0["shot"]?.string } == ["sequence_001/a"], "\(film.story)")
    let message = failed.first?["message"]?.string ?? ""
    #expect(message.contains("inbox/one.png") && message.contains("pixels"), "\(message)")
    // The helper lives, and what is put in its place is made.
    film.write("inbox/one.png", Picture.png(width: 40, height: 30, shade: 11))
    #expect(try await watcher.settle().shots("finished").contains("sequence_001/a"), "\(film.story)")
    try await film.expectLikeCold()
  }

  private static let bomb = """
    import struct, zlib
    def chunk(name, data): return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    packer = zlib.compressobj(9)
    row = bytes(7501)
    data = b"".join(packer.compress(row) for _ in range(60000)) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 1, 0, 0, 0, 0))
    open("inbox/one.png", "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" + head
      + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    """

  @Test func `of an animated GIF the first picture counts, and a JPEG that is a web page is none`() async throws {
    let film = Self.film()
    film.write("inbox/one.png", Self.animation)
    film.write("inbox/two.jpg", "<!DOCTYPE html><html><body>Not found</body></html>")
    film.replace("two.png", by: "two.jpg", in: "sequences/sequence_001.json")
    let watcher = try await film.watch()
    #expect(
      Happenings(events: watcher.events).shots("finished") == ["sequence_001/a", "sequence_001/c"], "\(film.story)")
    let problems = watcher.events.filter { $0["type"]?.string == "problem" }
    #expect(problems.compactMap { $0["message"]?.string } == ["`inbox/two.jpg` is no picture, whatever its name says"])
    try await film.expectLikeCold()
    // Cut off after its first picture, a moment ago it was whole: another content.
    film.write("inbox/one.png", Array(Self.animation.dropLast(24)) + [0x3B])
    #expect(try await watcher.settle().jobs == ["sequence_001/a"], "\(film.story)")
  }

  /// Two pictures of one pixel, the first red, the second green.
  private static let animation: [UInt8] =
    Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0xFF, 0, 0, 0, 0xFF, 0]
    + [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]
    + [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4C, 1, 0] + [0x3B]

  private static let sampleJPEG: String = {
    let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(here)/sample-project/inbox/storm.jpg"
  }()
}
