import Basics
import JSONText
import TestSupport
import Testing

/// A folder of pictures that becomes a shot for each of them, with the program as it is used.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct TemplateTests {
  private static func film() -> Film {
    let film = Film(shots: 1)
    film.write(
      "sequences/products.json",
      """
      {
        "shots": [
          { "id": "front", "name": "The {stem}", "prompt": "{stem} on white, {{stem}}", "each": "inbox/products/*.png" },
          { "id": "none", "each": "inbox/none/*" }
        ]
      }

      """)
    film.write("inbox/products/chair.png", Picture.png(width: 40, height: 30, shade: 10))
    film.write("inbox/products/big table.png", Picture.png(width: 40, height: 30, shade: 20))
    return film
  }

  @Test func `pictures that come, change, move and go make and end their own shots`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    #expect(
      Happenings(events: watcher.events).jobs == [
        "products/front--big table", "products/front--chair", "sequence_001/shot_001",
      ])
    _ = try await watcher.settle()
    film.scratch.write("new.png", Picture.png(width: 40, height: 30, shade: 99))
    try await film.must("cp ../new.png inbox/products/Lamp.PNG")
    #expect(try await watcher.settle().jobs == ["products/front--Lamp"], "\(film.story)")
    film.scratch.write("other.png", Picture.png(width: 40, height: 30, shade: 120))
    try await film.must("cp ../other.png inbox/products/chair.png")
    let replaced = try await watcher.settle()
    #expect(replaced.jobs == ["products/front--chair"], "\(film.story)")
    #expect(replaced.reasons == ["inbox/products/chair.png has new content"])
    // The frame shows id and name, so another name is another frame.
    try await film.must("mv inbox/products/chair.png inbox/products/stool.png")
    #expect(try await watcher.settle().jobs == ["products/front--stool"], "\(film.story)")
    let takes = film.takes
    try await film.must("rm inbox/products/stool.png; touch inbox/products/*.png")
    let removed = try await watcher.settle()
    #expect(removed.jobs == [])
    #expect(removed.problems == [], "\(film.story)")
    #expect(film.takes == takes, "takes stay")
    #expect(try await film.reel("plan").status == 0)
    let status = try await film.reel("status", "--json").json
    #expect(status["shots"]?["total"]?.int == 3)
    #expect(try await film.reel("status", "--cold", "--json").json["shots"] == status["shots"])
  }

  @Test func `a picture makes nothing before it is whole`() async throws {
    let film = Self.film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    film.scratch.write("big.png", Picture.png(width: 1600, height: 1200, shade: 77))
    try await film.must(
      """
      cd ..; split -n 6 big.png piece.; : >film/inbox/products/big.png
      for p in piece.*; do cat $p >>film/inbox/products/big.png; sleep 0.1; done; cmp big.png film/inbox/products/big.png
      """)
    let happened = try await watcher.settle()
    #expect(happened.jobs == ["products/front--big"], "\(film.story)")
    #expect(happened.of("problem").isEmpty)
    #expect(happened.of("failed").isEmpty)
  }

  @Test func `two pictures of one stem are told at the template, and the rest goes on`() async throws {
    let film = Self.film()
    film.replace("*.png", by: "*", in: "sequences/products.json")
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must(
      "cp inbox/products/chair.png inbox/products/chair.jpg; cp inbox/products/chair.png inbox/products/lamp.png")
    let happened = try await watcher.settle()
    #expect(happened.jobs == ["products/front--lamp"], "\(film.story)")
    #expect(happened.problems == ["duplicate-id"])
    #expect(happened.of("problem").first?["file"]?.string == "sequences/products.json")
    #expect(happened.of("problem").first?["line"]?.int == 3)
    try await film.must("rm inbox/products/chair.jpg")
    let solved = try await watcher.settle()
    #expect(solved.of("solved").count == 1)
    #expect(solved.jobs == [])
  }

  @Test func `commands know the template and its shots`() async throws {
    let film = Self.film()
    let made = try await film.reel("make", "front", "--json")
    #expect(made.jobs == ["products/front--big table", "products/front--chair"], "\(film.story)")
    #expect(try await film.reel("plan", "--json").json["jobs"]?.array?.count == 1)
    let all = try await film.reel("why", "front")
    #expect(
      all.lines.filter { $0.hasPrefix("products/") } == [
        "products/front--big table: up to date", "products/front--chair: up to date",
      ])
    let one = try await film.reel("why", "front--big table")
    #expect(one.lines.contains("    prompt: \"big table on white, {stem}\""), "\(one.output)")
    #expect(one.lines.contains { $0.hasPrefix("      inbox/products/big table.png  sha256:") })
    let takes = try await film.reel("takes", "front", "--json").json["takes"]?.array ?? []
    #expect(takes.compactMap { $0["shot"]?.string } == ["products/front--big table", "products/front--chair"])
    let check = try await film.reel("check")
    #expect(check.status == 0)
    #expect(
      check.output.contains("note: no picture fits `inbox/none/*`: the template `none` makes no shot"),
      "\(check.output)")
    #expect(check.output.contains("--> sequences/products.json:4:"))
    let nothing = try await film.reel("make", "none")
    #expect(nothing.status == 64)
    let told = nothing.output + nothing.error
    #expect(told.contains("no picture fits `inbox/none/*`: it makes no shot"), "\(told)")
  }
}
