internal import Basics
internal import JSONText

/// What an entry of `engines` with `"type": "command"` says: which program makes takes, of what, and within which limits.
package struct CommandDefinition: Hashable, Sendable {
  /// The program and its arguments. A program with a `/` in it lies in the project, a bare name is looked up in `PATH`.
  package var command: [String]
  package var kinds: Set<Kind> = [.still]
  /// What of a shot it reads; nil for what is usual for the kind.
  package var reads: Set<Field>?
  package var seeds = Seeds.seed
  /// How many of it run at a time.
  package var jobs = 1
  /// A person's own word for what the program does; part of the recipe.
  package var version: String?
  package var limits = Limits()
  /// The names of variables that it gets beside the usual ones.
  package var environment: [String] = []

  package init(command: [String]) {
    self.command = command
  }

  /// What a program can read of a shot, by the keys that people write.
  package enum Field: String, Hashable, Sendable, CaseIterable {
    case prompt
    case negativePrompt
    case model
    case parameters
    case frame
    case references
    case duration
    /// The shot's name and id, for what is drawn into the picture.
    case name
    case id
    /// The camera move of the shot's clip.
    case camera

    /// What a program that does not say so reads for a kind: what may decide it. The kind's own object always counts.
    package static func usual(for kind: Kind) -> Set<Field> {
      switch kind {
      case .voice: [.model, .parameters]
      case .clip: [.prompt, .negativePrompt, .model, .parameters, .frame, .duration]
      case .talk: [.prompt, .model, .parameters, .frame, .duration]
      default: [.prompt, .negativePrompt, .model, .parameters, .frame, .references]
      }
    }
  }

  /// How several takes of one shot differ.
  package enum Seeds: String, Hashable, Sendable, CaseIterable {
    /// By the seed in the recipe.
    case seed
    /// By their number: the program cannot be told a seed.
    case take
    /// Not at all: the same recipe gives the same bytes.
    case none
  }

  package struct Limits: Hashable, Sendable {
    /// An hour is longer than a program that works takes, and short enough that one that hangs is found in the morning.
    package var seconds = 3600.0
    /// Bytes that all its processes may hold together; nil for as much as there is.
    package var memory: Int64?
    /// Bytes that it may write into the folder it is given: a minute of film in good quality has some hundreds of megabytes.
    package var size: Int64 = 4_000_000_000

    static let keys: Set<String> = ["seconds", "memory", "size"]
  }

  package static let kindsItMayMake: [Kind] = [.still, .clip, .voice, .talk]

  static let keys: Set<String> = [
    "type", "command", "kinds", "reads", "seeding", "jobs", "version", "limits", "env", "settle", "note",
  ]
}

// MARK: Reading

extension CommandDefinition {
  /// Reads an entry; nil when it names no usable program. What is wrong with the rest is reported, too.
  static func read(_ entry: JSONMember, from origin: EngineDefinition.Origin, _ reader: FieldReader)
    -> CommandDefinition?
  {
    let name = TerminalText.shortened(entry.key, to: 40)
    guard let words = entry.value["command"] else {
      reader.report(
        .error, "missing-key", "the engine `\(name)` has no `command`", at: entry.keyRange,
        label: "add \"command\": [\"python3\", \"tools/make.py\"]")
      return nil
    }
    var definition = CommandDefinition(command: [])
    for member in entry.value.members {
      switch member.key {
      case "type", "note", "settle": break
      case "command": definition.command = reader.command(words, from: origin)
      case "kinds":
        let kinds: [Kind]? = reader.choice(member, of: kindsItMayMake.map { ($0.name, $0) })
        if let kinds { definition.kinds = Set(kinds) }
        if kinds != nil, Array(member.value.elements).isEmpty {
          reader.report(
            .error, "out-of-range", "`kinds` names nothing that it makes", at: member.value.range,
            label: "such as [\"still\"]")
        }
      case "reads":
        let fields: [Field]? = reader.choice(member, of: Field.allCases.map { ($0.rawValue, $0) })
        if let fields { definition.reads = Set(fields) }
      case "seeding": definition.readSeeding(member, reader)
      case "jobs": definition.jobs = reader.integer(member, in: 1...64, example: "1").value ?? 1
      case "version":
        if let number = member.value.number {
          definition.version = number.text
        } else {
          definition.version = reader.string(member, example: "\"2\"").value
        }
      case "limits": definition.readLimits(member, reader)
      case "env": definition.environment = reader.variables(member)
      default: reader.unknown(member, known: keys)
      }
    }
    return definition.command.isEmpty ? nil : definition
  }

  private mutating func readSeeding(_ member: JSONMember, _ reader: FieldReader) {
    guard case .set(let word) = reader.string(member, example: "\"seed\"") else { return }
    if let seeds = Seeds(rawValue: word.value) {
      self.seeds = seeds
    } else {
      reader.report(
        .error, "out-of-range", "`seeding` must be `seed`, `take` or `none`", at: member.value.range,
        label: "`seed` if the program can be told one, `take` if it cannot, `none` if it gives the same each time")
    }
  }

