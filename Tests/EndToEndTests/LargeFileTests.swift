import Basics
import JSONText
import TestSupport
import Testing

/// Takes and references in git-lfs: pointers are said once, are no pictures, and are no reason to make anything.
@Suite(
  .fewAtATime, .timeLimit(.minutes(15)),
  .enabled(if: Tool.isThere("git") && Tool.isThere("git-lfs"), "git-lfs is not installed"))
struct LargeFileTests {
  /// A film in a repository with git-lfs, pushed to a bare one beside it. Its second shot has a reference.
  private static func pushed(made: Bool = true) async throws -> Film {
    let film = Film(shots: 0)
    try await film.must(
      """
      $REEL init . >/dev/null; git init -q -b main .; git lfs install --skip-smudge >/dev/null
      rm -r sequences inbox library; mkdir inbox
      """)
    film.write("project.json", Film.project)
    film.write("inbox/sky.png", Picture.png(width: 24, height: 16))
    film.write(
      "sequences/sequence_001.json",
      """
      { "shots": [
        { "id": "shot_001", "prompt": "rain" },
        { "id": "shot_002", "prompt": "fog", "references": ["inbox/sky.png"] }
      ] }

      """)
    if made { _ = try await film.reel("make") }
    try await film.must(
      """
      git add -A; git commit -qm one; git init -q --bare -b main ../store.git
      git remote add origin "file://$PWD/../store.git"; git push -q origin main
      """)
    return film
  }

  @Test func `init puts takes into git-lfs where it is installed, and sidecars stay texts`() async throws {
    let film = try await Self.pushed()
    let files = try await film.sh("git lfs ls-files -n").lines
    #expect(files.filter { $0.hasPrefix("sequences/") }.count == 2, "\(files)")
    #expect(files.allSatisfy { $0.hasSuffix(".png") })
    let sidecar = try #require(film.takes.first) + ".json"
    let attributes = try await film.sh("git check-attr text eol filter -- \(sidecar)").lines
    #expect(attributes == ["\(sidecar): text: set", "\(sidecar): eol: lf", "\(sidecar): filter: unspecified"])
    let plain = try await film.sh(
      "mkdir ../plain; PATH=/nowhere $REEL init ../plain >/dev/null; cat ../plain/.gitattributes")
    #expect(plain.output.contains("\n#*.png filter=lfs"))
  }

  @Test func `a clone with pointers has no job and says once what brings the files`() async throws {
    let film = try await Self.pushed()
    try await film.must("git clone -q ../store.git ../clone")
    let sentence = "2 takes and 1 reference are git-lfs pointers: `git lfs pull` brings them"
    let plan = try await film.reel("-C", "../clone", "plan")
    #expect(plan.status == 0)
    #expect(plan.output == "Nothing to do.\n\(sentence)\n", "\(plan.output)")
    let status = try await film.reel("-C", "../clone", "status")
    #expect(status.lines.filter { $0.contains("git lfs") } == [sentence], "\(status.output)")
    let json = try await film.reel("-C", "../clone", "status", "--json").json
    #expect((json["pointers"]?["takes"]?.int, json["pointers"]?["references"]?.int) == (2, 1))

    let watcher = Watcher(film, try film.start(BuiltProgram.path("reel"), ["-C", "../clone", "watch", "--json"]))
    _ = try await watcher.next("idle")
    func said() -> [String] {
      watcher.events.filter { $0["type"]?.string == "waiting" }.compactMap { $0["message"]?.string }
    }
    #expect(said() == [sentence])
    try await film.must("cd ../clone; git lfs pull -q 2>&1 || git lfs pull; ! grep -q git-lfs sequences/*/*.png")
    try await film.must("$REEL -C ../clone sync --idle")
    let events = Happenings(events: watcher.events)
    #expect(events.jobs == [], "\(film.story)")
    #expect(events.of("problem").isEmpty)
    #expect(said() == [sentence])
    #expect(try await film.reel("-C", "../clone", "status", "--json").json["pointers"]?["takes"]?.int == 0)
    _ = try await watcher.stop()
  }

  @Test func `a shot whose reference is a pointer waits for it, and is made when it comes`() async throws {
    let film = try await Self.pushed(made: false)
    // As on two computers: nothing comes from a cache that both share.
    film.configure(#"{ "cache": { "size": 0 } }"#)
    try await film.must("git clone -q ../store.git ../clone")
    let make = try await film.reel("-C", "../clone", "make", "--json")
    #expect(make.jobs == ["sequence_001/shot_001"])
    #expect(make.status == 12)
    let said = make.events.filter { $0["type"]?.string == "waiting" }.compactMap { $0["message"]?.string }
    #expect(said == ["1 reference is a git-lfs pointer: `git lfs pull` brings it"])
    try await film.must("cd ../clone; git lfs pull")
    #expect(try await film.reel("-C", "../clone", "make", "--json").jobs == ["sequence_001/shot_002"])
    // What each clone made is the same, byte for byte: merging them leaves nothing to do.
    #expect(try await film.reel("make", "--json").jobs.count == 2)
    let here = try await film.sh("cat sequences/sequence_001/* | sha256sum").output
    let there = try await film.sh("cat ../clone/sequences/sequence_001/* | sha256sum").output
    #expect(here == there)
  }
}
