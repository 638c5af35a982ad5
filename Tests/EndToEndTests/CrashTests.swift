import Basics
import JSONText
import TestSupport
import Testing

/// What is on disk after `reel make` was killed, or refused by the kernel, at any call of writing a take.
///
/// Only calls that belong to that way are hit. strace counts calls for each thread, and takes are written on a thread of their own:
/// so the N-th `renameat2`, `fsync` or (in the folder of the takes) `openat` is the N-th of that thread, whatever else goes on.
/// Two takes make four temporary files, four renames, and eight syncs of files and their folder: beyond these numbers runs end clean,
/// which is asserted, so that none is left out when the way grows longer.
@Suite(.enabled(if: Strace.isInstalled, "strace is not installed")) struct CrashTests {
  /// The files for editors that a run puts into a project: written by the main thread, they would be counted, too.
  private func editorFiles() async throws -> [String: [UInt8]] {
    let folder = TestFolder(["project.json": "{}"])
    _ = try await ReelRun.run(["make"], on: folder)
    let paths = folder.names(in: ".reel/schemas").map { ".reel/schemas/\($0)" } + [".reel/.gitignore"]
    return Dictionary(uniqueKeysWithValues: paths.map { ($0, folder.bytes($0) ?? []) })
  }

  private func project(_ editorFiles: [String: [UInt8]]) -> TestFolder {
    let folder = TestFolder([
      "project.json": "{ \"name\": \"Test\" }",
      "sequences/sequence_001.json": TestFolder.sequence(["a": "fog over a harbour", "b": "rain"]),
    ])
    // There before, so that it can be named to strace.
    folder.makeFolders(above: "sequences/sequence_001/x")
    for (path, bytes) in editorFiles { folder.write(path, bytes: bytes) }
    return folder
  }

  /// Nothing torn is visible: each output is whole, and so is each sidecar that is there.
  private func expectNothingTorn(_ folder: TestFolder, _ fault: String) {
    let faults = folder.faultsOfTakes().filter { !$0.hasSuffix("was left") && !$0.hasSuffix("has no sidecar") }
    #expect(faults == [], "after \(fault)")
  }

  /// A run that nobody disturbs makes everything good.
  /// - Returns: how many jobs that took.
  @discardableResult
  private func expectRecovery(_ folder: TestFolder, after fault: String) async throws -> Int {
    let run = try await ReelRun.run(["make", "--json"], on: folder)
    #expect(run.status == 0, "after \(fault): \(run.said)")
    #expect(folder.faultsOfTakes() == [], "after \(fault)")
    #expect(folder.takes(of: "a").count == 1 && folder.takes(of: "b").count == 1, "after \(fault)")
    #expect(folder.names(in: "sequences/sequence_001").count == 4, "after \(fault): \(folder.tree())")
    let status = try await ReelRun.run(["status", "--json"], on: folder)
    let shots = try JSONDocument(parsing: Array(status.said.utf8)).root.value["shots"]
    #expect(shots?["fresh"]?.int == 2, "after \(fault): \(status.said)")
    return types(run).count { $0 == "started" }
  }

  /// The types of the events that a run with `--json` told.
  private func types(_ run: ReelRun) -> [String] {
    run.said.split(separator: "\n").compactMap { line in
      (try? JSONDocument(parsing: Array(line.utf8)))?.root.value["type"]?.string
    }
  }

  /// A call on the way, and the most often that one thread makes it there.
  struct Call: Sendable, CustomTestStringConvertible {
    var name: String
    var count: Int
    var isInFolder = false

    var testDescription: String { name }
  }

  @Test(arguments: [
    Call(name: "renameat2", count: 4), Call(name: "fsync", count: 8), Call(name: "openat", count: 4, isInFolder: true),
  ])
  func `killed at any call of writing a take, the next run makes it whole`(_ call: Call) async throws {
    let files = try await editorFiles()
    for number in 1...(call.count + 1) {
      let folder = project(files)
      let wrapper = Strace.injecting(
        "signal=SIGKILL", at: call.name, when: "\(number)",
        in: call.isInFolder ? folder.file("sequences/sequence_001") : nil)
      let run = try await ReelRun.run(["make"], on: folder, under: wrapper)
      let fault = "a kill at \(call.name) \(number)"
      if number > call.count {
        #expect(run.status == 0, "\(call.name) is called more often than \(call.count) times: \(run.said)")
        continue
      }
      #expect(run.status == 137, "\(fault): \(run.said)")
      expectNothingTorn(folder, fault)
      let jobs = try await expectRecovery(folder, after: fault)
      // Killed at its sidecar's rename, a take is whole without being made again; two renames are one take.
      if call.name == "renameat2" { #expect(jobs == 2 - number / 2, "\(fault)") }
    }
  }

  /// Journal and index are written with pwrite64, some fifty times; every seventh place of them is tried.
  @Test func `killed while the journal is written, the next run goes on`() async throws {
    #expect(try await killing(at: "pwrite64", from: 3, every: 7) > 30)
  }

  /// What goes into the temporary files, and what is told meanwhile, is written with write.
  @Test func `killed at any write, the next run makes it whole`() async throws {
    #expect(try await killing(at: "write", from: 1, every: 1) > 4, "two takes are four files")
  }

  /// Kills runs at one call after the other, each time on a new project, until one ends by itself.
  /// - Returns: the number of the call that was never made.
  private func killing(at call: String, from first: Int, every step: Int) async throws -> Int {
    let files = try await editorFiles()
    var number = first
    while true {
      let folder = project(files)
      let run = try await ReelRun.run(
        ["make"], on: folder, under: Strace.injecting("signal=SIGKILL", at: call, when: "\(number)"))
      if run.status == 0 { return number }
      let fault = "a kill at \(call) \(number)"
      #expect(run.status == 137, "\(fault): \(run.said)")
      expectNothingTorn(folder, fault)
      try await expectRecovery(folder, after: fault)
      number += step
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var error: String
    /// What people are told.
    var sentence: String

    var testDescription: String { error }
  }

  private static let refusals = [
    Refusal(error: "ENOSPC", sentence: "the disk is full"),
    Refusal(error: "EIO", sentence: "the disk reported an error"),
    Refusal(error: "EACCES", sentence: "permission denied"), Refusal(error: "EROFS", sentence: "read-only"),
    Refusal(error: "EMFILE", sentence: "too many files open"),
  ]

  /// The output's and the sidecar's temporary file, and their renames.
  @Test(arguments: CrashTests.refusals)
  func `refused once on the way, a take is written a moment later, and nothing is made twice`(
    _ refusal: Refusal
  ) async throws {
    let places = [("openat", 1), ("openat", 2), ("renameat2", 1), ("renameat2", 2)]
    let files = try await editorFiles()
    for (call, number) in places {
      let folder = project(files)
      let wrapper = Strace.injecting(
        "error=\(refusal.error)", at: call, when: "\(number)", in: folder.file("sequences/sequence_001"))
      let run = try await ReelRun.run(["make", "--json"], on: folder, under: wrapper)
      let fault = "\(refusal.error) at \(call) \(number)"
      #expect(run.status == 0, "\(fault): \(run.said)")
      #expect(run.said.contains(refusal.sentence), "\(fault): \(run.said)")
      let types = types(run)
      #expect(types.count { $0 == "started" } == 2, "\(fault): \(types)")
      #expect(types.count { $0 == "finished" } == 2, "\(fault): \(types)")
      try await expectRecovery(folder, after: fault)
    }
  }

  @Test func `refused for good, a run ends with the reason, and the next one makes what is missing`() async throws {
    let folder = project(try await editorFiles())
    let wrapper = Strace.injecting("error=ENOSPC", at: "renameat2", when: "2+")
    let run = try await ReelRun.run(["make"], on: folder, under: wrapper)
    #expect(run.status == 3, "\(run.said)")
    #expect(run.said.contains("the disk is full"))
    expectNothingTorn(folder, "ENOSPC from the second rename on")
    try await expectRecovery(folder, after: "ENOSPC from the second rename on")
  }

  /// With the journal there, the fourth write is in opening it, and from the tenth on they are steps of jobs.
  @Test(arguments: [4, 10, 20])
  func `a journal that cannot be written loses no take`(_ number: Int) async throws {
    let folder = project(try await editorFiles())
    // What is removed below is not to come from there.
    folder.configure(#"{ "cache": { "size": 0 } }"#)
    try await expectRecovery(folder, after: "nothing")
    folder.removeTree("sequences/sequence_001")
    let wrapper = Strace.injecting("error=ENOSPC", at: "pwrite64", when: "\(number)+")
    let run = try await ReelRun.run(["make"], on: folder, under: wrapper)
    if number == 4 {
      #expect(run.status == 13)
      #expect(run.said.contains("cannot open the journal"), "\(run.said)")
    } else {
      #expect(run.status == 0)
      #expect(run.said.contains("the journal could not be written, the work goes on"), "\(run.said)")
      #expect(folder.takes(of: "a").count == 1 && folder.takes(of: "b").count == 1)
      #expect(folder.faultsOfTakes() == [])
    }
    try await expectRecovery(folder, after: "a full disk from pwrite64 \(number) on")
  }
}