  private mutating func readLimits(_ member: JSONMember, _ reader: FieldReader) {
    if member.value.isNull { return }
    guard member.value.kind == .object else {
      return reader.wrongType(member, expected: "an object", example: "{ \"seconds\": 600, \"memory\": \"4 GB\" }")
    }
    for limit in member.value.members {
      switch limit.key {
      case "seconds":
        if let seconds = reader.number(limit, over: 0, to: 31_536_000, example: "600").value?.double {
          limits.seconds = seconds
        }
      case "memory": limits.memory = reader.byteCount(limit, example: "4 GB") ?? limits.memory
      case "size": limits.size = reader.byteCount(limit, example: "1 GB") ?? limits.size
      default: reader.unknown(limit, known: Limits.keys)
      }
    }
  }
}

extension FieldReader {
  /// A program with its arguments; empty when it cannot be used.
  fileprivate func command(_ node: JSONNode, from origin: EngineDefinition.Origin) -> [String] {
    let example = "[\"python3\", \"tools/make.py\"]"
    guard node.kind == .array, node.elements.allSatisfy({ $0.kind == .string }) else {
      report(
        .error, "wrong-type", "`command` must be a list of texts: the program, then each of its arguments",
        at: node.range,
        label: "such as \(example); no shell reads it")
      return []
    }
    let words = node.elements.compactMap(\.string)
    guard let program = words.first, let first = Array(node.elements).first, !program.isEmpty else {
      report(.error, "out-of-range", "`command` names no program", at: node.range, label: "such as \(example)")
      return []
    }
    if let bad = node.elements.first(where: { $0.string?.utf8.contains(0) ?? false }) {
      report(.error, "out-of-range", "`command` holds a NUL, which no program can be given", at: bad.range)
      return []
    }
    // The user's own programs may lie anywhere; a project brings its own along or takes what is installed.
    let isAnywhere = origin == .user && program.hasPrefix("/")
    guard program.utf8.contains(UInt8(ascii: "/")), !isAnywhere else { return words }
    do throws(ProjectPath.Refusal) {
      _ = try ProjectPath(written: program)
      return words
    } catch {
      report(
        .error, "bad-path", "`command`: `\(TerminalText.shortened(program, to: 80))` \(error.predicate)",
        at: first.range,
        label: "write a path inside the project, or a bare name that is found in PATH")
      return []
    }
  }

  /// A list of words of which each must be one of a few; nil when it is none.
  fileprivate func choice<Value>(_ member: JSONMember, of values: [(name: String, value: Value)]) -> [Value]? {
    if member.value.isNull { return nil }
    let names = values.map(\.name)
    guard member.value.kind == .array else {
      wrongType(member, expected: "a list", example: "[\"\(names[0])\"]")
      return nil
    }
    return member.value.elements.compactMap { node in
      let word = node.string ?? ""
      if let value = values.first(where: { $0.name == word }) { return value.value }
      let likely = Likeness.likely(word, among: names)
      report(
        .error, "out-of-range",
        "`\(member.key)` knows no `\(TerminalText.shortened(node.string ?? node.value.compactText, to: 40))`",
        at: node.range,
        label: likely.map { "did you mean `\($0)`?" } ?? "one of \(names.joined(separator: ", "))")
      return nil
    }
  }

  fileprivate func variables(_ member: JSONMember) -> [String] {
    if member.value.isNull { return [] }
    guard member.value.kind == .array else {
      wrongType(member, expected: "a list of names of environment variables", example: "[\"HF_TOKEN\"]")
      return []
    }
    return member.value.elements.compactMap { node in
      let name = Array((node.string ?? "").utf8)
      let isName = name.enumerated().allSatisfy { index, byte in
        byte == UInt8(ascii: "_") || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || index > 0 && (0x30...0x39).contains(byte)
      }
      if let text = node.string, !name.isEmpty, isName { return text }
      // What stands there may be the secret itself: it is not repeated.
      report(
        .error, "out-of-range", "`env` holds names of environment variables, and this is none", at: node.range,
        label: "such as \"HF_TOKEN\": the name, not what is in it")
      return nil
    }
  }

  /// A size such as `2 GB`; nil when it was not to be had.
  func byteCount(_ member: JSONMember, example: String) -> Int64? {
    if member.value.isNull { return nil }
    guard let text = member.value.string else {
      wrongType(member, expected: "a size as text", example: "\"\(example)\"")
      return nil
    }
    guard let bytes = ByteCount.read(text) else {
      report(
        .error, "out-of-range", "`\(member.key)` must be a number and a unit", at: member.value.range,
        label: "such as \"\(example)\" or \"500 MB\"")
      return nil
    }
    return bytes
  }
}
