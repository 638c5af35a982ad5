import Basics
import TestSupport
import Testing
import Watching

/// A tree that is as it was taken down, and one that is not.
@Suite struct StampedTreeTests {
  struct Change: Sendable, CustomTestStringConvertible {
    var name: String
    var script: String
    /// Whether a cold reading finds the same afterwards.
    var isNothing = false

    var testDescription: String { name }
  }

  static let changes = [
    Change(name: "nothing", script: ":", isNothing: true),
    Change(name: "a file written in place", script: "echo y >sequences/one.json"),
    Change(
      name: "a file written in place, its size and time as before",
      script: "touch -r sequences/one.json ../time; echo y >sequences/one.json; touch -r ../time sequences/one.json"),
    Change(
      name: "a file replaced by another of the same bytes", script: "cp sequences/one.json n; mv n sequences/one.json"),
    Change(name: "a file touched", script: "touch sequences/one/a.png"),
    Change(name: "a file come", script: "echo z >sequences/one/d.png"),
    Change(name: "a file gone", script: "rm sequences/one/b.png"),
    Change(name: "a file renamed", script: "mv sequences/one/b.png sequences/one/e.png"),
    Change(name: "a folder come", script: "mkdir inbox/new"),
    Change(name: "a folder gone", script: "rmdir inbox/empty"),
    Change(name: "a folder renamed", script: "mv sequences/one sequences/two"),
    Change(
      name: "a folder moved away and another put there", script: "mv sequences/one ../away; cp -a ../away sequences/one"
    ),
    Change(
      name: "a folder replaced by a link to it", script: "mv sequences/one ../away; ln -s ../../away sequences/one"),
    Change(
      name: "a file replaced by a link to it", script: "mv sequences/one.json was; ln -s ../was sequences/one.json"),
    Change(name: "a file replaced by a pipe", script: "rm sequences/one.json; mkfifo sequences/one.json"),
    Change(name: "a link led elsewhere", script: "ln -sfn three.json inbox/link.json"),
    Change(name: "the file that a link leads to changed", script: "echo other >inbox/two.json"),
    Change(name: "a link that leads out come", script: "ln -s /etc/passwd inbox/out"),
    Change(name: "a swap file come", script: "echo swap >sequences/.one.json.swp", isNothing: true),
    Change(name: "a swap file come and gone", script: "echo s >sequences/.x.swp; rm sequences/.x.swp", isNothing: true),
    Change(name: "a name come and gone", script: "echo s >sequences/x.json; rm sequences/x.json", isNothing: true),
    Change(name: "git at work", script: "mkdir .git; echo x >.git/index", isNothing: true),
    Change(name: "a cookie", script: "mkdir -p .reel/sync; echo >.reel/sync/1", isNothing: true),
  ]

  private func tree() throws -> TemporaryTree {
    let tree = try TemporaryTree()
    try tree.sh(
      """
      mkdir -p sequences/one inbox/empty inbox/deep/er
      echo {} >project.json; echo x >sequences/one.json; for n in a b c; do echo $n >sequences/one/$n.png; done
      echo two >inbox/two.json; echo three >inbox/three.json; ln -s two.json inbox/link.json; echo d >inbox/deep/er/d
      """)
    return tree
  }

  /// Waits until all is old enough to be sure of: two seconds.
  private func taken(_ tree: TemporaryTree) async throws -> StampedTree {
    try await eventually("a tree that stands still") {
      StampedTree(of: tree.folder, count: 9, isKnown: { _, _ in true })
    }
  }

  @Test(arguments: changes) func `it is told from what it is after any change`(_ change: Change) async throws {
    let tree = try tree()
    let stamped = try await taken(tree)
    #expect(stamped.isStill(tree.folder))
    let before = WatchedTree.listing(of: tree.folder)
    try tree.sh(change.script)
    #expect((WatchedTree.listing(of: tree.folder) == before) == change.isNothing, "the test says so")
    #expect(stamped.isStill(tree.folder) == change.isNothing)
    #expect(StampedTree(bytes: stamped.bytes).isStill(tree.folder) == change.isNothing)
  }

  @Test func `it is not taken while something moves, is not known, or is no file`() async throws {
    let tree = try tree()
    #expect(StampedTree(of: tree.folder, count: 9, isKnown: { _, _ in true }) == nil, "made a moment ago")
    _ = try await taken(tree)
    #expect(StampedTree(of: tree.folder, count: 8, isKnown: { _, _ in true }) == nil)
    #expect(StampedTree(of: tree.folder, count: 9, isKnown: { path, _ in path != "inbox/two.json" }) == nil)
    try tree.sh("mkfifo inbox/pipe")
    // Not even when it stands still.
    let later = FileStamp.now() + 3_000_000_000
    let found = try await eventually("three seconds") {
      FileStamp.now() < later ? nil : StampedTree(of: tree.folder, count: 9, isKnown: { _, _ in true })?.bytes ?? []
    }
    #expect(found == [])
  }

  @Test func `bytes that are none of a tree match nothing`() async throws {
    let tree = try tree()
    let stamped = try await taken(tree)
    // Whoever keeps the bytes sees to it that they are whole; here only nothing may be read beyond them.
    for count in stride(from: 1, to: stamped.bytes.count, by: 7) {
      _ = StampedTree(bytes: Array(stamped.bytes[..<count])).isStill(tree.folder)
    }
  }
}
