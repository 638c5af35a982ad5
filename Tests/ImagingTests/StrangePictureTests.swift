import Basics
import Glibc
import Imaging
import TestSupport
import Testing

@Suite struct StrangePictureTests {
  /// A picture of each kind that the program itself can make.
  private func madePictures(_ place: ImagingFolder, _ helper: ImagingHelper) async throws -> (
    png: [UInt8], jpeg: [UInt8]
  ) {
    let png = try await helper.frame(smallFrame(), project: place.path)
    try place.write(png, to: "made.png")
    return (png, try await helper.thumbnail(of: "made.png", side: 100, project: place.path))
  }

  @Test func `the bytes say what a picture is, not its name`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    let made = try await madePictures(place, helper)
    try place.write(made.jpeg, to: "really-jpeg.png")
    let facts = try await helper.probe("really-jpeg.png", project: place.path)
    #expect(facts == ImageFacts(type: "image/jpeg", width: 100, height: 75))
    #expect(
      try await helper.probe("made.png", project: place.path) == ImageFacts(type: "image/png", width: 320, height: 240))
    var frame = smallFrame()
    frame.references = [.init(path: "really-jpeg.png", sha256: Digest(of: made.jpeg))]
    #expect(pngSize(try await helper.frame(frame, project: place.path)) == [320, 240])
  }

  @Test func `a thumbnail fits inside its side and is never enlarged`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    _ = try await madePictures(place, helper)
    for (side, expected) in [(160, [160, 120]), (1, [1, 1]), (2000, [320, 240])] {
      try place.write(try await helper.thumbnail(of: "made.png", side: side, project: place.path), to: "thumbnail")
      let facts = try await helper.probe("thumbnail", project: place.path)
      #expect(facts.type == "image/jpeg")
      #expect([facts.width, facts.height] == expected)
    }
  }

  @Test func `what is no picture, empty, damaged or cut off is refused with its name`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    let made = try await madePictures(place, helper)
    var damaged = made.png
    for index in 60..<120 { damaged[index] ^= 0xFF }
    let cases: [(String, [UInt8])] = [
      ("page.jpg", Array("<!doctype html><title>404</title>".utf8)), ("empty.png", []),
      ("cut.png", Array(made.png.prefix(made.png.count / 2))),
      ("cut.jpg", Array(made.jpeg.prefix(made.jpeg.count / 2))),
      ("damaged.png", damaged), ("pointer.png", Array("version https://git-lfs.github.com/spec/v1\n".utf8)),
      ("picture.svg", Array("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>".utf8)),
      ("magic.png", Array(made.png.prefix(8))),
    ]
    for (name, bytes) in cases {
      try place.write(bytes, to: ProjectPath(trusted: name))
      do throws(ImagingError) {
        _ = try await helper.thumbnail(of: ProjectPath(trusted: name), side: 64, project: place.path)
        Issue.record("\(name) was read")
      } catch {
        #expect(error.code == .unreadableImage)
        #expect(error.message.hasPrefix(name))
      }
    }
    // And none of that did any harm.
    #expect(try await helper.probe("made.png", project: place.path).width == 320)
  }

  @Test func `a picture of billions of pixels is refused by its header`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    // 60000 x 60000 pixels in 45 bytes, checksums right.
    let bomb: [UInt8] =
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
      + [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0] + bombChecksum
      + [0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0x35, 0xAF, 0x06, 0x1E]
    try place.write(bomb, to: "bomb.png")
    var frame = smallFrame()
    frame.references = [.init(path: "bomb.png", sha256: Digest(of: bomb))]
    let drawn = frame
    #expect(
      await code { () async throws(ImagingError) in _ = try await helper.probe("bomb.png", project: place.path) }
        == .tooLarge)
    #expect(
      await code { () async throws(ImagingError) in
        _ = try await helper.thumbnail(of: "bomb.png", side: 9, project: place.path)
      }
        == .tooLarge)
    #expect(
      await code { () async throws(ImagingError) in _ = try await helper.frame(drawn, project: place.path) }
        == .tooLarge)
  }

  @Test func `of an animation the first picture is shown`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    // Two pictures of one pixel, the first red, the second green.
    let gif: [UInt8] =
      Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0xFF, 0, 0, 0, 0xFF, 0]
      + [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]
      + [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4C, 1, 0] + [0x3B]
    try place.write(gif, to: "moving.gif")
    let facts = try await helper.probe("moving.gif", project: place.path)
    #expect(facts == ImageFacts(type: "image/gif", width: 1, height: 1, pages: 2))
    #expect(facts.isAnimated)
    var still = gif
    still.removeSubrange(42..<65)
    try place.write(still, to: "still.gif")
    #expect(try await helper.probe("still.gif", project: place.path).pages == 1)
    let moving = try await helper.thumbnail(of: "moving.gif", side: 8, project: place.path)
    #expect(try await helper.thumbnail(of: "still.gif", side: 8, project: place.path) == moving)
  }

  @Test func `files outside the project are not read`() async throws {
    let place = try ImagingFolder()
    let other = try ImagingFolder()
    let helper = place.helper()
    _ = try await madePictures(other, helper)
    symlink("\(other.path)/made.png", "\(place.path)/link.png")
    mkfifo("\(place.path)/pipe.png", 0o600)
    for name: ProjectPath in ["link.png", "pipe.png", "missing.png"] {
      let refused = await code { () async throws(ImagingError) in
        _ = try await helper.thumbnail(of: name, side: 9, project: place.path)
      }
      #expect(refused == .unreadableFile)
    }
  }

  private let bombChecksum: [UInt8] = [0x0F, 0xB0, 0xE2, 0x15]
}
