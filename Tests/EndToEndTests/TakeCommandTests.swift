import JSONText
import TestSupport
import Testing

/// `pick`, `unpick`, `like`, `dislike`, `unrate`, `remove`, `restore` and the filters of `takes`, with a watcher at work and without.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct TakeCommandTests {
  private static let sequence = "sequences/sequence_001.json"

  /// Three shots, all made, with a person who has an address.
  private static func film(watched: Bool) async throws -> (Film, Watcher?) {
    let film = Film(shots: 3)
    film.write("../home/.gitconfig", "[user]\n\temail = Mara@Example.org\n")
    if watched { return (film, try await film.watch()) }
    #expect(try await film.reel("make").status == 0)
    return (film, nil)
  }

  /// What happened since the last time is that nothing was made.
  private static func expectNoJobs(_ film: Film, _ watcher: Watcher?) async throws {
    if let watcher { #expect(try await watcher.settle().jobs == [], "\(film.story)") }
    #expect(try await film.reel("plan").output == "Nothing to do.\n", "\(film.story)")
    let cold = try await film.reel("status", "--cold", "--json")
    #expect(cold.json["shots"]?["fresh"]?.int == 3, "\(cold.output)")
  }

  private static func fingerprint(_ film: Film, _ shot: String) async throws -> String {
    let takes = try await film.reel("takes", shot, "--json")
    return try #require(takes.json["takes"]?.array?.first?["fingerprint"]?.string)
  }

  @Test(arguments: [true, false]) func `pick and unpick change the pick and not one byte more`(watched: Bool)
    async throws
  {
    let (film, watcher) = try await Self.film(watched: watched)
    let before = film.text(Self.sequence)
    film.write("sequences/sequence_001/shot_002.painted.png", Picture.png(width: 8, height: 8))
    _ = try await watcher?.settle()
    let picked = try await film.reel("pick", "sequences/sequence_001/shot_002.painted.png")
    #expect(picked.status == 0, "\(picked.error)")
    #expect(
      picked.output
        == "sequence_001/shot_002: pick of still shot_002.painted.png in sequences/sequence_001.json\n")
    let after = before.replacing(
      "\"rain number 2\" }", with: "\"rain number 2\", \"pick\": { \"still\": \"shot_002.painted.png\" } }")
    #expect(film.text(Self.sequence) == after)
    try await Self.expectNoJobs(film, watcher)
    let takes = try await film.reel("takes", "shot_002", "--json")
    #expect(takes.json["takes"]?.array?.map { $0["used"]?.bool } == [true, false])
    #expect(takes.json["takes"]?.array?.map { $0["prompt"] } == [.null, "rain number 2"])
    // By the fingerprint, in place of the other.
    let fingerprint = try await Self.fingerprint(film, "shot_001")
    let other = try await film.reel("pick", "shot_001/\(fingerprint.dropFirst(7).prefix(6))", "--json")
    #expect(other.json["shot"]?.string == "sequence_001/shot_001", "\(other.error)")
    _ = try await watcher?.settle()
    let removed = try await film.reel("remove", "sequence_001/shot_001/\(fingerprint)")
    #expect(removed.status == 1)
    #expect(
      removed.error.contains("is what sequence_001/shot_001 is told to use; nothing was removed\n  reel unpick"),
      "\(removed.error)")
    #expect(try await film.reel("unpick", "shot_001", "still").status == 0)
    #expect(film.text(Self.sequence) == after)
    _ = try await watcher?.settle()
    #expect(try await film.reel("unpick", "shot_002").status == 0)
    #expect(film.text(Self.sequence) == before)
    _ = try await watcher?.settle()
    let nothing = try await film.reel("unpick", "shot_002")
    #expect(nothing.status == 1)
    #expect(nothing.error == "reel: sequence_001/shot_002 has no pick: it uses the take of its recipe\n")
    #expect(film.text(Self.sequence) == before)
    try await Self.expectNoJobs(film, watcher)
  }

  @Test(arguments: [true, false]) func `ratings go into one person's file, line by line`(watched: Bool) async throws {
    let (film, watcher) = try await Self.film(watched: watched)
    let names = film.takes.map { String($0.split(separator: "/").last ?? "") }
    let file = "ratings/mara@example.org.json"
    #expect(try await film.reel("like", film.takes[1], "--note", "the \"fog\"!").status == 0)
    #expect(film.text(file) == "{\n  \"\(names[1])\": { \"value\": 1, \"note\": \"the \\\"fog\\\"!\" }\n}\n")
    let liked = try await film.reel("dislike", names[0], "sequences/../\(film.takes[2])")
    #expect(
      liked.output == "disliked \(film.takes[0]) (\(file))\ndisliked \(film.takes[2]) (\(file))\n", "\(liked.error)")
    #expect(
      film.text(file) == """
        {
          "\(names[0])": { "value": -1 },
          "\(names[1])": { "value": 1, "note": "the \\"fog\\"!" },
          "\(names[2])": { "value": -1 }
        }

        """)
    try await Self.expectNoJobs(film, watcher)
    let takes = try await film.reel("takes", "--liked", "--json")
    #expect(takes.json["takes"]?.array?.map { $0["file"]?.string } == [film.takes[1]])
    #expect(takes.json["takes"]?.array?.first?["rating"]?.int == 1)
    let text = try await film.reel("takes", "--disliked", "--search", "NUMBER 3 rain")
    #expect(text.output == "*  sequence_001/shot_003  still  current  \(film.takes[2])  disliked\n")
    #expect(try await film.reel("unrate", names[0], names[1], names[2]).status == 0)
    #expect(film.text(file) == "{}\n")
    _ = try await watcher?.settle()
    #expect(try await film.reel("takes", "--liked").output == "No such takes.\n")
  }

  @Test func `a broken ratings file is named with its place and stays as it is`() async throws {
    let (film, _) = try await Self.film(watched: false)
    let broken = "{\n<<<<<<< HEAD\n}\n"
    film.write("ratings/mara@example.org.json", broken)
    let liked = try await film.reel("like", film.takes[0])
    #expect(liked.status == 1)
    #expect(liked.error.hasPrefix("reel: ratings/mara@example.org.json:2:1: "), "\(liked.error)")
    #expect(film.text("ratings/mara@example.org.json") == broken)
    let check = try await film.reel("check")
    #expect(check.output.contains("ratings/mara@example.org.json:2:1"), "\(check.output)")
    #expect(try await film.reel("make").status == 0, "ratings stop nothing")
  }

  @Test(arguments: [true, false]) func `a removed take is not made again, and comes back as it was`(watched: Bool)
    async throws
  {
    let (film, watcher) = try await Self.film(watched: watched)
    let take = film.takes[1]
    let (bytes, sidecar) = (film.inside(take), film.text("\(take).json"))
    let removed = try await film.reel("remove", take, "--json")
    let place = try #require(removed.json["takes"]?.array?.first?["trash"]?.string, "\(removed.error)")
    #expect(film.inside(take) == nil)
    #expect(film.inside(place) == bytes)
    #expect(film.text("\(take).json") == String(sidecar.dropLast(3)) + ",\n  \"removed\": true\n}\n")
    #expect(film.text(".reel/.gitignore") == "*\n")
    try await Self.expectNoJobs(film, watcher)
    #expect(try await film.reel("takes").output.contains(take) == false)
    #expect(try await film.reel("takes", "--removed").output == "   sequence_001/shot_002  still  removed  \(take)\n")
    #expect(try await film.reel("why", "shot_002").output.contains("its take was removed"))
    let picked = try await film.reel("pick", take)
    #expect(picked.status == 1)
    #expect(picked.error.contains("lies in the trash"), "\(picked.error)")
    let fingerprint = try #require(
      try await film.reel("takes", "--removed", "--json").json["takes"]?.array?.first?["fingerprint"]?.string)
    let restored = try await film.reel("restore", "shot_002/\(fingerprint.dropFirst(7).prefix(8))")
    #expect(restored.output == "restored \(take)\n", "\(restored.error)")
    #expect(film.inside(take) == bytes)
    #expect(film.text("\(take).json") == sidecar)
    try await Self.expectNoJobs(film, watcher)
    let again = try await film.reel("restore", take)
    #expect(again.status == 1)
    #expect(again.error == "reel: there is a file \(take); nothing was written over\n")
  }

  @Test func `a picture of one's own goes to the trash and back, by its name`() async throws {
    let (film, watcher) = try await Self.film(watched: true)
    let mine = "sequences/sequence_001/shot_001.mine.png"
    film.write(mine, Picture.png(width: 8, height: 8))
    _ = try await watcher?.settle()
    #expect(try await film.reel("like", "shot_001.mine.png").status == 0)
    #expect(try await film.reel("pick", "shot_001.mine.png").status == 0)
    let picked = film.text(Self.sequence)
    _ = try await watcher?.settle()
    #expect(try await film.reel("remove", mine, "--force").status == 0)
    #expect(picked != film.text(Self.sequence))
    #expect(film.text(Self.sequence) == Film.sequence(shots: 3))
    #expect(film.inside(mine) == nil)
    try await Self.expectNoJobs(film, watcher)
    #expect(try await film.reel("restore", "shot_001.mine.png").status == 0)
    #expect(film.inside(mine) == Picture.png(width: 8, height: 8))
    _ = try await watcher?.settle()
    let takes = try await film.reel("takes", "--liked", "--json")
    #expect(takes.json["takes"]?.array?.map { $0["file"]?.string } == [mine])
  }

  @Test func `a take that nobody knows or that may be several is 64, and nothing is changed`() async throws {
    let (film, _) = try await Self.film(watched: false)
    film.write("sequences/sequence_002.json", Film.sequence(shots: 1))
    film.write("sequences/sequence_001/shot_001.x.png", "x")
    film.write("sequences/sequence_002/shot_001.x.png", "x")
    let several = try await film.reel("like", "shot_001.x.png")
    #expect(several.status == 64)
    #expect(
      several.error.contains("\n  sequences/sequence_001/shot_001.x.png\n  sequences/sequence_002/shot_001.x.png"),
      "\(several.error)")
    let unknown = try await film.reel("remove", film.takes[0], "shot_002.y.png")
    #expect(unknown.status == 64)
    #expect(film.takes.count == 5)
    #expect(!film.names.contains { $0.hasPrefix("ratings/") })
    #expect(try await film.reel("pick", "/etc/passwd").status == 64)
    #expect(try await film.reel("takes", "--sequence", "sequence_01").status == 64)
  }

  @Test(.enabled(if: Tool.isThere("git"), "git is not installed"), arguments: [["mara", "tom"], ["tom", "mara"]])
  func `two people rate, pick and make, merge in either order, and nothing is in conflict`(order: [String]) async throws
  {
    let film = Film(shots: 2)
    #expect(try await film.reel("make").status == 0)
    try await film.must(
      """
      git init -q -b main . && git add -A && git commit -qm one
      for person in mara tom; do
        git clone -q . ../$person && git -C ../$person config user.email $person@example.org
        cd ../$person
        # The same recipe, made by both; tom's engine gave other bytes.
        sed -i 's/number 1/snow/' sequences/sequence_001.json
        $REEL make >/dev/null
        $REEL like shot_002.*.png --note $person >/dev/null || $REEL like sequences/sequence_001/shot_002.*.png --note $person
        $REEL dislike sequences/sequence_001/shot_001.*.png
        cd ../film
      done
      cd ../tom
      $REEL takes shot_001 --json | grep -q '"fresh":true'
      """)
    try await film.must(
      """
      cd ../tom
      old=$($REEL takes shot_001 | grep current | sed 's/.*\\(sequences[^ ]*png\\).*/\\1/')
      printf x >>$old
      sum=$(sha256sum <$old | cut -c1-64); size=$(wc -c <$old)
      new=$(echo $old | sed "s/-[0-9a-f]*.png/-$(echo $sum | cut -c1-8).png/")
      sed "s/\\"sha256\\": \\"[0-9a-f]*\\"/\\"sha256\\": \\"$sum\\"/; s/\\"bytes\\": [0-9]*/\\"bytes\\": $size/" $old.json >$new.json
      mv $old $new; rm $old.json
      test "$($REEL plan)" = "Nothing to do."
      for person in mara tom; do cd ../$person; git add -A; git commit -qm $person; done
      cd ../film
      git pull -q --no-edit --no-rebase ../\(order[0]) main
      git pull -q --no-edit --no-rebase ../\(order[1]) main
      """)
    #expect(try await film.reel("plan").output == "Nothing to do.\n", "\(film.story)")
    let takes = try await film.reel("takes", "shot_001", "--json")
    let rows = takes.json["takes"]?.array ?? []
    let same = rows.filter { $0["prompt"]?.string == "rain snow" }
    #expect(same.count == 2)
    // Of two takes of one recipe the one with the smallest hash is current, whoever came first.
    let current = same.filter { $0["fresh"]?.bool == true }.compactMap { $0["file"]?.string }
    #expect(current == [same.compactMap { $0["file"]?.string }.min() ?? ""])
    let liked = try await film.reel("takes", "--liked", "--json")
    #expect(
      liked.json["takes"]?.array?.first?["ratings"] == [
        ["person": "mara@example.org", "value": 1, "note": "mara"],
        ["person": "tom@example.org", "value": 1, "note": "tom"],
      ])
  }
}
