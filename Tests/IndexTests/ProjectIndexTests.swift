import Basics
import Glibc
import Index
import SQLite
import TestSupport
import Testing

@Suite struct ProjectIndexTests {
  private let folder = ScratchFolder()

  private func open() throws -> ProjectIndex { try ProjectIndex(in: folder.path, patience: .zero) }

  private func file(_ number: Int64, facts: String? = nil) -> IndexedFile {
    IndexedFile(
      stamp: FileStamp(size: number, modified: number + 1, changed: number + 2, inode: .max, device: 1 << 63),
      digest: number % 3 == 0 ? nil : Digest(of: Array("content \(number)".utf8)), hashedAt: number + 3, facts: facts)
  }

  /// An index with `count` files in it, closed.
  private func prepare(_ count: Int64) throws -> [ProjectPath: IndexedFile] {
    var files: [ProjectPath: IndexedFile] = [:]
    for number in 0..<count {
      files[ProjectPath(trusted: "sequences/s\(number % 10)/shot_\(number).still.png")] = file(
        number, facts: number % 2 == 0 ? "{\"fingerprint\": \"\(Digest(of: Array("\(number)".utf8)))\"}" : nil)
    }
    let index = try open()
    try index.record(files, removed: [])
    index.close()
    return files
  }

  @Test func `ten thousand files come back as they were recorded`() throws {
    let files = try prepare(10_000)
    let index = try open()
    #expect(try index.load() == files)
    #expect(index.notice == nil)
  }

  @Test func `a new index knows nothing and says nothing`() throws {
    let index = try open()
    #expect(try index.load().isEmpty)
    #expect(index.notice == nil)
    index.close()
    #expect(folder.names == ["index.sqlite"])
  }

  @Test func `a file is replaced, removed, and remembered when it is in both lists`() throws {
    let index = try open()
    try index.record(["a": file(1), "b": file(2, facts: "{}"), "c": file(3)], removed: [])
    try index.record(["b": file(4), "c": file(5)], removed: ["a", "c", "never/there"])
    #expect(try index.load() == ["b": file(4), "c": file(5)])
    try index.record([:], removed: [])
    #expect(try index.load().count == 2)
  }

  @Test func `names are bytes: invalid UTF-8 and both spellings of an accent stay apart`() throws {
    let files: [ProjectPath: IndexedFile] = [
      ProjectPath(trusted: [0x69, 0xFF, 0xFE]): file(1),
      ProjectPath(trusted: [0x69, 0xEF, 0xBF, 0xBD]): file(2),
      ProjectPath(trusted: "inbox/caf\u{E9}.png"): file(3),
      ProjectPath(trusted: "inbox/cafe\u{301}.png"): file(4),
    ]
    let index = try open()
    try index.record(files, removed: [])
    index.close()
    #expect(try open().load() == files)
  }

  // MARK: Damage

