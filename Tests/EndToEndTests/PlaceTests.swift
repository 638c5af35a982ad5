import Basics
import JSONText
import TestSupport
import Testing

/// What stands in the place of a file or folder that was there: something else, links in circles, a pipe that nobody writes to.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct PlaceTests {
  static let name = "sequences/sequence_001.json"

  @Test(
    arguments: [
      ("a file", "mv sequences ../away; echo text >sequences"),
      ("a link to the folder", "mv sequences ../away; ln -s ../away sequences"),
      ("a link in the project", "mv sequences away; ln -s away sequences"),
      ("an empty folder", "mv sequences ../away; mkdir sequences"),
      ("a pipe", "mv sequences ../away; mkfifo sequences"),
      ("a link that leads to itself", "mv sequences ../away; ln -s sequences sequences"),
    ], [false, true])
  func `a folder replaced by something else, and put back: nothing is made again`(
    _ way: (name: String, script: String), polling: Bool
  ) async throws {
    let film = Film(shots: 3)
    let watcher = try await polling ? film.watch("--poll") : film.watch()
    _ = try await watcher.settle()
    try await film.must(way.script)
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.expectLikeCold("replaced")
    let gone = try await film.reel("status", "--json")
    #expect(gone.json["shots"]?["total"]?.int == 0, "\(gone.output)")
    try await film.must("rm -rf sequences; if [ -d ../away ]; then mv ../away sequences; else mv away sequences; fi")
    let back = try await watcher.settle()
    #expect(back.jobs == [], "\(film.story)")
    film.replace("number 1", by: "snow", in: Self.name)
    #expect(try await watcher.settle().jobs == ["sequence_001/shot_001"], "\(film.story)")
    try await film.expectLikeCold("back again")
    #expect(film.takes.count == 4)
  }

  @Test(
    arguments: [
      ("a folder", "mkdir $F"), ("a folder with files", "mkdir $F; echo '{}' >$F/sequence_001.json"),
      ("a pipe", "mkfifo $F"),
      ("a link to itself", "ln -s sequence_001.json $F"), ("a link out of the project", "ln -s ../../good.json $F"),
      ("a link to nothing", "ln -s nothing.json $F"),
      ("a socket", "python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' $F"),
      ("a device without end", "ln -s /dev/zero $F"),
    ])
  func `a file replaced by what is no file holds nobody up; put back, nothing is made again`(
    _ way: (name: String, script: String)
  ) async throws {
    let film = Film(shots: 2)
    film.write("sequences/sequence_002.json", Film.sequence(shots: 1) { "other \($0)" })
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("F=\(Self.name); cp $F ../good.json; rm $F; \(way.script)")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.expectLikeCold("replaced")
    for command in ["plan", "check", "status", "takes"] { _ = try await film.reel(command, "--cold") }
    // The rest goes on.
    film.replace("other 1", by: "another", in: "sequences/sequence_002.json")
    #expect(try await watcher.settle().jobs == ["sequence_002/shot_001"], "\(film.story)")
    try await film.must("F=\(Self.name); rm -rf $F; cp ../good.json $F")
    #expect(try await watcher.settle().jobs == [], "\(film.story)")
    try await film.expectLikeCold("put back")
    let made = try await film.reel("status", "--json")
    #expect(made.json["shots"]?["fresh"]?.int == 3, "\(made.output)")
    #expect(film.takes.count == 4)
  }

  @Test func `a picture replaced by a pipe is told at the line that uses it, and waits for nobody`() async throws {
    let film = Film(shots: 0)
    film.write("project.json", Film.project)
    film.write("inbox/one.png", Picture.png(width: 16, height: 16))
    film.write(
      Self.name,
      """
      { "shots": [
        { "id": "a", "prompt": "rain", "references": ["inbox/one.png"] },
        { "id": "b", "prompt": "snow" }
      ] }

      """)
    let watcher = try await film.watch()
    #expect(try await watcher.settle().jobs == [])
    try await film.must("rm inbox/one.png; mkfifo inbox/one.png; sed -i 's/snow/hail/' \(Self.name)")
    let happened = try await watcher.settle()
    #expect(happened.jobs == ["sequence_001/b"], "\(film.story)")
    #expect(happened.of("problem").compactMap { $0["line"]?.int } == [2], "\(film.story)")
    try await film.expectLikeCold("with the pipe")
    // Somebody writes into it and waits for a reader.
    let writer = try film.start("/bin/sh", ["-c", "echo text >inbox/one.png"])
    film.replace("hail", by: "sleet", in: Self.name)
    #expect(try await watcher.settle().jobs == ["sequence_001/b"], "\(film.story)")
    #expect(writer.child.exit == nil, "reel read from the pipe")
    film.scratch.write("one.png", Picture.png(width: 16, height: 16))
    try await film.must("mv ../one.png inbox/one.png")
    let back = try await watcher.settle()
    #expect(back.jobs == [] && back.of("solved").count == 1, "\(film.story)")
    try await film.expectLikeCold("put back")
  }

  @Test func `links in circles and out of the project are walked by nobody`() async throws {
    let film = Film(shots: 2)
    film.scratch.write("outside.json", Array(Film.sequence(shots: 9) { "outside \($0)" }.utf8))
    let watcher = try await film.watch()
    try await film.must(
      """
      mkdir -p inbox/a/b ../elsewhere; ln -s ../.. inbox/a/up; ln -s . inbox/self; ln -s b inbox/a/c; ln -s c inbox/a/b/d
      ln -s one inbox/two; ln -s two inbox/one; ln -s ../../elsewhere inbox/out; ln -s / inbox/root
      ln -s ../../outside.json sequences/sequence_002.json; ln -s sequence_001.json sequences/sequence_003.json
      """)
    let happened = try await watcher.settle()
    // A link to a file in the project counts as that file.
    #expect(happened.jobs == [], "\(film.story)")
    #expect(happened.shots("restored") == ["sequence_003/shot_001", "sequence_003/shot_002"], "\(film.story)")
    try await film.expectLikeCold()
    try await film.must("cp ../outside.json ../elsewhere/sequence.json; touch inbox/a/b/new.txt")
    #expect(try await watcher.settle().jobs == [])
    try await film.must("sed 's/number 1/fog/' \(Self.name) >../new; cat ../new >\(Self.name)")
    let edited = try await watcher.settle()
    // What one of the two makes the other takes over.
    #expect(edited.shots("finished").count >= 1, "\(film.story)")
    #expect(Set(edited.jobs + edited.shots("restored")) == ["sequence_001/shot_001", "sequence_003/shot_001"])
    try await film.expectLikeCold("after an edit under another name")
  }
}
