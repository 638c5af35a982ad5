import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// Each call on the way to a take fails once, or for good where every attempt has a thread of its own: project files, journal, index and
/// cache alike. The way is gone through call by call until a run ends in which none was hit.
///
/// Each thread counts its own calls, so one run may be hit in several places. The programs that reel starts are left in peace: the way
/// of a supervisor, which is a `reel`, is gone through by calls that only it makes there.
@Suite(.fewAtATime, .timeLimit(.minutes(60)), .enabled(if: Strace.isInstalled, "strace is not installed"))
struct FaultTests {
  struct Call {
    var name: String
    var errors: [String]
    /// In `make test` only one in so many places is tried, with one error each.
    var stride: Int
    /// Whether the calls of the loader are in it: a library that cannot be loaded ends a program before it is one.
    var isLoaders = false
    /// Whether a place fails in one way, the next in another: where there are many.
    var isInTurn = false
  }

  /// What leads to the files.
  private static let writing = [
    Call(name: "write", errors: ["ENOSPC", "EIO"], stride: 5),
    Call(name: "pwrite64", errors: ["ENOSPC", "EIO"], stride: 41),
    Call(name: "fsync", errors: ["EIO", "ENOSPC"], stride: 7),
    Call(name: "fdatasync", errors: ["EIO", "ENOSPC"], stride: 11),
    Call(name: "renameat2", errors: ["ENOSPC", "EIO", "EROFS", "EACCES"], stride: 4),
    Call(name: "renameat", errors: ["ENOSPC", "EIO", "EROFS"], stride: 5),
    Call(name: "rename", errors: ["ENOSPC", "EIO"], stride: 5),
    Call(name: "mkdir", errors: ["ENOSPC", "EACCES", "EROFS"], stride: 5),
    Call(name: "mkdirat", errors: ["ENOSPC", "EROFS", "EACCES"], stride: 4),
    Call(name: "ftruncate", errors: ["ENOSPC", "EIO"], stride: 7),
    Call(name: "fchmod", errors: ["EROFS", "EIO"], stride: 7),
    Call(name: "sendfile", errors: ["ENOSPC", "EIO"], stride: 4),
    Call(name: "unlink", errors: ["EIO", "EROFS"], stride: 9),
    Call(name: "unlinkat", errors: ["EIO", "EROFS"], stride: 4),
    Call(name: "rmdir", errors: ["EIO"], stride: 4),
    Call(name: "mknodat", errors: ["ENOSPC", "EROFS"], stride: 1),
    Call(name: "flock", errors: ["EIO"], stride: 3),
    Call(name: "openat2", errors: ["EIO", "EACCES", "EMFILE"], stride: 13, isInTurn: true),
    Call(name: "pread64", errors: ["EIO"], stride: 23, isLoaders: true),
    Call(name: "getdents64", errors: ["EIO"], stride: 9),
    Call(name: "openat", errors: ["EMFILE", "EACCES", "EIO"], stride: 53, isLoaders: true, isInTurn: true),
    Call(name: "newfstatat", errors: ["EIO"], stride: 89, isLoaders: true),
    Call(name: "close", errors: ["EIO"], stride: 31, isLoaders: true),
  ]

  /// What a supervisor calls and neither the loader nor Python does, nor anything that was gone through already.
  private static let supervising = [
    Call(name: "fsync", errors: ["EIO", "ENOSPC"], stride: 7),
    Call(name: "openat2", errors: ["EIO", "EMFILE"], stride: 13),
    Call(name: "renameat", errors: ["ENOSPC", "EIO"], stride: 5),
    Call(name: "fchmod", errors: ["EROFS"], stride: 7),
    Call(name: "ftruncate", errors: ["EIO"], stride: 7),
  ]

  @Test func `any call of writing fails once: nothing is torn, a line says it, and the next run makes it whole`()
    async throws
  {
    try await Soak.run("19", "each call of the writing path refused; storyboard") { row in
      try await Self.sweep(Self.writing, isCounting: false, isAlone: true, into: &row)
    }
  }

  @Test func `any call of writing fails once for a program's take: it is not run twice for a fault of the disk`()
    async throws
  {
    try await Soak.run("19", "each call of the writing path refused; a program that counts its runs") { row in
      // What comes before the jobs is the same as for the storyboard.
      var ways = Self.writing.filter { !["newfstatat", "close", "pread64", "openat", "getdents64"].contains($0.name) }
      for index in ways.indices where ways[index].name == "pwrite64" { ways[index].isInTurn = true }
      try await Self.sweep(ways, isCounting: true, isAlone: true, into: &row)
    }
  }

  @Test func `any call of a supervisor's writing fails: nothing is torn, and the next run makes it whole`() async throws
  {
    try await Soak.run("17, 19", "each call of the writing path refused in reel and its supervisors") { row in
      try await Self.sweep(Self.supervising, isCounting: true, isAlone: false, into: &row)
    }
  }

  // MARK: Going through

