import Basics
import JSONText
import TestSupport
import Testing

/// Pictures that come into the inbox, change there, and go.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct InboxTests {
  /// Two shots with one reference each, and one with none.
  private static func film() -> Film {
    let film = Film(shots: 1)
    film.write(
      "sequences/sequence_001.json",
      """
      {
        "shots": [
          { "id": "a", "prompt": "rain", "references": ["inbox/one.png"] },
          { "id": "b", "prompt": "snow", "references": ["inbox/two.png"] },
          { "id": "c", "prompt": "hail" }
        ]
      }

      """)
    film.write("inbox/one.png", Picture.png(width: 40, height: 30, shade: 10))
    film.write("inbox/two.png", Picture.png(width: 40, height: 30, shade: 20))
    return film
  }

  @Test func `nothing happens to a shot before its picture is whole`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.scratch.write("big.png", Picture.png(width: 2000, height: 1500, shade: 77))
    // Under a name of its own, in twelve pieces, over more than a second.
    try await film.must(
      """
      cd ..; split -n 12 big.png piece.; : >film/inbox/c.png
      for p in piece.*; do cat $p >>film/inbox/c.png; sleep 0.1; done; cmp big.png film/inbox/c.png
      """)
    let happened = try await watcher.settle()
    #expect(happened.jobs == ["sequence_001/c"], "\(film.story)")
    #expect(happened.of("problem").isEmpty, "\(film.story)")
    #expect(happened.of("failed").isEmpty)
  }

  @Test func `a picture replaced under its name makes its shots anew and no others`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.scratch.write("new.png", Picture.png(width: 40, height: 30, shade: 200))
    try await film.must("cp ../new.png inbox/one.png")
    let replaced = try await watcher.settle()
    #expect(replaced.jobs == ["sequence_001/a"], "\(film.story)")
    #expect(replaced.reasons == ["inbox/one.png has new content"])
    // The same picture under another name is the same picture.
    try await film.must("cp inbox/two.png inbox/three.png; sed -i 's/two.png/three.png/' sequences/sequence_001.json")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    #expect(try await film.reel("plan").status == 0)
  }

  @Test func `a picture removed is told with the line that names it, and takes stay`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("rm inbox/two.png")
    let removed = try await watcher.settle()
    #expect(removed.jobs == [])
    #expect(removed.of("problem").count == 1, "\(film.story)")
    #expect(removed.of("problem").first?["file"]?.string == "sequences/sequence_001.json")
    #expect(removed.of("problem").first?["line"]?.int == 4)
    #expect(film.takes.count == 3)
    let check = try await film.reel("check")
    #expect(check.status == 2)
    #expect(check.output.contains("--> sequences/sequence_001.json:4:"), "\(check.output)")
    film.write("inbox/two.png", Picture.png(width: 40, height: 30, shade: 20))
    let back = try await watcher.settle()
    #expect(back.of("solved").count == 1)
    #expect(back.jobs == [])
  }

  @Test func `a picture is known by its bytes, not by the end of its name`() async throws {
    let film = Self.film()
    try await film.must("cp '\(Self.sampleJPEG)' inbox/one.png")
    film.write("inbox/two.png", Picture.gif)
    let made = try await film.reel("make", "--json")
    #expect(made.status == 0, "\(film.story)")
    #expect(made.jobs == ["sequence_001/a", "sequence_001/b", "sequence_001/c"])
  }

  @Test func `what is no picture is told as such, and its shots wait`() async throws {
    let film = Self.film()
    film.write("inbox/one.png", "<!DOCTYPE html><html><body>Not found</body></html>")
    film.write("inbox/two.png", "")
    let made = try await film.reel("make", "--json")
    #expect(!made.jobs.contains("sequence_001/a"), "\(film.story)")
    #expect(!made.jobs.contains("sequence_001/b"), "\(film.story)")
    #expect(made.jobs.contains("sequence_001/c"))
    #expect(made.status != 0)
    let check = try await film.reel("check", "--json")
    #expect(check.status == 2)
    let messages = check.json["problems"]?.array?.compactMap { $0["message"]?.string } ?? []
    #expect(
      messages.sorted() == [
        "`inbox/one.png` is no picture, whatever its name says", "`inbox/two.png` ends in the middle",
      ])
  }

  @Test func `a picture that is cut off in one go is told, and its shot waits`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.scratch.write("cut.png", Array(Picture.png(width: 40, height: 30).prefix(60)))
    try await film.must("cp ../cut.png ../c.png; mv ../c.png inbox/c.png")
    let happened = try await watcher.settle()
    #expect(happened.problems == ["incomplete-image"], "\(film.story)")
    #expect(happened.jobs == [])
  }

  private static let sampleJPEG: String = {
    let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(here)/sample-project/inbox/storm.jpg"
  }()
}
