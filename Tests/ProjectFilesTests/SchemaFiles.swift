import Basics
import FoundationEssentials
import JSONText
import ProjectFiles
import TestSupport
import Testing

/// The formats that have a schema, and who reads them.
enum Format: String, CaseIterable {
  case project, sequence, library, sidecar, config, ratings

  /// Keys of other programs, which are read where they stand and which no schema offers.
  static let foreignKeys = StoryCoreKeys.all

  /// What reel says of a text, as far as the file alone is looked at.
  func findings(_ bytes: [UInt8]) -> [Diagnostic] {
    let file = ProjectPath(trusted: self == .project ? "project.json" : "\(rawValue).json")
    let source = SourceText(file: file, bytes: bytes)
    let said =
      switch self {
      case .project: ProjectFile.read(source).diagnostics
      case .sequence:
        SequenceName("sequence_001").map { SequenceFile.read(source, name: $0).diagnostics } ?? []
      case .library: LibraryEntry.read(source, name: "mara").diagnostics
      case .sidecar: Sidecar.read(source).diagnostics
      case .config: UserConfig.read(source).diagnostics
      case .ratings: Ratings.read(source).diagnostics
      }
    return said.filter { $0.severity != .note }
  }
}

/// A text of one of the formats, and where it comes from.
struct SchemaCase: Sendable {
  var format: Format
  /// The file, and what was changed in it.
  var name: String
  var text: [UInt8]
}

/// What lies in `Tests/schemas` and `schemas`.
enum SchemaFiles {
  /// The repository this test was built from.
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func path(_ name: String) -> String { repository.appending(path: name).path }

  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }

  static func bytes(of file: String) throws -> [UInt8] { Array(try Data(contentsOf: repository.appending(path: file))) }

  static func schema(_ format: String) throws -> JSON {
    try JSONDocument(parsing: bytes(of: "schemas/\(format).schema.json")).root.value
  }

  /// The files of `good` or `bad`, of all formats.
  static func cases(_ kind: String) throws -> [SchemaCase] {
    try Format.allCases.flatMap { format in
      try names(in: "Tests/schemas/\(kind)/\(format)").filter { $0.hasSuffix(".json") }.map { name in
        SchemaCase(
          format: format, name: String(name.dropLast(5)), text: try bytes(of: "Tests/schemas/\(kind)/\(format)/\(name)")
        )
      }
    }
  }

  /// What a schema minds in a text.
  struct Fault: Sendable {
    var message: String
    /// The way to it from the root: keys and positions.
    var path: [JSON]
  }

  /// What the schemas mind in each of some texts, nil where nothing: one run of a validator for all.
  static func judge(_ cases: [SchemaCase]) async throws -> [Fault?] {
    let scratch = ScratchFolder()
    let lines = cases.map { entry -> JSON in
      ["format": .string(entry.format.rawValue), "text": .string(String(decoding: entry.text, as: UTF8.self))]
    }
    scratch.write("cases", Array(lines.map(\.compactText).joined(separator: "\n").utf8))
    let python = path(".build/venv/bin/python")
    if !FileManager.default.isExecutableFile(atPath: python) {
      throw Failure("there is no .build/venv; run scripts/setup test")
    }
    let judge = try StartedProgram(
      python, [path("Tests/schemas/judge.py"), path("schemas"), scratch.file("cases")],
      environment: ["PATH=/usr/bin:/bin", "LANG=C.UTF-8"], directory: scratch.path, log: scratch, limit: .seconds(300))
    let exit = try await judge.exit()
    if !exit.isSuccess { throw Failure("judge.py ended with \(exit):\n\(judge.error)") }
    let verdicts = try judge.output.split(separator: "\n").map { line -> Fault? in
      let fault = try JSONDocument(parsing: Array(line.utf8)).root.value
      return fault["message"]?.string.map { Fault(message: $0, path: fault["path"]?.array ?? []) }
    }
    if verdicts.count != cases.count { throw Failure("judge.py judged \(verdicts.count) of \(cases.count)") }
    return verdicts
  }
}

extension Format: CustomStringConvertible {
  var description: String { rawValue }
}
