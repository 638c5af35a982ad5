import Basics
import JSONText
import TestSupport
import Testing

/// `reel export`: what is in an archive, that it is a project again, and what a sheet holds.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct ExportTests {
  /// A project with everything that an archive takes along, and much that it does not.
  private func film() async throws -> Film {
    let film = Film(shots: 2)
    film.write(
      "project.json",
      """
      { "version": 1, "name": "K\u{F6}nig \u{1F451}: Teil 1", "frame": { "width": 96, "height": 64 }, "engine": "storyboard",
        "engines": { "comfyui": { "type": "comfyui", "workflow": "workflows/txt2img.json" } } }
      """)
    film.write(
      "sequences/sequence_001.json",
      """
      { "name": "One", "order": 1, "shots": [
        { "id": "shot_001", "prompt": "rain, @mara", "references": ["inbox/\u{E4}rger \u{1F47B}.png"] },
        { "id": "\u{5D0}/b", "prompt": "snow" } ] }
      """)
    // Two spellings that look the same are two files.
    film.write("inbox/\u{E4}rger \u{1F47B}.png", Picture.png(width: 8, height: 8))
    film.write("inbox/shot_001 e\u{301}.png", Picture.png(width: 8, height: 8, shade: 9))
    film.write("inbox/unused.png", Picture.png(width: 8, height: 8, shade: 77))
    film.write("library/mara.json", "{ \"prompt\": \"Mara\" }\n")
    film.write("workflows/txt2img.json", "{}\n")
    film.write("workflows/unused.json", "{}\n")
    film.write("ratings/anna@example.org.json", "{}\n")
    film.write("concepts/idea.md", "a secret idea\n")
    film.write("notes.txt", "mine\n")
    film.write(".git/config", "[core]\n")
    #expect(try await film.reel("make").status == 0, "\(film.story)")
    return film
  }

  private let root = "K\u{F6}nig \u{1F451}- Teil 1"

  /// The names in an archive as a program tells them, in its order.
  private func names(_ film: Film, _ command: String) async throws -> [String] {
    let outcome = try await film.sh(command)
    #expect(outcome.exit.isSuccess, "\(outcome.error)")
    return outcome.lines
  }

  @Test func `an archive unpacked by any program is a project that needs no job`() async throws {
    let film = try await film()
    let exported = try await film.reel("export", "--zip", "../film.zip")
    #expect(exported.status == 0, "\(exported.output)\(exported.error)")
    let wanted =
      [
        "inbox/shot_001 e\u{301}.png", "inbox/\u{E4}rger \u{1F47B}.png", "library/mara.json", "project.json",
        "ratings/anna@example.org.json", "sequences/sequence_001.json", "workflows/txt2img.json",
      ] + film.names.filter { $0.hasPrefix("sequences/sequence_001/") }
    let expected = wanted.map { Array("\(root)/\($0)".utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    let python = "import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep='\\n')"
    for command in ["python3 -c \"\(python)\" ../film.zip", "unzip -Z1 ../film.zip"] {
      // By bytes: the same letters in another form would be another file.
      #expect(try await names(film, command).map { Array($0.utf8) } == expected, "\(command)")
    }
    // bsdtar composes letters on its way to the terminal and to the disk. They stay the same letters, which is what == asks.
    #expect(try await names(film, "bsdtar -tf ../film.zip") == expected.map { String(decoding: $0, as: UTF8.self) })
    let unpackers = [
      "python3 -m zipfile -e film.zip by", "unzip -q film.zip -d by", "mkdir by && bsdtar -xf film.zip -C by",
    ]
    for unpack in unpackers {
      try await film.must("cd ..; rm -rf by; \(unpack)")
      if !unpack.contains("bsdtar") {
        try await film.must("cd ..; diff -r by/* film > diff || true; ! grep -v '^Only in film' diff")
      }
      let plan = try await film.sh("cd ../by/*; $REEL plan")
      #expect(plan.output == "Nothing to do.\n", "\(unpack): \(plan.output)\(plan.error)")
      #expect(plan.status == 0)
      #expect(try await film.sh("cd ../by/*; $REEL check").status == 0)
    }
  }

  @Test func `the same project gives the same bytes, wherever and whenever`() async throws {
    let film = try await film()
    #expect(try await film.reel("export", "--zip", "../a.zip").status == 0)
    try await film.must(
      """
      cp -R . ../elsewhere; find ../elsewhere -exec touch -d 2001-02-03 {} +; chmod -R g+w ../elsewhere
      cd ../elsewhere; TZ=Asia/Tokyo LC_ALL=C $REEL export --zip ../b.zip; $REEL export --zip - > ../c.zip 2>../said
      cmp ../a.zip ../b.zip; cmp ../a.zip ../c.zip; grep -q '^standard output: 2 takes' ../said
      """)
  }

  @Test func `used, liked and all takes are what they say, and a shot can be named`() async throws {
    let film = Film(shots: 2)
    film.write("sequences/sequence_002.json", Film.sequence(shots: 1) { "fog \($0)" })
    _ = try await film.reel("make")
    let first = try #require(film.takes.first)
    let name = first.split(separator: "/").last.map(String.init) ?? ""
    film.write("ratings/anna@example.org.json", "{ \"\(name)\": { \"value\": 1 } }\n")
    film.replace("rain number 1", by: "hail", in: "sequences/sequence_001.json")
    _ = try await film.reel("make")
    try await film.must("rm sequences/sequence_002.json")
    func takes(_ arguments: String...) async throws -> [String] {
      let exported = try await film.run(
        BuiltProgram.path("reel"), ["export", "--force", "--zip", "../x.zip"] + arguments)
      #expect(exported.status == 0, "\(exported.output)\(exported.error)")
      return try await names(film, "unzip -Z1 ../x.zip").filter { $0.hasSuffix(".png") }.map {
        String($0.drop { $0 != "/" }.dropFirst())
      }
    }
    let all = film.takes
    #expect(all.count == 4)
    #expect(try await takes("--takes", "all") == all)
    #expect(try await takes("--takes", "liked") == [first])
    let current = try await film.reel("takes", "--json").json["takes"]?.array?.filter { $0["used"]?.bool == true }
    let used = current?.compactMap { $0["file"]?.string } ?? []
    #expect(used.count == 2)
    #expect(try await takes() == used)
    #expect(try await takes("shot_002") == used.filter { $0.contains("shot_002") })
    #expect(try await takes("--takes", "all", "sequence_001") == all.filter { $0.contains("sequence_001/") })
    #expect(try await film.reel("export", "--zip", "../y.zip", "shot_009").status == 64)
    #expect(try await film.reel("export", "--zip", "../y.zip", "--takes", "best").status == 64)
  }

  @Test func `takes that are still to be made are named, and older ones go in their place`() async throws {
    let film = Film(shots: 2)
    _ = try await film.reel("make", "shot_001")
    film.replace("rain number 1", by: "hail", in: "sequences/sequence_001.json")
    let exported = try await film.reel("export", "--zip", "../film.zip", "--json")
    #expect(exported.status == 2, "\(exported.error)")
    let lacking = exported.json["lacking"]?.array ?? []
    #expect(lacking.compactMap { $0["shot"]?.string } == ["sequence_001/shot_001", "sequence_001/shot_002"])
    #expect(lacking.compactMap { $0["state"]?.string } == ["stale", "missing"])
    #expect(exported.json["takes"]?.int == 1)
    #expect(exported.json["files"]?.array?.first?["file"]?.string == "../film.zip")
    try await film.must(
      "cd ..; unzip -q film.zip; cd 'Test film'; $REEL plan --json > ../there || test $? = 2; cd ../film")
    let here = try await film.reel("plan", "--json").output
    #expect(film.scratch.read("there").map { String(decoding: $0, as: UTF8.self) } == here)
    let text = try await film.reel("export", "--zip", "../film.zip", "--force")
    #expect(text.output.hasPrefix("../film.zip: 1 take, 4 files, "), "\(text.output)")
    #expect(text.output.contains("\nStill to be made, 2 takes:\n  sequence_001/shot_001  still  stale "))
  }

  @Test func `nothing that is there is written over, and what fails leaves nothing behind`() async throws {
    let film = try await film()
    try await film.must("echo mine > ../a.zip; echo mine > ../b.png; mkdir ../d; ln -s nowhere ../l.zip")
    let names = film.scratch.names
    let project = film.tree
    for (arguments, message) in [
      (["--zip", "../a.zip"], "reel: ../a.zip is there already\n  --force replaces it\n"),
      (["--sheet", "../b.html"], "reel: ../b.png is there already\n  --force replaces it\n"),
      (["--zip", "../d", "--force"], "reel: ../d is a folder\n"),
      (["--zip", "../l.zip", "--force"], "reel: ../l.zip is no regular file\n  export to another name\n"),
      (["--zip", "../none/a.zip"], "reel: cannot open ../none: it is not there\n"),
      (
        ["--zip", "sequences/sequence_001.json", "--force"],
        "reel: sequences/sequence_001.json is a file of the project\n  export to another name\n"
      ),
      (["--sheet", "project.json", "--force"], "reel: a sheet is an HTML file with a PNG beside it\n"),
    ] {
      let refused = try await film.run(BuiltProgram.path("reel"), ["export"] + arguments)
      #expect(refused.status == (message.contains("a sheet") ? 64 : 1), "\(arguments): \(refused.output)")
      #expect(refused.error.hasPrefix(message), "\(arguments): \(refused.error)")
      #expect(refused.output == "")
    }
    for arguments in [
      [], ["--zip", "../e", "--sheet", "../e.html"], ["--zip", "../e", "--otio", "../e.otio"], ["--aaf", "../e"],
      ["--zip", "-", "--json"],
    ] {
      #expect(try await film.run(BuiltProgram.path("reel"), ["export"] + arguments).status == 64, "\(arguments)")
    }
    #expect(film.scratch.names.filter { !$0.hasPrefix("log-") } == names.filter { !$0.hasPrefix("log-") })
    #expect(film.tree == project)
    #expect(try await film.reel("export", "--zip", "../a.zip", "--force").status == 0)
    #expect(try await film.sh("unzip -tq ../a.zip").exit.isSuccess)
  }

  @Test func `a secret that stands in project.json is not handed over`() async throws {
    for line in ["\"key\": \"sk-12345\"", "\"urls\": [\"http://me:sk-12345@host/\"]"] {
      let film = Film(shots: 1)
      film.write(
        "project.json", "{ \"engine\": \"storyboard\", \"engines\": { \"fal\": { \"type\": \"fal\", \(line) } } }")
      let refused = try await film.reel("export", "--zip", "../film.zip")
      #expect(refused.status == 1)
      #expect(refused.error.contains("project.json has a secret written out"), "\(refused.error)")
      #expect(!(refused.error + refused.output).contains("12345"))
      #expect(film.scratch.read("film.zip") == nil)
    }
  }

  @Test func `git-lfs pointers go as they are and are said; links that lead out stay out`() async throws {
    let film = Film(shots: 2)
    film.write("inbox/shot_002.png", Picture.png(width: 8, height: 8))
    _ = try await film.reel("make")
    let take = try #require(film.takes.first)
    let digest = Digest(of: try #require(film.inside(take)))
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\(digest.hex)\nsize 1234\n"
    film.write(take, pointer)
    film.write("../outside.png", Picture.png(width: 8, height: 8, shade: 3))
    try await film.must("ln -s ../../outside.png 'inbox/shot_002 x.png'")
    let exported = try await film.reel("export", "--zip", "../film.zip", "--json")
    #expect(exported.status == 2)
    #expect(exported.json["pointers"]?.array?.compactMap(\.string) == [take])
    #expect(exported.json["leftOut"]?.array?.compactMap { $0["path"]?.string } == ["inbox/shot_002 x.png"])
    try await film.must("cd ..; unzip -q film.zip; test ! -e 'Test film/inbox/shot_002 x.png'")
    let unpacked = try #require(film.scratch.read("Test film/\(take)"))
    #expect(String(decoding: unpacked, as: UTF8.self) == pointer)
  }

  @Test func `a removed take, a pick and a file put among the takes come along`() async throws {
    let film = Film(shots: 2)
    _ = try await film.reel("make")
    film.write("sequences/sequence_001/shot_001.mine.png", Picture.png(width: 8, height: 8))
    film.write("sequences/sequence_001/shot_001.other.png", Picture.png(width: 8, height: 8, shade: 1))
    film.replace(
      "\"rain number 1\"", by: "\"rain number 1\", \"pick\": { \"still\": \"shot_001.mine.png\" }",
      in: "sequences/sequence_001.json")
    let removed = try #require(film.takes.first { $0.contains("shot_002.still") })
    film.replace("\n}\n", by: ",\n  \"removed\": true\n}\n", in: removed + ".json")
    try await film.must("rm \(removed)")
    #expect(try await film.reel("plan").status == 0)
    #expect(try await film.reel("export", "--zip", "../film.zip").status == 0)
    let used = try await names(film, "unzip -Z1 ../film.zip").map { String($0.drop { $0 != "/" }.dropFirst()) }
    #expect(used.contains("sequences/sequence_001/shot_001.mine.png"))
    #expect(!used.contains("sequences/sequence_001/shot_001.other.png"))
    #expect(used.contains(removed + ".json"))
    try await film.must("cd ..; unzip -q film.zip; cd 'Test film'; $REEL plan")
    #expect(try await film.reel("export", "--zip", "../all.zip", "--takes", "all").status == 0)
    let all = try await names(film, "unzip -Z1 ../all.zip").map { String($0.drop { $0 != "/" }.dropFirst()) }
    #expect(Set(all) == Set(used + ["sequences/sequence_001/shot_001.other.png"]))
    let sheet = try await film.reel("export", "--sheet", "../all.html", "--takes", "all", "--json")
    #expect(sheet.status == 0, "\(sheet.output)")
    #expect(sheet.json["pictures"]?.int == 3)
  }

  @Test func `shots in files of their own come along`() async throws {
    let film = Film(shots: 1)
    film.write("sequences/sequence_001.json", "{ \"id\": \"sequence_001\", \"shot_ids\": [\"7\", \"8\"] }\n")
    for id in ["7", "8"] {
      film.write("shots/shot_\(id).json", "{ \"id\": \"\(id)\", \"prompt\": \"rain \(id)\" }\n")
    }
    #expect(try await film.reel("make").status == 0, "\(film.story)")
    #expect(film.takes.count == 2)
    let exported = try await film.reel("export", "--zip", "../film.zip")
    #expect(exported.status == 0, "\(exported.output)")
    try await film.must("cd ..; unzip -q film.zip; cd 'Test film'; test -e shots/shot_8.json; $REEL plan")
  }

  @Test func `a watcher answers as the files would`() async throws {
    let film = try await film()
    #expect(try await film.reel("export", "--zip", "../cold.zip").status == 0)
    let watcher = try await film.watch()
    #expect(try await film.reel("export", "--zip", "../live.zip").status == 0)
    try await film.must("cmp ../cold.zip ../live.zip")
    #expect(try await film.reel("export", "--sheet", "../live.html").status == 0)
    _ = watcher
  }

  // MARK: Sheets

  /// What a page holds, told by Python's HTML parser: a line for each thing.
  private let reader = """
    import html.parser, sys, base64
    class Reader(html.parser.HTMLParser):
        images = 0; depth = []; addresses = []; items = 0; texts = []
        def handle_starttag(self, tag, attributes):
            a = dict(attributes)
            for key, value in attributes:
                if key.startswith("on"): print("script", tag, key)
                if key in ("src", "href", "srcset", "action", "poster", "data"): self.addresses.append((tag, value))
            if tag in ("script", "link", "iframe", "object", "base", "form"): print("forbidden", tag)
            if tag == "img":
                self.images += 1
                assert a["alt"].strip(), "an image without words"
                kind, data = a["src"].split(",", 1)
                assert kind == "data:image/jpeg;base64" and base64.b64decode(data, validate=True)[:2] == b"\\xff\\xd8"
                print("alt", ascii(a["alt"]))
            elif tag not in ("meta",):
                self.depth.append(tag)
            if tag == "li": self.items += 1
        def handle_endtag(self, tag):
            assert self.depth.pop() == tag, tag
        def handle_data(self, data):
            if self.depth and self.depth[-1] in ("h1", "h2", "bdi", "h3") and data.strip(): print(self.depth[-1], ascii(data))
    text = open(sys.argv[1], encoding="utf-8").read()
    r = Reader(); r.feed(text); r.close()
    assert not r.depth, r.depth
    assert all(v.startswith("data:") for t, v in r.addresses), r.addresses
    assert "@import" not in text and "url(" not in text
    print(r.items, "items", r.images, "images")
    """

  @Test func `a sheet is one page that fetches nothing, with every shot, and a PNG beside it`() async throws {
    let film = Film(shots: 3)
    film.write(
      "sequences/sequence_002.json",
      """
      { "name": "</h2><script>x</script>\\u202e", "order": 1, "shots": [
        { "id": "a", "name": "\\"><img src=http://x/ onerror=y>", "prompt": "'fog' & \\"rain\\"\\nnow", "duration": 2.5 } ] }
      """)
    _ = try await film.reel("make")
    film.replace("rain number 2", by: "hail", in: "sequences/sequence_001.json")
    film.write("reader.py", reader)
    let exported = try await film.reel("export", "--sheet", "../sheet.html", "--json")
    #expect(exported.status == 2, "\(exported.error)")
    #expect(exported.json["files"]?.array?.compactMap { $0["file"]?.string } == ["../sheet.html", "../sheet.png"])
    #expect(exported.json["shots"]?.int == 4)
    #expect(exported.json["pictures"]?.int == 4)
    let read = try await film.sh("python3 reader.py ../sheet.html")
    let names = film.takes.map { $0.split(separator: "/").last.map(String.init) ?? "" }
    #expect(
      read.output == """
        h1 'Test film'
        h2 '</h2><script>x</script>'
        alt '\\'fog\\' & "rain" now'
        bdi '"><img src=http://x/ onerror=y>'
        bdi 'a'
        bdi '\(names[3])'
        h2 'One'
        alt 'rain number 1'
        h3 'shot_001'
        bdi '\(names[0])'
        alt 'hail'
        h3 'shot_002'
        bdi '\(names[1])'
        alt 'rain number 3'
        h3 'shot_003'
        bdi '\(names[2])'
        4 items 4 images

        """, "\(read.error)")
    let png = try #require(film.scratch.read("sheet.png"))
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(png[16..<20].elementsEqual([0, 0, 0x09, 0x60]))  // 2400
    // The same again, in another place; and the page on its own.
    try await film.must(
      """
      cp -R . ../elsewhere; cd ../elsewhere; $REEL export --sheet again.html || test $? = 2
      cmp ../sheet.html again.html; cmp ../sheet.png again.png; ($REEL export --sheet - || test $? = 2) | cmp - again.html
      $REEL export --sheet - | head -c 10 >/dev/null
      """)
  }

  @Test func `a sheet shows what is liked, and in place of what cannot be shown says why`() async throws {
    let film = Film(shots: 3)
    _ = try await film.reel("make")
    let takes = film.takes
    let name = takes[1].split(separator: "/").last.map(String.init) ?? ""
    film.write("ratings/anna@example.org.json", "{ \"\(name)\": { \"value\": 1, \"note\": \"the <fog>\" } }\n")
    film.write(takes[2], "no picture")
    film.write("reader.py", reader)
    let liked = try await film.reel("export", "--sheet", "../liked.html", "--takes", "liked")
    #expect(liked.status == 0, "\(liked.output)")
    #expect(try await film.sh("python3 reader.py ../liked.html | tail -1").output == "1 items 1 images\n")
    let page = String(decoding: film.scratch.read("liked.html") ?? [], as: UTF8.self)
    #expect(page.contains("anna@example.org: liked, \u{201C}the &lt;fog&gt;\u{201D}"))
    let used = try await film.reel("export", "--sheet", "../used.html", "--json")
    #expect(used.status == 2)
    #expect(used.json["leftOut"]?.array?.compactMap { $0["path"]?.string } == [takes[2]])
    #expect(try await film.sh("python3 reader.py ../used.html | tail -1").output == "3 items 2 images\n")
  }

  @Test func `many shots make several pages of one size`() async throws {
    let film = Film(shots: 45)
    _ = try await film.reel("make", "shot_001")
    let exported = try await film.reel("export", "--sheet", "../sheet.html", "--json")
    #expect(
      exported.json["files"]?.array?.compactMap { $0["file"]?.string } == [
        "../sheet.html", "../sheet.png", "../sheet-2.png", "../sheet-3.png",
      ])
    for name in ["sheet.png", "sheet-2.png", "sheet-3.png"] {
      #expect(film.scratch.read(name)?[16..<24].elementsEqual([0, 0, 0x09, 0x60, 0, 0, 0x0D, 0x42]) == true)
    }
  }
}
