import Basics
import ProjectFiles
import Testing

/// Names that people write, and the names of files that reel makes of them.
struct NameTests {
  @Test(arguments: [
    ("shot_001", "shot_001"), ("A-b_9", "A-b_9"), ("..", "__-5ec1f7e7"), ("con", "con-1143da2b"),
    ("COM1", "COM1-6eac394b"),
    ("a/b", "a_b-c14cddc0"), ("shot 1", "shot_1-69aab5b9"), ("é", "_-4a99557e"),
    (String(repeating: "x", count: 300), String(repeating: "x", count: 32) + "-0d4e2ca9"),
    ("console", "console"), ("com10", "com10"), (String(repeating: "y", count: 64), String(repeating: "y", count: 64)),
  ]) func `an id that is no safe file name gets a safe, stable one`(id: String, name: String) {
    #expect(ShotID(id).fileName == name)
    #expect(SequenceName(ShotID(id).fileName) != nil)
  }

  @Test func `ids are told apart by their bytes`() {
    #expect(ShotID("é") != ShotID("e\u{301}"))
    #expect(ShotID("é").fileName != ShotID("e\u{301}").fileName)
  }

  @Test func `a take's name is read as it is written`() throws {
    let fingerprint = Digest(of: [1])
    let output = Digest(of: [2])
    let name = TakeName(
      shot: ShotID("a/b"), kind: .still, fingerprint: fingerprint, output: output, fileExtension: "png")
    #expect(name.description == "a_b-c14cddc0.still-\(fingerprint.short)-\(output.short).png")
    #expect(TakeName(name.description) == name)
    let animatic = TakeName(shot: nil, kind: .animatic, fingerprint: fingerprint, output: output, fileExtension: "mp4")
    #expect(TakeName(animatic.description) == animatic)
    for other in [
      "a.still-7f3a9c21-b04d11aa", "a.still-7F3A9C21-b04d11aa.png", "a.b.still-7f3a9c21-b04d11aa.png",
      ".still-7f3a9c21-b04d11aa.png", "a.still-7f3a9c2-b04d11aa.png", "a.mine.png", "still-7f3a9c21-b04d11aa.",
    ] {
      #expect(TakeName(other) == nil, "\(other)")
    }
  }

  @Test(arguments: [
    ("project.json", "project"), ("sequences/a-1.json", "sequence(a-1)"), ("sequences/a b.json", "misnamed"),
    ("sequences/a.sync-conflict-20260101-000000-ABC.json", "misnamed"), ("sequences/a.JSON", "misnamed"),
    ("sequences/a.json.bak", "other"), ("sequences/a/b.json", "other"), ("library/mara.json", #"entry("mara")"#),
    ("library/9.json", "misnamed"), ("library/x/mara.json", "other"), ("inbox/project.json", "other"),
    ("inbox/a.still-7f3a9c21-b04d11aa.png", "other"), ("a.still-7f3a9c21-b04d11aa.png", "other"),
    ("sequences/s/a.still-7f3a9c21-b04d11aa.png", "output(a.still-7f3a9c21-b04d11aa.png)"),
    ("sequences/s/a.still-7f3a9c21-b04d11aa.png.json", "sidecar(sequences/s/a.still-7f3a9c21-b04d11aa.png)"),
    ("shots/shot_a-1.json", "shot(a-1)"), ("shots/shot_.json", "misnamed"), ("shots/shot_a b.json", "misnamed"),
    ("shots/shot_a.sync-conflict-20260101-000000-ABC.json", "misnamed"), ("shots/a.json", "other"),
    ("shots/shot_a.png", "other"), ("shots/x/shot_a.json", "other"),
    ("sequences/s/deep/a.still-7f3a9c21-b04d11aa.png", "other"), ("sequences/s/a.mine.png", "other"),
  ]) func `what a file is its path says`(path: String, role: String) {
    #expect("\(FileRole(of: ProjectPath(trusted: path)))" == role)
  }

  @Test func `addresses are read and written`() {
    #expect(ShotAddress("s/a/b")?.shot == ShotID("a/b"))
    #expect(ShotAddress("s")?.shot == nil)
    #expect(ShotAddress("s/") == nil && ShotAddress("/a") == nil && ShotAddress("a b/c") == nil)
    #expect(ShotAddress("s/a").map { "\($0)" } == "s/a")
    let sorted = ["b", "a/x", "a", "a/B"].compactMap { ShotAddress($0) }.sorted().map(\.description)
    #expect(sorted == ["a", "a/B", "a/x", "b"])
  }

  @Test(arguments: [
    ("@mara on the pier", ["mara"], "[mara] on the pier"), ("a@b", [], "a@b"), ("é@b", [], "é@b"),
    ("e\u{301}@b", [], "e\u{301}@b"),
    ("9@b _@c", [], "9@b _@c"), ("@@mara", [], "@mara"), ("a@@b", [], "a@b"), ("@@@mara", ["mara"], "@[mara]"),
    ("(@mara, @Joe-2_x.)", ["mara", "Joe-2_x"], "([mara], [Joe-2_x].)"), ("@mara@joe", ["mara"], "[mara]@joe"),
    ("@9 @ @", [], "@9 @ @"), ("@mara @mara", ["mara"], "[mara] [mara]"), ("", [], ""), ("-@mara", ["mara"], "-[mara]"),
  ]) func `names in a prompt`(prompt: String, entries: [String], expanded: String) {
    let text = PromptText(prompt)
    #expect(text.entries == entries)
    #expect(text.expanded { "[\($0)]" } == expanded)
  }

  @Test func `sizes as people write them`() {
    #expect(
      ["2 GB", "500MB", " 1.5 GiB ", "7 b", "3 tb"].map { ByteCount.read($0) } == [
        2_000_000_000, 500_000_000, 1_610_612_736, 7, 3_000_000_000_000,
      ])
    for text in ["", "2", "GB", "-1 GB", "2 0 GB", "1e3 GB", "½ GB", "99999999999 TB", "2 GBit"] {
      #expect(ByteCount.read(text) == nil, "\(text)")
    }
  }
}
