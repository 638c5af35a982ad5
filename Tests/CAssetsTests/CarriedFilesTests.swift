import CAssets
import FoundationEssentials
import Testing

/// The repository this test was built from.
private let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

private func bytes(_ index: Int32) throws -> [UInt8] {
  let start = try #require(reel_asset_bytes(index))
  return Array(UnsafeBufferPointer(start: start, count: reel_asset_length(index)))
}

struct CarriedFilesTests {
  @Test func `every carried file has the bytes that stand in the repository`() throws {
    #expect(reel_asset_count() > 0)
    for index in 0..<reel_asset_count() {
      let name = String(cString: try #require(reel_asset_name(index)))
      #expect(try bytes(index) == Array(try Data(contentsOf: repository.appending(path: name))), "\(name)")
    }
  }

  @Test func `every schema of the repository is carried`() throws {
    let schemas = try FileManager.default.contentsOfDirectory(atPath: repository.appending(path: "schemas").path)
    let carried = try (0..<reel_asset_count()).map { String(cString: try #require(reel_asset_name($0))) }
    #expect(schemas.map { "schemas/\($0)" }.sorted() == carried.filter { $0.hasPrefix("schemas/") }.sorted())
  }

  @Test func `what is not there has no name and no bytes`() {
    for index in [-1, reel_asset_count(), .max] {
      #expect(reel_asset_name(index) == nil)
      #expect(reel_asset_bytes(index) == nil)
      #expect(reel_asset_length(index) == 0)
    }
  }
}
