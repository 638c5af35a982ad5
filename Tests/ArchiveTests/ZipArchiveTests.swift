import Basics
import Glibc
import TestSupport
import Testing

@testable import Archive

/// What stands in the archive, read by a program that is not libarchive.
struct ZipArchiveTests {
  private let scratch = ScratchFolder()

  /// Writes an archive and gives its bytes.
  private func archive(_ name: String, _ fill: (borrowing ZipArchive) throws(FileError) -> Void) throws -> [UInt8] {
    let folder = try Folder(opening: scratch.path)
    var size: Int64 = 0
    _ = try AtomicFile.write(to: ProjectPath(trusted: name), in: folder, existing: .replace) { file throws(FileError) in
      let zip = try ZipArchive(into: file.raw, path: name)
      try fill(zip)
      size = try zip.finish()
    }
    let bytes = try #require(scratch.read(name))
    #expect(Int64(bytes.count) == size)
    return bytes
  }

  /// `[name, size, flags, date, mode, method, text]` of each entry, as Python's zipfile tells them.
  private func listed(_ name: String) async throws -> String {
    let script = """
      import sys, zipfile
      with zipfile.ZipFile(sys.argv[1]) as z:
          assert z.testzip() is None
          for i in z.infolist():
              print(ascii(i.filename), i.file_size, i.date_time, oct(i.external_attr >> 16), i.compress_type,
                    bool(i.flag_bits & 0x800), z.read(i)[:8])
      """
    let log = scratch.file("listing")
    let raw = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(raw) }
    let child = try ChildProcess(
      starting: "/usr/bin/env", arguments: ["python3", "-c", script, scratch.file(name)],
      environment: ["PATH=\(getenv("PATH").map { String(cString: $0) } ?? "/usr/bin")"], output: .descriptor(raw),
      error: .descriptor(raw))
    _ = await child.waitForExit()
    return String(decoding: scratch.read("listing") ?? [], as: UTF8.self)
  }

  @Test func `names in any script come out as they went in, and nothing is said of times and owners`() async throws {
    _ = try archive("a.zip") { zip throws(FileError) in
      try zip.add("film/plain.txt", Array("abc".utf8))
      try zip.add("film/\u{E4}rger \u{1F47B}.png", [1, 2])
      try zip.add("film/e\u{301}.png", [])
      try zip.add("film/\u{5E9}\u{5DC}\u{5D5}\u{5DD}/\u{65E5}\u{672C}.png", [3])
    }
    #expect(
      try await listed("a.zip") == """
        'film/plain.txt' 3 (1980, 1, 1, 0, 0, 0) 0o100644 0 False b'abc'
        'film/\\xe4rger \\U0001f47b.png' 2 (1980, 1, 1, 0, 0, 0) 0o100644 0 True b'\\x01\\x02'
        'film/e\\u0301.png' 0 (1980, 1, 1, 0, 0, 0) 0o100644 0 True b''
        'film/\\u05e9\\u05dc\\u05d5\\u05dd/\\u65e5\\u672c.png' 1 (1980, 1, 1, 0, 0, 0) 0o100644 0 True b'\\x03'

        """)
  }

  @Test func `the same entries give the same bytes, in memory or copied from a file`() throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    scratch.write("large", bytes)
    let folder = try Folder(opening: scratch.path)
    let first = try archive("a.zip") { zip throws(FileError) in try zip.add("x/large", bytes) }
    var pieces: [Int] = []
    let second = try archive("b.zip") { zip throws(FileError) in
      let file = try folder.open("large", O_RDONLY)
      try zip.add("x/large", copying: file, size: 3_000_000) { count throws(FileError) in pieces.append(count) }
    }
    #expect(first == second)
    #expect(pieces == [1 << 20, 1 << 20, 3_000_000 - (2 << 20)])
  }

  @Test func `a file that is shorter than its header says is a fault`() throws {
    scratch.write("short", [1, 2, 3])
    let folder = try Folder(opening: scratch.path)
    #expect(throws: FileError(code: EAGAIN, action: "read", path: "x")) {
      _ = try archive("a.zip") { zip throws(FileError) in
        try zip.add("x", copying: try folder.open("short", O_RDONLY), size: 4)
      }
    }
    #expect(scratch.names == ["short"])
  }

  @Test func `what the kernel refuses is told by its errno`() throws {
    let raw = open("/dev/full", O_WRONLY)
    defer { close(raw) }
    #expect(throws: FileError(code: ENOSPC, action: "write", path: "/dev/full")) {
      let zip = try ZipArchive(into: raw, path: "/dev/full")
      try zip.add("x", [UInt8](repeating: 1, count: 100_000))
      _ = try zip.finish()
    }
  }
}
