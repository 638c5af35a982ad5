import Basics
import JSONText
import Planning
import ProjectFiles
@testable import Studio
import TestSupport
import Testing

struct TrustFactsTests {
  private let folder = TestFolder(["tools/make.py": "print(1)\n", "tools/lib/part.py": "x = 1\n", "run.sh": "true\n"])

  private func facts(_ definition: JSON, name: String = "e", origin: EngineDefinition.Origin = .project) throws
    -> TrustFacts
  {
    var memory = ProgramMemory()
    let type = definition["type"]?.string ?? ""
    return TrustFacts(
      of: EngineDefinition(name: name, type: type, definition: definition, origin: origin), form: nil,
      in: try Folder(opening: folder.path), &memory)
  }

  private func digest(_ definition: JSON) throws -> Digest { try facts(definition).digest }

  private let python: JSON = ["type": "command", "command": ["python3", "tools/make.py"], "env": ["TOKEN"]]

  @Test func `everything that the definition says is shown, and the file that it runs`() throws {
    let lines = try facts(python).facts.map { "\($0.name): \($0.value)" }
    let hash = Digest(of: Array("print(1)\n".utf8))
    #expect(
      lines == [
        "type: command", "command: python3 tools/make.py", "env: TOKEN", "file tools/make.py: 9 bytes, \(hash)",
      ])
    let remote: JSON = ["type": "fal", "key": ["env": "FAL_KEY"], "urls": ["https://a.example", "a b"], "note": "x"]
    #expect(
      try facts(remote).facts.map { "\($0.name): \($0.value)" } == [
        "type: fal", "key: from the environment variable FAL_KEY", "urls: https://a.example \"a b\"",
      ])
  }

  @Test func `a change of any of it is another thing to trust`() throws {
    let before = try digest(python)
    #expect(try digest(["type": "command", "command": ["python3", "tools/make.py"]]) != before)
    #expect(
      try digest(["type": "command", "command": ["python3", "tools/make.py", "-x"], "env": ["TOKEN"]]) != before)
    #expect(try digest(["type": "command", "command": ["python3", "tools/make.py"], "env": ["OTHER"]]) != before)
    folder.write("tools/make.py", "print(2)\n")
    #expect(try digest(python) != before)
    folder.write("tools/make.py", "print(1)\n")
    #expect(try digest(python) == before)
    folder.remove("tools/make.py")
    #expect(try digest(python) != before)
  }

  @Test func `names, notes, order and how soon and how many are not`() throws {
    let before = try digest(python)
    let same: JSON = [
      "note": "hello", "settle": 3, "jobs": 2, "env": ["TOKEN"], "command": ["python3", "tools/make.py"],
      "type": "command",
    ]
    // The lines are shown in the order of the file; what is hashed does not hang on it.
    #expect(try facts(same).digest == before)
    #expect(try facts(python, name: "other").digest == before)
  }

  @Test
  func `files are found behind an equals sign, in a line for a shell, by a path of this machine, and in a folder`()
    throws
  {
    func files(_ words: String...) throws -> [String] {
      let command: JSON = ["type": "command", "command": .array(words.map { .string($0) })]
      return try facts(command).facts.map(\.name).filter { $0.hasPrefix("file ") }
    }
    #expect(try files("x", "--script=tools/make.py") == ["file tools/make.py"])
    #expect(try files("sh", "-c", "cd . && sh run.sh; python3 tools/make.py") == ["file run.sh", "file tools/make.py"])
    #expect(try files("\(Folder(opening: folder.path).path)/run.sh") == ["file run.sh"])
    #expect(try files("python3", "tools") == ["file tools/lib/part.py", "file tools/make.py"])
    #expect(try files("python3", "-m", "json.tool") == [])
    #expect(try files("../outside", "/bin/sh") == [])
  }
}
