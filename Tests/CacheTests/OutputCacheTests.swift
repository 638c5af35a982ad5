import Basics
import Glibc
import JSONText
import ProjectFiles
import TestSupport
import Testing

@testable import Cache

/// The user's cache by itself.
struct OutputCacheTests {
  private let scratch = ScratchFolder()
  private let project: Folder
  private let cache: OutputCache

  init() throws {
    mkdir(scratch.file("project"), 0o755)
    project = try Folder(opening: scratch.file("project"))
    cache = OutputCache(in: scratch.file("cache"), size: 1 << 30)
  }

  /// What an engine may have made.
  private func make(
    _ content: String, recipe: String = "rain", shot: String = "sequence_001/a", in project: Folder? = nil
  ) -> (path: ProjectPath, sidecar: Sidecar) {
    let bytes = Array(content.utf8)
    let fields: JSONObject = ["kind": "still", "prompt": .string(recipe), "version": 1]
    scratch.write("project/\(shot.replacing("/", with: "-")).png", bytes)
    let sidecar = Sidecar(
      kind: .still, shot: shot, fingerprint: Self.fingerprint(recipe), recipe: fields,
      output: Sidecar.Output(digest: Digest(of: bytes), bytes: bytes.count, type: "image/png", width: 3, height: 2),
      engine: Sidecar.EngineFacts(name: "desk", type: "painter", version: "7", job: "j1"),
      created: "2026-11-21T02:10:11Z", seconds: 12.4)
    return (ProjectPath(trusted: "\(shot.replacing("/", with: "-")).png"), sidecar)
  }

  private static func fingerprint(_ recipe: String) -> Digest {
    Digest(of: JSON.object(["kind": "still", "prompt": .string(recipe), "version": 1]).canonical)
  }

  @discardableResult
  private func store(_ content: String, recipe: String = "rain", in cache: OutputCache? = nil) throws -> Sidecar {
    let made = make(content, recipe: recipe)
    try (cache ?? self.cache).store(made.sidecar, from: made.path, in: project)
    return made.sidecar
  }

  private func text(_ cached: CachedOutput, in cache: OutputCache? = nil) throws -> String? {
    guard let file = (cache ?? self.cache).open(cached) else { return nil }
    return String(decoding: try file.readAll(limit: 1 << 20, sizeHint: 0, path: "cached"), as: UTF8.self)
  }

  /// The files of an entry in the cache.
  private func place(of sidecar: Sidecar) -> (output: String, facts: String) {
    let place = OutputCache.place(of: .init(fingerprint: sidecar.fingerprint, output: sidecar.output.digest))
    return ("cache/outputs/\(place.output)", "cache/outputs/\(place.facts)")
  }

  private func setLastUse(of sidecar: Sidecar, secondsAgo: Int) {
    let time = timespec(tv_sec: Glibc.time(nil) - secondsAgo, tv_nsec: 0)
    precondition(utimensat(AT_FDCWD, scratch.file(place(of: sidecar).facts), [time, time], 0) == 0)
  }

  // MARK: In and out

  @Test func `what goes in comes out, with all that its sidecar said but for whom it was made`() throws {
    let sidecar = try store("a picture")
    let found = try #require(cache.output(of: sidecar.fingerprint, kind: .still))
    #expect(found == CachedOutput(sidecar))
    #expect(try text(found) == "a picture")
    let restored = found.sidecar(for: "sequence_009/z", recipe: sidecar.recipe)
    #expect(restored.shot == "sequence_009/z")
    #expect(restored.created == sidecar.created && restored.seconds == sidecar.seconds)
    #expect(restored.engine == sidecar.engine && restored.output == sidecar.output)
    #expect(cache.output(of: sidecar.fingerprint, kind: .clip) == nil)
    #expect(cache.output(of: Self.fingerprint("snow"), kind: .still) == nil)
  }

  @Test func `nothing is made in the cache folder before something is stored, and then for the user alone`() throws {
    #expect(cache.output(of: Self.fingerprint("rain"), kind: .still) == nil)
    #expect(cache.survey() == OutputCache.Sweep())
    #expect(!scratch.names.contains("cache"))
    let sidecar = try store("a picture")
    let places = place(of: sidecar)
    for (path, mode) in [
      ("cache", 0o700), ("cache/outputs", 0o700), (String(places.output.dropLast(65)), 0o700), (places.output, 0o600),
      (places.facts, 0o600), ("cache/outputs/account", 0o600),
    ] as [(String, mode_t)] {
      var status = stat()
      #expect(lstat(scratch.file(path), &status) == 0)
      #expect(status.st_mode & 0o777 == mode, "\(path)")
    }
  }

