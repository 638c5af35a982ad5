import Testing

@testable import Commands

struct ShellLineTests {
  @Test(arguments: [
    ("reel wh", ["reel", "wh"]), ("reel why ", ["reel", "why", ""]), ("", [""]), ("reel  -C  x", ["reel", "-C", "x"]),
    (#"reel -C "my film" wh"#, ["reel", "-C", "my film", "wh"]),
    (#"reel -C my\ film "#, ["reel", "-C", "my film", ""]),
    (#"reel 'a "b" \c"#, ["reel", #"a "b" \c"#]), (#"reel "" x"#, ["reel", "", "x"]),
    ("FOO=1 BAR= reel wa", ["reel", "wa"]), ("FOO=1", ["FOO=1"]), ("reel --port=7", ["reel", "--port=7"]),
  ])
  func `a line is split as shells split it`(_ line: String, _ words: [String]) {
    #expect(ShellLine.words(line) == words)
  }
}
