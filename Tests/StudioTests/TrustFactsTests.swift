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
    let part = Digest(of: Array("x = 1\n".utf8))
    #expect(
      lines == [
        "type: command", "command: python3 tools/make.py", "env: TOKEN", "file tools/make.py: 9 bytes, \(hash)",
        "file tools/lib/part.py: 6 bytes, \(part)",
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
    let python = ["file tools/make.py", "file tools/lib/part.py"]
    #expect(try files("x", "--script=tools/make.py") == python)
    #expect(try files("sh", "-c", "cd . && sh run.sh; python3 tools/make.py") == ["file run.sh"] + python)
    #expect(try files("sh", "-c", "$PWD/run.sh") == ["file run.sh"])
    #expect(try files("sh", "-c", "exec \"$(pwd)/run.sh\" ${PWD}/tools/make.py") == ["file run.sh"] + python)
    #expect(try files("\(Folder(opening: folder.path).path)/run.sh") == ["file run.sh"])
    #expect(try files("python3", "tools") == ["file tools/lib/part.py", "file tools/make.py"])
    #expect(try files("python3", "-m", "json.tool") == [])
    #expect(try files("python3", "-m", "tools.make") == python)
    #expect(try files("../outside", "/bin/sh") == [])
  }

  @Test func `what a script can load by a name lies beside it and below, in its language`() throws {
    func files(_ words: String...) throws -> [String] {
      let command: JSON = ["type": "command", "command": .array(words.map { .string($0) })]
      return try facts(command).facts.map(\.name).filter { $0.hasPrefix("file ") }
    }
    for name in ["json.so", "notes.txt", "data.json", "other.sh", "lib/deep/x.py", ".git/x.py"] {
      folder.write("tools/\(name)", "x")
    }
    let all = ["file tools/make.py", "file tools/json.so", "file tools/lib/deep/x.py", "file tools/lib/part.py"]
    #expect(try files("python3", "tools/make.py") == all)
    // In the project folder lies the film, too.
    folder.write("main.py", "1")
    folder.write("helper.py", "1")
    #expect(try files("python3", "main.py") == ["file main.py", "file helper.py"])
    // What is no script loads nothing.
    #expect(try files("x", "tools/data.json") == ["file tools/data.json"])
    // The user's own runs elsewhere.
    let own: JSON = ["type": "command", "command": ["python3", "tools/make.py"]]
    #expect(try !facts(own, origin: .user).facts.contains { $0.name.hasPrefix("file ") })
  }

  @Test func `what Python left for itself does not count, what it would believe unseen does`() throws {
    let before = try digest(python)
    let name = "tools/__pycache__/part.cpython-311.pyc"
    folder.write(name, "abcd\0\0\0\0123456789")
    #expect(try digest(python) == before)
    folder.write(name, "abcd\u{1}\0\0\0123456789")
    #expect(try digest(python) != before)
  }
}
