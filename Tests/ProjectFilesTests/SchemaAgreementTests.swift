import Basics
import FoundationEssentials
import ProjectFiles
import Testing

/// The repository this test was built from.
private let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

private func files(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: repository.appending(path: folder).path)
    .filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" }
}

/// What reel says of a file of one of the formats with a schema.
private func diagnostics(of file: String, as format: String) throws -> [Diagnostic] {
  let bytes = Array(try Data(contentsOf: repository.appending(path: file)))
  let source = SourceText(file: ProjectPath(trusted: file), bytes: bytes)
  switch format {
  case "project": return ProjectFile.read(source).diagnostics
  case "sequence": return SequenceFile.read(source, name: try #require(SequenceName("sequence_001"))).diagnostics
  case "library": return LibraryEntry.read(source, name: "mara").diagnostics
  case "sidecar": return Sidecar.read(source).diagnostics
  case "ratings": return Ratings.read(source).diagnostics
  default:
    Issue.record("no reader for \(format)")
    return []
  }
}

/// What the readers of single files leave to others, or mind less than an editor should.
private let notRefusedHere: Set<String> = [
  // The engine's own definition: each type of engine judges its own.
  "project/engine-workflow-outside", "project/key-itself-as-env", "project/key-without-env", "project/no-urls",
  "project/password-in-url", "project/url-with-space", "project/url-without-scheme", "project/urls-as-text",
  // Known only when the plan is made: what the style names, whether the take is there, what the engine takes.
  "project/style-with-at", "sequence/pick-with-folder", "sequence/cfg-as-text", "sequence/denoise-above-one",
  "sequence/no-steps", "sequence/voice-without-text",
  // Read for what it says; the schema asks for the proper spelling.
  "project/version-as-text", "sequence/shot-id-as-number", "sidecar/address-of-three-parts",
  "sidecar/created-without-time-zone", "sidecar/empty-output", "sidecar/negative-seconds", "sidecar/removed-as-text",
  "sidecar/unknown-kind",
]

/// The schemas and reel must not disagree about a file: `Tests/schemas` has files that are good and files with one fault each.
struct SchemaAgreementTests {
  @Test(arguments: ["project", "sequence", "library", "sidecar", "ratings"])
  func `what the schemas accept is read without an error`(format: String) throws {
    for file in try files(in: "Tests/schemas/good/\(format)") {
      let errors = try diagnostics(of: file, as: format).filter { $0.severity == .error && $0.code != "not-yet" }
      #expect(errors.map(\.message) == [], "\(file)")
    }
  }

  @Test(arguments: ["project", "sequence", "library", "sidecar", "ratings"])
  func `what the schemas refuse is reported`(format: String) throws {
    for file in try files(in: "Tests/schemas/bad/\(format)") {
      let name = String(file.dropFirst("Tests/schemas/bad/".count).dropLast(".json".count))
      let isReported = try !diagnostics(of: file, as: format).isEmpty
      // Both ways, so that an exception that is none any more leaves the list.
      #expect(isReported == !notRefusedHere.contains(name), "\(file)")
    }
  }

  @Test func `nothing is to be said about the sample project`() throws {
    #expect(try diagnostics(of: "sample-project/project.json", as: "project") == [])
    for file in try files(in: "sample-project/sequences") { #expect(try diagnostics(of: file, as: "sequence") == []) }
    for file in try files(in: "sample-project/library") { #expect(try diagnostics(of: file, as: "library") == []) }
  }
}
