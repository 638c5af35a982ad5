import Basics
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// Wants against the takes that are there.
struct TakeStepTests {
  private let shot = "sequence_001/shot_001"

  @Test func `several takes have seeds one after the other`() {
    var film = Films.painted(#", "prompt": "rain", "seed": 41, "takes": 3"#)
    #expect(
      film.jobs == [
        "\(shot) still: no take yet", "\(shot) still: take 2 of 3", "\(shot) still: take 3 of 3",
      ])
    #expect(film.plan(of: shot)?.wants.map { $0.want?.recipe.fields["seed"] } == [41, 42, 43])
    film.workOff()
    film.edit(Films.sequence, #""takes": 3"#, #""takes": 4"#)
    #expect(film.jobs == ["\(shot) still: take 4 of 4"])
    film.edit(Films.sequence, #""takes": 4"#, #""takes": 1"#)
    #expect(film.jobs == [])
  }

  @Test func `a plan forgets what its takes were made of, and is asked for it again`() throws {
    var film = Films.painted(#", "prompt": "rain", "seed": 41, "takes": 2"#)
    let before = try #require(film.plan(of: shot)).wants.compactMap(\.want)
    #expect(before.count == 2)
    film.workOff()
    let plan = try #require(film.plan(of: shot))
    #expect(plan.wants.allSatisfy { $0.isMet && $0.want == nil })
    #expect(plan.wants.map(\.key) == before.map(\.key))
    let again = film.wants(of: shot)
    #expect(again.map(\.key) == before.map(\.key))
    #expect(again.map(\.recipe.canonicalText) == before.map(\.recipe.canonicalText))
    #expect(again.map(\.request.prompt) == before.map(\.request.prompt))
    film.edit(Films.sequence, #""rain""#, #""hail""#)
    #expect(film.plan(of: shot)?.wants.map { $0.want?.recipe["prompt"] } == ["hail", "hail"])
  }

  @Test func `a change to several takes is told of each with its own seed`() {
    var film = Films.painted(#", "prompt": "rain", "seed": 41, "takes": 2"#)
    film.workOff()
    film.edit(Films.sequence, #""rain""#, #""hail""#)
    let reason = #"changed: prompt "rain" -> "hail""#
    #expect(film.jobs == ["\(shot) still: \(reason)", "\(shot) still: \(reason)"])
  }

  @Test func `an engine without seeds counts its takes, one without chance makes one`() {
    var counted = Films.painted(#", "prompt": "rain", "seed": 41, "takes": 2"#, seeding: .takeNumber)
    #expect(counted.plan(of: shot)?.wants.map { $0.want?.recipe.fields["take"] } == [1, 2])
    #expect(counted.recipe(of: shot)?.fields["seed"] == nil)
    counted.workOff()
    counted.edit(Films.sequence, #""seed": 41"#, #""seed": 42"#)
    #expect(counted.jobs == [])
    let certain = Films.painted(#", "prompt": "rain", "takes": 2"#, seeding: .none)
    #expect(certain.jobs == ["\(shot) still: no take yet"])
  }

  @Test func `a seed that nobody wrote is the beginning of the id's hash`() {
    #expect(Films.painted("").recipe(of: shot)?.fields["seed"] == 94141117)
  }

  @Test func `seeds have 64 bits, and 0 follows the last`() {
    let film = Films.painted(#", "seed": 18446744073709551614, "takes": 3"#)
    let recipes = film.plan(of: shot)?.wants.compactMap { $0.want?.recipe } ?? []
    #expect(recipes.map { $0.fields["seed"]?.number?.text } == ["18446744073709551614", "18446744073709551615", "0"])
    #expect(
      recipes.map { $0.canonicalText.hasSuffix(#""seed":"18446744073709551615","version":1}"#) } == [
        false, true, false,
      ])
    #expect(Set(recipes.map(\.fingerprint)).count == 3)
  }

  @Test func `an output that was deleted is made again, one that was removed is not`() throws {
    var film = Films.storyboard
    film.workOff()
    let take = try #require(film.takes(of: shot).first)
    film.changeTake(take.path) { $0.presence = .absent }
    #expect(film.jobs == ["\(shot) still: its output \(take.path.name) was deleted"])
    film.changeTake(take.path) { $0.isRemoved = true }
    #expect(film.jobs == [])
    #expect(film.plan(of: shot)?.used == [:], "what lies in the trash is used by nothing")
    film.setTake(nil, at: take.path)
    #expect(film.jobs == ["\(shot) still: no take yet"])
  }

  @Test func `a take that git-lfs has not brought meets its want`() throws {
    var film = Films.storyboard
    film.workOff()
    film.changeTake(try #require(film.takes(of: shot).first).path) { $0.presence = .pointer }
    #expect(film.jobs == [])
    #expect(film.plan(of: shot)?.used[.still]?.isHere == false)
  }

  @Test func `of two takes of one recipe the one with the smaller hash is current, wherever it is`() throws {
    var film = Films.storyboard
    let want = try #require(film.want(of: shot))
    let takes = [film.make(want, saying: "one"), film.make(want, saying: "two"), film.make(want, saying: "three")]
    let smallest = try #require(takes.min { $0.output.digest < $1.output.digest })
    #expect(film.plan(of: shot)?.used[.still]?.path == smallest.path)
    film.changeTake(smallest.path) { $0.presence = .pointer }
    #expect(film.plan(of: shot)?.used[.still]?.path == smallest.path, "all clones agree")
    film.changeTake(smallest.path) { $0.isRemoved = true }
    let next = try #require(takes.filter { $0 != smallest }.min { $0.output.digest < $1.output.digest })
    #expect(film.plan(of: shot)?.used[.still]?.path == next.path)
    #expect(film.jobs == ["sequence_001/shot_002 still: no take yet"])
  }

  @Test func `a shot that moved to another sequence and a renamed sequence are copied, not made`() throws {
    // The painter's recipe does not hold the shot's id; the storyboard's does, but not the sequence.
    var film = Films.painted(#", "prompt": "rain", "seed": 3"#)
    film.workOff()
    let take = try #require(film.takes(of: shot).first)
    film.write("sequences/b.json", String(decoding: film.files["sequences/sequence_001.json"] ?? [], as: UTF8.self))
    film.remove(Films.sequence)
    #expect(film.jobs == [])
    #expect(film.copies == ["b/shot_001 still: from \(take.path)"])
    film.changeTake(take.path) { $0.presence = .pointer }
    #expect(film.copies == [])
    #expect(film.waits == ["b/shot_001 still: waits for \(take.path), which `git lfs pull` brings"])
    film.changeTake(take.path) { $0.presence = .absent }
    #expect(film.jobs == ["b/shot_001 still: no take yet"])
  }

  @Test func `a take of another kind is never copied`() throws {
    var film = Films.storyboard
    let take = film.make(try #require(film.want(of: shot)))
    film.setTake(nil, at: take.path)
    var other = take
    other.kind = .clip
    film.setTake(other, at: "sequences/b/shot_009.clip-00000000-00000000.png")
    #expect(film.jobs.first == "\(shot) still: no take yet")
  }

  @Test func `a pick is used, and stops no new recipes`() throws {
    var film = Films.storyboard
    film.workOff()
    let first = try #require(film.takes(of: shot).first)
    film.edit(Films.sequence, #""a pier""#, #""a pier at night", "pick": { "still": "\#(first.path.name)" }"#)
    #expect(film.jobs == [#"\#(shot) still: changed: prompt "a pier" -> "a pier at night""#])
    #expect(film.plan(of: shot)?.used[.still]?.path == first.path)
    film.workOff()
    #expect(film.plan(of: shot)?.used[.still]?.path == first.path)
  }

  @Test func `a pick that is not there is said, and the first recipe's take used until it is`() throws {
    var film = Films.storyboard
    film.workOff()
    film.edit(Films.sequence, #""a pier""#, #""a pier", "pick": { "still": "shot_001.mine.png" }"#)
    let current = try #require(film.takes(of: shot).first)
    #expect(film.plan(of: shot)?.used[.still]?.path == current.path)
    #expect(
      film.problems == [
        Diagnostic(
          .warning, "missing-pick", "there is no take `shot_001.mine.png`", file: "sequences/sequence_001.json",
          place: .init(
            line: 3, column: 64, length: 19,
            snippet: [#"    { "id": "shot_001", "prompt": "a pier", "pick": { "still": "shot_001.mine.png" } },"#],
            label: "pick one that is there, or take the line out"),
          notes: ["until then the take of the first recipe is used"])
      ])
    film.dropImage("sequences/sequence_001/shot_001.mine.png", "drawn by hand")
    #expect(film.problems == [])
    #expect(film.plan(of: shot)?.used[.still]?.path.name == "shot_001.mine.png")
    #expect(film.jobs == [])
  }

  @Test func `a recipe of an older form is fresh where its migration gives the wanted one`() throws {
    var old = Films.storyboard
    old.workOff()
    let migrations = RecipeMigrations(steps: [
      { recipe in
        var recipe = recipe
        recipe["prompt"] = .string("\(recipe["prompt"]?.string ?? "")")
        return recipe
      }
    ])
    var film = PaperProject(
      old.files.map { ($0.key.string, String(decoding: $0.value, as: UTF8.self)) }, migrations: migrations)
    for (path, take) in old.takes.byPath {
      let recipe = try #require(old.recipes[path])
      #expect(recipe["version"] == 1)
      film.recipes[path] = recipe
      var take = take
      take.fingerprint = migrations.fingerprint(of: recipe, stated: take.fingerprint)
      film.setTake(take, at: path)
    }
    #expect(film.recipe(of: shot)?.fields["version"] == 2)
    #expect(film.jobs == [])
    film.edit(Films.sequence, #""rain""#, #""hail""#)
    #expect(film.jobs == [#"sequence_001/shot_002 still: changed: prompt "rain" -> "hail""#], "the form is no change")
  }

  @Test func `a recipe from the future cannot be compared, and that is said`() throws {
    var film = Films.storyboard
    let take = film.make(try #require(film.want(of: shot)))
    film.recipes[take.path]?["version"] = 9
    film.changeTake(take.path) { $0.fingerprint = Digest(of: [1]) }
    #expect(
      film.jobs.first
        == "\(shot) still: \(take.path.name) was made by a newer reel, whose recipes this one cannot compare")
    film.recipes[take.path] = nil
    film.changeTake(take.path) { $0.modified = 99 }
    #expect(film.jobs.first == "\(shot) still: the recipe of \(take.path.name) cannot be read")
  }
}
