import Basics
import JSONText
import Testing

@testable import Timelines

/// What stands in timelines that is not for other readers to tell: names, addresses, escapes.
struct TimelineTests {
  private func timeline(_ shots: String..., fps: String = "24", name: String = "Film") throws -> Timeline {
    let text = #"""
      {"version": 1, "name": "\#(name)", "frame": {"width": 1280, "height": 720, "fps": \#(fps)},
       "sequences": [{"sequence": "s", "title": "Arrival", "shots": [\#(shots.joined(separator: ","))]}]}
      """#
    return Timeline(
      try JSONDocument(parsing: Array(text.utf8)).root.value, recipe: { _ in ["seed": 7] }, seconds: { _ in nil })
  }

  private func shot(_ id: String, _ more: String = "") -> String {
    let state = more.contains("state") ? "" : #", "state": "fresh""#
    return #"{"shot": "s/\#(id)", "id": "\#(id)", "prompt": "rain"\#(state)\#(more.isEmpty ? "" : ", \(more)")}"#
  }

  private let still =
    #""kinds": ["still"], "picture": {"kind": "still", "standing": "used", "file": "s/a.still-00000000-17263c00.png"}"#
  private let media = MediaAddress(project: "/films/my film", from: nil)

  @Test func `media are named by their way from a timeline in or beside the project, else by their place`() {
    let path = ProjectPath(trusted: "sequences/one/a \"b\" #1?%:\u{1F451}.png")
    let name = "sequences/one/a%20%22b%22%20%231%3F%25%3A%F0%9F%91%91.png"
    for (folder, expected) in [
      ("/films/my film", name), ("/films/my film/cut", "../\(name)"), ("/films/my film/cut/1", "../../\(name)"),
      ("/films", "my%20film/\(name)"), ("/films/my film 2", "file:///films/my%20film/\(name)"),
      ("/", "file:///films/my%20film/\(name)"), (nil, "file:///films/my%20film/\(name)"),
    ] as [(String?, String)] {
      #expect(MediaAddress(project: "/films/my film", from: folder).url(of: path) == expected, "\(folder ?? "nowhere")")
    }
    #expect(MediaAddress(project: "/film", from: "/").url(of: ProjectPath(trusted: "a.png")) == "film/a.png")
    #expect(
      MediaAddress(project: "/f", from: "/f").url(of: ProjectPath(trusted: [0x61, 0xFF])) == "a%FF", "bytes as they are"
    )
  }

  @Test func `text in XML is read as text, and what XML cannot say is left out`() {
    #expect(XMLText.escaped("<a b=\"1\">&amp;'") == "&lt;a b=&quot;1&quot;&gt;&amp;amp;'")
    #expect(XMLText.escaped("a\u{0}\u{1B}\u{FFFE}\u{85}b\tc\nd\re") == "ab&#9;c&#10;d&#13;e")
    #expect(
      XMLText.escaped("\u{1F468}\u{200D}\u{1F469} \u{5D0}\u{200F}") == "\u{1F468}\u{200D}\u{1F469} \u{5D0}\u{200F}")
    #expect(XMLText.attribute("name", nil) == "")
  }

  @Test func `text in a list is one line, and reels have eight letters and digits`() {
    #expect(EDLText.line("a\r\nb\u{2028}c\u{85}d\u{1B}[0m") == "a  b c d [0m")
    #expect(EDLText.line(String(repeating: "x", count: 90), atMost: 70).count == 70)
    for (name, reel) in [
      ("s/a.still-00000000-17263c00.png", "17263C00"), ("s/a.still-00000000-17263C0.png", nil),
      ("s/mine.png", nil), ("s/\u{1F451}", nil), ("s/a-1726zc00.png", nil),
    ] as [(String, String?)] {
      let made = EDLText.reel(of: ProjectPath(trusted: name))
      #expect(reel.map { $0 == made } ?? (made.utf8.count == 8), "\(name): \(made)")
      #expect(made.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }, "\(made)")
    }
    #expect(EDLText.reel(of: ProjectPath(trusted: "s/a.png")) != EDLText.reel(of: ProjectPath(trusted: "s/b.png")))
  }

  @Test func `a list is what editors have read for forty years`() throws {
    let film = try timeline(
      shot("a", still + #", "duration": 4"#),
      shot("b", #""state": "missing", "detail": "no take yet", "kinds": ["still"]"#),
      shot(
        "c",
        still
          + #", "duration": 1, "voice": {"kind": "voice", "standing": "used", "file": "s/c.voice-1-deadbeef.wav"}"#))
    #expect(
      String(decoding: try TimelineForm.edl.text(of: film, media), as: UTF8.self)
        == """
        TITLE: Film
        FCM: NON-DROP FRAME

        001  17263C00 V     C        00:00:00:00 00:00:04:00 01:00:00:00 01:00:04:00
        * FROM CLIP NAME: a.still-00000000-17263c00.png
        * FROM FILE: /films/my film/s/a.still-00000000-17263c00.png
        * SHOT: s/a
        002  BL       V     C        00:00:00:00 00:00:03:00 01:00:04:00 01:00:07:00
        * SHOT: s/b
        * LOC: 01:00:04:00 RED     b: no take yet
        003  17263C00 V     C        00:00:00:00 00:00:01:00 01:00:07:00 01:00:08:00
        * FROM CLIP NAME: a.still-00000000-17263c00.png
        * FROM FILE: /films/my film/s/a.still-00000000-17263c00.png
        * SHOT: s/c
        004  DEADBEEF A     C        00:00:00:00 00:00:01:00 01:00:07:00 01:00:08:00
        * FROM CLIP NAME: c.voice-1-deadbeef.wav
        * FROM FILE: /films/my film/s/c.voice-1-deadbeef.wav
        * SHOT: s/c

        """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"))
  }

  @Test func `a list that has no time codes for a film is refused`() throws {
    let slow = try timeline(shot("a"), fps: "12.5")
    #expect(throws: TimelineForm.Refusal.self) { try TimelineForm.edl.text(of: slow, media) }
    let long = try timeline(shot("a", #""duration": 86400"#))
    #expect(throws: TimelineForm.Refusal.self) { try TimelineForm.edl.text(of: long, media) }
    for form in [TimelineForm.otio, .fcpxml] { #expect(try !form.text(of: long, media).isEmpty) }
  }

  @Test func `what a shot lacks is said, by the most finished kind that it wants`() throws {
    let stale = #""state": "stale", "detail": "changed: prompt""#
    let older = #""picture": {"kind": "still", "file": "a.png", "standing": "older"}"#
    let used = #""picture": {"kind": "still", "file": "a.png", "standing": "used"}"#
    let film = try timeline(
      shot("a", #"\#(stale), "kinds": ["still"], \#(older)"#),
      shot("b", #"\#(stale), "kinds": ["clip", "still"], \#(used)"#),
      shot("c", #"\#(stale), "kinds": ["talk", "still", "voice"], \#(older)"#), shot("d", #""kinds": ["still"]"#),
      shot("e", #""kinds": ["still"], \#(used)"#))
    #expect(
      film.shots.map(\.remark) == [
        "older take: changed: prompt", "still in place of the clip: changed: prompt",
        "older take: changed: prompt; still in place of the talk: changed: prompt; its voice is missing", "removed", "",
      ])
  }

  @Test func `seeds that 64 bits with a sign do not hold are text in OpenTimelineIO`() throws {
    let picture = #"{"file": "a.png", "kind": "still", "fingerprint": "sha256:0"}"#
    let text = #"{"version": 1, "sequences": [{"shots": [{"id": "a", "picture": \#(picture)}]}]}"#
    func seed(_ number: String) throws -> JSON? {
      let made = Timeline(
        try JSONDocument(parsing: Array(text.utf8)).root.value,
        recipe: { _ in ["seed": JSONNumber(text: number).map { .number($0) } ?? .null] }, seconds: { _ in nil })
      let otio = try JSONDocument(parsing: TimelineForm.otio.text(of: made, media)).root.value
      let clip = otio["tracks"]?["children"]?.array?.first?["children"]?.array?.first
      return clip?["metadata"]?["reelwright"]?["seed"]
    }
    #expect(try seed("18446744073709551615") == "18446744073709551615")
    #expect(try seed("9223372036854775807") == .number(JSONNumber(9_223_372_036_854_775_807)))
  }
}