  @Test func `a file that is no database is set aside and replaced`() throws {
    folder.write("index.sqlite", Array(repeating: 0x5A, count: 10_000))
    let index = try open()
    #expect(try index.load().isEmpty)
    #expect(
      index.notice
        == "cannot use \(folder.file("index.sqlite")): the file is damaged (file is not a database); "
        + "it was set aside and is built anew, nothing is lost by that")
    try index.record(["a": file(1)], removed: [])
    index.close()
    #expect(folder.names == ["index.sqlite", "index.sqlite.damaged-1"])
    #expect(folder.read("index.sqlite.damaged-1") == Array(repeating: 0x5A, count: 10_000))
    let again = try open()
    #expect(try again.load() == ["a": file(1)])
    #expect(again.notice == nil)
  }

  @Test func `two damaged files are kept, the latest as the first`() throws {
    for byte: UInt8 in 1...4 {
      folder.write("index.sqlite", Array(repeating: byte, count: 5000))
      try open().close()
    }
    #expect(folder.names == ["index.sqlite", "index.sqlite.damaged-1", "index.sqlite.damaged-2"])
    #expect(folder.read("index.sqlite.damaged-1")?.first == 4)
    #expect(folder.read("index.sqlite.damaged-2")?.first == 3)
  }

  @Test func `cut off anywhere, the index knows what was recorded or nothing`() throws {
    let files = try prepare(300)
    let whole = try #require(folder.read("index.sqlite"))
    var losses = 0
    // Every 1000 bytes, and around the ends of the first pages.
    let cuts = Set(stride(from: 0, to: whole.count, by: 1000)).union([1, 15, 16, 99, 100, 511, 4095, 4096, 4097, 8192])
    for cut in cuts.sorted() {
      folder.write("index.sqlite", Array(whole[..<cut]))
      let index = try open()
      let known = try index.load()
      #expect(known.isEmpty, "cut at \(cut) of \(whole.count)")
      // To SQLite a file of no byte or one is a new one; whatever else is short is said.
      #expect(cut <= 1 || index.notice != nil, "cut at \(cut) of \(whole.count)")
      losses += 1
      try index.record(files, removed: [])
      #expect(try index.load() == files)
      index.close()
    }
    #expect(losses == cuts.count)
  }

  @Test(arguments: 0..<150)
  func `changed bytes anywhere are never handed out as facts`(seed: UInt64) throws {
    let files = try prepare(200)
    var bytes = try #require(folder.read("index.sqlite"))
    var random = Random(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    // A few single bytes, or a stretch as long as a disk's sector.
    if seed % 2 == 0 {
      for _ in 0...seed % 5 { bytes[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 + random.next() % 255) }
    } else {
      let start = Int(random.next() % UInt64(bytes.count - 512))
      for offset in start..<start + 512 { bytes[offset] = UInt8(truncatingIfNeeded: random.next()) }
    }
    folder.write("index.sqlite", bytes)
    let index = try open()
    for (path, known) in try index.load() { #expect(files[path] == known) }
    // A flipped bit between two pages may hide a row from a look-up, so that it is missing: its file is then read once more.
    // What is there is true, before and after recording, now and at the next start.
    try index.record(files, removed: [])
    for (path, known) in try index.load() { #expect(files[path] == known) }
    index.close()
    for (path, known) in try open().load() { #expect(files[path] == known) }
  }

  @Test func `damage that shows only while recording is put right`() throws {
    var files = try prepare(2000)
    let index = try open()
    // The pages behind the first are torn after opening, before anything was read.
    var bytes = try #require(folder.read("index.sqlite"))
    for offset in 4096..<bytes.count { bytes[offset] = 0xA5 }
    folder.write("index.sqlite", bytes)
    files = ["a": file(1), "sequences/s1/shot_1.still.png": file(2)]
    try index.record(files, removed: ["b"])
    #expect(index.notice?.contains("it was set aside and is built anew") == true)
    #expect(try index.load() == files)
  }

  @Test func `the log of a file that is set aside is not played into the new one`() throws {
    // As after kill -9 of a later version: all that it wrote is in the log still.
    let later = try Connection(opening: folder.file("index.sqlite"), durability: .checkpoints)
    try later.runScript("CREATE TABLE later (name TEXT); PRAGMA user_version = 7")
    let crashed = ScratchFolder()
    crashed.write("index.sqlite", try #require(folder.read("index.sqlite")))
    crashed.write("index.sqlite-wal", try #require(folder.read("index.sqlite-wal")))
    let index = try ProjectIndex(in: crashed.path, patience: .zero)
    #expect(index.notice?.contains("it is of format 7") == true)
    try index.record(["a": file(1)], removed: [])
    index.close()
    #expect(crashed.names == ["index.sqlite", "index.sqlite.damaged-1"])
    let again = try ProjectIndex(in: crashed.path, patience: .zero)
    #expect(try again.load() == ["a": file(1)])
    #expect(again.notice == nil)
  }

  // MARK: Other versions, other programs

  @Test func `an index of the future or the past is set aside`() throws {
    for version in [1, 99, -1] {
      _ = try prepare(3)
      let connection = try Connection(opening: folder.file("index.sqlite"), durability: .checkpoints)
      try connection.runScript("PRAGMA user_version = \(version)")
      connection.close()
      let index = try open()
      #expect(try index.load().isEmpty)
      #expect(
        index.notice
          == "cannot open \(folder.file("index.sqlite")): it is of format \(version), this program works with 2; "
          + "it was set aside and is built anew, nothing is lost by that")
      index.close()
    }
  }

  @Test func `tables of another program are set aside`() throws {
    for version in [0, 1] {
      let connection = try Connection(opening: folder.file("index.sqlite"), durability: .checkpoints)
      try connection.runScript(
        "DROP TABLE IF EXISTS files; CREATE TABLE files (name TEXT); PRAGMA user_version = \(version)")
      connection.close()
      let index = try open()
      #expect(index.notice != nil)
      try index.record(["a": file(1)], removed: [])
      #expect(try index.load() == ["a": file(1)])
      index.close()
    }
  }

  @Test(arguments: ["BEGIN IMMEDIATE", "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"])
  func `locked by another program, the index lives in memory and the file stays`(lock: String) throws {
    let files = try prepare(5)
    let other = try Connection(opening: folder.file("index.sqlite"), durability: .checkpoints)
    try other.runScript(lock)
    let index = try open()
    #expect(index.notice?.contains("another program is using it") == true)
    #expect(index.notice?.contains("in memory only") == true)
    try index.record(["a": file(1)], removed: [])
    #expect(try index.load() == ["a": file(1)])
    index.close()
    try other.runScript("ROLLBACK")
    other.close()
    #expect(try open().load() == files)
  }

  @Test func `where no file can be made, the index lives in memory`() throws {
    mkdir(folder.file("index.sqlite"), 0o700)
    // The folder is missing; nobody may make files in /proc, root included; a folder lies in the file's place.
    for place in [folder.file("missing"), "/proc", folder.path] {
      let index = try ProjectIndex(in: place, patience: .zero)
      #expect(index.notice?.contains("in memory only") == true)
      try index.record(["a": file(1)], removed: [])
      #expect(try index.load() == ["a": file(1)])
    }
  }

  // MARK: Crashes

  @Test func `after a kill at any byte of the log, the index stands at one of its transactions`() throws {
    let index = try open()
    var states: [[ProjectPath: IndexedFile]] = [[:]]
    for number: Int64 in 1...8 {
      try index.record(["a": file(number), ProjectPath(trusted: "\(number)"): file(number)], removed: [])
      states.append(try index.load())
    }
    // As after kill -9: nothing was folded into the file, the log is as long as the kernel got it.
    let file = try #require(folder.read("index.sqlite"))
    let log = try #require(folder.read("index.sqlite-wal"))
    var seen: Set<Int> = []
    for cut in Array(stride(from: 0, to: log.count, by: 509)) + [log.count] {
      let crashed = ScratchFolder()
      crashed.write("index.sqlite", file)
      crashed.write("index.sqlite-wal", Array(log[..<cut]))
      let reopened = try ProjectIndex(in: crashed.path, patience: .zero)
      let known = try reopened.load()
      let state = states.firstIndex(of: known)
      #expect(state != nil, "cut at \(cut) of \(log.count)")
      #expect(reopened.notice == nil)
      if let state { seen.insert(state) }
      reopened.close()
    }
    #expect(seen == Set(states.indices))
  }
}

/// Numbers that are the same in every run (xorshift64).
private struct Random {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
