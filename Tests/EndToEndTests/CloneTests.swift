import Basics
import JSONText
import TestSupport
import Testing

/// Two clones of one project that both worked, and come together again: in either order, without a conflict in anything that reel
/// wrote, and with nothing left to do.
@Suite(.fewAtATime, .timeLimit(.minutes(15)), .enabled(if: Tool.isThere("git"), "git is not installed"))
struct CloneTests {
  private static let name = "sequences/sequence_001.json"

  /// The film is one clone, `../other` the second one; both push to nobody and pull from each other.
  private static func clones(_ film: Film) async throws {
    try await film.must(
      """
      printf '*.json text eol=lf\\n' >.gitattributes; git init -q -b main .; git add -A; git commit -qm one
      git clone -q . ../other
      """)
  }

  /// Merges each clone into the other's copy, so that both orders are seen.
  private static func merge(_ film: Film) async throws {
    try await film.must(
      """
      git add -A; git commit -qm here; git -C ../other add -A; git -C ../other commit -qm there
      cp -r . ../first; cp -r ../other ../second
      git -C ../first pull -q --no-rebase --no-edit ../other main
      git -C ../second pull -q --no-rebase --no-edit ../film main
      """)
  }

  /// What both merged clones say of all takes: path and whether it is used.
  private static func takes(_ film: Film, _ clone: String) async throws -> [String] {
    let takes = try await film.reel("-C", clone, "takes", "--json").json["takes"]?.array ?? []
    return takes.map { "\($0["file"]?.string ?? "") \($0["used"]?.bool == true ? "used" : "")" }
  }

  @Test func `the built-in engine makes the same bytes, and edits of other shots merge`() async throws {
    let film = Film(shots: 8)
    try await Self.clones(film)
    film.replace("number 2\"", by: "snow\"", in: Self.name)
    try await film.must("sed -i 's/number 7/hail/' ../other/\(Self.name)")
    // Both make everything, most of it the same; at the same time, watched.
    let here = try await film.watch()
    let there = Watcher(film, try film.start(BuiltProgram.path("reel"), ["-C", "../other", "watch", "--json"]))
    _ = try await there.next("idle")
    _ = try await here.stop()
    _ = try await there.stop()
    try await Self.merge(film)
    for clone in ["../first", "../second"] {
      let make = try await film.reel("-C", clone, "make", "--json")
      #expect(make.status == 0 && make.jobs == [], "\(clone): \(make.output)")
      #expect(try await film.reel("-C", clone, "status", "--json").json["shots"]?["fresh"]?.int == 8)
      #expect(try await film.sh("git -C \(clone) status --porcelain").output == "")
    }
    let first = try await Self.takes(film, "../first")
    #expect(first == (try await Self.takes(film, "../second")))
    #expect(first.count == 10)
  }

