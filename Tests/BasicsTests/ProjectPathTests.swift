import Basics
import Testing

struct ProjectPathTests {
  @Test(arguments: [
    ("inbox/harbour.jpg", "inbox/harbour.jpg"), ("./inbox/./a.png", "inbox/a.png"), ("inbox/", "inbox"),
    ("a b/ü/日本.png", "a b/ü/日本.png"), ("..a/b..", "..a/b.."), (".hidden", ".hidden"),
  ])
  func `a written path inside the project is taken over`(written: String, expected: String) throws {
    #expect(try ProjectPath(written: written).string == expected)
  }

  @Test(arguments: [
    ("", ProjectPath.Refusal.empty), (".", .empty), ("./", .empty), ("/etc/passwd", .absolute), ("../x", .parent),
    ("a/../b", .parent), ("a//b", .emptyPart), ("a\0b", .nul), ("https://x/y.png", .url), ("file:///etc/passwd", .url),
    ("inbox\\a.png", .backslash), (String(repeating: "a", count: 4096), .tooLong),
  ])
  func `what is no path inside the project is refused with its reason`(
    written: String, refusal: ProjectPath.Refusal
  ) {
    #expect(throws: refusal) { try ProjectPath(written: written) }
  }

  @Test func `paths are compared as bytes, so NFC and NFD are two files`() {
    let composed = ProjectPath(trusted: Array("inbox/\u{E9}.png".utf8))
    let decomposed = ProjectPath(trusted: Array("inbox/e\u{301}.png".utf8))
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
  }

  @Test func `the parts of a path`() {
    let path: ProjectPath = "inbox/sequence_001/shot.v2.PNG"
    #expect(path.name == "shot.v2.PNG")
    #expect(path.stem == "shot.v2")
    #expect(path.fileExtension == "png")
    #expect(path.parent == "inbox/sequence_001")
    #expect(ProjectPath("a").parent == .root)
    #expect(ProjectPath.root.parent == nil)
    #expect(ProjectPath(".gitignore").stem == ".gitignore")
    #expect(ProjectPath(".gitignore").fileExtension == "")
    #expect(ProjectPath("inbox").appending("a.png") == "inbox/a.png")
    #expect(ProjectPath.root.appending("a.png") == "a.png")
  }

  @Test func `inside means below, at any depth, and not by a common beginning`() {
    #expect(ProjectPath("a/b/c").isInside("a"))
    #expect(ProjectPath("a/b/c").isInside(.root))
    #expect(!ProjectPath("ab/c").isInside("a"))
    #expect(!ProjectPath("a").isInside("a"))
    #expect(!ProjectPath.root.isInside(.root))
  }
}
