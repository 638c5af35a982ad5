import Arguments
import Testing

struct ManualTests {
  private let page = reel.manual(
    version: "1.2", date: "2026-11-21", files: [("project.json", "what a person writes")])

  @Test func `the page holds every command, option, argument, example and exit status`() {
    for command in reel.commands {
      #expect(page.contains("\\fBreel \(command.name)\\fR"))
      for option in command.options { #expect(page.contains("\\fB\\-\\-\(option.name)\\fR")) }
      for argument in command.arguments { #expect(page.contains("\\fI\(argument.name)\\fR")) }
      for example in command.examples { #expect(page.contains(example.line.replacing("-", with: "\\-"))) }
      for status in command.exitStatuses { #expect(page.contains("exit status \\fB\(status.code)\\fR")) }
    }
    for option in reel.globalOptions { #expect(page.contains("\\fB\\-\\-\(option.name)\\fR")) }
    #expect(page.contains("\\fIproject.json\\fR\nwhat a person writes\n"))
  }

  @Test func `it begins as manual pages do`() {
    #expect(
      page.hasPrefix(
        """
        .TH "REEL" "1" "2026-11-21" "reel 1.2" "User Commands"
        .SH "NAME"
        reel \\- watches a folder of shots and generates what is missing
        .SH "SYNOPSIS"
        """))
  }

  @Test func `text that looks like a macro is text, and dashes can be copied`() {
    let table = CommandTable(
      program: "x", summary: "y",
      commands: [CommandSpec("z", summary: ".dot --flag back\\slash \"quoted\"", discussion: "'quote first")])
    let page = table.manual(version: "1", date: "2026-11-21")
    #expect(page.contains("\n\\&.dot \\-\\-flag back\\eslash \"quoted\"\n"))
    #expect(page.contains("\n\\&'quote first\n"))
  }
}
