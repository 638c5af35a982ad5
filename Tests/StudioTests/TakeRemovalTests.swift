import Basics
import Glibc
import JSONText
import ProjectFiles
import Studio
import TestSupport
import Testing

/// What goes to the trash and comes back.
struct TakeRemovalTests {
  private let folder = TestFolder(prompts: ["a": "fog"])
  private let path = "sequences/sequence_001/a.still-7f3a9c21-b04d11aa.png"
  private static let sidecar = Sidecar(
    kind: .still, shot: "sequence_001/a", fingerprint: Digest(of: [1]), recipe: ["prompt": "fog"],
    output: Sidecar.Output(digest: Digest(of: [2]), bytes: 3, type: "image/png"),
    engine: Sidecar.EngineFacts(name: "x", type: "x", version: "1"), created: "2026-11-21T02:10:11Z")

  private func removal() throws -> TakeRemoval { TakeRemoval(try Folder(opening: folder.path)) }
  private func trash() throws -> [Trash.Item] { Trash(try Folder(opening: folder.path)).items }

  private func restore(_ path: String) throws -> ProjectPath? { try removal().restore(ProjectPath(trusted: path)) }
  private func remove(_ path: String) throws -> ProjectPath? { try removal().remove(ProjectPath(trusted: path)) }

  @Test func `a take goes to the trash, its sidecar says so in its canonical form, and both come back as they were`()
    throws
  {
    let text = String(decoding: Self.sidecar.text, as: UTF8.self)
    folder.write(path, "abc")
    folder.write("\(path).json", text)
    let place = try #require(try remove(path))
    #expect(folder.bytes(path) == nil)
    #expect(folder.read(place.string) == "abc")
    #expect(place.string.hasPrefix(".reel/trash/") && place.string.hasSuffix("/\(path)"))
    var marked = Self.sidecar
    marked.isRemoved = true
    #expect(folder.bytes("\(path).json") == marked.text)
    #expect(try restore(path) == place)
    #expect(folder.read(path) == "abc")
    #expect(folder.read("\(path).json") == text)
    #expect(folder.names(in: ".reel/trash") == [])
  }

  @Test func `a sidecar with keys of its own keeps them`() throws {
    let text = "{\"note\": \"mine\",\n" + String(decoding: Self.sidecar.text, as: UTF8.self).dropFirst()
    folder.write(path, "abc")
    folder.write("\(path).json", text)
    _ = try remove(path)
    #expect(folder.read("\(path).json")?.contains("\"note\": \"mine\"") == true)
    _ = try restore(path)
    #expect(folder.read("\(path).json") == text)
  }

  @Test func `the same name twice in the trash is no trouble, and the newest comes back`() throws {
    let path = "sequences/sequence_001/a.mine.png"
    for text in ["first", "second"] {
      folder.write(path, text)
      _ = try remove(path)
    }
    #expect(try trash().count == 2)
    _ = try restore(path)
    #expect(folder.read(path) == "second")
    #expect {
      _ = try restore(path)
    } throws: {
      "\($0)" == "there is a file \(path); nothing was written over"
    }
    folder.move(path, to: "elsewhere.png")
    _ = try restore(path)
    #expect(folder.read(path) == "first")
    #expect(try trash().isEmpty)
  }

  @Test func `with a sidecar that cannot be read the two go and come together`() throws {
    folder.write(path, "abc")
    folder.write("\(path).json", "{")
    _ = try remove(path)
    #expect(folder.names(in: "sequences/sequence_001") == [])
    #expect(try trash().count == 2)
    _ = try restore(path)
    #expect(folder.read(path) == "abc")
    #expect(folder.read("\(path).json") == "{")
  }

  @Test func `what stopped half way goes on with the same command`() throws {
    var marked = Self.sidecar
    marked.isRemoved = true
    folder.write(path, "abc")
    folder.write("\(path).json", bytes: marked.text)
    // Marked and not moved yet.
    #expect(try remove(path) != nil)
    #expect(folder.bytes("\(path).json") == marked.text)
    // Moved back and still marked; or brought back by git.
    folder.write(path, "abc")
    #expect(try restore(path) == nil)
    #expect(folder.bytes("\(path).json") == Self.sidecar.text)
  }

  @Test func `an output that was gone already is only marked, and cannot come back by itself`() throws {
    folder.write("\(path).json", bytes: Self.sidecar.text)
    #expect(try remove(path) == nil)
    #expect(folder.read("\(path).json")?.contains("\"removed\": true") == true)
    #expect {
      _ = try restore(path)
    } throws: {
      "\($0)" == "the trash does not hold \(path) any more"
    }
    #expect {
      _ = try remove("sequences/sequence_001/a.none.png")
    } throws: {
      "\($0)" == "there is no file sequences/sequence_001/a.none.png any more"
    }
  }

  @Test func `a take that came meanwhile is not written over`() throws {
    folder.write(path, "abc")
    folder.write("\(path).json", bytes: Self.sidecar.text)
    let place = try #require(try remove(path))
    folder.write("\(path).json", bytes: Self.sidecar.text)
    folder.write(path, "other")
    #expect(throws: TakeRemovalError.self) { try restore(path) }
    #expect(folder.read(path) == "other")
    #expect(folder.read(place.string) == "abc")
  }
}