  @Test func `of several outputs of a recipe the wished one comes, else that with the smallest hash`() throws {
    let sidecars = try ["one", "two", "three"].map { try store($0) }
    let smallest = try #require(sidecars.map(\.output.digest).min())
    let fingerprint = Self.fingerprint("rain")
    #expect(cache.output(of: fingerprint, kind: .still)?.output.digest == smallest)
    for sidecar in sidecars {
      let wished = cache.output(of: fingerprint, kind: .still, wished: sidecar.output.digest)
      #expect(wished?.output.digest == sidecar.output.digest)
    }
    #expect(cache.output(of: fingerprint, kind: .still, wished: Digest(of: []))?.output.digest == smallest)
  }

  @Test func `a file that is not what its sidecar says does not go in`() throws {
    let made = make("a picture")
    scratch.write("project/\(made.path)", Array("painted over".utf8))
    try cache.store(made.sidecar, from: made.path, in: project)
    #expect(cache.output(of: made.sidecar.fingerprint, kind: .still) == nil)
    unlink(scratch.file("project/\(made.path)"))
    try cache.store(made.sidecar, from: made.path, in: project)
    #expect(cache.survey().count == 0)
  }

  @Test func `a cache of no size takes nothing and gives nothing`() throws {
    let sidecar = try store("a picture")
    let off = OutputCache(in: scratch.file("cache"), size: 0)
    #expect(off.output(of: sidecar.fingerprint, kind: .still) == nil)
    try store("another", recipe: "snow", in: off)
    #expect(cache.output(of: Self.fingerprint("snow"), kind: .still) == nil)
  }

  // MARK: Damage

  @Test func `an output whose bytes turned is thrown away when it is opened`() throws {
    let sidecar = try store("a picture")
    let found = try #require(cache.output(of: sidecar.fingerprint, kind: .still))
    scratch.write(place(of: sidecar).output, Array("A picture".utf8))
    #expect(try text(found) == nil)
    #expect(cache.output(of: sidecar.fingerprint, kind: .still) == nil)
    #expect(cache.survey().count == 0)
    try store("a picture")
    #expect(try text(found) == "a picture")
  }