  @Test func `a program that gives the same bytes in both clones leaves nothing to conflict`() async throws {
    let film = Film(shots: 3)
    let engine = CountingEngine(in: film)
    engine.project()
    // As on two computers: nothing comes from a cache that both share.
    film.configure(#"{ "cache": { "size": 0 } }"#)
    try await Self.clones(film)
    for clone in [".", "../other"] {
      _ = try await film.reel("-C", clone, "trust")
      _ = try await film.reel("-C", clone, "approve")
      #expect(try await film.reel("-C", clone, "make").status == 0)
    }
    #expect(engine.runs.count == 6)
    try await Self.merge(film)
    for clone in ["../first", "../second"] {
      let make = try await film.reel("-C", clone, "make", "--json")
      #expect(make.status == 0 && make.jobs == [], "\(clone): \(make.output)")
      #expect(try await film.sh("git -C \(clone) status --porcelain").output == "")
    }
    #expect(engine.runs.count == 6)
    #expect(try await Self.takes(film, "../first").count == 3)
  }

  @Test func `two takes of one recipe come together, and both clones use the same one`() async throws {
    let film = Film(shots: 3)
    let engine = CountingEngine(in: film)
    engine.project()
    // As on two computers: nothing comes from a cache that both share.
    film.configure(#"{ "cache": { "size": 0 } }"#)
    // No two runs give the same bytes.
    engine.script("plain = picture; picture = lambda text: plain(text + str(time.time_ns()).encode())")
    try await Self.clones(film)
    #expect(try await film.reel("make").status == 0)
    // A clone starts nothing by itself.
    #expect(try await film.reel("-C", "../other", "make").status == 4)
    #expect(try await film.reel("-C", "../other", "trust").status == 0)
    #expect(try await film.reel("-C", "../other", "approve").status == 0)
    #expect(try await film.reel("-C", "../other", "make").status == 0)
    #expect(engine.runs.count == 6)
    try await Self.merge(film)
    for clone in ["../first", "../second"] {
      let make = try await film.reel("-C", clone, "make", "--json")
      #expect(make.status == 0 && make.jobs == [], "\(clone): \(make.output)")
      #expect(try await film.sh("git -C \(clone) status --porcelain").output == "")
    }
    #expect(engine.runs.count == 6)
    let takes = try await Self.takes(film, "../first")
    #expect(takes == (try await Self.takes(film, "../second")))
    // Of each shot's two the one with the smaller hash of its output, which stands in its name.
    #expect(takes.count == 6)
    for shot in 1...3 {
      let own = takes.filter { $0.contains(Film.shot(shot)) }.sorted()
      #expect(own.map { $0.hasSuffix(" used") } == [true, false], "\(own)")
    }
  }

  @Test func `a clone merged while it is watched has nothing to make of what came`() async throws {
    let film = Film(shots: 3)
    try await Self.clones(film)
    _ = try await film.reel("make")
    try await film.must(
      """
      sed -i 's/number 1/fog/; s/number 3/sun/' ../other/\(Self.name); $REEL -C ../other make >/dev/null
      git -C ../other add -A; git -C ../other commit -qm there; git add -A; git commit -qm here
      """)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("git pull -q --no-rebase --no-edit ../other main")
    let happened = try await watcher.settle()
    #expect(happened.jobs == [], "\(film.story)")
    #expect(happened.of("problem").isEmpty)
    #expect(try await film.reel("status", "--json").json["shots"]?["fresh"]?.int == 3)
  }

  @Test func `two watchers that make takes on two clones merge in both directions while they run`() async throws {
    let film = Film(shots: 6)
    // As on two computers: nothing comes from a cache that both share.
    film.configure(#"{ "cache": { "size": 0 } }"#)
    try await Self.clones(film)
    let here = try await film.watch()
    let there = Watcher(film, try film.start(BuiltProgram.path("reel"), ["-C", "../other", "watch", "--json"]))
    _ = try await there.next("idle")
    film.replace("number 2\"", by: "snow\"", in: Self.name)
    try await film.must("sed -i 's/number 6/hail/' ../other/\(Self.name)")
    #expect(try await here.settle().jobs.last == "sequence_001/shot_002")
    try await film.must("$REEL -C ../other sync --idle")
    let before = Happenings(events: there.events).jobs.count
    #expect(before == 7, "\(film.story)")
    try await film.must(
      """
      git add -A; git commit -qm here; git -C ../other add -A; git -C ../other commit -qm there
      git pull -q --no-rebase --no-edit ../other main; git -C ../other pull -q --ff-only ../film main
      """)
    let merged = try await here.settle()
    #expect(merged.jobs == [] && merged.of("problem").isEmpty, "\(film.story)")
    try await film.must("$REEL -C ../other sync --idle")
    #expect(Happenings(events: there.events).jobs.count == before, "\(film.story)")
    #expect(Happenings(events: there.events).of("problem").isEmpty)
    for clone in [".", "../other"] {
      let status = try await film.reel("-C", clone, "status", "--json")
      #expect(status.json["shots"]?["fresh"]?.int == 6, "\(status.output)")
      #expect(status.output == (try await film.reel("-C", clone, "status", "--json", "--cold").output))
      #expect(try await film.sh("git -C \(clone) status --porcelain").output == "")
    }
    #expect(try await Self.takes(film, ".") == Self.takes(film, "../other"))
  }
}
