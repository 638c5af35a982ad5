import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// What was made once on this machine comes back, and `reel gc`.
@Suite(.fewAtATime, .timeLimit(.minutes(15)), .enabled(if: Tool.isThere("git"), "git is not installed"))
struct CacheTests {
  /// A project under git whose takes are not committed.
  private static func repository(shots: Int) async throws -> Film {
    let film = Film(shots: shots)
    film.write(".gitignore", "/sequences/*/\n.reel/\n")
    try await film.must("git init -q -b main . && git add -A && git commit -qm one")
    let made = try await film.reel("make", "--json")
    #expect(made.jobs.count == shots)
    return film
  }

  @Test func `a branch switched back restores its takes though git took them away, and starts no job`() async throws {
    let film = try await Self.repository(shots: 6)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    let first = film.takes
    try await film.must(
      "git checkout -qb rain; sed -i 's/rain number/heavy rain number/' sequences/sequence_001.json; git commit -qam two"
    )
    #expect(try await watcher.settle().jobs.count == 6)
    try await film.must("git clean -qxfd sequences")
    let cleaned = try await watcher.settle()
    #expect(cleaned.jobs == [] && cleaned.of("restored").count == 6, "\(film.story)")
    try await film.must("git checkout -q main")
    let back = try await watcher.settle()
    #expect(back.jobs == [], "\(film.story)")
    #expect(back.of("restored").map { $0["from"]?.string } == Array(repeating: "cache", count: 6), "\(film.story)")
    #expect(first.allSatisfy(film.takes.contains))
    try await film.must("git checkout -q rain")
    let forth = try await watcher.settle()
    #expect(forth.jobs == [], "\(film.story)")
    #expect(forth.of("restored").count == 6)
    let cold = try await film.reel("status", "--cold", "--json")
    #expect(try await film.reel("status", "--json").output == cold.output)
    #expect(cold.json["shots"]?["fresh"]?.int == 6)
  }

