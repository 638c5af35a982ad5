import Basics
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// Shots that a template makes, one for each picture.
struct TemplateTests {
  /// Painted: what is not asked for is not in the recipe, the shot's id among it.
  private func film(_ template: String, pictures: [String] = ["chair", "table"], seeding: Seeding = .none)
    -> PaperProject
  {
    var film = PaperProject(
      [
        ("project.json", #"{ "engine": "oils", "engines": { "oils": { "type": "painter" } } }"#),
        (
          Films.sequence,
          "{ \"shots\": [ { \"id\": \"first\" }, { \"id\": \"shot\", \(template) }, { \"id\": \"last\" } ] }"
        ),
      ], forms: [PaperProject.storyboard, PainterForm(seeding: seeding)])
    for name in pictures { film.dropImage("inbox/products/\(name).jpg", name) }
    return film
  }

  private let each = #""each": "inbox/products/*.jpg""#

  private func shots(_ film: PaperProject) -> [String] {
    SequenceName("sequence_001").map { film.project.shotAddresses(of: $0) }?.compactMap(\.shot?.text) ?? []
  }

  private func request(_ film: PaperProject, _ shot: String) throws -> ShotRequest {
    try #require(film.want(of: "sequence_001/\(shot)")).request
  }

  private func codes(_ film: PaperProject) -> [String] { film.problems.map(\.code) }

  // MARK: What it makes

  @Test func `a folder of pictures becomes a shot for each, in the template's place`() throws {
    let film = film(#"\#(each), "prompt": "{stem} on white", "name": "The {stem}""#)
    #expect(shots(film) == ["first", "shot--chair", "shot--table", "last"])
    #expect(
      film.jobs == ["first", "shot--chair", "shot--table", "last"].map { "sequence_001/\($0) still: no take yet" })
    let chair = try request(film, "shot--chair")
    #expect(chair.prompt == "chair on white")
    #expect(chair.shotName == "The chair")
    #expect(chair.references.map(\.path.string) == ["inbox/products/chair.jpg"])
    #expect(film.plan(of: "sequence_001/shot") == nil, "the template is no shot")
    #expect(film.problems == [])
  }

  @Test func `the picture comes before all other references, each once`() throws {
    var film = film(#"\#(each), "references": ["inbox/light.png", "inbox/products/table.jpg"], "prompt": "@mara""#)
    film.write("library/mara.json", #"{ "references": ["inbox/mara.png"] }"#)
    for name in ["light", "mara", "shot--chair", "shot--chair late"] { film.dropImage("inbox/\(name).png", name) }
    #expect(
      try request(film, "shot--chair").references.map(\.path.string) == [
        "inbox/products/chair.jpg", "inbox/light.png", "inbox/products/table.jpg", "inbox/shot--chair late.png",
        "inbox/shot--chair.png", "inbox/mara.png",
      ])
    #expect(
      try request(film, "shot--table").references.map(\.path.string) == [
        "inbox/products/table.jpg", "inbox/light.png", "inbox/mara.png",
      ])
  }

  @Test func `each shot has a seed of its own, unless the template has one`() throws {
    var film = film(each, seeding: .seed)
    let seeds = ["chair", "table"].map { film.recipe(of: "sequence_001/shot--\($0)")?.fields["seed"] }
    #expect(seeds[0] != seeds[1])
    let alone = PaperProject(
      [
        ("project.json", #"{ "engine": "oils", "engines": { "oils": { "type": "painter" } } }"#),
        (Films.sequence, #"{ "shots": [ { "id": "shot--chair" } ] }"#),
      ], forms: [PainterForm()])
    #expect(seeds[0] == alone.recipe(of: "sequence_001/shot--chair")?.fields["seed"], "that of its id")
    film.edit(Films.sequence, each, #"\#(each), "seed": 7, "takes": 2"#)
    for name in ["chair", "table"] {
      let wants = film.plan(of: "sequence_001/shot--\(name)")?.wants.compactMap { $0.want?.recipe.fields["seed"] }
      #expect(wants == [7, 8])
    }
  }

  @Test func `hold holds all of them`() {
    let film = film(#"\#(each), "hold": true"#)
    #expect(film.jobs == ["first", "last"].map { "sequence_001/\($0) still: no take yet" })
    #expect(film.plan(of: "sequence_001/shot--chair")?.isHeld == true)
  }

  @Test func `further kinds are wanted of all of them, and the sequence is made of all`() {
    var film = PaperProject(
      [
        ("project.json", "{}"),
        (Films.sequence, #"{ "shots": [ { "id": "shot", "each": "inbox/*", "clip": { "engine": "joiner" } } ] }"#),
      ], kinds: .madeUp, forms: [PaperProject.storyboard, JoinerForm(type: "joiner", kinds: [.clip, .animatic])])
    film.dropImage("inbox/b.png", "b")
    film.dropImage("inbox/a.png", "a")
    film.workOff()
    #expect(film.takes(of: "sequence_001/shot--b", .clip).count == 1)
    #expect(film.want(of: "sequence_001", .animatic)?.request.parts.map(\.shot.text) == ["shot--a", "shot--b"])
    film.remove("inbox/a.png")
    #expect(film.want(of: "sequence_001", .animatic)?.request.parts.map(\.shot.text) == ["shot--b"])
    #expect(film.jobs == ["sequence_001 animatic: it has other shots"])
  }

  @Test func `braces that are not the stem's stay, and doubled ones are plain`() throws {
    let film = film(#"\#(each), "prompt": "{{stem}} {stem}{stem} {{x}} {STEM} {{{stem}}}", "name": "{{stem}}""#)
    let chair = try request(film, "shot--chair")
    #expect(chair.prompt == "{stem} chairchair {{x}} {STEM} {{stem}}")
    #expect(chair.shotName == "{stem}")
  }

  @Test func `a written shot has no stem`() throws {
    var film = film(each)
    film.edit(Films.sequence, #""id": "first""#, #""id": "first", "prompt": "{stem} {{stem}}""#)
    #expect(try request(film, "first").prompt == "{stem} {{stem}}")
  }

  @Test func `names in a stem are no entries`() throws {
    var film = film(#"\#(each), "prompt": "@{stem} {stem}, @mara""#, pictures: ["@mara", "mara", "a@b", "x @@mara"])
    film.write("library/mara.json", #"{ "prompt": "Mara, sixty" }"#)
    #expect(try request(film, "shot--@mara").prompt == "@@mara @mara, Mara, sixty")
    #expect(try request(film, "shot--mara").prompt == "@mara mara, Mara, sixty")
    #expect(try request(film, "shot--a@b").prompt == "@a@b a@b, Mara, sixty")
    #expect(try request(film, "shot--x @@mara").prompt == "@x @@mara x @@mara, Mara, sixty")
    #expect(film.problems == [])
  }

  // MARK: Names

  @Test(arguments: [
    "big chair", "стул", "椅子", "a/../b".replacing("/", with: ":"), String(repeating: "n", count: 251), "con", "{stem}",
    "a--b", "--",
    "it's \"x\"",
  ]) func `any name of a picture gives a shot with takes of its own`(stem: String) throws {
    var film = film(#"\#(each), "prompt": "{stem}!""#, pictures: [])
    film.workOff()
    film.dropImage("inbox/products/\(stem).jpg", "x")
    let address = "sequence_001/shot--\(stem)"
    #expect(film.jobs == ["\(address) still: no take yet"])
    #expect(try request(film, "shot--\(stem)").prompt == "\(stem)!")
    film.workOff()
    #expect(film.jobs == [])
    let take = try #require(film.takes(of: address).first)
    #expect(TakeName(take.path.name)?.shot == ShotID("shot--\(stem)").fileName)
    #expect(take.path.name.utf8.count <= 200)
  }

  @Test func `composed and decomposed names are two shots`() {
    var film = film(each, pictures: ["\u{E9}", "e\u{301}"])
    #expect(shots(film).count == 4)
    film.workOff()
    #expect(film.takes.byPath.count == 4)
    #expect(film.problems == [])
    film.remove("inbox/products/\u{E9}.jpg")
    #expect(film.jobs == [])
    #expect(shots(film).count == 3)
  }

  @Test func `names that are no UTF-8 are told apart`() throws {
    var project = Project()
    let text = SourceText(
      file: "sequences/s.json", bytes: Array(#"{ "shots": [ { "id": "t", "each": "inbox/*" } ] }"#.utf8))
    let name = try #require(SequenceName("s"))
    _ = project.set(SequenceFile.read(text, name: name), for: name)
    let input = InputFile(stamp: FileStamp(size: 1, modified: 0, changed: 0, inode: 0, device: 0), content: .unread)
    for byte in [0xFE, 0xFF] as [UInt8] {
      _ = project.set(input, at: ProjectPath(trusted: Array("inbox/".utf8) + [byte] + Array(".png".utf8)))
    }
    #expect(Set(project.shotAddresses(of: name).compactMap { $0.shot?.fileName }).count == 2)
    #expect(project.shots(of: name).allSatisfy { !$0.isFaulty })
  }

  @Test func `two pictures of one stem freeze that shot and no other, whichever came first`() {
    var film = film(#""each": "inbox/products/*", "prompt": "{stem}""#)
    film.workOff()
    film.dropImage("inbox/products/chair.png", "another")
    #expect(film.frozen == ["sequence_001/shot--chair"])
    #expect(film.jobs == [])
    #expect(codes(film) == ["duplicate-id"])
    #expect(film.problems.first?.place?.line == 1)
    #expect(film.problems.first?.message.contains("`inbox/products/chair.jpg` and `inbox/products/chair.png`") == true)
    film.remove("inbox/products/chair.png")
    #expect(film.jobs == [])
    #expect(film.problems == [])
    film.dropImage("inbox/products/chair.gif", "before it in order")
    #expect(film.frozen == ["sequence_001/shot--chair"])
    film.remove("inbox/products/chair.jpg")
    #expect(film.jobs == ["sequence_001/shot--chair still: inbox/products/chair.gif has new content"])
  }

  @Test func `names that differ in case only freeze each other`() {
    var film = film(each)
    film.workOff()
    film.dropImage("inbox/products/Chair.jpg", "another")
    #expect(film.frozen == ["sequence_001/shot--Chair", "sequence_001/shot--chair"])
    #expect(codes(film) == ["duplicate-id"])
    film.remove("inbox/products/Chair.jpg")
    #expect(film.frozen == [])
    #expect(film.jobs == [])
    film.edit(Films.sequence, #""id": "last""#, #""id": "SHOT--chair""#)
    #expect(film.frozen == ["sequence_001/shot--chair"], "the one that is written goes on")
    film.edit(Films.sequence, #""id": "SHOT--chair""#, #""id": "last""#)
    #expect(film.jobs == [])
  }

  @Test func `a shot that is written out stands in the place of the picture's`() throws {
    var film = film(each)
    film.workOff()
    film.edit(Films.sequence, #""id": "last""#, #""id": "shot--chair", "prompt": "written""#)
    #expect(shots(film) == ["first", "shot--table", "shot--chair"])
    #expect(try request(film, "shot--chair").references == [])
    #expect(film.problems == [])
    let notes = film.project.templateNotes
    #expect(notes.map(\.code) == ["written-out"])
    #expect(notes.map(\.severity) == [.note])
    film.remove("inbox/products/chair.jpg")
    #expect(try request(film, "shot--chair").prompt == "written")
    film.dropImage("inbox/products/chair.jpg", "chair")
    film.edit(Films.sequence, #""id": "shot--chair", "prompt": "written""#, #""id": "last""#)
    #expect(film.jobs == [])
    #expect(shots(film) == ["first", "shot--chair", "shot--table", "last"])
  }

  @Test func `two templates that make the same id freeze that shot`() {
    var film = film(#""each": "inbox/a/*" }, { "id": "shot--x", "each": "inbox/b/*""#, pictures: [])
    film.dropImage("inbox/a/x--y.png", "1")
    #expect(film.frozen == [])
    film.dropImage("inbox/b/y.png", "2")
    #expect(film.frozen == ["sequence_001/shot--x--y"])
    film.dropImage("inbox/a/x.png", "3")
    #expect(film.plan(of: "sequence_001/shot--x") == nil, "that is the other template")
    #expect(film.project.templateNotes.map(\.code) == ["written-out"])
    film.remove("inbox/a/x--y.png")
    #expect(film.frozen == [])
  }

  @Test func `a template that nothing fits makes nothing, which a note says`() {
    var film = film(each, pictures: [])
    #expect(film.jobs.count == 2)
    #expect(film.problems == [])
    #expect(film.project.templateNotes.map(\.code) == ["no-picture"])
    film.dropImage("inbox/products/chair.jpg", "chair")
    #expect(film.project.templateNotes == [])
  }

  @Test func `pictures by name find the shots that are made`() throws {
    var film = film(#"\#(each), "prompt": "x""#)
    film.workOff()
    film.dropImage("inbox/shot--chair.png", "by name")
    #expect(film.jobs == ["sequence_001/shot--chair still: inbox/shot--chair.png was added to the references"])
    film.remove("inbox/products/chair.jpg")
    #expect(film.jobs == [])
    #expect(!film.planner.isUsed("inbox/shot--chair.png"))
    film.dropImage("inbox/shot.png", "the template's name")
    #expect(film.jobs == [], "a template is no shot, so nothing is meant")
    // The longer id gets the picture as soon as it is there.
    film.dropImage("inbox/sequence_001/shot--table b.png", "claimed")
    #expect(
      film.jobs == ["sequence_001/shot--table still: inbox/sequence_001/shot--table b.png was added to the references"])
    film.dropImage("inbox/products/table b.jpg", "table b")
    #expect(film.jobs == ["sequence_001/shot--table b still: no take yet"])
  }

  // MARK: Following changes

  @Test func `a picture that comes, changes or goes touches its own shot`() {
    var film = film(#"\#(each), "prompt": "{stem}""#)
    film.workOff()
    film.dropImage("inbox/products/lamp.jpg", "lamp")
    #expect(film.replanned.map(\.description) == ["sequence_001/shot--lamp"])
    #expect(film.jobs == ["sequence_001/shot--lamp still: no take yet"])
    film.workOff()
    film.dropImage("inbox/products/chair.jpg", "another chair")
    #expect(film.replanned.map(\.description) == ["sequence_001/shot--chair"])
    #expect(film.jobs == ["sequence_001/shot--chair still: inbox/products/chair.jpg has new content"])
    film.workOff()
    film.remove("inbox/products/table.jpg")
    #expect(film.replanned.map(\.description) == ["sequence_001/shot--table"])
    #expect(film.plan(of: "sequence_001/shot--table") == nil)
    #expect(film.jobs == [])
    film.dropImage("inbox/products/notes.txt", "no picture by name")
    #expect(film.replanned == [])
  }

  @Test func `one picture more in a folder of thousands is one shot`() {
    var film = PaperProject([
      ("project.json", "{}"),
      (Films.sequence, #"{ "shots": [ { "id": "t", "each": "inbox/*", "prompt": "{stem}" } ] }"#),
    ])
    for number in 0..<3000 { film.dropImage("inbox/\(number).png", "\(number)") }
    #expect(film.planner.shots.count == 3000)
    film.dropImage("inbox/one more.png", "x")
    #expect(film.replanned.map(\.description) == ["sequence_001/t--one more"])
    film.remove("inbox/7.png")
    #expect(film.replanned.map(\.description) == ["sequence_001/t--7"])
  }

  @Test func `a picture that was renamed gives the take to its new shot`() {
    var film = film(#"\#(each), "prompt": "on white""#)
    film.workOff()
    film.remove("inbox/products/chair.jpg")
    film.dropImage("inbox/products/stool.jpg", "chair")
    #expect(film.jobs == [])
    #expect(film.copies.count == 1)
    #expect(
      film.copies.first?.hasPrefix("sequence_001/shot--stool still: from sequences/sequence_001/shot--chair.") == true)
  }

  @Test func `a pattern that changes lets shots come and go`() {
    var film = film(each)
    film.dropImage("inbox/products/lamp.png", "lamp")
    film.dropImage("inbox/other/rug.jpg", "rug")
    film.workOff()
    film.edit(Films.sequence, "inbox/products/*.jpg", "inbox/products/*")
    #expect(film.jobs == ["sequence_001/shot--lamp still: no take yet"])
    film.edit(Films.sequence, "inbox/products/*", "inbox/other/*")
    #expect(shots(film) == ["first", "shot--rug", "last"])
    film.edit(Films.sequence, #""each": "inbox/other/*""#, #""each": null"#)
    #expect(shots(film) == ["first", "shot", "last"])
    film.remove(Films.sequence)
    #expect(film.planner.shots.isEmpty)
    film.dropImage("inbox/other/late.jpg", "late")
    #expect(film.planner.shots.isEmpty)
  }

  @Test func `a pattern that cannot be read leaves its shots undecided`() throws {
    var film = film(each)
    let chair = try #require(ShotAddress("sequence_001/shot--chair"))
    film.edit(Films.sequence, "inbox/products/*.jpg", "inbox/**/*.jpg")
    #expect(film.frozen == ["sequence_001/shot"])
    #expect(codes(film) == ["bad-pattern"])
    #expect(film.planner.isUndecided(chair))
    film.edit(Films.sequence, "inbox/**/*.jpg", "inbox/products/*.jpg")
    #expect(!film.planner.isUndecided(chair))
    #expect(film.frozen == [])
    #expect(film.plan(of: chair.description) != nil)
  }

  @Test func `a template with a fault freezes its shots`() {
    var film = film(each)
    film.workOff()
    film.edit(Films.sequence, each, #"\#(each), "duration": "long""#)
    #expect(film.frozen == ["sequence_001/shot--chair", "sequence_001/shot--table"])
    film.dropImage("inbox/products/lamp.jpg", "lamp")
    #expect(film.frozen.count == 3)
    film.edit(Films.sequence, #", "duration": "long""#, "")
    #expect(film.jobs == ["sequence_001/shot--lamp still: no take yet"])
  }

  @Test func `a picture that is not whole, a pointer, or none at all`() {
    var film = film(each)
    film.workOff()
    film.write("inbox/products/half.jpg", bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1])
    #expect(film.jobs == [])
    #expect(film.waits == ["sequence_001/shot--half still: waits for the rest of inbox/products/half.jpg"])
    film.dropImage("inbox/products/half.jpg", "whole")
    #expect(film.jobs == ["sequence_001/shot--half still: no take yet"])
    film.workOff()
    film.dropPointer("inbox/products/far.jpg", to: [1, 2, 3])
    #expect(film.jobs == [])
    #expect(film.waits.count == 1)
    film.write("inbox/products/page.jpg", "<!DOCTYPE html>")
    #expect(film.frozen == ["sequence_001/shot--page"])
    #expect(codes(film) == ["not-an-image"])
    #expect(film.problems.first?.file.string == "inbox/products/page.jpg")
  }
}
