import Basics
@testable import Engines
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// What a program reads decides what is stale.
struct CommandFormTests {
  private func film(_ entry: String, _ shot: String) -> PaperProject {
    PaperProject(
      [
        ("project.json", #"{ "engine": "sd", "engines": { "sd": { "type": "command", "command": ["x"]\#(entry) } } }"#),
        ("sequences/sequence_001.json", #"{ "shots": [ { "id": "a", "prompt": "fog"\#(shot) } ] }"#),
      ], kinds: .released, forms: [PaperProject.storyboard, CommandEngine(supervisor: "reel", version: "1")])
  }

  private let sequence = "sequences/sequence_001.json"

  @Test func `the recipe holds what is read and which program it is`() throws {
    let shot =
      #", "name": "Pier", "negativePrompt": "text", "model": "xl", "parameters": { "steps": 9 }, "seed": 4, "duration": 3, "clip": { "camera": { "move": "roll" } }"#
    let frame = #", "frame": { "width": 640, "height": 480, "fps": 24 }"#
    let usual = film("", shot + frame)
    #expect(
      usual.recipe(of: "sequence_001/a")?.canonicalText
        == #"{"engine":"command","frame":{"height":480,"width":640},"kind":"still","model":"xl","negativePrompt":"text","parameters":{"steps":9},"program":{"name":"sd"},"prompt":"fog","seed":4,"version":1}"#
    )
    let few = film(#", "reads": ["id", "name", "camera"], "seeding": "none", "version": 2"#, shot + frame)
    #expect(
      few.recipe(of: "sequence_001/a")?.canonicalText
        == #"{"camera":{"move":"roll"},"engine":"command","id":"a","kind":"still","name":"Pier","program":{"name":"sd","version":"2"},"version":1}"#
    )
  }

  @Test func `another command or limit makes nothing stale, another version does`() {
    var film = film(#", "version": "1""#, "")
    film.workOff()
    film.edit("project.json", #"["x"]"#, #"["y", "--fast"], "jobs": 3, "limits": { "seconds": 5 }, "env": ["A"]"#)
    #expect(film.jobs == [])
    film.edit("project.json", #""version": "1""#, #""version": "2""#)
    #expect(film.jobs == [#"sequence_001/a still: changed: program.version "1" -> "2""#])
  }

  @Test func `what is not read makes nothing stale`() {
    var film = film(#", "reads": ["prompt"]"#, #", "model": "xl""#)
    film.workOff()
    film.edit(sequence, "xl", "xxl")
    #expect(film.jobs == [])
    film.edit(sequence, "fog", "rain")
    #expect(film.jobs == [#"sequence_001/a still: changed: prompt "fog" -> "rain""#])
  }

  @Test(arguments: [("seed", 2), ("take", 2), ("none", 1)])
  func `takes differ as the program says`(_ seeding: String, _ count: Int) {
    let film = film(#", "seeding": "\#(seeding)""#, #", "takes": 2"#)
    #expect(film.jobs.count == count)
  }

  @Test func `a kind is wanted when its object stands there and its engine makes it`() {
    let clip = #", "clip": { "camera": { "move": "roll" } }, "voice": { "text": "I" }"#
    #expect(film("", clip).jobs == ["sequence_001/a still: no take yet"])
    var both = film(#", "kinds": ["still", "clip", "voice"]"#, clip)
    #expect(both.jobs == ["sequence_001/a still: no take yet", "sequence_001/a voice: no take yet"])
    #expect(both.waits == ["sequence_001/a clip: waits for the still of sequence_001/a"])
    both.workOff()
    #expect(
      both.recipe(of: "sequence_001/a", .clip)?.fields.keys.sorted() == [
        "clip", "engine", "inputs", "kind", "program", "prompt", "seed", "version",
      ])
    #expect(both.recipe(of: "sequence_001/a", .voice)?.fields["voice"] == ["text": "I"])
    both.edit(sequence, "roll", "pan-left")
    #expect(both.jobs == [#"sequence_001/a clip: changed: clip.camera.move "roll" -> "pan-left""#])
    both.workOff()
    // A voice does not look at the prompt, a clip does, and is made of the still besides.
    both.edit(sequence, "fog", "rain")
    #expect(both.jobs.map { $0.prefix(22) } == ["sequence_001/a still: c"].map { $0.prefix(22) })
    both.workOff()
    both.edit(sequence, #""voice": { "text": "I" }"#, #""voice": null"#)
    #expect(both.jobs == [] && both.problems == [])
  }

  @Test func `a kind with an engine of its own that does not make it is a fault; one that nobody makes is none`() {
    let own = film("", #", "clip": { "engine": "sd" }"#)
    #expect(own.problems.map(\.code) == ["engine-kind"])
    let nobody = film("", #", "clip": {}, "talk": {}"#)
    #expect(nobody.problems.isEmpty && nobody.jobs.count == 1)
  }

  @Test func `a talking shot is made of its voice and clip`() {
    let shot = #", "clip": {}, "voice": { "text": "I" }, "talk": {}"#
    var film = film(#", "kinds": ["still", "clip", "voice", "talk"]"#, shot)
    film.workOff()
    #expect(film.recipe(of: "sequence_001/a", .talk)?.fields["inputs"]?.object?.keys.sorted() == ["clip", "voice"])
    film.edit(sequence, #""text": "I""#, #""text": "you""#)
    #expect(film.jobs == [#"sequence_001/a voice: changed: voice.text "I" -> "you""#])
  }
}

/// What a program says, line by line.
struct ProgramTalkTests {
  private func lines(_ text: String, by size: Int = .max) -> [ProgramTalk.Line] {
    var talk = ProgramTalk()
    var lines: [ProgramTalk.Line] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      lines += talk.feed(rest.prefix(size))
      rest = rest.dropFirst(size)
    }
    return lines + talk.finish()
  }

  @Test(arguments: [1, 3, 1000]) func `lines come whole, in whatever pieces they are sent`(_ size: Int) {
    let text = """
      loading model\r
      {"progress": 0.25, "doing": "step 1"}
      {"progress": 7}
      {"doing": "saving"}
      {"unknown": true}
      {"broken
      {"error": {"message": "no", "canPass": true}}
      {"error": "short"}
      {"result": {"file": "out.png"}}
      """
    #expect(
      lines(text, by: size) == [
        .talk("loading model"), .progress(0.25, doing: "step 1"), .progress(1, doing: nil),
        .progress(nil, doing: "saving"),
        .talk(#"{"unknown": true}"#), .talk(#"{"broken"#), .error(message: "no", canPass: true),
        .error(message: "short", canPass: false), .result(file: "out.png"),
      ])
  }

  @Test func `an endless line is cut, and the next one counts`() {
    let found = lines(String(repeating: "x", count: 3 << 20) + "\n{\"result\": {\"file\": \"a\"}}\n", by: 65536)
    #expect(found == [.talk(String(repeating: "x", count: 16 << 10)), .result(file: "a")])
  }

  @Test func `the last words are the last line that says something`() {
    var words = LastWords()
    words.feed(Array("Traceback\nValueError: no\n\n   \n".utf8))
    #expect(words.line(without: Secrets([])) == "ValueError: no")
    words.feed(Array((String(repeating: "y", count: 100_000) + "\nend\r\n").utf8))
    #expect(words.line(without: Secrets([])) == "end")
    #expect(LastWords().line(without: Secrets([])) == nil)
  }

  @Test func `secrets are masked, words are not`() {
    let secrets = Secrets(["hf_abcdef", "1"])
    #expect(secrets.masked("key hf_abcdef, 1 of 2 hf_abcdefhf_abcdef") == "key ***, 1 of 2 ******")
  }

  @Test(arguments: [
    JobStatus(end: .exited(0), result: "a.png", seconds: 1.5), JobStatus(end: .signalled(9), lastWords: "x"),
    JobStatus(end: .notStarted(2)), JobStatus(end: .stopped, wasKilled: true), JobStatus(end: .overTime),
    JobStatus(end: .overMemory), JobStatus(end: .overSize),
    JobStatus(end: .exited(1), error: "no", canPass: true, lastWords: "words"),
  ])
  func `a status reads as it was written`(_ status: JobStatus) { #expect(JobStatus(status.json) == status) }
}
