import Basics
import JSONText
@testable import ProjectFiles
import Testing

/// A secret that stands in a project.json is refused, and shown nowhere.
struct SecretTests {
  private let secret = "sk-4f5b9e21aa"

  /// All that is said, in whatever field of a diagnostic.
  private func said(_ text: String) -> String {
    diagnostics("project.json", text).map { "\($0)" }.joined(separator: "\n")
  }

  @Test func `the line is shown with stars`() {
    let text = #"{ "engines": { "fal": { "type": "fal", "key": "\#(secret)" } } }"#
    let starred = #"{ "engines": { "fal": { "type": "fal", "key": "*************" } } }"#
    #expect(
      diagnostics("project.json", text) == [
        Diagnostic(
          .error, "literal-secret",
          "the engine `fal` has its `key` written out; a project is shared, secrets are not", file: "project.json",
          place: .init(
            line: 1, column: 40, length: 5, snippet: [starred],
            label: "write { \"env\": \"NAME\" } and set that variable; then change the leaked secret"),
          notes: [projectConsequence])
      ])
  }

  @Test(arguments: [
    #"{ "engines": { "fal": { "type": "fal", "apiKey": "SECRET" } } }"#,
    #"{ "engines": { "fal": { "type": "fal", "key": { "env": "SECRET" } } } }"#,
    #"{ "engines": { "fal": { "type": "fal", "access_token": "SECRET" } } }"#,
    #"{ "engines": { "fal": { "type": "fal", "password": ["SECRET"] } } }"#,
    #"{ "engines": { "fal": { "key": "SECRET" } } }"#,
    #"{ "engines": { "fal": { "type": 5, "token": "SECRET" } }, "name": 5 }"#,
    #"{ "engines": { "fal": { "type": "fal", "key": "SECRET", } } }"#, #"{ "engines": { "fal": { "key": SECRET } } }"#,
    #"{ "engines": { "fal": { "key": "SECRET } } }"#, #"{ "engines": { "fal": { "key": "SECRET\q" } } }"#,
    "{ \"engines\": { \"fal\": { \"key\":\n  \"SECRET\" \"x\" } } }",
    #"{ "engines": { "fal": { "key": "SECRET", "key": "SECRET" } } }"#,
    #"{ "engines": { "c": { "type": "c", "urls": ["http://me:SECRET@host:8188/"], "x" } } }"#,
    #"{ "engines": { "fal": { "type": "fal", "secret": 'SECRET' } } }"#,
    #"{ "engines": { "fal": { "type": 5, "k\u0065y": "SECRET" } } }"#,
    #"{ "engines": { "fal": { "type": 5, "key": { "value": "SECRET" } } } }"#,
    #"{ "engines": { "fal": { "type": 5, "key": { "env": "A", "or": ["}", { "x": "SECRET" }] } } } }"#,
    #"{ "engines": { "fal": { "type": 5, "tokens": 1, "token": ["]", "SECRET"] } } }"#,
  ]) func `whatever else is wrong with the file`(text: String) {
    let said = said(text.split(separator: "SECRET").joined(separator: secret))
    #expect(said != "")
    #expect(!said.contains(secret), "\(said)")
    #expect(!said.contains("4f5b9e21"))
  }

  @Test func `the name of a variable is no secret, and other texts are shown as they are`() {
    #expect(
      diagnostics(
        "project.json", #"{ "engines": { "fal": { "type": "fal", "key": { "env": "FAL_KEY" }, "token": null } } }"#)
        == [])
    #expect(
      shown("project.json", #"{ "note": "key", "style": 5 }"#).first?.contains(#"{ "note": "key", "style": 5 }"#)
        == true)
    #expect(
      said(#"{ "engines": { "a": { "key": { "env": "A" }, "urls": ["http://a:1/"] } } }"#).contains("http://a:1/"))
  }

  @Test func `the definition that is kept does not hold it`() {
    let text = #"{ "engines": { "fal": { "type": "fal", "key": "\#(secret)", "model": "x" } } }"#
    let engine = ProjectFile.read(SourceText(file: "project.json", bytes: Array(text.utf8))).model?.engines["fal"]
    #expect(engine?.definition == ["type": "fal", "model": "x"])
  }

  /// Found by the fuzzer.
  @Test func `a line end inside of a password stays`() {
    let masked = LiteralSecrets.masked(Array("\"http://me:a\rb@host\"".utf8))
    #expect(String(decoding: masked, as: UTF8.self) == "\"http://me:*\r*@host\"")
  }

  /// Found by the fuzzer: the column was that of a text with a star for each byte.
  @Test func `a secret of any letters moves no column`() {
    let masked = LiteralSecrets.masked(Array(#"{ "key": "aä∗🎬" }"#.utf8))
    #expect(masked.count == #"{ "key": "aä∗🎬" }"#.utf8.count)
    #expect(String(decoding: masked, as: UTF8.self) == "{ \"key\": \"*\u{B7}\u{2217}\u{1F7B6}\" }")
    let faults = diagnostics("project.json", #"{ "engines": { "f": { "key": "ää🎬" "x": 1 } } }"#)
    #expect(faults.first?.place?.column == 35)
  }

  @Test func `of an object in its place only the name of a variable is kept`() {
    let key = #"{ "env": "FAL_KEY", "or": "\#(secret)" }"#
    let text = #"{ "engines": { "fal": { "type": "fal", "key": \#(key), "token": { "is": 1 } } } }"#
    let engine = ProjectFile.read(SourceText(file: "project.json", bytes: Array(text.utf8))).model?.engines["fal"]
    #expect(engine?.definition == ["type": "fal", "key": ["env": "FAL_KEY"], "token": [:]])
  }
}
