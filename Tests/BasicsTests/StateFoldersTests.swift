import Basics
import Glibc
import TestSupport
import Testing

@Suite struct StateFoldersTests {
  private let scratch = ScratchFolder()

  private func folders(of name: String, _ environment: [String: String], user: UInt32 = getuid()) throws -> StateFolders
  {
    mkdir(scratch.file(name), 0o755)
    return try StateFolders(of: Folder(opening: scratch.file(name)), environment: environment, user: user)
  }

  @Test func `without variables everything lies in the home folder`() throws {
    let found = try folders(of: "film", ["HOME": "/home/mara/"], user: 4_000_000)
    #expect(found.state == "/home/mara/.local/state/reelwright/\(found.key)")
    #expect(found.cache == "/home/mara/.cache/reelwright")
    // There is no /run/user folder of a user who does not exist.
    #expect(found.runtime == found.state)
  }

  @Test func `variables say where, and relative or empty ones are ignored`() throws {
    mkdir(scratch.file("run"), 0o700)
    let set = try folders(
      of: "film",
      ["HOME": "/home/mara", "XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/c/", "XDG_RUNTIME_DIR": scratch.file("run")])
    #expect(set.state == "/s/reelwright/\(set.key)")
    #expect(set.cache == "/c/reelwright")
    #expect(set.runtime == "\(scratch.file("run"))/reelwright/\(set.key)")
    let relative = try folders(
      of: "film", ["HOME": "/home/mara", "XDG_STATE_HOME": "s", "XDG_CACHE_HOME": "", "XDG_RUNTIME_DIR": "run"],
      user: 4_000_000)
    #expect(relative.state == "/home/mara/.local/state/reelwright/\(relative.key)")
    #expect(relative.cache == "/home/mara/.cache/reelwright")
    #expect(relative.runtime == relative.state)
  }

  @Test func `a runtime folder that is missing or another user's is not used`() throws {
    mkdir(scratch.file("run"), 0o700)
    let environment = ["HOME": "/home/mara", "XDG_RUNTIME_DIR": scratch.file("run")]
    let foreign = try folders(of: "film", environment, user: 4_000_000)
    #expect(foreign.runtime == foreign.state)
    rmdir(scratch.file("run"))
    #expect(try !folders(of: "film", environment).runtime.hasPrefix(scratch.path))
  }

  @Test func `without HOME the user database is asked`() throws {
    let entry = try #require(getpwuid(getuid()))
    let home = String(cString: try #require(entry.pointee.pw_dir))
    let found = try folders(of: "film", ["HOME": "relative"])
    #expect(found.state == "\(home)/.local/state/reelwright/\(found.key)")
  }

  @Test func `the key shows the project's name and is the same however the folder is reached`() throws {
    let found = try folders(of: "My Film (2)", [:])
    let digits = found.key.suffix(16)
    #expect(found.key == "my-film-2-\(digits)")
    #expect(digits.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
    symlink("My Film (2)", scratch.file("link"))
    #expect(try folders(of: "link", [:]).key == found.key)
    #expect(try folders(of: "My Film (2)/../My Film (2)", [:]).key == found.key)
  }

  @Test func `a name without letters, and a long one, make a short plain key`() throws {
    #expect(try folders(of: "映画", [:]).key.hasPrefix("project-"))
    #expect(try folders(of: "--x--", [:]).key.hasPrefix("x-"))
    let long = try folders(of: String(repeating: "ab ", count: 40), [:]).key
    #expect(long.utf8.count <= 24 + 1 + 16)
    #expect(!long.contains("--"))
  }

  @Test func `a folder that moved, and another in its place, have other keys`() throws {
    let before = try folders(of: "film", [:]).key
    rename(scratch.file("film"), scratch.file("moved"))
    let moved = try folders(of: "moved", [:]).key
    let another = try folders(of: "film", [:]).key
    #expect(Set([before, moved, another]).count == 3)
    rmdir(scratch.file("film"))
    rename(scratch.file("moved"), scratch.file("film"))
    #expect(try folders(of: "film", [:]).key == before)
  }

  @Test func `the folders are made for this user alone, and making them twice is fine`() throws {
    mkdir(scratch.file("run"), 0o700)
    let found = try folders(
      of: "film",
      [
        "XDG_STATE_HOME": scratch.file("a/state"), "XDG_CACHE_HOME": scratch.file("a/cache"),
        "XDG_RUNTIME_DIR": scratch.file("run"),
      ])
    try found.make()
    try found.make()
    for path in [found.state, found.runtime, found.cache, scratch.file("a"), scratch.file("a/state")] {
      var status = stat()
      #expect(stat(path, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o700)
    }
  }

  @Test func `a file in the way is said with its path`() throws {
    scratch.write("state", [])
    let found = try folders(of: "film", ["XDG_STATE_HOME": scratch.file("state"), "HOME": scratch.path])
    #expect(throws: FileError.self) { try found.make() }
  }
}
