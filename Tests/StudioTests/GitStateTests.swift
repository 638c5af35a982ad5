import Glibc
import Studio
import Synchronization
import TestSupport
import Testing

struct GitStateTests {
  private let scratch = ScratchFolder()

  private func touch(_ path: String, secondsAgo: Int) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let time = timespec(tv_sec: now.tv_sec - secondsAgo, tv_nsec: 0)
    #expect(utimensat(AT_FDCWD, scratch.file(path), [time, time], 0) == 0)
  }

  /// A repository's folder that nobody has touched for a minute.
  private func repository(_ name: String = ".git", holding files: [String] = [], folders: [String] = []) {
    mkdir(scratch.file(name), 0o755)
    for folder in folders { mkdir(scratch.file("\(name)/\(folder)"), 0o755) }
    for file in files { scratch.write("\(name)/\(file)", []) }
    for folder in folders { touch("\(name)/\(folder)", secondsAgo: 60) }
    touch(name, secondsAgo: 60)
  }

  @Test func `git is at work while its lock is there, and for half a minute at most`() {
    mkdir(scratch.file(".git"), 0o755)
    mkdir(scratch.file("film"), 0o755)
    let git = GitState(of: scratch.file("film"))
    #expect(!git.isBusy)
    scratch.write(".git/index.lock", [])
    #expect(git.isBusy)
    touch(".git/index.lock", secondsAgo: 60)
    #expect(!git.isBusy, "a lock that a killed git left")
    touch(".git/index.lock", secondsAgo: -3600)
    #expect(!git.isBusy, "a lock from before the clock was set back")
  }

  @Test func `a work tree's lock lies where its .git file says`() {
    mkdir(scratch.file("repository"), 0o755)
    mkdir(scratch.file("tree"), 0o755)
    scratch.write("tree/.git", Array("gitdir: ../repository\n".utf8))
    scratch.write("repository/index.lock", [])
    #expect(GitState(of: scratch.file("tree")).isBusy)
  }

  @Test func `without a repository nothing holds us up, and one that is made later is found`() {
    let git = GitState(of: scratch.path)
    #expect(!git.isBusy)
    repository()
    scratch.write(".git/index.lock", [])
    #expect(git.isBusy)
  }

  @Test(arguments: [
    ("MERGE_HEAD", nil, GitState.Operation.merge), ("CHERRY_PICK_HEAD", nil, .cherryPick),
    ("REVERT_HEAD", nil, .revert),
    ("rebase-merge/msgnum", "rebase-merge", .rebase), ("rebase-apply/rebasing", "rebase-apply", .rebase),
    ("rebase-apply/applying", "rebase-apply", .mailbox),
  ])
  func `an operation is at work while its files move, and is waited for no more when it rests`(
    _ trace: String, _ folder: String?, _ operation: GitState.Operation
  ) {
    repository(holding: [trace], folders: folder.map { [$0] } ?? [])
    let git = GitState(of: scratch.path)
    #expect(git.operation == operation)
    #expect(!git.isBusy, "it stopped, and a person is at it")
    touch(".git", secondsAgo: 0)
    #expect(git.isBusy)
    touch(".git", secondsAgo: 60)
    if let folder {
      touch(".git/\(folder)", secondsAgo: 0)
      #expect(git.isBusy)
    }
    touch(".git", secondsAgo: -3600)
    if let folder { touch(".git/\(folder)", secondsAgo: -3600) }
    #expect(!git.isBusy, "a clock was set back")
  }

  @Test func `a repository at rest is not at work, however new it is`() {
    repository()
    touch(".git", secondsAgo: 0)
    #expect(!GitState(of: scratch.path).isBusy)
    #expect(GitState(of: scratch.path).operation == nil)
  }

  @Test func `that git is waited for is said once, and only when it takes long`() {
    repository()
    let said = Mutex<[String]>([])
    let wait = GitWait(GitState(of: scratch.path)) { sentence in said.withLock { $0.append(sentence) } }
    let start = ContinuousClock.now
    #expect(!wait.isHeld(at: start))
    scratch.write(".git/index.lock", [])
    #expect(wait.isHeld(at: start + .seconds(100)))
    #expect(wait.isHeld(at: start + .seconds(101)))
    #expect(said.withLock { $0 } == [])
    for second in 102...110 { #expect(wait.isHeld(at: start + .seconds(second))) }
    #expect(
      said.withLock { $0 } == [
        "git is at work: what changes is looked at when it rests, after 30 s at the latest"
      ])
    // The next time it is said again, with what is under way.
    unlink(scratch.file(".git/index.lock"))
    touch(".git", secondsAgo: 60)
    #expect(!wait.isHeld(at: start + .seconds(200)))
    repository(holding: ["MERGE_HEAD", "index.lock"])
    #expect(wait.isHeld(at: start + .seconds(300)))
    #expect(wait.isHeld(at: start + .seconds(302)))
    #expect(
      said.withLock { $0 }.last
        == "git is at work (a merge is under way): what changes is looked at when it rests, after 30 s at the latest")
  }
}
