import Basics
import ProjectFiles
import Testing

/// Which files that people put among the takes are takes, and of what.
struct DroppedTakeTests {
  @Test(arguments: [
    ("sequences/one/shot_001.painted.png", "shot_001", "still"), ("sequences/one/a.b.c.JPG", "a", "still"),
    ("sequences/one/a.cut.mp4", "a", "clip"), ("sequences/one/a.me.wav", "a", "voice"),
    ("sequences/one/a.talk.mp4", "a", "talk"), ("sequences/one/a.talk-final 2.mov", "a", "talk"),
    ("sequences/one/a.new.still.gif", "a", "still"), ("sequences/one/a.clip.gif", "a", "clip"),
    ("sequences/one/a.stillness.mp4", "a", "clip"),
    ("sequences/one/a.still-7f3a9c21-b04d11aa.png", "a", "still"),
    ("sequences/one/animatic-7f3a9c21-b04d11aa.mp4", "", "animatic"),
  ]) func `a file named SHOT anything EXT is a take`(path: String, shot: String, kind: String) throws {
    let take = try #require(DroppedTake(ProjectPath(trusted: path)))
    #expect(take.shot ?? "" == shot)
    #expect(take.kind.name == kind)
    #expect(take.sequence.text == "one")
  }

  @Test(arguments: [
    "sequences/one/a.png", "sequences/one/a.b.txt", "sequences/one/a.b.png.json", "sequences/one/.a.png",
    "sequences/one/a..png", "inbox/a.b.png", "sequences/a.b.png", "sequences/one/two/a.b.png", "sequences/o e/a.b.png",
  ]) func `any other file is none`(path: String) {
    #expect(DroppedTake(ProjectPath(trusted: path)) == nil)
  }
}
