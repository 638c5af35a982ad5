import Basics
import ProjectFiles
import Testing

/// Which files a template's `each` means.
struct PicturePatternTests {
  @Test(arguments: [
    ("inbox/products/*.jpg", ["inbox/products/a.jpg", "inbox/products/A b.JPG"]),
    ("inbox/*", ["inbox/a.png", "inbox/ä.webp", "inbox/chair [2].HEIC"]),
    ("inbox/*.JPG", ["inbox/a.jpg", "inbox/a.JPG"]),
    ("inbox/shot-??.png", ["inbox/shot-01.png", "inbox/shot-äö.png"]),
    ("./inbox/./a*b*c.png", ["inbox/abc.png", "inbox/aXbbXc.png", "inbox/a b c.png"]),
    ("*.png", ["a.png"]), ("inbox/[ab].png", ["inbox/[ab].png"]), ("inbox/.*.png", ["inbox/.a.png"]),
    ("inbox/a.png", ["inbox/a.png"]), ("inbox/a*a*a*a*b.png", ["inbox/aaaab.png"]),
  ]) func `a pattern fits`(pattern: String, paths: [String]) throws {
    let pattern = try PicturePattern(written: pattern)
    for path in paths { #expect(pattern.fits(ProjectPath(trusted: path)), "\(path)") }
  }

  @Test(arguments: [
    ("inbox/products/*.jpg", "inbox/a.jpg"), ("inbox/products/*.jpg", "inbox/products/deep/a.jpg"),
    ("inbox/products/*.jpg", "inbox/products/a.png"), ("inbox/*", "inbox/a.txt"), ("inbox/*", "inbox/.hidden.png"),
    ("inbox/?.png", "inbox/.png"), ("inbox/?.png", "inbox/ab.png"), ("inbox/?.png", "inbox/.a.png"),
    ("inbox/A*.png", "inbox/a1.png"), ("inbox/[ab].png", "inbox/a.png"),
    ("inbox/*a*a*a*a*a*b.png", "inbox/aaaaaaaaaaaaa.png"),
    ("inbox/é.png", "inbox/e\u{301}.png"), ("*.png", "inbox/a.png"),
  ]) func `and does not fit`(pattern: String, path: String) throws {
    #expect(!(try PicturePattern(written: pattern)).fits(ProjectPath(trusted: path)))
  }

  @Test func `one character is one of UTF-8, and bytes that are none count one by one`() throws {
    let pattern = try PicturePattern(written: "inbox/?.png")
    #expect(pattern.fits(ProjectPath(trusted: Array("inbox/".utf8) + [0xFF] + Array(".png".utf8))))
    #expect(pattern.fits("inbox/雨.png"))
    #expect(!pattern.fits(ProjectPath(trusted: Array("inbox/".utf8) + [0xFF, 0xFE] + Array(".png".utf8))))
  }

  @Test(arguments: [
    ("/srv/*.png", "bad-path"), ("../*.png", "bad-path"), ("inbox/../../*.png", "bad-path"), ("", "bad-path"),
    ("https://example.org/*.png", "bad-path"), ("inbox\\\\*.png", "bad-path"), ("inbox//*.png", "bad-path"),
    ("inbox/\\u0000*.png", "bad-path"), ("inbox/*/a.png", "bad-pattern"), ("in?ox/*.png", "bad-pattern"),
    ("inbox/**/*.png", "bad-pattern"), ("inbox/**.png", "bad-pattern"), ("inbox/products/", "bad-pattern"),
    ("sequences/sequence_001/*.png", "bad-pattern"), ("./sequences/*.png", "bad-pattern"),
  ]) func `what is no pattern is told at its place`(pattern: String, code: String) throws {
    let text = "{ \"shots\": [\n  { \"id\": \"a\",\n    \"each\": \"\(pattern)\" } ] }"
    let reading = try Self.read(text)
    #expect(reading.diagnostics.map(\.code) == [code])
    #expect(reading.diagnostics.first?.place?.line == 3)
    #expect(reading.diagnostics.first?.place?.column == 13)
    let sequence = try #require(reading.model)
    #expect(sequence.shots.first?.isFaulty == true)
    #expect(!sequence.namesAllShots)
  }

  @Test func `a pattern is a text, null is none, and a template picks no take`() throws {
    #expect(try Self.read(#"{ "shots": [ { "id": "a", "each": ["x"] } ] }"#).diagnostics.map(\.code) == ["wrong-type"])
    let none = try Self.read(#"{ "shots": [ { "id": "a", "each": null, "pick": { "still": "a.still-x" } } ] }"#)
    #expect(none.diagnostics == [])
    #expect(none.model?.shots.first?.isTemplate == false)
    for shot in [
      #"{ "id": "a", "each": "inbox/*", "pick": { "still": "x" } }"#, #"{ "id": "a", "pick": {}, "each": "inbox/*" }"#,
    ] {
      #expect(try Self.read("{ \"shots\": [ \(shot) ] }").diagnostics.map(\.code) == ["pick-in-template"])
    }
    #expect(try Self.read(#"{ "shots": [ { "id": "a", "each": "inbox/*", "pick": null } ] }"#).diagnostics == [])
  }

  private static func read(_ text: String) throws -> Reading<SequenceFile> {
    SequenceFile.read(
      SourceText(file: "sequences/s.json", bytes: Array(text.utf8)), name: try #require(SequenceName("s")))
  }
}