  private static func sweep(_ calls: [Call], isCounting: Bool, isAlone: Bool, into row: inout Soak.Row) async throws {
    let files = try await editorFiles()
    var ends: [Int32: Int] = [:]
    var hits: [String] = []
    for call in calls {
      var number = Soak.isOn ? 1 : 1 + call.stride / 2
      var count = 0
      while true {
        let errors = Soak.isOn && !call.isInTurn ? call.errors : [call.errors[number % call.errors.count]]
        let blows = errors.map { error in
          Blow(call: call, error: error, number: number, isCounting: isCounting, isAlone: isAlone)
        }
        let results = try await withThrowingTaskGroup(of: Blow.Result.self) { group in
          for blow in blows { group.addTask { try await blow.strike(files) } }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        row.faults += results.flatMap(\.faults)
        let struck = results.filter { $0.hits > 0 }
        count += struck.count
        for result in struck { ends[result.status, default: 0] += 1 }
        if struck.isEmpty { break }
        number += Soak.isOn ? 1 : call.stride
      }
      if count > 0 { hits.append("\(call.name) \(count)") }
    }
    let total = ends.values.reduce(0, +)
    let statuses = ends.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: " ")
    row.counts = ["\(total) runs with a fault", "by call: \(hits.joined(separator: " "))", "exit statuses \(statuses)"]
    if total == 0 { row.faults.append("no call was hit") }
  }

  /// The files for editors that a run puts into a project, so that the calls of writing them need not be gone through each time.
  private static func editorFiles() async throws -> [String: [UInt8]] {
    let folder = TestFolder(["project.json": "{}"])
    _ = try await ReelRun.run(["make"], on: folder)
    let paths = folder.names(in: ".reel/schemas").map { ".reel/schemas/\($0)" } + [".reel/.gitignore"]
    return Dictionary(uniqueKeysWithValues: paths.map { ($0, folder.bytes($0) ?? []) })
  }
}

/// One run in which one call fails, and the run after it.
private struct Blow: Sendable {
  var call: FaultTests.Call
  var error: String
  var number: Int
  var isCounting: Bool
  var isAlone: Bool

  struct Result: Sendable {
    var hits: Int
    var status: Int32
    var faults: [String]
  }

  /// What people are told: in our words, or in the loader's.
  private static let sentences = [
    "ENOSPC": ["the disk is full", "No space left"], "EIO": ["nput/output error"],
    "EACCES": ["ermission denied", "may not be"],
    "EROFS": ["ead-only"], "EMFILE": ["oo many "],
  ]

  /// Whether it is said what was the matter. SQLite does not always hand on the kernel's word, and the loader leaves it away.
  private func isSaid(_ run: ReelRun) -> Bool {
    let ours = ["the disk reported an error", "its folder is missing or may not be read", "the file is damaged"]
    let loaders = run.status == 127 ? ["error while loading shared libraries"] : []
    return ((Self.sentences[error] ?? []) + ours + loaders).contains { run.said.contains($0) }
  }

  func strike(_ files: [String: [UInt8]]) async throws -> Result {
    let folder = TestFolder([
      "project.json": #"{ "name": "Test", "frame": { "width": 96, "height": 64 } }"#,
      "sequences/sequence_001.json": TestFolder.sequence(["a": "fog over a harbour", "b": "rain"]),
    ])
    for (path, bytes) in files { folder.write(path, bytes: bytes) }
    let engine = isCounting ? CountingEngine(in: folder) : nil
    engine?.project()
    engine?.script(#"note("began", job["fingerprint"])"#)
    let scratch = ScratchFolder()
    let wrapper = Strace.injecting(
      "error=\(error)", at: call.name, when: "\(number)", isAlone: isAlone, log: scratch.file("log"))
    let first = try await ReelRun.run(["make", "--json"], on: folder, under: wrapper)
    let hits = Strace.hits(in: scratch.read("log") ?? [])
    var faults: [String] = []
    let allowed: [Int32] = call.isLoaders ? [0, 3, 10, 13, 127] : [0, 3, 10, 13]
    // What a sanitizer calls for its own sake before the program begins: it says so in its own words.
    let isSanitizers = Pace.isSanitized && first.said.contains("ERROR: Can't create directory")
    if !allowed.contains(first.status), !isSanitizers { faults.append("it ended with \(first.status)") }
    if first.status != 0, !isSanitizers, !isSaid(first) { faults.append("no line says what was the matter") }
    faults += folder.faultsOfTakes().filter { !$0.hasSuffix("was left") && !$0.hasSuffix("has no sidecar") }
    let there = folder.tree("sequences").count { $0.hasSuffix(".png.json") }
    let events = Self.events(first)
    let second = try await ReelRun.run(["make", "--json"], on: folder)
    if second.status != 0 { faults.append("the next run ended with \(second.status)") }
    faults += folder.faultsOfTakes()
    if folder.names(in: "sequences/sequence_001").count != 4 { faults.append("it left \(folder.tree())") }
    let again = Self.events(second).count { $0["type"]?.string == "queued" }
    if again > 2 - there { faults.append("\(there) takes were there, and \(again) jobs were made") }
    if let engine {
      let failed = events.filter { $0["type"]?.string == "failed" }.compactMap { $0["fingerprint"]?.string }
      for (fingerprint, runs) in Dictionary(grouping: engine.lines("began"), by: { $0 }).mapValues(\.count)
      where runs > 1 && !(isProgramHit && failed.contains(fingerprint)) {
        faults.append("\(fingerprint) ran \(runs) times")
      }
    }
    let name = "\(error) at \(call.name) \(number)"
    return Result(
      hits: hits, status: first.status, faults: faults.map { "\(name): \($0)\n\(first.said)\n-- then:\n\(second.said)" }
    )
  }

  /// Whether the program or its supervisor may have been refused something: what they make of it is theirs to say.
  private var isProgramHit: Bool { !isAlone }

  private static func events(_ run: ReelRun) -> [JSON] {
    run.said.split(separator: "\n").compactMap { (try? JSONDocument(parsing: Array($0.utf8)))?.root.value }
  }
}
