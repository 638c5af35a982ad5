import JSONText
import Testing

@testable import Commands

/// `reel takes` as text, from the value that `--json` gives.
struct TakesTextTests {
  @Test func `takes are a table with ratings and notes`() throws {
    let takes = try JSONDocument(
      parsing: Array(
        #"""
        [{"shot": "s/a", "kind": "still", "file": "sequences/s/a.mine\u001b.png", "fingerprint": null, "fresh": false,
          "used": true, "rating": 1, "created": null, "edited": false, "removed": false, "presence": "here",
          "ratings": [{"person": "mara@x", "value": 1, "note": "the\nfog!"}, {"person": "tom@x", "value": -1}]},
         {"shot": null, "kind": "still", "file": "sequences/s/b.png", "fingerprint": "sha256:00", "fresh": false,
          "used": false, "rating": null, "created": null, "edited": true, "removed": false, "presence": "pointer",
          "ratings": []},
         {"shot": "s/long", "kind": "clip", "file": "sequences/s/c.mp4", "fingerprint": "sha256:00", "fresh": true,
          "used": false, "rating": -1, "created": null, "edited": false, "removed": true, "presence": "absent",
          "ratings": [{"person": "mara@x", "value": -1}]}]
        """#.utf8)
    ).root.value.array
    #expect(
      TakesCommand.text(takes ?? [], of: "mara@x", false).joined(separator: "\n") == #"""
        *  s/a        still  yours                        sequences/s/a.mine\u{1b}.png  liked "the\nfog!"  tom@x dislikes it
           (no shot)  still  older, edited, not here yet  sequences/s/b.png
           s/long     clip   removed                      sequences/s/c.mp4  disliked
        """#)
    #expect(TakesCommand.text([], of: "mara@x", false) == ["No takes yet."])
    #expect(TakesCommand.text([], of: "mara@x", true) == ["No such takes."])
  }
}
