import Basics
import Index
import TestSupport
import Testing

@Suite struct RestFileTests {
  private let scratch = ScratchFolder()
  private let file = RestFile(
    key: Digest(of: Array("key".utf8)), answers: Array("{\"status\":{}}".utf8), tree: (0..<200).map { UInt8($0) })

  private func read() throws -> RestFile? { RestFile(in: try Folder(opening: scratch.path)) }

  @Test func `what was saved is read as it was`() throws {
    #expect(try read() == nil)
    file.save(in: try Folder(opening: scratch.path))
    #expect(try read() == file)
    #expect(scratch.names == ["rest"])
    let other = RestFile(key: file.key, answers: [], tree: [])
    other.save(in: try Folder(opening: scratch.path))
    #expect(try read() == other)
  }

  @Test func `cut off anywhere or with any byte changed it is none`() throws {
    file.save(in: try Folder(opening: scratch.path))
    let whole = try #require(scratch.read("rest"))
    for place in whole.indices {
      var changed = whole
      changed[place] ^= 0x41
      scratch.write("rest", changed)
      #expect(try read() == nil, "byte \(place) changed")
      scratch.write("rest", Array(whole[..<place]))
      #expect(try read() == nil, "cut off at \(place)")
    }
    scratch.write("rest", whole + [0])
    #expect(try read() == nil)
  }
}
