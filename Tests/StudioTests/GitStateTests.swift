import Glibc
import Studio
import TestSupport
import Testing

struct GitStateTests {
  private let scratch = ScratchFolder()

  private func touch(_ path: String, secondsAgo: Int) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let time = timespec(tv_sec: now.tv_sec - secondsAgo, tv_nsec: 0)
    #expect(utimensat(AT_FDCWD, path, [time, time], 0) == 0)
  }

  @Test func `git is at work while its lock is there, and for half a minute at most`() {
    mkdir(scratch.file(".git"), 0o755)
    mkdir(scratch.file("film"), 0o755)
    let git = GitState(of: scratch.file("film"))
    #expect(!git.isBusy)
    scratch.write(".git/index.lock", [])
    #expect(git.isBusy)
    touch(scratch.file(".git/index.lock"), secondsAgo: 60)
    #expect(!git.isBusy, "a lock that a killed git left")
    touch(scratch.file(".git/index.lock"), secondsAgo: -3600)
    #expect(!git.isBusy, "a lock from before the clock was set back")
  }

  @Test func `a work tree's lock lies where its .git file says`() {
    mkdir(scratch.file("repository"), 0o755)
    mkdir(scratch.file("tree"), 0o755)
    scratch.write("tree/.git", Array("gitdir: ../repository\n".utf8))
    scratch.write("repository/index.lock", [])
    #expect(GitState(of: scratch.file("tree")).isBusy)
  }

  @Test func `without a repository nothing holds us up`() {
    #expect(!GitState(of: scratch.path).isBusy)
  }
}
