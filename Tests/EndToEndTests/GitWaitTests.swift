import Basics
import JSONText
import TestSupport
import Testing

/// Operations of git that take several steps, and files with conflicts in them.
@Suite(.fewAtATime, .timeLimit(.minutes(15)), .enabled(if: Tool.isThere("git"), "git is not installed"))
struct GitWaitTests {
  private static let name = "sequences/sequence_001.json"

  private static func repository(shots: Int) async throws -> Film {
    let film = Film(shots: shots)
    _ = try await film.reel("make")
    try await film.must("git init -q -b main . && git add -A && git commit -qm one")
    return film
  }

  /// Ten commits that all change the first shot, on a branch that began before a change of the last shot.
  private static func longBranch(_ film: Film) async throws {
    try await film.must(
      """
      git checkout -qb work
      for n in 1 2 3 4 5 6 7 8 9 10; do
        sed -i "s/\\"prompt\\": \\"[^\\"]*1\\"/\\"prompt\\": \\"step $n 1\\"/" \(name); git commit -qam "step $n"
      done
      git checkout -q main; sed -i 's/number 3/sun/' \(name); git commit -qam sun
      git checkout -q work
      """)
  }

  @Test func `a rebase goes through its commits, and only what it ends with is made`() async throws {
    let film = try await Self.repository(shots: 3)
    try await Self.longBranch(film)
    let watcher = try await film.watch()
    let before = try await watcher.settle()
    #expect(before.jobs.count <= 1)
    try await film.must("git rebase -q main")
    let happened = try await watcher.settle()
    // The third shot is new with main; the first one's last step was made before.
    #expect(happened.jobs == ["sequence_001/shot_003"], "\(film.story)")
    #expect(happened.of("problem").isEmpty)
    #expect(film.takes.count == 5)
  }

  @Test func `a rebase that stops at a commit rests there, and edits are worked on at once`() async throws {
    let film = try await Self.repository(shots: 3)
    try await Self.longBranch(film)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    // Stops at the fifth step.
    try await film.must("GIT_SEQUENCE_EDITOR=\"sed -i '5s/^pick/edit/'\" git rebase -q -i main")
    let stopped = try await watcher.settle()
    #expect(stopped.jobs == ["sequence_001/shot_001", "sequence_001/shot_003"], "\(film.story)")
    film.replace("number 2", by: "hail", in: Self.name)
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_002"])
    try await film.must("git checkout -q \(Self.name); GIT_EDITOR=true git rebase --continue >/dev/null 2>&1")
    let ended = try await watcher.settle()
    #expect(ended.jobs == [], "all of it was made before\n\(film.story)")
    let cold = try await film.reel("status", "--cold", "--json")
    #expect(cold.json["shots"]?["fresh"]?.int == 3, "\(cold.output)")
  }

  @Test func `in a merge that stopped the file in conflict is frozen, and everything else goes on`() async throws {
    let film = try await Self.repository(shots: 3)
    film.write("sequences/sequence_002.json", Film.sequence(shots: 2) { "other \($0)" })
    _ = try await film.reel("make")
    try await film.must(
      """
      git add -A; git commit -qm two; git checkout -qb other
      sed -i 's/number 2/snow/' \(Self.name); sed -i 's/other 1/theirs/' sequences/sequence_002.json; git commit -qam other
      git checkout -q main; sed -i 's/number 2/sleet/' \(Self.name); git commit -qam mine
      """)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    _ = try await film.sh("git merge -q other")
    let stopped = try await watcher.settle()
    #expect(stopped.problems == ["merge-conflict"], "\(film.story)")
    #expect(stopped.jobs == ["sequence_002/shot_001"], "what merged is made\n\(film.story)")
    // The merge is still under way: nothing waits for it.
    film.replace("other 2", by: "edited", in: "sequences/sequence_002.json")
    #expect(try await watcher.settle().jobs == ["sequence_002/shot_002"])
    try await film.must("git checkout -q --ours \(Self.name)")
    let resolved = try await watcher.settle()
    #expect(resolved.jobs == [] && resolved.of("solved").count == 1, "\(film.story)")
    try await film.must("git checkout -q --theirs \(Self.name)")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_002"], "exactly what changed\n\(film.story)")
  }

