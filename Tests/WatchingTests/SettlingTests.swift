import Basics
import Testing
import Watching

@Suite struct SettlingTests {
  let start = ContinuousClock.now
  private let times = Settling.Times(quiet: .milliseconds(2), latest: .milliseconds(20))

  private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

  private func dirty(_ path: StaticString) -> DirtyPaths { DirtyPaths(files: [ProjectPath(stringLiteral: path)]) }

  @Test func `one change is delivered after the quiet that ends a burst`() {
    var settling = Settling(times)
    #expect(settling.handle(.noticed(dirty("a"), at: at(0))) == [.wake(at: at(2))])
    #expect(settling.handle(.woke(at: at(1), isHeld: false)) == [.wake(at: at(2))])
    #expect(settling.handle(.woke(at: at(2), isHeld: false)) == [.deliver(dirty("a"))])
    #expect(settling.handle(.woke(at: at(100), isHeld: false)) == [])
  }

  @Test func `a file that is being written is waited for until it is closed, for as long as a batch waits at all`() {
    var settling = Settling(times)
    #expect(settling.handle(.written("a", at: at(0))) == [.wake(at: at(20))])
    #expect(settling.handle(.noticed(dirty("b"), at: at(5))) == [.wake(at: at(20))])
    #expect(settling.handle(.woke(at: at(7), isHeld: false)) == [.wake(at: at(20))])
    #expect(settling.handle(.completed("a", at: at(12))) == [.wake(at: at(14))])
    #expect(settling.handle(.woke(at: at(14), isHeld: false)) == [.deliver(DirtyPaths(files: ["a", "b"]))])
    // One that stays open counts as it is, and holds up nothing that comes later.
    #expect(settling.handle(.written("a", at: at(30))) == [.wake(at: at(50))])
    #expect(settling.handle(.woke(at: at(50), isHeld: false)) == [.deliver(dirty("a"))])
    #expect(settling.handle(.noticed(dirty("b"), at: at(60))) == [.wake(at: at(62))])
  }

  @Test func `a burst is one batch`() {
    var settling = Settling(times)
    _ = settling.handle(.noticed(dirty("a"), at: at(0)))
    #expect(settling.handle(.noticed(dirty("b"), at: at(1))) == [.wake(at: at(3))])
    #expect(settling.handle(.noticed(DirtyPaths(folders: ["c"], cookies: ["x"]), at: at(2))) == [.wake(at: at(4))])
    #expect(settling.handle(.woke(at: at(3), isHeld: false)) == [.wake(at: at(4))])
    #expect(
      settling.handle(.woke(at: at(4), isHeld: false))
        == [.deliver(DirtyPaths(files: ["a", "b"], folders: ["c"], cookies: ["x"]))])
  }

  @Test func `endless changes are delivered every twenty milliseconds`() {
    var settling = Settling(times)
    var delivered: [Int] = []
    for millisecond in 0..<100 {
      _ = settling.handle(.noticed(dirty("a"), at: at(millisecond)))
      if settling.handle(.woke(at: at(millisecond), isHeld: false)) == [.deliver(dirty("a"))] {
        delivered.append(millisecond)
      }
    }
    #expect(delivered == [20, 41, 62, 83])
  }

  @Test func `nothing noticed starts nothing`() {
    var settling = Settling(times)
    #expect(settling.handle(.noticed(DirtyPaths(), at: at(0))) == [])
    #expect(settling.handle(.woke(at: at(50), isHeld: false)) == [])
  }

  @Test func `a batch is held while git works and comes whole when it is done`() {
    var settling = Settling(times)
    _ = settling.handle(.noticed(dirty("a"), at: at(0)))
    #expect(settling.handle(.woke(at: at(2), isHeld: true)) == [.wake(at: at(22))])
    #expect(settling.handle(.noticed(dirty("b"), at: at(10))) == [.wake(at: at(22))])
    #expect(settling.handle(.woke(at: at(22), isHeld: true)) == [.wake(at: at(42))])
    #expect(
      settling.handle(.woke(at: at(42), isHeld: false)) == [.deliver(DirtyPaths(files: ["a", "b"]))])
  }

  @Test func `a lock that stays holds for thirty seconds and then no more until it was gone`() {
    var settling = Settling(times)
    _ = settling.handle(.noticed(dirty("a"), at: at(0)))
    var now = at(2)
    var looks = 0
    while case .wake(let next)? = settling.handle(.woke(at: now, isHeld: true)).first {
      now = next
      looks += 1
    }
    #expect(now == at(30_002))
    #expect(looks == 1500)
    // The next save is not held again.
    _ = settling.handle(.noticed(dirty("b"), at: at(40_000)))
    #expect(settling.handle(.woke(at: at(40_002), isHeld: true)) == [.deliver(dirty("b"))])
    // Once git has been seen idle a new lock counts.
    _ = settling.handle(.noticed(dirty("c"), at: at(50_000)))
    #expect(settling.handle(.woke(at: at(50_002), isHeld: false)) == [.deliver(dirty("c"))])
    _ = settling.handle(.noticed(dirty("d"), at: at(60_000)))
    #expect(settling.handle(.woke(at: at(60_002), isHeld: true)) == [.wake(at: at(60_022))])
  }

  @Test func `its times are the caller's`() {
    var settling = Settling(Settling.Times(quiet: .milliseconds(100), latest: .milliseconds(150)))
    #expect(settling.handle(.noticed(dirty("a"), at: at(0))) == [.wake(at: at(100))])
    #expect(settling.handle(.noticed(dirty("a"), at: at(90))) == [.wake(at: at(150))])
  }
}

@Suite struct DirtyPathsTests {
  @Test func `everything swallows paths but no cookies`() {
    var dirty = DirtyPaths(files: ["a"], folders: ["b"], cookies: ["1"])
    dirty.formUnion(DirtyPaths(everything: true, cookies: ["2"]))
    #expect(dirty == DirtyPaths(everything: true, cookies: ["1", "2"]))
    dirty.formUnion(DirtyPaths(files: ["c"]))
    #expect(dirty.files.isEmpty && dirty.folders.isEmpty)
  }

  @Test(arguments: [
    ("inbox/a.png", true), ("inbox", true), ("library/deep/er.json", true), ("library", true), ("inbox/b.png", false),
    ("lib", false), ("library2/a", false),
  ])
  func `folders cover what is in them, files themselves`(path: String, isCovered: Bool) {
    let dirty = DirtyPaths(files: ["inbox/a.png", "inbox"], folders: ["library"])
    #expect(dirty.covers(ProjectPath(trusted: path)) == isCovered)
  }

  @Test func `a cookie alone is not nothing`() {
    #expect(DirtyPaths().isEmpty)
    #expect(!DirtyPaths(cookies: ["1"]).isEmpty)
    #expect(!DirtyPaths.all.isEmpty)
  }
}
