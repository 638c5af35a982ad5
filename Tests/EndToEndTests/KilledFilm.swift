import Basics
import Glibc
import JSONText
import TestSupport

/// A film of fifty shots that is watched and edited while somebody kills what works on it, and what has to be true all the time.
///
/// Every edit gives shots prompts that none had before: what is made twice was made twice for no reason.
struct KilledFilm {
  static let name = "sequences/sequence_001.json"

  let film: Film
  private(set) var random: SeededGenerator
  private(set) var prompts: [String]
  private(set) var takes = VisibleTakes()
  private(set) var edits = 0
  private(set) var restarts = Times()
  private(set) var faults: [String] = []
  private(set) var watcher: Watcher?
  /// The takes that were there when the watcher started: it has no reason to make them.
  private var known: Set<String> = []

  init(_ film: Film, shots: Int, seed: UInt64) {
    self.film = film
    random = SeededGenerator(seed: seed)
    prompts = (1...shots).map { "rain number \($0)" }
  }

  mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }

  // MARK: Editing

  private var text: String { Film.sequence(shots: prompts.count) { prompts[$0 - 1] } }

  /// Some shots get other prompts, in place or by a rename.
  mutating func edit() {
    edits += 1
    for _ in 0...number(below: 4) { prompts[number(below: prompts.count)] = "rain in version \(edits)" }
    if random.one(in: 2) {
      film.write(Self.name, text)
    } else {
      film.write("sequences/.saved", text)
      rename(film.path("sequences/.saved"), film.path(Self.name))
    }
  }

  // MARK: Sessions

  /// A watcher, as it came up.
  /// - Parameter isAwaited: whether it has read the film when this returns. Some are killed before.
  mutating func start(isAwaited: Bool) async throws {
    let begin = ContinuousClock.now
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    self.watcher = watcher
    if !isAwaited { return }
    _ = try await watcher.next("loaded")
    restarts.add(begin.duration(to: .now))
  }

  /// Kills the watcher, and looks at what it left.
  mutating func kill() async throws {
    guard let watcher else { return }
    watcher.program.child.signal(SIGKILL)
    _ = try await watcher.program.exit()
    try ended()
  }

  /// Waits until everything is done, and ends the watcher.
  mutating func finish() async throws {
    guard let watcher else { return }
    _ = try await watcher.settle()
    try await expectAgreement()
    _ = try await watcher.stop()
    try ended()
    expectNoEditLost()
    let plan = try await film.reel("plan")
    if plan.output != "Nothing to do.\n" { faults.append("there is something left to do: \(plan.output)") }
  }

  private mutating func ended() throws {
    guard let watcher else { return }
    self.watcher = nil
    faults += takes.look(at: film)
    var done = known
    for event in watcher.events {
      guard let fingerprint = event["fingerprint"]?.string, let type = event["type"]?.string else { continue }
      if type == "finished" || type == "restored" { done.insert(fingerprint) }
      if type == "queued" || type == "started", done.contains(fingerprint) {
        faults.append("\(event["shot"]?.string ?? "") was \(type) though its take was there")
      }
    }
    let lost = done.subtracting(takes.fingerprints)
    if !lost.isEmpty { faults.append("takes that were finished are gone: \(lost.sorted())") }
    known = takes.fingerprints
  }

  // MARK: At the end

  private mutating func expectAgreement() async throws {
    let live = try await film.reel("status", "--json")
    let cold = try await film.reel("status", "--cold", "--json")
    if live.output != cold.output { faults.append("the watcher knows \(live.output), a fresh look \(cold.output)") }
    if live.json["shots"]?["fresh"]?.int != prompts.count { faults.append("not all are up to date: \(live.output)") }
  }

  private mutating func expectNoEditLost() {
    if film.text(Self.name) != text { faults.append("\(Self.name) is not as it was saved last") }
    for (index, prompt) in prompts.enumerated()
    where !takes.made.contains("sequence_001/\(Film.shot(index + 1)) \(prompt)") {
      faults.append("the edit of \(Film.shot(index + 1)) is lost")
    }
    let left = film.tree.filter { $0.contains(".tmp") }
    if !left.isEmpty { faults.append("temporary files were left: \(left)") }
    let outputs = film.takes.count
    if outputs != takes.fingerprints.count { faults.append("\(outputs) outputs, \(takes.fingerprints.count) sidecars") }
  }
}
