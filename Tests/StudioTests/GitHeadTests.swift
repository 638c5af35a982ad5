import Basics
@testable import Studio
import TestSupport
import Testing

/// With the real git.
struct GitHeadTests {
  private let film = Film(shots: 2)

  private func repository() async throws -> GitState.Head {
    try await film.must("git init -qb main && git add -A && git commit -qm first")
    return try #require(GitState.Head(of: film.folder))
  }

  @Test func `outside of a repository there is no HEAD, and before the first commit it is at nothing`() async throws {
    #expect(GitState.Head(of: film.scratch.file("home")) == nil)
    try await film.must("git init -qb main")
    let head = try #require(GitState.Head(of: film.folder))
    #expect(head.commit == nil)
    #expect(!head.broughtFiles(since: nil))
  }

  @Test func `HEAD is found as a branch, packed, detached, and in a work tree of its own`() async throws {
    let head = try await repository()
    let commit = try await film.sh("git rev-parse HEAD").output.split(separator: "\n").first.map(String.init)
    #expect(commit != nil)
    #expect(head.commit == commit)
    try await film.must("git pack-refs --all")
    #expect(head.commit == commit)
    try await film.must("git checkout -q --detach")
    #expect(head.commit == commit)
    try await film.must("git worktree add -q ../tree -b other && cd ../tree && git commit -q --allow-empty -m x")
    let other = try await film.sh("cd ../tree && git rev-parse HEAD").output.split(separator: "\n").first.map(
      String.init)
    #expect(GitState.Head(of: film.scratch.file("tree"))?.commit == other)
    #expect(head.commit == commit)
  }

  @Test func `commits bring no files; checkouts, merges, pulls and resets do`() async throws {
    let head = try await repository()
    #expect(!head.broughtFiles(since: nil), "all that HEAD ever did were commits made here")
    var last = head.commit
    try await film.must(
      "echo >>project.json; git commit -qam second; git commit -q --amend -m better; git checkout -qb work")
    #expect(head.commit != last)
    #expect(!head.broughtFiles(since: last))
    try await film.must(
      "git checkout -qb side; echo >side; git add side; git commit -qm side; git checkout -q main && cat /proc/sys/kernel/random/uuid >main; git add main; git commit -qm main; git checkout -q work"
    )
    for move in [
      "git checkout -q HEAD~1", "git checkout -q work", "git merge -q side", "git reset -q --hard HEAD~2",
      "git cherry-pick side", "git pull -q --no-rebase . main",
    ] {
      last = head.commit
      // Each commit another one, though it is made within the same second.
      try await film.must("\(move); cat /proc/sys/kernel/random/uuid >>project.json; git commit -qam by-hand")
      #expect(head.broughtFiles(since: last), "\(move)")
    }
    #expect(head.broughtFiles(since: "0123456789012345678901234567890123456789"), "one that the log does not know")
    #expect(!head.broughtFiles(since: head.commit))
  }

  @Test func `a clone came with git, and so did what has no log`() async throws {
    _ = try await repository()
    try await film.must("git clone -q . ../clone")
    #expect(GitState.Head(of: film.scratch.file("clone"))?.broughtFiles(since: nil) == true)
    try await film.must("rm -r .git/logs")
    #expect(GitState.Head(of: film.folder)?.broughtFiles(since: nil) == true)
  }

  @Test func `what is older than git's move came with it, what is younger is a hand's`() async throws {
    let head = try await repository()
    var provenance = Provenance(commit: head.commit)
    #expect(provenance.origin(of: 0, head: head) == .hand, "nothing happened since the last run")
    try await film.must(
      "git checkout -qb work && echo >>project.json && git commit -qam second && git checkout -q main")
    // HEAD is where it was, and nothing came of it.
    #expect(provenance.origin(of: FileStamp.now(), head: head) == .hand)
    try await film.must("git checkout -q work")
    let moved = try #require(head.lastMove)
    #expect(provenance.origin(of: moved - 1, head: head) == .git)
    #expect(provenance.commit == head.commit)
    #expect(provenance.origin(of: moved, head: head) == .git, "seen late")
    #expect(provenance.origin(of: moved + 1, head: head) == .hand)
    #expect(provenance.origin(of: nil, head: head) == .hand)
    var next = Provenance(commit: provenance.commit)
    try await film.must("git checkout -q main")
    #expect(next.origin(of: .max, head: head) == .git, "while nobody looked")
    #expect(next.origin(of: .max, head: head) == .hand)
  }

  @Test func `while git has just written its index, it is waited for`() async throws {
    let head = try await repository()
    let written = try #require(head.indexWritten)
    #expect(Provenance.settled(after: head, at: written) == .seconds(1))
    #expect(Provenance.settled(after: head, at: written + 2_000_000_000) == nil)
    #expect(Provenance.settled(after: head, at: written - 2_000_000_000) == nil, "a clock was set back")
    #expect(Provenance.settled(after: nil, at: written) == nil)
  }
}
