package import Basics
internal import Glibc
internal import JSONText
package import Planning
package import ProjectFiles

/// What a person trusts with one engine: all that its definition says, and what lies in the project and is run by it.
///
/// The whole definition counts and not a choice of its keys: what a key of some engine can do is not known here. Left out are
/// notes, and what only says how many jobs it gets and how soon. Files of the project that the command names are looked into, and
/// beside a script those of its language, which it can load: their definition stays the same when a stranger's commit changes them.
/// What is loaded from elsewhere is not seen.
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

  /// - Parameters:
  ///   - memory: what was read before of files that did not change since.
  ///   - nodeClasses: of the project's workflows.
  init(
    of definition: EngineDefinition, form: (any EngineForm)?, nodeClasses: [String] = [], in folder: Folder,
    _ memory: inout ProgramMemory
  ) {
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
    // The user's own run elsewhere.
    if origin == .project { programs.look(forFilesIn: definition.definition["command"]) }
    memory = programs.memory
    changed = programs.changed
    let found =
      programs.facts
      + (form?.trustFacts(of: definition, nodeClasses: nodeClasses) {
        try? folder.read($0, limit: JSONFile.maximumSize).bytes
      } ?? [])
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
  private var seen: Set<ProjectPath> = []

  /// A folder may be named for what lies in it; one that holds more than any tool does is a person's whole home.
  private static let mostFiles = 2000
  private static let largestFile = 64 << 20

  init(folder: Folder, memory: ProgramMemory) {
    self.folder = folder
    self.memory = memory
  }

  mutating func look(forFilesIn command: JSON?) {
    let words = command?.array?.compactMap(\.string) ?? []
    let modules = zip(words, words.dropFirst()).flatMap { $0 == "-m" ? Self.paths(ofModule: $1) : [] }
    var known: Set<ProjectPath> = []
    let named = (words.flatMap { paths(in: $0) } + modules).filter { known.insert($0).inserted }
    for path in named { look(at: path) }
    for path in named where seen.contains(path) { readBeside(path) }
    if left == 0 { facts.append(TrustFact("more files", "than are looked into lie where its own lie")) }
  }

  /// Where Python looks for what stands behind `-m`: it runs in the project folder, and looks there first.
  private static func paths(ofModule name: String) -> [ProjectPath] {
    let path = name.split(separator: ".").joined(separator: "/")
    return ["\(path).py", path].compactMap { try? ProjectPath(written: $0) }
  }

  /// A word may be a path, hold one behind `=`, or be a whole line for a shell.
  private func paths(in word: String) -> [ProjectPath] {
    let marks: Set<Character> = [" ", "\t", "\n", ";", "|", "&", "\"", "'", "`", "(", ")", "<", ">", "=", ",", ":"]
    // A program runs in the project folder, which a line for a shell may spell in its own way: `$PWD/x`, or `$(pwd)/x`.
    let places = ["\(folder.path)/", "$PWD/", "${PWD}/"]
    return ([word] + word.split { marks.contains($0) }.map(String.init)).flatMap { text in
      let place = places.first { text.hasPrefix($0) } ?? ""
      let inside = String(text.dropFirst(place.count))
      return [inside, String(inside.drop { $0 == "/" })].compactMap { try? ProjectPath(written: $0) }
    }
  }

  private mutating func look(at path: ProjectPath) {
    if seen.contains(path) { return }
    switch try? folder.look(at: path) {
    case .file(let stamp)?: read(path, stamp)
    case .folder?: readBelow(path)
    case .other?: facts.append(TrustFact("file \(path.string)", "leads out of the project, or is no file"))
    case nil: break
    }
  }

  private mutating func readBelow(_ path: ProjectPath, where isMeant: (ProjectPath) -> Bool = { _ in true }) {
    for entry in (try? Tree.entries(of: path, in: folder)) ?? [] where left > 0 && entry.path.name != ".git" {
      left -= 1
      switch entry.kind {
      case .file(let stamp):
        if isMeant(entry.path), !isLeftByInterpreter(entry.path) { read(entry.path, stamp) }
      case .folder: readBelow(entry.path, where: isMeant)
      case .other: break
      }
    }
  }

  private static let languages: Set<String> = [
    "py", "sh", "bash", "zsh", "fish", "js", "mjs", "cjs", "ts", "rb", "pl", "lua", "jl", "r", "php",
  ]

  /// What a script can load by its name alone lies beside it, or in folders there: files of its language, and what interpreters take in
  /// their stead. Of one that lies in the project folder itself, what lies there, too; not what lies below, which is the film.
  private mutating func readBeside(_ script: ProjectPath) {
    guard let parent = script.parent, Self.languages.contains(script.fileExtension) else { return }
    let loadable = [script.fileExtension, "so", "pyc"]
    if parent != .root { return readBelow(parent) { loadable.contains($0.fileExtension) } }
    for entry in (try? Tree.entries(of: parent, in: folder)) ?? [] where loadable.contains(entry.path.fileExtension) {
      if case .file(let stamp) = entry.kind { read(entry.path, stamp) }
    }
  }

  /// Whether Python wrote it beside a script for itself. What it believes whatever the script says by now (a flag in the head, PEP 552)
  /// is not its own doing.
  private func isLeftByInterpreter(_ path: ProjectPath) -> Bool {
    guard path.parent?.name == "__pycache__" else { return false }
    guard path.fileExtension == "pyc", let file = try? folder.open(path, O_RDONLY | O_NONBLOCK) else { return true }
    var head = [UInt8](repeating: 0, count: 8)
    return pread(file.raw, &head, 8, 0) == 8 && head[4...] == [0, 0, 0, 0]
  }

  private mutating func read(_ path: ProjectPath, _ stamp: FileStamp) {
    if !seen.insert(path).inserted { return }
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
