import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// Disks that go away and come back.
@Suite(.fewAtATime, .timeLimit(.minutes(15)), .enabled(if: Mounts.isPossible, "nothing can be mounted here"))
struct MountTests {
  static let name = "sequences/sequence_001.json"

  @Test(arguments: [false, true])
  func `a disk with the project taken away ends the watcher with a line and 13; back again, nothing is made`(
    polling: Bool
  ) async throws {
    let film = Film(shots: 0)
    let mounts = Mounts(film)
    defer { mounts.end() }
    try await mounts.add("store", at: film.folder)
    film.write("project.json", Film.project)
    film.write(Self.name, Film.sequence(shots: 3))
    let watcher = try await polling ? film.watch("--poll") : film.watch()
    _ = try await watcher.settle()
    #expect(film.takes.count == 3)
    try mounts.takeAway(film.folder)
    let bye = try await watcher.next("bye")
    #expect(bye["message"]?.string == "the project folder is gone")
    #expect(try await watcher.program.exit() == .status(13))
    #expect(watcher.events.allSatisfy { $0["type"]?.string != "cancelled" && $0["type"]?.string != "problem" })
    #expect(try await film.reel("status").status == 10)
    #expect(film.names == [], "something was written under the disk's place")
    try await mounts.add("store", at: film.folder)
    let again = try await film.watch()
    #expect(try await again.settle().jobs == [], "\(film.story)")
    #expect(Happenings(events: again.events).jobs == [])
    film.replace("number 1", by: "fog", in: Self.name)
    #expect(try await again.settle().jobs == ["sequence_001/shot_001"], "\(film.story)")
    try await film.expectLikeCold()
    _ = try await again.stop()
  }

  @Test(arguments: [false, true])
  func `a disk with the inbox taken away and put back costs no job, and what changed on it is seen`(
    polling: Bool
  ) async throws {
    let film = Film(shots: 0)
    let mounts = Mounts(film)
    defer { mounts.end() }
    film.write("project.json", Film.project)
    film.write(
      Self.name,
      """
      { "shots": [
        { "id": "a", "prompt": "rain", "references": ["inbox/one.png"] },
        { "id": "b", "prompt": "snow" }
      ] }

      """)
    try await film.must("mkdir inbox")
    try await mounts.add("store", at: film.path("inbox"))
    film.write("inbox/one.png", Picture.png(width: 16, height: 16))
    let watcher = try await polling ? film.watch("--poll") : film.watch()
    _ = try await watcher.settle()
    try mounts.takeAway(film.path("inbox"))
    let gone = try await watcher.next("problem")
    #expect(gone["code"]?.string == "missing-reference")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.expectLikeCold("without the disk")
    try await mounts.add("store", at: film.path("inbox"))
    _ = try await watcher.next("solved")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.expectLikeCold("with the disk again")
    film.write("inbox/one.png", Picture.png(width: 16, height: 16, shade: 3))
    #expect(try await watcher.settle().jobs == ["sequence_001/a"], "\(film.story)")
    try await film.expectLikeCold("after a change on the disk")
    _ = try await watcher.stop()
  }
}

/// Small disks in a test's scratch folder, kept while they are not mounted where they are wanted.
final class Mounts: Sendable {
  private let film: Film

  init(_ film: Film) { self.film = film }

  static let isPossible: Bool =
    geteuid() == 0
    && system(
      "d=$(mktemp -d) && mount -t tmpfs -o size=64k none $d 2>/dev/null && umount $d; s=$?; rmdir $d; exit $s") == 0

  /// Puts a disk where it is wanted; one that was there before comes with what is on it.
  func add(_ name: String, at place: String) async throws {
    try await film.must(
      """
      cd ..; mkdir -p disks/\(name); mountpoint -q disks/\(name) || mount -t tmpfs -o size=8m none disks/\(name)
      mount --bind disks/\(name) '\(place)'
      """)
  }

  /// Takes it away from whoever uses it, as a plug that is pulled.
  func takeAway(_ place: String) throws {
    try #require(umount2(place, Int32(MNT_DETACH)) == 0)
  }

  /// Nothing of it stays mounted.
  func end() {
    for place in [film.path("inbox"), film.folder] { while umount2(place, Int32(MNT_DETACH)) == 0 {} }
    for name in ScratchFolder.names(in: film.scratch.file("disks")) {
      umount2(film.scratch.file("disks/\(name)"), Int32(MNT_DETACH))
    }
  }
}
