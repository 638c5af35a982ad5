import Basics
import Glibc
@testable import Journal
import SQLite
import TestSupport
import Testing

@Suite struct JournalFileTests {
  private let folder = ScratchFolder()

  private func open() throws -> JobJournal { try JobJournal(in: folder.path, patience: .zero) }

  private var path: String { folder.file("journal.sqlite") }

  private func notice(_ number: Int) -> String {
    "the journal was damaged and a new one begun; the old one lies beside it as \(path).damaged-\(number). "
      + "Engines that cost money wait for `reel approve`, since it is not known what they were already asked for"
  }

  /// A journal with jobs in all states, closed.
  private func prepare() throws {
    let journal = try open()
    try journal.enqueue((0..<60).map { some("job-\($0)", recipe: "{\"prompt\":\"a harbour at dawn, number \($0)\"}") })
    for number in 0..<10 { try journal.markRunning("job-\(number)", at: 1) }
    for number in 10..<20 { try journal.markFailed("job-\(number)", "no such model", canPass: false, at: 1) }
    for number in 20..<30 { try journal.markCancelled("job-\(number)", at: 1) }
    journal.close()
  }

  @Test func `a damaged journal is set aside and said until a person has seen to it`() throws {
    folder.write("journal.sqlite", Array(repeating: 0x5A, count: 10_000))
    let journal = try open()
    #expect(!journal.isNew)
    #expect(journal.notice == notice(1))
    try journal.enqueue([some("a")])
    journal.close()
    #expect(folder.names == ["journal.sqlite", "journal.sqlite.damaged-1"])

    let again = try open()
    #expect(again.notice == notice(1))
    #expect(try again.openJobs().map(\.id) == ["a"])
    try again.settleLoss(at: 5)
    #expect(again.notice == nil)
    again.close()
    #expect(try open().notice == nil)
  }

  @Test func `every damaged journal is kept under a name of its own`() throws {
    for byte: UInt8 in 1...3 {
      folder.write("journal.sqlite", Array(repeating: byte, count: 5000))
      let journal = try open()
      #expect(journal.notice == notice(Int(byte)))
      journal.close()
      #expect(folder.read("journal.sqlite.damaged-\(byte)") == Array(repeating: byte, count: 5000))
    }
  }

  @Test func `a crash between setting aside and beginning anew does not hide the loss`() throws {
    try prepare()
    rename(path, "\(path).damaged-1")
    folder.write("journal.sqlite.new", Array(repeating: 1, count: 700))
    let journal = try open()
    #expect(journal.notice == notice(1))
    #expect(try journal.openJobs().isEmpty)
    journal.close()
    #expect(folder.names == ["journal.sqlite", "journal.sqlite.damaged-1"])
  }

  @Test func `cut off anywhere, an empty file included, the journal is lost and that is said`() throws {
    try prepare()
    let whole = try #require(folder.read("journal.sqlite"))
    for cut in Set(stride(from: 0, to: whole.count, by: 1531)).union([1, 16, 100, 4095, 4096, whole.count - 1]) {
      let cutOff = ScratchFolder()
      cutOff.write("journal.sqlite", Array(whole[..<cut]))
      let journal = try JobJournal(in: cutOff.path, patience: .zero)
      #expect(journal.notice != nil, "cut at \(cut) of \(whole.count)")
      #expect(try journal.openJobs().isEmpty)
      #expect(cutOff.read("journal.sqlite.damaged-1")?.count == cut)
      try journal.enqueue([some("a")])
    }
  }

  @Test(arguments: 0..<100)
  func `changed bytes are either without effect or said`(seed: UInt64) throws {
    try prepare()
    let before = try open()
    let (jobs, wants, history) = try (before.openJobs(), before.standingDown(), before.history(limit: 1000))
    before.close()
    var bytes = try #require(folder.read("journal.sqlite"))
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    if seed % 2 == 0 {
      bytes[random(bytes.count)] ^= UInt8(1 + random(255))
    } else {
      let start = random(bytes.count - 512)
      for offset in start..<start + 512 { bytes[offset] = UInt8(random(256)) }
    }
    folder.write("journal.sqlite", bytes)
    do {
      let journal = try open()
      if journal.notice == nil {
        #expect(try journal.openJobs() == jobs)
        #expect(try journal.standingDown() == wants)
        #expect(try journal.history(limit: 1000) == history)
      } else {
        #expect(try journal.openJobs().isEmpty)
      }
      try journal.enqueue([some("another")])
    } catch let error as JournalError {
      // Bytes 60 to 63 are the version: a greater one cannot be told from a later program's.
      #expect(error.code == .newer)
    }
  }