  @Test(arguments: ["project.json", "library/look.json"])
  func `a conflict in a file that others use freezes what uses it, at the line of its first marker`(
    _ file: String
  ) async throws {
    let film = try await Self.repository(shots: 2)
    film.write("library/look.json", "{\n  \"prompt\": \"oil on canvas\"\n}\n")
    film.replace("rain number 1", by: "rain, @look", in: Self.name)
    _ = try await film.reel("make")
    let old = file == "project.json" ? "64" : "oil"
    try await film.must(
      """
      git add -A; git commit -qm two
      git checkout -qb other; sed -i 's/\(old)/80/' \(file); git commit -qam other
      git checkout -q main; sed -i 's/\(old)/72/' \(file); git commit -qam mine
      """)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    _ = try await film.sh("git merge -q other")
    let stopped = try await watcher.settle()
    #expect(stopped.problems == ["merge-conflict"], "\(film.story)")
    #expect(stopped.jobs == [])
    #expect(stopped.of("cancelled").isEmpty)
    let line = film.text(file).split(separator: "\n").firstIndex { $0.hasPrefix("<<<<<<<") }.map { $0 + 1 }
    #expect(stopped.of("problem").first?["line"]?.int == line)
    #expect(stopped.of("problem").first?["file"]?.string == file)
    let shots = try await film.reel("status", "--json").json["shots"]
    #expect(shots?["unreadable"]?.int == (file == "project.json" ? 2 : 1))
    try await film.must("git checkout -q --ours \(file)")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.must("git checkout -q --theirs \(file)")
    let expected = ["sequence_001/shot_001", "sequence_001/shot_002"].prefix(file == "project.json" ? 2 : 1)
    #expect(try await watcher.settle().jobs == Array(expected), "\(film.story)")
  }

  @Test func `a job that runs while its file is in conflict is neither cancelled nor begun again`() async throws {
    let film = Film(shots: 2)
    let engine = CountingEngine(in: film)
    engine.project()
    try await film.must(
      """
      git init -q -b main .; git add -A; git commit -qm one
      git checkout -qb other; sed -i 's/number 2/snow/' \(Self.name); git commit -qam other
      git checkout -q main; sed -i 's/number 2/sleet/' \(Self.name); git commit -qam mine
      """)
    engine.hold()
    for command in ["trust", "approve"] { _ = try await film.reel(command) }
    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["watch", "--json"]))
    _ = try await watcher.next("progress") { $0["shot"]?.string == "sequence_001/shot_001" }
    _ = try await film.sh("git merge -q other")
    let problem = try await watcher.next("problem")
    #expect(problem["code"]?.string == "merge-conflict")
    #expect(try await film.reel("status", "--json").json["shots"]?["unreadable"]?.int == 1)
    engine.release()
    let frozen = try await watcher.settle()
    // Both were queued before the conflict came, with the prompts of then.
    #expect(frozen.shots("finished") == ["sequence_001/shot_001", "sequence_001/shot_002"], "\(film.story)")
    #expect(Happenings(events: watcher.events).of("cancelled").isEmpty)
    try await film.must("git checkout -q --theirs \(Self.name)")
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_002"])
    #expect(engine.runs.count == 3)
  }

  @Test func `a work tree and a submodule are repositories like any other`() async throws {
    let film = try await Self.repository(shots: 2)
    try await film.must("git worktree add -q ../tree -b tree")
    let tree = Watcher(film, try film.start(BuiltProgram.path("reel"), ["-C", "../tree", "watch", "--json"]))
    #expect(try await tree.next("idle")["shots"]?["fresh"]?.int == 2)
    // Git is at work there for as long as its lock lies in that tree's own folder.
    try await film.must("touch .git/worktrees/tree/index.lock; sed -i 's/number 1/fog/' ../tree/\(Self.name)")
    let notice = try await tree.next("notice")
    #expect(notice["message"]?.string?.hasPrefix("git is at work: ") == true)
    #expect(tree.unread.allSatisfy { $0["type"]?.string != "queued" })
    try await film.must("rm .git/worktrees/tree/index.lock")
    #expect(try await tree.next("queued")["shot"]?.string == "sequence_001/shot_001")
    _ = try await tree.next("idle")
    _ = try await tree.stop()

    try await film.must(
      """
      git init -q -b main ../whole; cd ../whole; git -c protocol.file.allow=always submodule --quiet add ../film film
      test -f film/.git; touch .git/modules/film/index.lock; sed -i 's/number 2/hail/' film/\(Self.name)
      """)
    let make = try film.start(BuiltProgram.path("reel"), ["-C", "../whole/film", "make", "--json"])
    _ = try await eventually("the word that git is waited for") {
      make.output.contains("git is at work") ? true : nil
    }
    #expect(!make.output.contains("\"queued\""))
    try await film.must("rm ../whole/.git/modules/film/index.lock")
    #expect(try await make.exit() == .status(0))
    #expect(make.output.contains("\"finished\""))
  }

  @Test func `git clean takes what reel keeps in the project, and the watcher goes on`() async throws {
    let film = try await Self.repository(shots: 3)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("git clean -qxfd")
    #expect(film.inside(".reel/.gitignore") == nil)
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    film.replace("number 1", by: "fog", in: Self.name)
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"])
  }
}
