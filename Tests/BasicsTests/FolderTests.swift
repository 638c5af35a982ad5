import Basics
import Glibc
import TestSupport
import Testing

struct FolderTests {
  let scratch: ScratchFolder
  let folder: Folder

  init() throws {
    scratch = ScratchFolder()
    folder = try Folder(opening: scratch.path)
  }

  private func write(_ text: String, _ path: ProjectPath) throws {
    if let parent = path.parent { try folder.makeFolder(parent) }
    try AtomicFile.write(Array(text.utf8), to: path, in: folder, existing: .replace)
  }

  @Test func `a file is read whole with its stamp`() throws {
    try write("hello", "inbox/a.txt")
    let content = try folder.read("inbox/a.txt", limit: 100)
    #expect(content.bytes == Array("hello".utf8))
    #expect(content.stamp.size == 5)
    #expect(try folder.look(at: "inbox/a.txt") == .file(content.stamp))
  }

  @Test func `more than the limit is refused, the limit itself is not`() throws {
    try write("12345", "a")
    #expect(try folder.read("a", limit: 5).bytes.count == 5)
    let error = #expect(throws: FileError.self) { try folder.read("a", limit: 4) }
    #expect(error?.code == EFBIG)
  }

  @Test func `a link inside the project is followed, one that leads out is not`() throws {
    try write("x", "inbox/a.txt")
    #expect(symlink("a.txt", "\(scratch.path)/inbox/inner") == 0)
    #expect(symlink("/etc/passwd", "\(scratch.path)/inbox/outer") == 0)
    #expect(symlink("../../..", "\(scratch.path)/inbox/up") == 0)
    #expect(try folder.read("inbox/inner", limit: 10).bytes == Array("x".utf8))
    #expect(try folder.look(at: "inbox/outer") == .other)
    #expect(try folder.look(at: "inbox/up") == .other)
    for path: ProjectPath in ["inbox/outer", "inbox/up/etc/passwd"] {
      let error = #expect(throws: FileError.self) { try folder.read(path, limit: 1_000_000) }
      #expect(error?.code == EXDEV)
    }
  }

  @Test func `a pipe is no file and holds nobody up`() throws {
    #expect(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
    #expect(try folder.look(at: "pipe") == .other)
    let error = #expect(throws: FileError.self) { try folder.read("pipe", limit: 10) }
    #expect(error?.code == EINVAL)
  }

  @Test func `what is not there is nil, and says so when read`() throws {
    #expect(try folder.look(at: "nothing/at/all") == nil)
    let error = #expect(throws: FileError.self) { try folder.read("nothing", limit: 10) }
    #expect(error?.isAbsence == true)
    #expect(error?.description == "cannot open nothing: it is not there")
  }

  @Test func `the entries of a folder come in byte order, links to folders are left closed`() throws {
    for path: ProjectPath in ["b", "a", "Z", "sub/x"] { try write("1", path) }
    #expect(symlink("sub", "\(scratch.path)/link") == 0)
    let entries = try Tree.entries(of: .root, in: folder, skip: { $0.elementsEqual("Z".utf8) })
    #expect(entries.map(\.path.string) == ["a", "b", "link", "sub"])
    #expect(entries[2].kind == .other)
    #expect(entries[3].kind == .folder)
  }

  @Test func `making and removing is fine when it was done before`() throws {
    try folder.makeFolder("a/b/c")
    try folder.makeFolder("a/b/c")
    #expect(try folder.look(at: "a/b/c") == .folder)
    try write("1", "a/b/c/x")
    try folder.removeFile("a/b/c/x")
    try folder.removeFile("a/b/c/x")
    try folder.removeFile("no/such/folder/x")
    #expect(try folder.look(at: "a/b/c/x") == nil)
  }
}
