import Basics
import Glibc
import Testing

@Suite struct ChildProcessTests {
  @Test func `the exit status of a program is told`() async throws {
    let child = try ChildProcess(starting: "/bin/sh", arguments: ["-c", "exit 7"])
    #expect(await child.waitForExit() == .status(7))
    #expect(child.exit == .status(7))
    #expect(await child.waitForExit() == .status(7))
  }

  @Test func `a signal ends it and is told`() async throws {
    let child = try ChildProcess(starting: "/bin/sleep", arguments: ["1000"])
    #expect(child.exit == nil)
    child.signal(SIGTERM)
    #expect(await child.waitForExit() == .signal(SIGTERM))
    child.signal(SIGTERM)
  }

  @Test func `arguments, environment, folder and descriptors reach it, and no others`() async throws {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    let reading = Descriptor(owning: ends[0])
    let writing = Descriptor(owning: ends[1])
    let child = try ChildProcess(
      starting: "/bin/sh", arguments: ["-c", "echo \"$1|$NAME|$HOME|$(pwd)\"; ls /proc/self/fd | wc -l", "sh", "a b"],
      environment: ["NAME=value", "PATH=/usr/bin:/bin"], directory: "/", output: .descriptor(writing.raw))
    try writing.close("pipe")
    let text = String(decoding: try reading.readAll(limit: 1000, sizeHint: 0, path: "pipe"), as: UTF8.self)
    // ls has the three and the folder that it reads.
    #expect(text == "a b|value||/\n4\n")
    #expect(await child.waitForExit().isSuccess)
  }

  @Test func `a program that is not there is an error with its path`() {
    #expect(throws: FileError(code: ENOENT, action: "start", path: "/nowhere/program")) {
      try ChildProcess(starting: "/nowhere/program")
    }
  }
}