  @Test func `a journal of a later version is refused and left as it is`() throws {
    try prepare()
    let connection = try Connection(opening: path, durability: .eachCommit)
    try connection.runScript("PRAGMA user_version = 9")
    connection.close()
    let before = folder.read("journal.sqlite")
    let error = #expect(throws: JournalError.self) { try open() }
    #expect(error?.code == .newer)
    let sentence = (error?.description ?? "").replacing(/up to [0-9]+/, with: "up to N")
    #expect(
      sentence
        == "cannot open the journal in \(folder.path): it was written by a newer version of this program (format 9, "
        + "known here up to N); install that version or a later one")
    #expect(folder.names == ["journal.sqlite"])
    #expect(folder.read("journal.sqlite") == before)
  }

  @Test func `locked by another program, the journal is not replaced`() throws {
    try prepare()
    let other = try Connection(opening: path, durability: .eachCommit)
    try other.runScript("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
    let error = #expect(throws: JournalError.self) { try open() }
    #expect(error?.code == .locked)
    try other.runScript("ROLLBACK")
    other.close()
    #expect(folder.names == ["journal.sqlite"])
    #expect(try open().openJobs().count == 40)
  }

  @Test func `where no journal can be written, that is an error`() throws {
    for place in [folder.file("missing"), "/proc"] {
      let error = #expect(throws: JournalError.self) { try JobJournal(in: place, patience: .zero) }
      #expect(error?.code == .notWritable)
    }
    mkdir(path, 0o700)
    let error = #expect(throws: JournalError.self) { try open() }
    #expect(error?.code == .notWritable)
  }

  @Test func `after a kill at any byte of the log, the journal stands after one of its steps`() throws {
    let journal = try open()
    let output = JobOutput(file: "a.png", digest: Digest(of: [1]), bytes: 3, facts: "{}")
    var states = [try journal.openJobs()]
    for step in [
      { try journal.enqueue([some("a"), some("b")]) }, { try journal.markRunning("a", at: 1) },
      { try journal.markWriting("a", output) }, { try journal.markRunning("b", at: 2) },
      { try journal.markFailed("b", "busy", canPass: true, at: 3) }, { try journal.markDone("a", at: 4) },
      { try journal.markCancelled("b", at: 5) },
    ] as [() throws -> Void] {
      try step()
      states.append(try journal.openJobs())
    }
    let file = try #require(folder.read("journal.sqlite"))
    let log = try #require(folder.read("journal.sqlite-wal"))
    var seen: Set<[JobRecord]> = []
    for cut in Array(stride(from: 0, to: log.count, by: 509)) + [log.count] {
      let crashed = ScratchFolder()
      crashed.write("journal.sqlite", file)
      crashed.write("journal.sqlite-wal", Array(log[..<cut]))
      let reopened = try JobJournal(in: crashed.path, patience: .zero)
      let jobs = try reopened.openJobs()
      #expect(states.contains(jobs), "cut at \(cut) of \(log.count)")
      #expect(reopened.notice == nil)
      // What stands down and what has ended belong to the same step.
      #expect(try reopened.standingDown().isEmpty == !jobs.isEmpty || jobs == states[0])
      seen.insert(jobs)
    }
    #expect(seen == Set(states))
  }

  @Test func `a changed value inside a whole file is found at the start`() throws {
    try prepare()
    let journal = try open()
    var bytes = try #require(folder.read("journal.sqlite"))
    // The text of one queued job's recipe, and nothing else: SQLite sees nothing wrong with it.
    let text = Array("a harbour at dawn, number 42".utf8)
    let places = bytes.indices.dropLast(text.count).filter { bytes[$0..<$0 + text.count].elementsEqual(text) }
    #expect(!places.isEmpty)
    for place in places { bytes[place] = UInt8(ascii: "A") }
    folder.write("journal.sqlite", bytes)
    journal.close()
    let connection = try Connection(opening: path, durability: .eachCommit)
    try connection.checkWhole()
    connection.close()
    let again = try open()
    #expect(again.notice == notice(1))
    #expect(try again.openJobs().isEmpty)
  }

  @Test func `a changed row that is met in use is an error that says what to do`() throws {
    let journal = try open()
    try journal.enqueue([some("a"), some("b")])
    let other = try Connection(opening: path, durability: .eachCommit)
    try other.run("UPDATE jobs SET recipe = '{\"seed\":7}' WHERE id = 'a'")
    other.close()
    let error = #expect(throws: JournalError.self) { try journal.openJobs() }
    #expect(error?.code == .damaged)
    #expect(
      error?.description
        == "cannot read the open jobs: the file is damaged (a row is not as it was written); stop and start again: the journal "
        + "is set aside then and a new one begun")
    #expect(throws: JournalError.self) { try journal.markRunning("a", at: 1) }
    try journal.markRunning("b", at: 1)
  }
}
