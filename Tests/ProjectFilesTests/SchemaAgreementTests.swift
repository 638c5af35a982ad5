import Basics
import FoundationEssentials
import Glibc
import JSONText
import ProjectFiles
import TestSupport
import Testing

/// The schemas and the readers must not disagree about a file: an editor shows red what reel refuses, and nothing else.
///
/// `Tests/schemas/good` holds files that both accept, `Tests/schemas/bad` files with one fault each, and beside these, in
/// `expected.txt`, where reel sees it. What else there may be is made of the good ones.
struct SchemaAgreementTests {
  /// What the reader minds and no schema can say.
  private static let beyondSchemas: [String: String] = [
    "unknown-key": "a likely slip in a key: schemas leave unknown keys alone, as reel does after the word it says",
    "duplicate-id": "ids that are the same, or would share files: a schema cannot compare two shots",
    "duplicate-key": "a validator sees the last of two keys only",
    "unused-value": "a value of the StoryCore editor that is of no use: no schema offers its keys",
    "ambiguous-duration": "the same, where it may be frames or seconds",
    "beyond-numbers": "`1e400` is a number to JSON, and no program can hold it",
  ]

  /// A file of the StoryCore editor with a length in frames or seconds: good as far as schemas go.
  private static let ambiguous = "of-storycore-with-generation"

  // MARK: Good and bad files

  @Test func `every schema has good and bad files, and is read`() throws {
    let formats = Set(Format.allCases.map(\.rawValue))
    #expect(Set(try SchemaFiles.names(in: "schemas")) == Set(formats.map { "\($0).schema.json" }))
    for kind in ["good", "bad"] { #expect(Set(try SchemaFiles.names(in: "Tests/schemas/\(kind)")) == formats) }
  }

  @Test func `nothing is to be said about good files, nor about the sample project`() throws {
    for entry in try SchemaFiles.cases("good") {
      let codes = entry.format.findings(entry.text).map(\.code)
      #expect(codes == (entry.name == Self.ambiguous ? ["ambiguous-duration"] : []), "\(entry.format)/\(entry.name)")
    }
    for (folder, format) in [("", Format.project), ("sequences/", .sequence), ("library/", .library)] {
      for name in try SchemaFiles.names(in: "sample-project/\(folder)") where name.hasSuffix(".json") {
        #expect(format.findings(try SchemaFiles.bytes(of: "sample-project/\(folder)\(name)")) == [], "\(name)")
      }
    }
  }

  @Test(arguments: Format.allCases) func `the fault of each bad file is told at its line`(format: Format) throws {
    let folder = "Tests/schemas/bad/\(format)"
    let expected = String(decoding: try SchemaFiles.bytes(of: "\(folder)/expected.txt"), as: UTF8.self)
    let found = try SchemaFiles.cases("bad").filter { $0.format == format }.map { entry in
      let faults = format.findings(entry.text).map { "\($0.code) \($0.place.map { "\($0.line)" } ?? "-")" }
      return "\(entry.name): \(faults.isEmpty ? "nothing is said" : faults.joined(separator: ", "))"
    }
    #expect(found.filter { $0.hasSuffix("nothing is said") } == [])
    #expect(found.joined(separator: "\n") + "\n" == expected, "\(folder)/expected.txt")
  }

  @Test func `what reel minds in a bad file and what the schema minds stand in one line`() async throws {
    let cases = try SchemaFiles.cases("bad")
    for (entry, fault) in zip(cases, try await SchemaFiles.judge(cases)) {
      let fault = try #require(fault, "\(entry.format)/\(entry.name) is accepted by its schema")
      var node = try JSONDocument(parsing: entry.text).root
      for step in fault.path {
        let next = step.string.flatMap { key in node[key] } ?? step.int.flatMap { Array(node.elements)[$0] }
        node = try #require(next, "\(entry.name)")
      }
      let line = entry.text[..<node.range.lowerBound].count { $0 == UInt8(ascii: "\n") } + 1
      #expect(entry.format.findings(entry.text).map { $0.place?.line } == [line], "\(entry.format)/\(entry.name)")
    }
  }

  // MARK: Both ways

  @Test func `schemas and readers agree on good files, bad files, and thousands of others`() async throws {
    // A night's worth of them where somebody asks for it.
    let share = getenv("REEL_MUTATIONS").flatMap { Int(String(cString: $0)) } ?? 1
    var cases = try SchemaFiles.cases("good") + SchemaFiles.cases("bad")
    let good = try SchemaFiles.cases("good")
    var mutations = SchemaMutations(seed: UInt64(share))
    for entry in good { cases += try mutations.of(entry, values: 6 * share) }
    cases += try mutations.several(of: good, count: 800 * share)
    var seen: Set<[UInt8]> = []
    cases = cases.filter { seen.insert(Array($0.format.rawValue.utf8) + $0.text).inserted }
    let verdicts = try await SchemaFiles.judge(cases)
    var used: Set<String> = []
    var differences: [String] = []
    for (entry, minded) in zip(cases, verdicts) {
      let codes = Set(entry.format.findings(entry.text).map { Self.code($0) })
      // A number that no program can hold is judged by neither as it stands: to the validator it is infinite.
      if codes.contains("beyond-numbers") {
        used.insert("beyond-numbers")
        continue
      }
      let isReadable = codes.isSubset(of: Self.beyondSchemas.keys)
      if isReadable == (minded == nil) {
        if minded == nil { used.formUnion(codes) }
        continue
      }
      differences.append(
        "\(entry.format) \(entry.name): schema \(minded.map { "\($0)" } ?? "accepts"), reader \(codes.sorted())")
    }
    #expect(
      differences.count == 0,
      "\(differences.count) of \(cases.count):\n\(differences.prefix(60).joined(separator: "\n"))")
    #expect(
      used.union(["duplicate-key"]) == Set(Self.beyondSchemas.keys),
      "an exception that is none any more leaves the list")
  }

  private static func code(_ diagnostic: Diagnostic) -> String {
    diagnostic.message.hasSuffix("that no program can hold") ? "beyond-numbers" : diagnostic.code
  }
}
