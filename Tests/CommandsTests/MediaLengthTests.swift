import Basics
import TestSupport
import Testing

@testable import Commands

/// How long films and sounds say that they are; the files may be strangers' or cut off.
struct MediaLengthTests {
  private let scratch = ScratchFolder()

  private func seconds(_ bytes: [UInt8]) throws -> Double? {
    scratch.write("file", bytes)
    return MediaLength.seconds(of: "file", in: try Folder(opening: scratch.path))
  }

  private func big(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  private func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
    big(UInt64(content.count + 8), 4) + Array(name.utf8) + content
  }

  private let type: [UInt8] = [0, 0, 0, 12] + Array("ftypqt  ".utf8)

  private func header(_ version: UInt8, scale: UInt64, length: UInt64) -> [UInt8] {
    let wide = version == 1 ? 8 : 4
    return box(
      "mvhd", [version, 0, 0, 0] + big(0, 2 * wide) + big(scale, 4) + big(length, wide) + big(0, 8) + big(0, 8))
  }

  private func sound(rate: UInt64, size: UInt64, bytes: Int, before: [UInt8] = []) -> [UInt8] {
    func little(_ value: UInt64) -> [UInt8] { big(value, 4).reversed() }
    var file = Array("RIFF".utf8) + little(0)
    file += Array("WAVE".utf8) + before
    file += Array("fmt ".utf8) + little(16)
    file += little(0) + little(0)
    file += little(rate) + little(0)
    file += Array("data".utf8) + little(size)
    return file + [UInt8](repeating: 0, count: bytes)
  }

  @Test func `a film that ComfyUI made is as long as ffprobe says`() throws {
    let folder = try Folder(opening: #filePath.split(separator: "/").dropLast(2).reduce(into: "") { $0 += "/\($1)" })
    let film = ProjectPath(trusted: "workflows/made/vid_00001_.mp4")
    #expect(try folder.look(at: film) != nil)
    #expect(MediaLength.seconds(of: film, in: folder) == 1)
    // WebM does not say it where a few bytes would tell.
    #expect(MediaLength.seconds(of: ProjectPath(trusted: "workflows/made/webm_00001_.webm"), in: folder) == nil)
  }

  @Test func `the header is found before and behind the data, in both versions, and after a large box`() throws {
    let movie = box("moov", header(0, scale: 600, length: 900))
    #expect(try seconds(type + movie + box("mdat", [1, 2, 3])) == 1.5)
    #expect(try seconds(type + box("mdat", [1, 2, 3]) + movie) == 1.5)
    #expect(try seconds(type + box("moov", box("udta", []) + header(1, scale: 1000, length: 2_000))) == 2)
    let large = box("mdat", big(19, 8) + [1, 2, 3])
    #expect(try seconds(type + big(1, 4) + large.dropFirst(4) + movie) == 1.5)
    // A size of nothing: the box goes to the end.
    #expect(try seconds(type + big(0, 4) + movie.dropFirst(4)) == 1.5)
  }

  @Test func `what says nothing, or nonsense, has no length`() throws {
    let movie = box("moov", header(0, scale: 600, length: 900))
    let data = Array("mdat".utf8)
    var silent: [[UInt8]] = [[], type, Array("no film, no sound at all".utf8)]
    let headers = [
      [], box("mvhd", []), header(0, scale: 0, length: 9), header(0, scale: 1, length: 0),
      header(0, scale: 1, length: 0xFFFF_FFFF), header(0, scale: 1, length: 86_401), header(1, scale: 1, length: .max),
    ]
    silent += headers.map { type + box("moov", $0) }
    silent.append(type + movie.dropLast(90))
    silent.append(type + big(7, 4) + movie)
    silent.append(type + big(0xFFFF_FFFF, 4) + data + movie)
    silent.append(type + big(1, 4) + data + big(.max, 8) + movie)
    silent.append(type + big(1, 4) + data + big(0, 8) + movie)
    silent.append(sound(rate: 0, size: 100, bytes: 100))
    silent.append(sound(rate: 100, size: 0, bytes: 0))
    silent.append(Array(sound(rate: 100, size: 9, bytes: 9).prefix(30)))
    for bytes in silent { #expect(try seconds(bytes) == nil, "\(bytes.prefix(60))") }
    #expect(MediaLength.seconds(of: "nowhere", in: try Folder(opening: scratch.path)) == nil)
  }

  @Test func `of a sound the data count, and no more than are there`() throws {
    #expect(try seconds(sound(rate: 16_000, size: 32_000, bytes: 32_000)) == 2)
    #expect(try seconds(sound(rate: 16_000, size: 0xFFFF_FFFF, bytes: 8_000)) == 0.5)
    let odd = Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0]
    #expect(try seconds(sound(rate: 16_000, size: 16_000, bytes: 16_000, before: odd)) == 1)
  }

  @Test func `however a file was cut or bent, looking at it ends`() throws {
    var generator = SeededGenerator(seed: 20)
    let whole = type + box("free", [1]) + box("moov", box("udta", [1, 2]) + header(1, scale: 24, length: 96))
    for file in [whole, sound(rate: 100, size: 100, bytes: 100)] {
      for _ in 0..<200 {
        var bytes = Array(file.prefix(Int.random(in: 0...file.count, using: &generator)))
        for _ in 0..<Int.random(in: 0...6, using: &generator) where !bytes.isEmpty {
          let value = generator.pick([0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &generator)])
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] = value
        }
        if let length = try seconds(bytes) { #expect(length > 0 && length <= 86_400) }
      }
    }
  }
}
