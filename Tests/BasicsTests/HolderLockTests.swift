import Basics
import Glibc
import TestSupport
import Testing

@Suite struct HolderLockTests {
  private let folder = ScratchFolder()

  private var path: String { folder.file("lock") }

  @Test func `the holder's number stands in the file and is told to the next one`() throws {
    let lock = try HolderLock.acquire(at: path)
    #expect(folder.read("lock") == Array("\(getpid())\n".utf8))
    let error = #expect(throws: HolderLockError.self) { try HolderLock.acquire(at: path) }
    #expect(error == .held(pid: getpid()))
    #expect(error?.description == "another reel is at work on this project (process \(getpid()))")
    withExtendedLifetime(lock) {}
  }

  @Test func `a lock that is let go can be taken again`() throws {
    do {
      let lock = try HolderLock.acquire(at: path)
      withExtendedLifetime(lock) {}
    }
    #expect(folder.read("lock") == [])
    let again = try HolderLock.acquire(at: path)
    withExtendedLifetime(again) {}
  }

  @Test func `the lock dies with its holder, and the number of a dead one does no harm`() throws {
    // flock(1) takes the same lock, runs cat under it, and cat reports once it is there.
    var input: [Int32] = [0, 0]
    var output: [Int32] = [0, 0]
    #expect(pipe(&input) == 0 && pipe(&output) == 0)
    defer { for descriptor in [input[0], input[1], output[0], output[1]] { close(descriptor) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input[0], 0)
    posix_spawn_file_actions_adddup2(&actions, output[1], 1)
    folder.write("lock", Array("4194305 of a dead one\n".utf8))
    // --no-fork: the locked file is passed on, so that the process that is killed is the one that holds it.
    let words: [String] = ["flock", "--no-fork", "-n", path, "cat"]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    let environment: [UnsafeMutablePointer<CChar>?] = [nil]
    var child: pid_t = 0
    #expect(posix_spawnp(&child, "flock", &actions, nil, arguments, environment) == 0)
    var byte: UInt8 = 1
    #expect(write(input[1], &byte, 1) == 1)
    byte = 0
    #expect(read(output[0], &byte, 1) == 1 && byte == 1)

    let error = #expect(throws: HolderLockError.self) { try HolderLock.acquire(at: path) }
    #expect(error == .held(pid: nil))
    #expect(error?.description == "another reel is at work on this project")

    kill(child, SIGKILL)
    var status: Int32 = 0
    #expect(waitpid(child, &status, 0) == child)
    let lock = try HolderLock.acquire(at: path)
    #expect(folder.read("lock") == Array("\(getpid())\n".utf8))
    withExtendedLifetime(lock) {}
  }

  @Test func `a copy of the lock that a dead holder left with a program it was just starting is waited for`()
    async throws
  {
    let dead = try ChildProcess(starting: "/bin/true")
    _ = await dead.waitForExit()
    folder.write("lock", Array("\(dead.pid)\n".utf8))
    let copy = open(path, O_RDWR | O_CLOEXEC)
    #expect(flock(copy, LOCK_EX | LOCK_NB) == 0)
    NamedThread.start("copy") {
      usleep(50_000)
      close(copy)
    }
    let lock = try HolderLock.acquire(at: path)
    #expect(folder.read("lock") == Array("\(getpid())\n".utf8))
    withExtendedLifetime(lock) {}
  }

  @Test func `a lock file that was replaced is another lock, and a link is refused`() throws {
    let lock = try HolderLock.acquire(at: path)
    unlink(path)
    let other = try HolderLock.acquire(at: path)
    withExtendedLifetime((lock, other)) {}
    symlink("/etc/hostname", folder.file("link"))
    #expect(throws: HolderLockError.refused(FileError(code: ELOOP, action: "lock", path: folder.file("link")))) {
      try HolderLock.acquire(at: folder.file("link"))
    }
  }

  @Test func `a missing folder is said with its path`() {
    let missing = folder.file("missing/lock")
    let error = #expect(throws: HolderLockError.self) { try HolderLock.acquire(at: missing) }
    #expect(error?.description == "cannot lock \(missing): it is not there")
  }
}