  @Test func `git clean takes nothing away for good: the same files come back, byte for byte`() async throws {
    let film = try await Self.repository(shots: 3)
    try await film.must("cp -a sequences/sequence_001 ../before; git clean -qxfd; test ! -e sequences/sequence_001")
    let plan = try await film.reel("plan", "--json")
    #expect(plan.status == 2)
    #expect(plan.json["jobs"]?.array == [])
    #expect(plan.json["restores"]?.array?.map { $0["from"]?.string } == ["cache", "cache", "cache"])
    let text = try await film.reel("plan")
    #expect(text.output.contains("0 jobs, 3 to be restored from the cache:"), "\(text.output)")
    let why = try await film.reel("why", "shot_002")
    #expect(why.output.contains("the cache holds what this recipe gave"), "\(why.output)")
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0 && made.jobs == [])
    #expect(Happenings(events: made.events).shots("restored").count == 3)
    try await film.must("diff -r ../before sequences/sequence_001")
  }

  @Test func `a deleted output, a fresh clone on the same machine: restored; another user's clone: made`() async throws
  {
    let film = try await Self.repository(shots: 2)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("rm sequences/sequence_001/shot_001.*.png")
    let deleted = try await watcher.settle()
    #expect(deleted.jobs == [], "\(film.story)")
    #expect(deleted.shots("restored") == ["sequence_001/shot_001"])
    _ = try await watcher.stop()
    try await film.must("git clone -q . ../clone; test ! -e ../clone/sequences/sequence_001")
    let made = try await film.reel("-C", "../clone", "make", "--json")
    #expect(made.jobs == [], "\(film.story)")
    try await film.must("diff -r sequences/sequence_001 ../clone/sequences/sequence_001")
    try await film.must("git clone -q . ../strangers")
    let strangers = try await film.sh(
      "XDG_CACHE_HOME=$HOME/other XDG_STATE_HOME=$HOME/state $REEL -C ../strangers make --json")
    #expect(strangers.jobs.count == 2, "\(film.story)")
  }

  @Test func `takes that came with a clone never enter the cache`() async throws {
    let film = Film(shots: 2)
    _ = try await film.reel("make")
    try await film.must("git init -q -b main . && git add -A && git commit -qm one && git clone -q . ../clone")
    let other = "XDG_CACHE_HOME=$HOME/other XDG_STATE_HOME=$HOME/state"
    let clone = try await film.sh("\(other) $REEL -C ../clone make --json")
    #expect(clone.jobs == [])
    try await film.must("cp ../clone/sequences/sequence_001.json ../clone/sequences/second.json")
    let copied = try await film.sh("\(other) $REEL -C ../clone make --json")
    #expect(copied.jobs == [] && Happenings(events: copied.events).of("restored").count == 2, "\(film.story)")
    try await film.must("test ! -e $HOME/other/reelwright/outputs; rm -rf ../clone/sequences/s*/")
    let made = try await film.sh("\(other) $REEL -C ../clone make --json")
    #expect(Set(made.jobs).count == 4, "\(film.story)")
  }

  @Test func `the size in config.json is kept, and 0 is no cache`() async throws {
    let film = Film(shots: 12)
    film.configure(#"{ "cache": { "size": "12 kB" } }"#)
    _ = try await film.reel("make")
    let small = try await film.reel("gc", "--dry-run", "--json")
    let bytes = small.json["free"]?.array?.first?["bytes"]?.int ?? -1
    #expect(bytes > 0 && bytes <= 12_000, "\(small.output)")
    film.configure(#"{ "cache": { "size": 0 } }"#)
    try await film.must(#"rm -r "$HOME"/../cache sequences/sequence_001"#)
    let made = try await film.reel("make", "--json")
    #expect(made.jobs.count == 12)
    try await film.must("test ! -e \"$HOME\"/../cache/reelwright/outputs")
  }

  @Test func `a full disk is no reason to fail: what does not fit the cache is left out`() async throws {
    let film = Film(shots: 3)
    let mount = try await film.sh("mkdir ../small && mount -t tmpfs -o size=64k none ../small")
    if mount.status != 0 { return }
    let made = try await film.sh("XDG_CACHE_HOME=$PWD/../small $REEL make --json; s=$?; umount ../small; exit $s")
    #expect(made.status == 0, "\(film.story)")
    #expect(made.events.filter { $0["type"]?.string == "notice" }.count <= 1, "\(made.output)")
    #expect(film.takes.count == 3)
  }

  @Test func `a take that finds the disk full drives outputs out of the cache`() async throws {
    let film = Film(shots: 30)
    let mount = try await film.sh("mkdir ../small && mount -t tmpfs -o size=1m none ../small")
    if mount.status != 0 { return }
    try await film.must(
      """
      sed -i 's/"version": 1,/"version": 1, "limits": { "freeDisk": "0 B" },/' project.json
      mkdir ../small/film; mv project.json sequences ../small/film/
      """)
    let environment = "cd ../small/film; export XDG_CACHE_HOME=$PWD/../cache"
    let made = try await film.sh("\(environment); $REEL make --json; find ../cache -type f | wc -l")
    #expect(made.jobs.count == 30, "\(film.story)")
    let before = Int(made.lines.last ?? "") ?? 0
    #expect(before > 10, "\(made.lines.last ?? "")")
    let late = try await film.sh(
      #"""
      \#(environment); sed -i 's/number 7"/number 7, in a storm"/' sequences/sequence_001.json
      cat /dev/zero >../ballast 2>/dev/null
      $REEL watch --json --poll >../../said & pid=$!
      for i in $(seq 400); do grep -q finished ../../said && break; sleep 0.05; done
      kill $pid; wait $pid; find ../cache -type f | wc -l
      """#)
    let story = film.story + String(decoding: film.scratch.read("said") ?? [], as: UTF8.self)
    _ = try await film.sh("umount ../small")
    #expect(String(decoding: film.scratch.read("said") ?? [], as: UTF8.self).contains("\"finished\""), "\(story)")
    #expect((Int(late.lines.last ?? "") ?? before) < before, "\(late.output)")
  }

  @Test func `two at once on two clones, with a cache too small for both, make what they need and nothing else`()
    async throws
  {
    let film = try await Self.repository(shots: 20)
    try await film.must(
      "git clone -q . ../one; git clone -q . ../two; sed -i 's/rain/fog/' ../two/sequences/sequence_001.json")
    film.configure(#"{ "cache": { "size": "40 kB" } }"#)
    let both = try await film.sh(
      "$REEL -C ../one make --json >../one.log & one=$!; $REEL -C ../two make --json >../two.log; s=$?; wait $one && exit $s"
    )
    #expect(both.status == 0, "\(film.story)")
    try await film.must("diff -r sequences/sequence_001 ../one/sequences/sequence_001")
    for name in ["one", "two"] {
      let status = try await film.reel("-C", "../\(name)", "status", "--json")
      #expect(status.json["shots"]?["fresh"]?.int == 20, "\(film.story)")
      let log = String(decoding: film.scratch.read("\(name).log") ?? [], as: UTF8.self)
      let faults = log.split(separator: "\n").filter { $0.contains("\"notice\"") || $0.contains("\"failed\",") }
      #expect(faults == [])
    }
  }

  @Test func `what a program made is restored without it: in a clone that nobody trusted, and more than a burst`()
    async throws
  {
    let film = Film(shots: 3)
    let engine = CountingEngine(in: film)
    engine.project(keys: #""limits": { "burst": 1 }"#)
    film.write(".gitignore", "/sequences/*/\n.reel/\n")
    try await film.must("git init -q -b main . && git add -A && git commit -qm one")
    let waiting = try await film.reel("make", "--json")
    #expect(waiting.status == 4 && engine.runs == [], "\(film.story)")
    _ = try await film.reel("approve")
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0 && engine.runs.count == 3, "\(film.story)")
    try await film.must("cp -a sequences/sequence_001 ../before; git clean -qxfd")
    let again = try await film.reel("make", "--json")
    #expect(again.status == 0 && again.jobs == [], "\(film.story)")
    #expect(Happenings(events: again.events).of("restored").map { $0["from"]?.string } == ["cache", "cache", "cache"])
    try await film.must("diff -r ../before sequences/sequence_001; git clone -q . ../clone")
    let clone = try await film.reel("-C", "../clone", "make", "--json")
    #expect(clone.status == 0 && clone.jobs == [], "\(film.story)")
    try await film.must("diff -r ../before ../clone/sequences/sequence_001")
    #expect(engine.runs.count == 3)
  }

  // MARK: gc

  @Test func `gc says what it would free, frees nothing without a yes, and then just that`() async throws {
    let film = Film(shots: 3)
    _ = try await film.reel("make")
    try await film.must(
      """
      mkdir -p .reel/trash/20260101T000000Z-000000001/sequences; head -c 2000 /dev/zero >.reel/trash/20260101T000000Z-000000001/sequences/a.png
      head -c 500 /dev/zero >sequences/sequence_001/.reel-999999999-x.tmp; head -c 10 /dev/zero >sequences/sequence_001/.reel-\(getpid())-x.tmp
      """)
    let takes = film.takes
    let dry = try await film.reel("gc", "--dry-run", "--json")
    #expect(dry.status == 0, "\(dry.error)")
    let free = dry.json["free"]?.array ?? []
    #expect(free.map { $0["what"]?.string } == ["cache", "trash", "leftovers"])
    #expect(free.map { $0["count"]?.int } == [3, 1, 1], "\(dry.output)")
    #expect(free.dropFirst().map { $0["bytes"]?.int } == [2000, 500])
    #expect(dry.json["freed"] == .null)
    let asked = try await film.reel("gc")
    #expect(asked.output.hasSuffix("\nreel gc --yes frees it.\n"), "\(asked.output)")
    #expect(asked.output.contains("trash: 1 file, which cannot be had back then"))
    #expect(try await film.reel("gc", "--dry-run", "--json").output == dry.output)
    let trash = try await film.reel("gc", "--only", "trash", "--yes")
    #expect(trash.output.hasSuffix("Freed 2 kB.\n"), "\(trash.output)")
    try await film.must("test -z \"$(ls .reel/trash)\"; test -e sequences/sequence_001/.reel-999999999-x.tmp")
    let all = try await film.reel("gc", "--yes", "--json")
    #expect(all.json["freed"]?.array?.map { $0["count"]?.int } == [3, 0, 1], "\(all.output)")
    try await film.must("test ! -e sequences/sequence_001/.reel-999999999-x.tmp")
    #expect(film.takes == takes)
    #expect(try await film.reel("gc").output == "Nothing to free.\n")
    try await film.must("rm -r sequences/sequence_001")
    #expect(try await film.reel("make", "--json").jobs.count == 3)
  }

  @Test func `gc heeds how old things are`() async throws {
    let film = Film(shots: 2)
    _ = try await film.reel("make")
    let young = try await film.reel("gc", "--older", "30", "--json", "--yes")
    #expect(young.json["freed"] == .null, "\(young.output)")
    try await film.must("touch -d '40 days ago' $(find \"$HOME\"/../cache -name '*.json' | head -1)")
    let old = try await film.reel("gc", "--older", "30", "--json", "--yes")
    #expect(old.json["freed"]?.array?.first?["count"]?.int == 1, "\(old.output)")
    #expect(try await film.reel("gc", "--json").json["free"]?.array?.first?["count"]?.int == 1)
  }

  @Test func `gc without a project looks at the cache alone`() async throws {
    let film = Film(shots: 1)
    _ = try await film.reel("make")
    let outside = try await film.reel("-C", "..", "gc", "--json", "--yes")
    #expect(outside.status == 0, "\(outside.error)")
    #expect(outside.json["freed"]?.array?.map { $0["what"]?.string } == ["cache"])
    #expect(try await film.reel("gc", "..").status == 10)
  }

  @Test func `gc takes puts away what nothing needs, and leaves what is wanted, picked, rated, named or edited`()
    async throws
  {
    let film = Film(shots: 6)
    let name = "sequences/sequence_001.json"
    _ = try await film.reel("make")
    let old = film.takes
    try await film.must("sed -i 's/rain/snow/' \(name)")
    _ = try await film.reel("make")
    let new = film.takes.filter { !old.contains($0) }
    #expect(old.count == 6 && new.count == 6)
    func file(_ index: Int) -> String { String(old[index].dropFirst("sequences/sequence_001/".count)) }
    // Shot 1 picks its old take, 2's is rated, 3's is a reference, 4's is edited, 5's is wanted again elsewhere, 6's is left.
    film.replace(
      #""shot_001","#, by: #""shot_001", "pick": { "still": "\#(file(0))" },"#, in: name)
    film.write("ratings/mara.json", "{ \"\(file(1))\": { \"value\": -1 } }\n")
    film.replace(#""shot_005","#, by: #""shot_005", "references": ["\#(old[2])"],"#, in: name)
    try await film.must("printf x >>\(old[3])")
    film.write("sequences/sequence_002.json", #"{ "shots": [ { "id": "shot_005", "prompt": "rain number 5" } ] }"#)
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    let listed = try await film.reel("gc", "--only", "takes", "--json")
    let named = listed.json["takes"]?.array?.compactMap { $0["file"]?.string } ?? []
    // The edited one shows only when its bytes are looked at; shot 5 has been made once more for its new reference.
    #expect(Set(named).isSuperset(of: [old[5]]), "\(listed.output)")
    #expect(Set(named).isDisjoint(with: [old[0], old[1], old[2], old[4]]), "\(listed.output)")
    let before = film.takes
    let done = try await film.reel("gc", "--only", "takes", "--yes")
    #expect(done.status == 0, "\(done.error)")
    let gone = Set(before).subtracting(film.takes)
    #expect(gone == Set(named).subtracting([old[3]]), "\(done.output)")
    let trash = film.tree.filter { $0.hasPrefix(".reel/trash/") }
    #expect(trash.count == 2 * gone.count, "\(trash)")
    #expect(trash.contains { $0.contains("/sequences/sequence_001/\(file(5)).json ") })
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    let again = try await film.reel("gc", "--only", "takes", "--json")
    #expect((again.json["takes"]?.array ?? []).allSatisfy { $0["file"]?.string == old[3] }, "\(again.output)")
    // What cannot be read may want anything.
    film.write("sequences/sequence_003.json", "{")
    _ = try await watcher.settle()
    let frozen = try await film.reel("gc", "--takes", "--json")
    #expect(frozen.json["takes"]?.array == [])
    #expect(frozen.json["kept"]?.array == ["all takes, while sequences/sequence_003.json cannot be read"])
  }
}
