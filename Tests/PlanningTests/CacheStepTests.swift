import Basics
import Planning
import ProjectFiles
import TestSupport
import Testing

/// What the user's cache holds goes before making, and after all that is in the project.
struct CacheStepTests {
  private let shot = "sequence_001/shot_001"

  @Test func `what a recipe gave before is restored, not made`() throws {
    var film = Films.storyboard
    film.workOff()
    let take = try #require(film.takes(of: shot).first)
    film.cache(take)
    #expect(film.restores == [], "a want that is met asks nobody")
    film.setTake(nil, at: take.path)
    #expect(film.jobs == [])
    #expect(film.restores == ["\(shot) still: from the cache, no take yet"])
  }

  @Test func `an output that was deleted is restored with the same bytes where the cache has them`() throws {
    var film = Films.storyboard
    let want = try #require(film.want(of: shot))
    let (one, two) = (film.make(want, saying: "one"), film.make(want, saying: "two"))
    film.cache(one)
    film.cache(two)
    film.setTake(nil, at: one.path)
    film.changeTake(two.path) { $0.presence = .absent }
    guard case .restorable(let cached, let reason)? = film.plan(of: shot)?.wants.first?.state else {
      Issue.record("it is not restored")
      return
    }
    #expect(cached.output.digest == two.output.digest)
    #expect(reason == .outputGone(two.path))
  }

  @Test func `a recipe that comes back is told with what changed since the newest take`() throws {
    var film = Films.storyboard
    film.workOff()
    let take = try #require(film.takes(of: shot).first)
    film.cache(take)
    film.edit(Films.sequence, "a pier", "a mole")
    film.workOff()
    film.setTake(nil, at: take.path)
    film.edit(Films.sequence, "a mole", "a pier")
    #expect(film.restores == [#"\#(shot) still: from the cache, changed: prompt "a mole" -> "a pier""#])
  }

  @Test func `a take of the project goes before the cache, the cache before a git-lfs pointer elsewhere`() throws {
    var film = Films.storyboard
    film.workOff()
    let take = try #require(film.takes(of: shot).first)
    film.cache(take)
    film.write("sequences/sequence_002.json", #"{ "shots": [ { "id": "shot_001", "prompt": "a pier" } ] }"#)
    #expect(film.copies == ["sequence_002/shot_001 still: from \(take.path)"])
    #expect(film.restores == [])
    film.changeTake(take.path) { $0.presence = .pointer }
    #expect(film.copies == [])
    #expect(film.restores == ["sequence_002/shot_001 still: from the cache, no take yet"])
    film.cache = [:]
    film.changeTake(take.path) { $0.modified += 1 }
    #expect(film.waits == ["sequence_002/shot_001 still: waits for \(take.path), which `git lfs pull` brings"])
  }

  @Test func `a reference that git-lfs has not brought is not waited for when the cache has the take`() throws {
    var film = Films.painted(#", "references": ["inbox/a.png"]"#)
    film.dropImage("inbox/a.png", "one")
    film.workOff()
    let take = try #require(film.takes(of: shot).first)
    film.dropPointer("inbox/a.png", to: try #require(film.files["inbox/a.png"]))
    film.setTake(nil, at: take.path)
    #expect(film.waits.count == 1)
    film.cache(take)
    film.edit(Films.sequence, #""id": "shot_001""#, #""id": "shot_001", "note": "look again""#)
    #expect(film.waits == [])
    #expect(film.restores == ["\(shot) still: from the cache, no take yet"])
  }

  @Test func `a take that was removed on purpose, a held shot and another kind are not restored`() throws {
    var film = Films.storyboard
    film.workOff()
    let take = try #require(film.takes(of: shot).first)
    film.cache(take)
    film.changeTake(take.path) {
      $0.isRemoved = true
      $0.presence = .absent
    }
    #expect(film.restores == [])
    film.setTake(nil, at: take.path)
    film.edit(Films.sequence, #""id": "shot_001","#, #""id": "shot_001", "hold": true,"#)
    #expect(film.restores == [])
    film.edit(Films.sequence, #" "hold": true,"#, "")
    film.cache = film.cache.mapValues { outputs in
      outputs.map { output in
        var output = output
        output.kind = .clip
        return output
      }
    }
    film.edit(Films.sequence, #""id": "shot_001","#, #""id": "shot_001", "note": "look again","#)
    #expect(film.restores == [])
    #expect(film.jobs == ["\(shot) still: no take yet"])
  }
}
