import Basics
import Engines
import JSONText
import TestSupport
import Testing

/// The graphs in pictures and films: those of `Tests/workflows/made` were written by ComfyUI 0.33.0.
struct CarriedGraphTests {
  private func carried(_ bytes: [UInt8]) throws -> CarriedGraph? {
    let folder = ScratchFolder()
    folder.write("carrier", bytes)
    return try CarriedGraph(inFileAt: folder.file("carrier"))
  }

  @Test(arguments: ["img_00001_.png", "anim_00001_.webp", "vid_00001_.mp4", "webm_00001_.webm"])
  func `what ComfyUI makes carries what was sent, and what the editor had`(name: String) throws {
    let graph = try #require(try carried(SampleWorkflow.bytes("made/\(name)")))
    #expect(graph.prompt?["2"]?["class_type"] == "ImageAddNoise" && graph.prompt?.object?.count == 7)
    #expect(graph.workflow?["nodes"]?.array?.count == 2)
  }

  @Test func `other files carry nothing`() throws {
    #expect(try carried(Array("{ \"1\": 2 }".utf8)) == nil)
    #expect(try carried([]) == nil)
    let plain = TestImages.png("no text")
    #expect(try #require(try carried(plain)).isEmpty)
  }

  @Test(arguments: ["img_00001_.png", "anim_00001_.webp", "vid_00001_.mp4", "webm_00001_.webm"])
  func `damaged and cut off files give nothing, or what is left, and never more`(name: String) throws {
    let whole = try SampleWorkflow.bytes("made/\(name)")
    let folder = ScratchFolder()
    var random = SeededGenerator(seed: 41)
    for round in 0..<400 {
      var bytes = whole
      if round % 2 == 0 { bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))) }
      for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
        // Where lengths stand: near the beginning, and near the end, where the texts of films are.
        let near = Int.random(in: 0..<min(bytes.count, 4000), using: &random)
        let place = random.one(in: 2) ? near : bytes.count - 1 - near
        bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
      }
      folder.write("carrier", bytes)
      let graph = try CarriedGraph(inFileAt: folder.file("carrier"))
      #expect((graph?.prompt?.object?.count ?? 0) <= 7)
    }
  }

  @Test func `a packed text of a PNG is unpacked, a bomb is not`() throws {
    func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
      let length = withUnsafeBytes(of: UInt32(data.count).bigEndian) { Array($0) }
      return length + type.utf8 + data + [0, 0, 0, 0]
    }
    let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // {"1":{}} as zlib stores it without packing.
    let text = Array("{\"1\":{}}".utf8)
    let sums = text.reduce((1, 0)) { sum, byte in ((sum.0 + Int(byte)) % 65521, (sum.1 + sum.0 + Int(byte)) % 65521) }
    let check = [sums.1 >> 8, sums.1 & 255, sums.0 >> 8, sums.0 & 255].map { UInt8($0) }
    let stored = [0x78, 0x01, 0x01, UInt8(text.count), 0, ~UInt8(text.count), 0xFF] + text + check
    let packed = head + chunk("zTXt", Array("prompt\0\0".utf8) + stored)
    #expect(try carried(packed)?.prompt == ["1": [:]])
    let international = head + chunk("iTXt", Array("workflow\0".utf8) + [1, 0] + Array("de\0Ablauf\0".utf8) + stored)
    #expect(try carried(international)?.workflow == ["1": [:]])
    let broken = head + chunk("zTXt", Array("prompt\0\0".utf8) + stored.dropLast(6))
    #expect(try carried(broken)?.isEmpty == true)
  }

  @Test func `Python's NaN is no reason to lose a graph`() throws {
    func chunk(_ data: [UInt8]) -> [UInt8] {
      withUnsafeBytes(of: UInt32(data.count).bigEndian) { Array($0) } + "tEXt".utf8 + data + [0, 0, 0, 0]
    }
    let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let text = #"{"1": {"inputs": {}, "class_type": "A", "is_changed": [NaN]}}"#
    #expect(try carried(head + chunk(Array("prompt\0\(text)".utf8)))?.prompt?["1"]?["class_type"] == "A")
  }
}
