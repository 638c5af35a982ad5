import Basics
import JSONText
import Testing

@testable import Commands

/// A sheet's text: strangers wrote most of it.
struct SheetTests {
  private func json(_ text: String) throws -> JSON { try JSONDocument(parsing: Array(text.utf8)).root.value }

  private func shot(_ more: String, state: String = "fresh", detail: String = "") -> String {
    #"{"shot": "s/a", "id": "a", "name": "", "prompt": "", "duration": null, "state": "\#(state)", "detail": "\#(detail)", \#(more)}"#
  }

  private func sheet(_ shots: String..., choice: String = "used") throws -> Sheet {
    Sheet(
      try json(
        #"""
        {"version": 1, "name": "Film", "frame": {"width": 1280, "height": 720},
         "sequences": [{"sequence": "s", "title": "", "isReadable": true, "shots": [\#(shots.joined(separator: ","))]}]}
        """#), choice: choice)
  }

  private func page(_ sheet: Sheet, _ pictures: [ProjectPath: [UInt8]] = [:]) throws -> String {
    var text = ""
    try SheetPage(sheet: sheet, pictures: pictures).write { (piece) throws(FileError) in text += piece }
    return text
  }

  @Test func `whatever stands in a text, it is read as text`() {
    #expect(
      HTMLText.escaped("</script><b a=\"1\" b='2'>&amp;")
        == "&lt;/script&gt;&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;")
    let none = [0xFFFE, 0x1FFFF, 0xFDD0].compactMap { Unicode.Scalar($0 as UInt32).map { String($0) } }.joined()
    #expect(HTMLText.escaped("a\u{0}\u{7}\u{1B}[31m\u{85}\(none)b\tc\nd") == "a[31mb\tc\nd")
    // Overrides and isolates go, the marks and joiners that scripts need stay.
    #expect(HTMLText.escaped("\u{202E}gpj\u{2066}\u{2069}.\u{FEFF}exe") == "gpj.exe")
    #expect(
      HTMLText.escaped("\u{5D0}\u{200F}!\u{1F468}\u{200D}\u{1F469}") == "\u{5D0}\u{200F}!\u{1F468}\u{200D}\u{1F469}")
    #expect(HTMLText.attribute("two\n lines \"here\"") == "two lines &quot;here&quot;")
  }

  @Test func `base64 is that of RFC 4648`() {
    let vectors = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "foobar": "Zm9vYmFy"]
    for (text, encoded) in vectors { #expect(Base64.text(of: Array(text.utf8)) == encoded) }
    #expect(Base64.text(of: [0xFB, 0xFF, 0xFE]) == "+//+")
  }

  @Test func `a shot with a hostile name is a card like any other`() throws {
    let shot = JSON.string("</h3><script>alert(1)</script>\u{202E}").compactText
    let sheet = try sheet(
      #"""
      {"shot": "s/a", "id": "a\"b", "name": \#(shot), "prompt": "\"><img src=http://x/>\nfog", "duration": 4, "state": "stale",
       "detail": "changed: seed 1 -> 2", "takes": [
        {"kind": "still", "file": "sequences/s/a.still-1-2.png", "standing": "older", "presence": "here", "ratings": [
          {"person": "anna@example.org", "value": 1, "note": "<i>the fog!</i>"}, {"person": "ben", "value": -1, "note": ""}]}]}
      """#)
    let text = try page(sheet, ["sequences/s/a.still-1-2.png": [1, 2, 3]])
    let card = text.split(separator: "<ol>\n").last?.split(separator: "</ol>").first
    #expect(
      card == """
        <li>
        <div class="picture"><img src="data:image/jpeg;base64,AQID" alt="&quot;&gt;&lt;img src=http://x/&gt; fog"></div>
        <h3><bdi>&lt;/h3&gt;&lt;script&gt;alert(1)&lt;/script&gt;</bdi> <bdi class="id">a&quot;b</bdi></h3>
        <p class="prompt" dir="auto">&quot;&gt;&lt;img src=http://x/&gt;
        fog</p>
        <p class="facts">4 s <span>·</span> <bdi>a.still-1-2.png</bdi></p>
        <p class="facts" dir="auto">older take: changed: seed 1 -&gt; 2</p>
        <p class="opinion" dir="auto">anna@example.org: liked, “&lt;i&gt;the fog!&lt;/i&gt;”</p>
        <p class="opinion" dir="auto">ben: disliked</p>
        </li>

        """)
    #expect(!text.contains("<script"))
  }

  @Test func `a shot without a picture says why in its place`() throws {
    func message(_ more: String, _ state: String = "fresh", _ detail: String = "") throws -> String {
      try sheet(shot(more, state: state, detail: detail)).sections[0].cards[0].message
    }
    #expect(try message(#""takes": []"#, "missing", "no take yet") == "no take yet")
    #expect(try message(#""takes": []"#, "failed", "it broke") == "failed: it broke")
    #expect(try message(#""takes": []"#, "held", "x") == "held")
    #expect(try message(#""takes": []"#, "unreadable", "x") == "cannot be read")
    #expect(try message(#""takes": []"#) == "removed")
    let take = #""takes": [{"kind": "clip", "file": "sequences/s/a.clip-1-2.mp4", "standing": "used", "presence": "#
    #expect(try message(take + #""pointer"}]"#) == "not here yet: git lfs pull brings it")
    #expect(try message(take + #""here"}]"#) == "clip: no picture")
    #expect(try page(sheet(shot(take + #""here"}]"#))).contains("<p dir=\"auto\">clip: no picture</p>"))
  }

  @Test func `the used takes of a shot share a card, all takes have one each`() throws {
    let takes = #"""
      "takes": [{"kind": "clip", "file": "sequences/s/a.clip-1-2.mp4", "standing": "used", "presence": "here"},
                {"kind": "still", "file": "sequences/s/a.still-1-2.png", "standing": "current", "presence": "here"}]
      """#
    let used = try sheet(shot(takes)).sections[0].cards
    #expect(used.map(\.picture) == ["sequences/s/a.still-1-2.png"])
    #expect(used.map(\.files) == [["a.clip-1-2.mp4", "a.still-1-2.png"]])
    let all = try sheet(shot(takes), choice: "all").sections[0].cards
    #expect(all.map(\.picture) == [nil, "sequences/s/a.still-1-2.png"])
    #expect(all.map(\.remark) == ["used", "current"])
  }

  @Test func `a path that leads out of the project is never asked for`() throws {
    let takes = #""takes": [{"kind": "still", "file": "../../etc/x.png", "standing": "used", "presence": "here"}]"#
    #expect(try sheet(shot(takes)).sections[0].cards[0].picture == nil)
  }

  @Test func `durations are said in few words`() {
    #expect(
      [0.04, 3.5, 4, 59.96, 60, 61.25, 3600].map(Sheet.duration) == [
        "0 s", "3.5 s", "4 s", "1 min", "1 min", "1 min 1.3 s", "60 min",
      ])
  }
}

struct ExportTextTests {
  @Test func `the folder in an archive has a name that every system takes`() {
    func name(_ text: String) -> String { PortableName.of(text, else: "project") }
    #expect(name("The Lighthouse Keeper") == "The Lighthouse Keeper")
    #expect(name("\u{DC}ber \u{1F47B}") == "\u{DC}ber \u{1F47B}")
    #expect(name("a/b\\c:d*e?\"<>|") == "a-b-c-d-e-----")
    #expect(name("../..") == "-")
    #expect(name("..") == "project")
    #expect(name(" .hidden. ") == "hidden")
    #expect(name("a\u{202E}\n\u{0}b") == "ab")
    #expect(name("con") == "_con")
    #expect(name("nul.film") == "_nul.film")
    #expect(name(String(repeating: "\u{E9}", count: 200)).utf8.count == 100)
  }

  @Test func `what an export came to is a line, and below it what is lacking with the way out`() throws {
    let answer = try JSONDocument(
      parsing: Array(
        #"""
        {"lacking": [{"shot": "s/a\u001b", "kind": "still", "state": "missing", "detail": "no take yet"},
                     {"shot": "s2", "kind": null, "state": "unreadable", "detail": "see"}],
         "leftOut": [{"path": "inbox/x.png", "reason": "it is a link"}]}
        """#.utf8)
    ).root.value
    var outcome = Outcome(format: "zip", answer)
    outcome.files = [("a.zip", 10)]
    outcome.summary = "1 take"
    outcome.pointers = ["inbox/p.png"]
    #expect(
      outcome.text.joined(separator: "\n") == #"""
        a.zip: 1 take

        Still to be made, 1 take:
          s/a\u{1b}  still  missing  no take yet
        reel make generates what is missing; then export again

        Cannot be read:
          s2
        reel check shows why

        Not brought by git-lfs yet, 1 file:
          inbox/p.png
        git lfs pull brings them; then export again

        Left out:
          inbox/x.png  it is a link
        """#)
    #expect(!outcome.isWhole)
    #expect(Outcome(format: "zip", .null).isWhole)
  }
}
