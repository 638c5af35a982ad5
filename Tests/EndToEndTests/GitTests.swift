import Basics
import JSONText
import TestSupport
import Testing

/// What comes and goes with git.
@Suite(.fewAtATime, .timeLimit(.minutes(15)), .enabled(if: Tool.isThere("git"), "git is not installed"))
struct GitTests {
  /// A project under git, everything made and committed.
  private static func repository(shots: Int, takes: Bool = true) async throws -> Film {
    let film = Film(shots: shots)
    if takes { _ = try await film.reel("make") }
    try await film.must("git init -q -b main . && git add -A && git commit -qm one")
    return film
  }

  @Test func `a branch with forty changed shots is one plan, and back again there is no job`() async throws {
    let film = try await Self.repository(shots: 40)
    let before = film.takes
    #expect(before.count == 40)
    try await film.must(
      "git checkout -qb rain; sed -i 's/rain number/heavy rain number/' sequences/sequence_001.json; git commit -qam two; git checkout -q main"
    )
    let watcher = try await film.watch()
    #expect(try await watcher.settle().jobs == [])
    try await film.must("git checkout -q rain")
    let forth = try await watcher.settle()
    #expect(forth.of("planned").map { $0["jobs"]?.int } == [40], "\(film.story)")
    #expect(forth.of("finished").count == 40)
    #expect(forth.of("problem").isEmpty)
    try await film.must("git checkout -q main")
    let back = try await watcher.settle()
    #expect(back.jobs == [], "\(film.story)")
    #expect(back.of("problem").isEmpty)
    try await film.must("git checkout -q rain")
    #expect(try await watcher.settle().jobs == [])
    #expect(film.takes.count == 80)
  }

  @Test func `stashing and getting it back makes nothing twice`() async throws {
    let film = try await Self.repository(shots: 3)
    let watcher = try await film.watch()
    film.replace("number 2", by: "snow", in: "sequences/sequence_001.json")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_002"])
    try await film.must("git stash -q")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.must("git stash pop -q")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
  }

  @Test func `conflict markers are named and freeze the file; after resolving exactly the changed shots are made`()
    async throws
  {
    let film = try await Self.repository(shots: 4)
    let name = "sequences/sequence_001.json"
    try await film.must(
      """
      git checkout -qb other; sed -i 's/number 2/snow/; s/number 4/hail/' \(name); git commit -qam other
      git checkout -q main; sed -i 's/number 2/sleet/' \(name); git commit -qam mine
      """)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    let merge = try await film.sh("git merge -q other")
    #expect(merge.status == 1)
    let stopped = try await watcher.settle()
    #expect(stopped.jobs == [], "\(film.story)")
    #expect(stopped.of("problem").count == 1, "\(film.story)")
    let message = stopped.of("problem").first?["message"]?.string ?? ""
    #expect(message.contains("conflict"), "\(message)")
    let line = film.text(name).split(separator: "\n").firstIndex { $0.hasPrefix("<<<<<<<") }.map { $0 + 1 }
    #expect(stopped.of("problem").first?["line"]?.int == line)
    let status = try await film.reel("status", "--json")
    #expect(status.json["shots"]?["unreadable"]?.int == 1)
    try await film.must("sed -i '/^<<<<<<</d; /^=======/,/^>>>>>>>/d' \(name)")
    let resolved = try await watcher.settle()
    #expect(resolved.of("solved").count == 1, "\(film.story)")
    let changed = film.text(name).contains("hail") ? ["sequence_001/shot_004"] : []
    #expect(resolved.jobs == changed, "\(film.story)")
    try await film.must("git add -A && git commit -qm merged")
    #expect(try await watcher.settle().jobs == [])
  }

  @Test func `a fresh clone with its takes has nothing to do`() async throws {
    let film = try await Self.repository(shots: 3)
    try await film.must("git clone -q . ../clone")
    let plan = try await film.reel("plan", "../clone")
    #expect(plan.status == 0, "\(plan.output)")
    let made = try await film.reel("-C", "../clone", "make", "--json")
    #expect(made.jobs == [])
    #expect(made.status == 0)
  }

  @Test func `a rebase that stops and goes on ends with what the last commit wants`() async throws {
    let film = try await Self.repository(shots: 3)
    let name = "sequences/sequence_001.json"
    try await film.must(
      """
      git checkout -qb work; sed -i 's/number 1/fog/' \(name); git commit -qam fog
      sed -i 's/number 3/hail/' \(name); git commit -qam hail
      git checkout -q main; sed -i 's/number 1/sun/' \(name); git commit -qam sun; git checkout -q work
      """)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    let rebase = try await film.sh("git rebase -q main")
    #expect(rebase.status == 1)
    #expect(try await watcher.settle().of("problem").count == 1)
    try await film.must("git checkout -q --theirs \(name); git add -A; GIT_EDITOR=true git rebase --continue")
    let done = try await watcher.settle()
    #expect(done.jobs.allSatisfy { $0 == "sequence_001/shot_003" }, "\(done.jobs)")
    let cold = try await film.reel("status", "--cold", "--json")
    #expect(cold.json["shots"]?["fresh"]?.int == 3, "\(cold.output)")
  }
}
