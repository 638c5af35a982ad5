package import Basics
internal import JSONText
package import Planning
package import ProjectFiles

/// What a person trusts with one engine: all that its definition says, and what lies in the project and is run by it.
///
/// The whole definition counts and not a choice of its keys: what a key of some engine can do is not known here. Left out are
/// notes, and what only says how many jobs it gets and how soon. Files of the project that the command names are looked into: their
/// definition stays the same when a stranger's commit changes them. What those load by themselves is not seen.
package struct TrustFacts: Hashable, Sendable {
  package var engine: String
  package var type: String
  package var origin: EngineDefinition.Origin
  package var facts: [TrustFact]
  /// Over all facts.
  package var digest: Digest
  /// When the files that count were changed last; nil where there are none.
  package var changed: Int64?
  /// The definition that this is about.
  let definition: JSON

  private static let uncounted: Set<String> = ["note", "settle", "jobs"]

  /// - Parameter memory: what was read before of files that did not change since.
  init(of definition: EngineDefinition, form: (any EngineForm)?, in folder: Folder, _ memory: inout ProgramMemory) {
    engine = definition.name
    type = definition.type
    origin = definition.origin
    self.definition = definition.definition
    var counted = JSONObject(
      (definition.definition.object ?? [:]).filter { !Self.uncounted.contains($0.key) }.map { ($0.key, $0.value) })
    var facts = [TrustFact("type", definition.type)]
    for (key, value) in counted where key != "type" { facts.append(TrustFact(key, Self.text(value))) }
    counted["type"] = .string(definition.type)
    var programs = ProgramFiles(folder: folder, memory: memory)
    programs.look(forFilesIn: definition.definition["command"])
    memory = programs.memory
    changed = programs.changed
    let found =
      programs.facts
      + (form?.trustFacts(of: definition) { try? folder.read($0, limit: JSONFile.maximumSize).bytes } ?? [])
    self.facts = facts + found
    let all: JSON = [
      "definition": .object(counted), "found": .array(found.map { .array([.string($0.name), .string($0.value)]) }),
    ]
    digest = Digest(of: all.canonical)
  }

  /// A value as people read it.
  private static func text(_ value: JSON) -> String {
    switch value {
    case .string(let text): text
    case .array(let values) where values.allSatisfy({ $0.string != nil }):
      values.compactMap(\.string).map(quoted).joined(separator: " ")
    case .object(let object) where object.count == 1 && object["env"]?.string != nil:
      "from the environment variable \(object["env"]?.string ?? "")"
    default: value.compactText
    }
  }

  /// A word of a command, in quotes where it would look like several.
  private static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x27 }
    return isPlain ? word : JSON.string(word).compactText
  }
}

/// What was read of programs that lie in a project, so that it is not read again before each job.
struct ProgramMemory: Sendable {
  fileprivate var facts: [ProjectPath: (stamp: FileStamp, readAt: Int64, value: String)] = [:]
}

/// The files of a project that a command names: the script that an interpreter is given, the program itself.
private struct ProgramFiles {
  let folder: Folder
  var memory: ProgramMemory
  var facts: [TrustFact] = []
  var changed: Int64?
  private var left = Self.mostFiles

  /// A folder may be named for what lies in it; one with more files than any tool has is a person's whole home.
  private static let mostFiles = 2000
  private static let largestFile = 64 << 20

  init(folder: Folder, memory: ProgramMemory) {
    self.folder = folder
    self.memory = memory
  }

  mutating func look(forFilesIn command: JSON?) {
    var seen: Set<ProjectPath> = []
    for word in command?.array?.compactMap(\.string) ?? [] {
      for path in paths(in: word) where seen.insert(path).inserted { look(at: path) }
    }
    if left == 0 { facts.append(TrustFact("more files", "than are looked into lie in the folders that it names")) }
  }

  /// A word may be a path, hold one behind `=`, or be a whole line for a shell.
  private func paths(in word: String) -> [ProjectPath] {
    let marks: Set<Character> = [" ", "\t", "\n", ";", "|", "&", "\"", "'", "`", "(", ")", "<", ">", "=", ",", ":"]
    return ([word] + word.split { marks.contains($0) }.map(String.init)).compactMap { text in
      let inside = text.hasPrefix("\(folder.path)/") ? String(text.dropFirst(folder.path.count + 1)) : text
      return try? ProjectPath(written: inside)
    }
  }

  private mutating func look(at path: ProjectPath) {
    switch try? folder.look(at: path) {
    case .file(let stamp)?: read(path, stamp)
    case .folder?: readBelow(path)
    case .other?: facts.append(TrustFact("file \(path.string)", "leads out of the project, or is no file"))
    case nil: break
    }
  }

  private mutating func readBelow(_ path: ProjectPath) {
    for entry in (try? Tree.entries(of: path, in: folder)) ?? [] where left > 0 {
      // What interpreters leave beside scripts.
      if entry.path.name == "__pycache__" || entry.path.name == ".git" { continue }
      switch entry.kind {
      case .file(let stamp):
        left -= 1
        read(entry.path, stamp)
      case .folder: readBelow(entry.path)
      case .other: break
      }
    }
  }

  private mutating func read(_ path: ProjectPath, _ stamp: FileStamp) {
    changed = max(changed ?? 0, stamp.changed)
    let name = "file \(path.string)"
    if let known = memory.facts[path], known.stamp == stamp, stamp.isSettled(at: known.readAt) {
      return facts.append(TrustFact(name, known.value))
    }
    let now = FileStamp.now()
    do throws(FileError) {
      let content = try folder.read(path, limit: Self.largestFile)
      let value = "\(content.bytes.count) bytes, \(Digest(of: content.bytes))"
      memory.facts[path] = (content.stamp, now, value)
      facts.append(TrustFact(name, value))
    } catch {
      // Too large to be looked into: size and time say whether it changed.
      facts.append(TrustFact(name, "\(stamp.size) bytes, of \(Timestamp.rfc3339(stamp.modified)), not looked into"))
    }
  }
}
