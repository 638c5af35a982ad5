import Basics
import Glibc
import Testing
import Watching

/// Numbers that look random and are the same in each run with the same seed (SplitMix64's constants).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A person, or a program, who does anything at all to a small set of names.
struct Walker {
  var numbers: SeededNumbers
  let tree: TemporaryTree
  private var count = 0
  private(set) var log: [String] = []

  init(seed: UInt64, _ tree: TemporaryTree) {
    numbers = SeededNumbers(state: seed)
    self.tree = tree
  }

  /// Few names, so that they meet: the same path is a file, a folder and gone in turns.
  private mutating func path() -> String {
    let depth = Int.random(in: 1...3, using: &numbers)
    return (0..<depth).map { _ in ["a", "b", "c", "ab", ".d", "e~"].randomElement(using: &numbers) ?? "a" }
      .joined(separator: "/")
  }

  /// One operation; most fail half of the time, as it should be.
  mutating func step() {
    count += 1
    let (one, other) = (path(), path())
    let (first, second) = (tree.absolute(one), tree.absolute(other))
    let outside = "\(tree.outside)/\(["x", "y"].randomElement(using: &numbers) ?? "x")"
    let choice = Int.random(in: 0..<12, using: &numbers)
    switch choice {
    case 0, 1, 2: write(first, O_CREAT | O_TRUNC)
    case 3: write(first, O_APPEND)
    case 4, 5: mkdir(first, 0o755)
    case 6:
      mkdir(first, 0o755)
      mkdir("\(first)/b", 0o755)
      write("\(first)/b/a", O_CREAT | O_TRUNC)
    case 7, 8: rename(first, second)
    case 9: _ = Bool.random(using: &numbers) ? rename(first, outside) : rename(outside, first)
    case 10:
      unlink(first)
      rmdir(first)
    default:
      if access("\(first)/.", F_OK) == 0 { try? tree.sh("rm -rf '\(one)'") } else { symlink("b", first) }
    }
    log.append("\(choice) \(one) \(other) \(outside.suffix(1))")
  }

  private func write(_ path: String, _ flags: Int32) {
    guard let file = fopen(path, flags & O_APPEND != 0 ? "r+" : "w") else { return }
    fseek(file, 0, SEEK_END)
    fputs("\(count) ", file)
    fclose(file)
  }
}

extension KernelTests {
  @Suite struct RandomWalks {
    @Test(arguments: 0..<6, WatcherKind.allCases)
    func `after anything at all the picture is that of a cold reading`(seed: Int, kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      var walker = Walker(seed: UInt64(seed), tree)
      for round in 0..<(kind == .inotify ? 100 : 25) {
        let start = walker.log.count
        for _ in 0..<Int.random(in: 1...30, using: &walker.numbers) { walker.step() }
        try await observer.sync()
        observer.expectTruth("seed \(seed), round \(round), after \(walker.log[start...])")
        if !observer.isTrue { return }
      }
    }
  }
}
