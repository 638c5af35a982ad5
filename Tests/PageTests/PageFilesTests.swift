import CPage
import FoundationEssentials
import Testing

struct PageFilesTests {
  @Test func `the page carries every file of its folder, with the bytes that lie there`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "Sources/CPage/files")
    let carried = try Dictionary(
      uniqueKeysWithValues: (0..<reel_page_count()).map { index in
        let name = try #require(reel_page_name(index))
        let bytes = UnsafeBufferPointer(start: reel_page_bytes(index), count: reel_page_length(index))
        return (String(cString: name), Data(bytes))
      })
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.sorted() == carried.keys.sorted())
    for name in names {
      #expect(try Data(contentsOf: folder.appending(path: name)) == carried[name], "\(name)")
      #expect(name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-.".utf8.contains($0) }, "\(name)")
    }
    #expect(reel_page_name(-1) == nil && reel_page_bytes(reel_page_count()) == nil)
  }
}
