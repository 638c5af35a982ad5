import Basics
import Glibc
import TestSupport
import Testing

struct AtomicFileTests {
  let scratch: ScratchFolder
  let folder: Folder

  init() throws {
    scratch = ScratchFolder()
    folder = try Folder(opening: scratch.path)
  }

  @Test func `replacing keeps the permissions and leaves no temporary file`() throws {
    try AtomicFile.write([1], to: "a", in: folder, existing: .keep)
    #expect(chmod("\(scratch.path)/a", 0o640) == 0)
    let stamp = try AtomicFile.write([2, 3], to: "a", in: folder, existing: .replace)
    var status = stat()
    #expect(stat("\(scratch.path)/a", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o640)
    #expect(FileStamp(status) == stamp)
    #expect(try Tree.entries(of: .root, in: folder).map(\.path) == ["a"])
  }

  @Test func `a name that is taken is kept, and nothing is left behind`() throws {
    try AtomicFile.write([1], to: "a", in: folder, existing: .keep)
    let error = #expect(throws: FileError.self) { try AtomicFile.write([2], to: "a", in: folder, existing: .keep) }
    #expect(error?.code == EEXIST)
    try AtomicFile.writeIfFree([2], to: "a", in: folder)
    #expect(try folder.read("a", limit: 10).bytes == [1])
    #expect(try Tree.entries(of: .root, in: folder).map(\.path) == ["a"])
  }

  @Test func `a body that fails leaves the file as it was`() throws {
    try AtomicFile.write([1], to: "a", in: folder, existing: .keep)
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write(to: "a", in: folder, existing: .replace) { _ throws(FileError) in
        throw FileError(code: ENOSPC, action: "write", path: "a")
      }
    }
    #expect(error?.description == "cannot write a: the disk is full; free some space and it goes on")
    #expect(try folder.read("a", limit: 10).bytes == [1])
    #expect(try Tree.entries(of: .root, in: folder).map(\.path) == ["a"])
  }

  @Test func `a folder that is missing is an error and not a file elsewhere`() {
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write([1], to: "no/such/a", in: folder, existing: .keep)
    }
    #expect(error?.code == ENOENT)
  }

  @Test func `temporary files are told by their names`() {
    #expect(AtomicFile.isTemporary(".reel-12-abc.tmp".utf8))
    #expect(!AtomicFile.isTemporary(".reel-12-abc.png".utf8))
    #expect(!AtomicFile.isTemporary("reel-12-abc.tmp".utf8))
  }
}
