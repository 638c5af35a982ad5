import Basics
import JSONText
import TestSupport
import Testing

/// After whatever happened to the folder, the watcher knows what a fresh look at the files finds.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct OracleTests {
  static let edits = [
    "sed -i 's/number 1/walk STEP/' sequences/sequence_001.json",
    "perl -i -pe 's/rain/mist/' sequences/sequence_001.json",
    "printf '{\"shots\": [{\"id\": \"x\", \"prompt\": \"STEP\"}]}' >sequences/sequence_00STEP.json",
    "rm -f sequences/sequence_00?.json; cp ../first sequences/sequence_001.json",
    "cp ../dot.png inbox/shot_002.png",
    "head -c 20 ../dot.png >inbox/shot_002.png",
    "rm -f inbox/*",
    "mv sequences ../away; mv ../away sequences",
    "rm -f sequences/sequence_001/*.png",
    "rm -f sequences/sequence_001/*.json",
    "mkdir -p library; printf '{\"prompt\": \"in STEP\"}' >library/look.json",
    "sed -i 's/\"engine\": \"storyboard\"/\"engine\": \"storyboard\", \"style\": \"look\"/' project.json",
    "cp ../project project.json",
    "printf '{' >sequences/sequence_002.json",
    "mv sequences/sequence_002.json sequences/sequence_003.json",
    "git init -q . 2>/dev/null; git add -A; git commit -qm STEP",
    "git stash -q",
    "rsync -a --inplace ../first sequences/sequence_001.json",
    "sed -i 's/\"id\": \"shot_002\"/\"id\": \"shot_002\", \"references\": [\"inbox\\/shot_002.png\"]/' sequences/sequence_001.json",
    "ln -sf ../../first sequences/sequence_004.json",
  ]

  @Test(arguments: [1, 2, 3])
  func `random edits by all kinds of tools leave watcher and cold look in agreement`(_ seed: UInt64) async throws {
    try await Self.walk(seed)
  }

  /// Twelve steps of edits that a seed decides, and a comparison after each.
  static func walk(_ seed: UInt64, isolation: isolated (any Actor)? = #isolation) async throws {
    // Long: a soak does much else beside it, on the same disk.
    let film = Film(shots: 3, limit: .seconds(180))
    try await film.must("mkdir inbox; cp project.json ../project; cp sequences/sequence_001.json ../first")
    film.scratch.write("dot.png", Picture.png(width: 32, height: 24))
    let watcher = try await film.watch()
    var random = Xorshift(seed)
    for step in 1...12 {
      var script = ""
      for _ in 0...(random.next() % 3) {
        let edit = Self.edits[Int(random.next() % UInt64(Self.edits.count))]
        script += edit.replacing("STEP", with: "\(step % 10)") + "\n"
      }
      _ = try await film.sh(script)
      _ = try await watcher.settle()
      let live = try await film.reel("status", "--json")
      let cold = try await film.reel("status", "--cold", "--json")
      #expect(live.status == 0, "\(live.error)")
      #expect(live.output == cold.output, "after step \(step):\n\(script)\n\(film.story)")
      if live.output != cold.output { throw Failure("seed \(seed): after step \(step) they disagree") }
    }
    _ = try await watcher.stop()
  }
}

/// The same numbers for the same seed, so that a failure can be had again.
struct Xorshift {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state >> 11
  }
}
