import Basics
import Testing
import Watching

@Suite struct IgnoredNamesTests {
  @Test(arguments: [
    "4913", "a.json~", "~a~", ".a.json.swp", ".a.swo", ".a.swpx", ".#a.json", "#a.json#", "#12345",
    "a.json___jb_tmp___",
    "a.json___jb_old___", "a.json___jb_bak___", ".goutputstream-AB12CD", ".a.json.kate-swp", ".syncthing.a.json.tmp",
    "~syncthing~a.json.tmp", ".~lock.a.odt#", "~$a.docx", "a.tmp", "a.png.part", "a.png.partial", "a.crdownload",
    ".~tmp~", ".fuse_hidden0001", ".nfs00012", ".DS_Store", "._a.png", "Thumbs.db", ".dat.nosync1.ABC",
    ".reel-123-abc.tmp",
  ])
  func `what programs leave beside their files is ignored`(name: String) {
    #expect(IgnoredNames.contains(Array(name.utf8)))
  }

  @Test(arguments: [
    "project.json", "a.png", "sequence_001.json", "sequence_001.sync-conflict-20261121-101112-ABCDEFG.json",
    "a (Mara's conflicted copy 2026-11-21).json", ".gitignore", ".gitattributes", "~", "#", "4913.png", "tmp", "part",
    "swp", ".swp", "a.swp", ".a.swimming", "a.swp.json", "#1a", ".#", "49130", "_a.png", "sedXaB3cD", "a.tmp.json",
    ".a.json.Xk2p9Q",
  ])
  func `real names, and copies that a person must see, are not`(name: String) {
    #expect(!IgnoredNames.contains(Array(name.utf8)))
  }

  @Test(arguments: [
    ("", true), ("inbox", true), ("a/b/c", true), (".reel", true), (".reel/sync", true), (".reel/schemas", false),
    (".reel/sync/x", false), (".git", false), ("a/.stversions", false), ("a/.reel", false), ("b~", false),
    ("x.tmp", false),
  ])
  func `which folders are entered`(path: String, isEntered: Bool) {
    #expect(WatchedTree.isEntered(ProjectPath(trusted: path)) == isEntered)
  }
}