  @Test(arguments: ["", "{", #"{ "version": 1 }"#, "swapped"])
  func `facts that say nothing, or of something else, count for nothing and are written anew`(_ facts: String) throws {
    let sidecar = try store("a picture")
    let other = try store("another", recipe: "snow")
    let bytes = facts == "swapped" ? try #require(scratch.read(place(of: other).facts)) : Array(facts.utf8)
    scratch.write(place(of: sidecar).facts, bytes)
    #expect(cache.output(of: sidecar.fingerprint, kind: .still) == nil)
    try store("a picture")
    #expect(cache.output(of: sidecar.fingerprint, kind: .still) == CachedOutput(sidecar))
  }

  @Test func `an output that is cut off or gone is not offered`() throws {
    let sidecar = try store("a picture")
    scratch.write(place(of: sidecar).output, Array("a pic".utf8))
    #expect(cache.output(of: sidecar.fingerprint, kind: .still) == nil)
    unlink(scratch.file(place(of: sidecar).output))
    #expect(cache.output(of: sidecar.fingerprint, kind: .still) == nil)
    try store("a picture")
    #expect(cache.output(of: sidecar.fingerprint, kind: .still) != nil)
  }

  @Test func `links in the cache lead nowhere outside of it`() throws {
    let sidecar = try store("a picture")
    let places = place(of: sidecar)
    scratch.write("secret", Array("a picture".utf8))
    unlink(scratch.file(places.output))
    symlink(scratch.file("secret"), scratch.file(places.output))
    #expect(cache.output(of: sidecar.fingerprint, kind: .still) == nil)
    // Stored over the link, not through it.
    try store("a picture")
    #expect(cache.output(of: sidecar.fingerprint, kind: .still) != nil)
    #expect(scratch.read("secret") == Array("a picture".utf8))
    var status = stat()
    #expect(lstat(scratch.file(places.output), &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
  }

  @Test func `a folder of another user's, or one that others may write to, is not used`() throws {
    let sidecar = try store("a picture")
    let stranger = OutputCache(in: scratch.file("cache"), size: 1 << 30, user: getuid() + 1)
    #expect(stranger.output(of: sidecar.fingerprint, kind: .still) == nil)
    #expect(throws: FileError.self) { try store("another", recipe: "snow", in: stranger) }
    chmod(scratch.file("cache/outputs"), 0o777)
    let fresh = OutputCache(in: scratch.file("cache"), size: 1 << 30)
    #expect(fresh.output(of: sidecar.fingerprint, kind: .still) == nil)
  }

  @Test func `a cache that was taken away while it was open is begun anew`() throws {
    try store("a picture")
    rename(scratch.file("cache"), scratch.file("away"))
    #expect(cache.output(of: Self.fingerprint("rain"), kind: .still) == nil)
    try store("a picture")
    #expect(cache.output(of: Self.fingerprint("rain"), kind: .still) != nil)
  }

  // MARK: The limit

  /// Room for about so many entries of 1000 bytes with their facts.
  private func small(_ entries: Int) throws -> (cache: OutputCache, entry: Int64) {
    let probe = OutputCache(in: scratch.file("probe"), size: 1 << 30)
    try store(String(repeating: "0", count: 1000), recipe: "probe", in: probe)
    let entry = probe.survey().bytes
    return (OutputCache(in: scratch.file("cache"), size: Int64(entries) * entry + 10), entry)
  }

  private func big(_ number: Int) -> String { "\(number)" + String(repeating: ".", count: 999) }

  @Test func `what was used least recently goes out first, and use counts, not age`() throws {
    let (cache, _) = try small(4)
    let sidecars = try (1...4).map { try store(big($0), recipe: "take\($0)", in: cache) }
    for (index, sidecar) in sidecars.enumerated() { setLastUse(of: sidecar, secondsAgo: 100 - index) }
    let first = try #require(cache.output(of: sidecars[0].fingerprint, kind: .still))
    cache.markUsed(first)
    try store(big(5), recipe: "take5", in: cache)
    let left = sidecars.map { cache.output(of: $0.fingerprint, kind: .still) != nil }
    #expect(left == [true, false, true, true])
    #expect(cache.output(of: Self.fingerprint("take5"), kind: .still) != nil)
    #expect(cache.survey().count == 4)
  }

  @Test func `however much is stored, by however many, the limit holds`() throws {
    let (cache, entry) = try small(40)
    let second = OutputCache(in: scratch.file("cache"), size: cache.size)
    for number in 1...150 { try store(big(number), recipe: "take\(number)", in: number % 2 == 0 ? cache : second) }
    // The two know of each other's work since the last sweep by no more than their own beginnings.
    #expect(cache.survey().bytes <= 2 * cache.size)
    let third = OutputCache(in: scratch.file("cache"), size: cache.size)
    try store(big(151), recipe: "take151", in: third)
    #expect(third.survey().bytes <= cache.size + entry)
    #expect(third.output(of: Self.fingerprint("take151"), kind: .still) != nil)
  }

  @Test func `an output larger than all the room does not drive the others out`() throws {
    let (cache, _) = try small(3)
    try store(big(1), recipe: "take1", in: cache)
    try store(String(repeating: "x", count: 10_000), recipe: "huge", in: cache)
    #expect(cache.output(of: Self.fingerprint("huge"), kind: .still) == nil)
    #expect(cache.output(of: Self.fingerprint("take1"), kind: .still) != nil)
  }

  @Test func `the cache takes half of what would be free without it at most, and leaves the reserve`() {
    func limit(_ total: Int64, free: Int64, reserve: Int64 = 0) -> Int64 {
      OutputCache.limit(size: 20_000, holding: total, free: free, leaving: reserve)
    }
    #expect(limit(0, free: 100_000) == 20_000)
    #expect(limit(0, free: 10_000) == 5_000)
    #expect(limit(5_000, free: 5_000) == 5_000)
    #expect(limit(5_000, free: 1_000) == 3_000)
    #expect(limit(0, free: 3_000, reserve: 2_000) == 1_000)
    #expect(limit(500, free: 1_000, reserve: 2_000) == 0)
    #expect(limit(.max, free: .max) == 20_000)
  }

  @Test func `the account is the last sum and what came since; one that says nothing is counted anew`() throws {
    #expect(OutputCache.total(Array("=100\n+20\n+3\n".utf8)) == 123)
    #expect(OutputCache.total(Array("+20\n=7\nrubbish\n+-4\n+1".utf8)) == 8)
    #expect(OutputCache.total(Array("+20\n".utf8)) == nil)
    #expect(OutputCache.total([]) == nil)
    try store("a picture")
    let bytes = cache.survey().bytes
    let account = try #require(scratch.read("cache/outputs/account"))
    #expect(OutputCache.total(account) == bytes)
    scratch.write("cache/outputs/account", Array("rubbish".utf8))
    try store("another", recipe: "snow", in: OutputCache(in: scratch.file("cache"), size: 1 << 30))
    #expect(scratch.read("cache/outputs/account").flatMap { OutputCache.total($0) } == cache.survey().bytes)
  }

  @Test func `several at once store, read and drive out, and nobody ever gets a wrong byte`() async throws {
    let (cache, _) = try small(6)
    let size = cache.size
    for number in 0..<10 {
      mkdir(scratch.file("project/\(number)"), 0o755)
      scratch.write("project/\(number).png", Array(big(number).utf8))
    }
    let hits = await withTaskGroup(of: Int.self) { group in
      for worker in 0..<4 {
        // Each knows as little of the others as a process of its own would.
        group.addTask { [scratch] in
          let cache = OutputCache(in: scratch.file("cache"), size: size)
          guard let project = try? Folder(opening: scratch.file("project")) else { return -1 }
          var hits = 0
          for step in 0..<150 {
            let number = (step * step + worker * 3 + step / 9) % 10
            let sidecar = Self.sidecar(number, content: "\(number)" + String(repeating: ".", count: 999))
            if let found = cache.output(of: sidecar.fingerprint, kind: .still), let file = cache.open(found) {
              let bytes = (try? file.readAll(limit: 2000, sizeHint: 1000, path: "cached")) ?? []
              if Digest(of: bytes) != sidecar.output.digest { return -1 }
              cache.markUsed(found)
              hits += 1
            } else {
              // What another removes at this very moment may be in the way; then it is not stored.
              try? cache.store(sidecar, from: ProjectPath(trusted: "\(number).png"), in: project)
            }
          }
          return hits
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(!hits.contains(-1) && hits.contains { $0 > 0 }, "\(hits)")
    let fresh = OutputCache(in: scratch.file("cache"), size: size)
    try store(big(11), recipe: "last", in: fresh)
    let last = fresh.survey()
    #expect(last.count > 0 && last.bytes <= 4 * size)
    for number in 0..<10 {
      let sidecar = Self.sidecar(number, content: big(number))
      guard let found = fresh.output(of: sidecar.fingerprint, kind: .still) else { continue }
      #expect(try text(found, in: fresh) == big(number))
    }
  }

  private static func sidecar(_ number: Int, content: String) -> Sidecar {
    let bytes = Array(content.utf8)
    return Sidecar(
      kind: .still, shot: "sequence_001/a", fingerprint: fingerprint("take\(number)"), recipe: [:],
      output: Sidecar.Output(digest: Digest(of: bytes), bytes: bytes.count, type: "image/png"),
      engine: Sidecar.EngineFacts(name: "desk", type: "painter", version: "7"))
  }

  @Test func `a full disk takes from the cache first`() throws {
    let sidecars = try (1...5).map { try store(big($0), recipe: "take\($0)") }
    for (index, sidecar) in sidecars.enumerated() { setLastUse(of: sidecar, secondsAgo: 100 - index) }
    cache.yield(2000)
    #expect(
      sidecars.map { cache.output(of: $0.fingerprint, kind: .still) != nil } == [false, false, true, true, true])
  }

  // MARK: Clearing

  @Test func `clearing says first what it does, takes all or what was long not used, and leaves no empty folder`()
    throws
  {
    let (old, new) = (try store("old", recipe: "old"), try store("new", recipe: "new"))
    setLastUse(of: old, secondsAgo: 3600)
    let before = FileStamp.now() - 1800 * 1_000_000_000
    let survey = cache.survey(unusedSince: before)
    #expect(survey.count == 2 && survey.removedCount == 1)
    #expect(cache.output(of: old.fingerprint, kind: .still) != nil)
    #expect(cache.clear(unusedSince: before) == survey)
    #expect(cache.output(of: old.fingerprint, kind: .still) == nil)
    #expect(cache.output(of: new.fingerprint, kind: .still) != nil)
    #expect(cache.survey().removedBytes == cache.survey().bytes)
    cache.clear()
    #expect(cache.survey() == OutputCache.Sweep())
    let groups = ScratchFolder.names(in: scratch.file("cache/outputs")).filter { $0 != "account" }
    #expect(groups.flatMap { ScratchFolder.names(in: scratch.file("cache/outputs/\($0)")) } == [])
  }

  @Test func `what dead processes left goes with a sweep, what a living one may still write stays`() throws {
    let sidecar = try store("a picture")
    let folder = String(place(of: sidecar).output.dropLast(65))
    scratch.write("\(folder)/.reel-1-old.tmp", [1])
    scratch.write("\(folder)/.reel-1-new.tmp", [1])
    let hour = timespec(tv_sec: Glibc.time(nil) - 7200, tv_nsec: 0)
    precondition(utimensat(AT_FDCWD, scratch.file("\(folder)/.reel-1-old.tmp"), [hour, hour], 0) == 0)
    cache.clear()
    #expect(ScratchFolder.names(in: scratch.file(folder)) == [".reel-1-new.tmp"])
  }
}
