import Basics
import Imaging
import TestSupport
import Testing

@Suite struct StoryboardFrameTests {
  @Test func `a frame is a PNG of the size that was asked for`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    for (width, height) in [(1280, 720), (64, 64), (720, 1280), (1024, 1024), (64, 512), (640, 268)] {
      let png = try await helper.frame(smallFrame(width: width, height: height), project: place.path)
      #expect(pngSize(png) == [width, height])
    }
    let png = try await helper.frame(smallFrame(width: 4096, height: 1716), project: place.path)
    #expect(pngSize(png) == [4096, 1716])
  }

  @Test func `sizes that cannot be drawn are refused`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    for (width, height) in [(63, 720), (1280, 4097), (0, 0), (-5, 100)] {
      let refused = await code { () async throws(ImagingError) in
        _ = try await helper.frame(smallFrame(width: width, height: height), project: place.path)
      }
      #expect(refused == .badRequest)
    }
  }

  @Test func `the same frame gives the same bytes, twice and from another process`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    try place.write(try await helper.frame(smallFrame("A picture"), project: place.path), to: "a.png")
    var frame = smallFrame("Dawn. 夜明け فجر. Somebody waits \u{1F47B}.", width: 640, height: 360)
    frame.camera = CameraMove(move: "orbit-left", amount: 0.4)
    let digest = Digest(of: try place.folder.read("a.png", limit: 1 << 24).bytes)
    frame.references = [.init(path: "a.png", sha256: digest)]
    let first = try await helper.frame(frame, project: place.path)
    _ = try await helper.frame(smallFrame("Something between"), project: place.path)
    #expect(try await helper.frame(frame, project: place.path) == first)
    #expect(try await place.helper().frame(frame, project: place.path) == first)
  }

  @Test func `everything in a frame shows: each change gives another picture`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper(processes: 2)
    for name in ["one", "two"] {
      try place.write(
        try await helper.frame(smallFrame(name), project: place.path), to: ProjectPath(trusted: "\(name).png"))
    }
    func reference(_ name: String) throws -> StoryboardFrame.Reference {
      let path = ProjectPath(trusted: "\(name).png")
      return .init(path: path, sha256: Digest(of: try place.folder.read(path, limit: 1 << 24).bytes))
    }
    let (one, two) = (try reference("one"), try reference("two"))
    let plain = smallFrame()
    var frames = [plain]
    func add(_ change: (inout StoryboardFrame) -> Void) {
      var frame = plain
      change(&frame)
      frames.append(frame)
    }
    add { $0.shotID = "shot_002" }
    add { $0.shotName = "Haven" }
    add { $0.prompt = "" }
    add { $0.prompt += " She waits." }
    for kind in CameraMove.Kind.allCases { add { $0.camera = CameraMove(move: kind.rawValue, amount: 0.5) } }
    add { $0.camera = CameraMove(move: "dolly-in", amount: 0.9) }
    add { $0.camera = CameraMove(move: "whip", amount: 0.5) }
    add { $0.references = [one] }
    add { $0.references = [one, two] }
    add { $0.references = [two, one] }
    add { $0.references = [one, two, one] }
    add { $0.references = [one, two, one, two] }
    add { $0.references = [one, two, one, two, one] }
    add { $0.references = [one, two, one, two, one, two] }
    var pictures: Set<[UInt8]> = []
    for frame in frames { pictures.insert(try await helper.frame(frame, project: place.path)) }
    #expect(pictures.count == frames.count)
  }

  @Test func `long, broken and foreign texts are drawn`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    let prompts = [
      String(repeating: "Fog lies on the water and the lighthouse turns. ", count: 70),
      String(repeating: "unbroken", count: 400), "a\u{0}b\u{1B}[31m\u{202E}c", "夜明けの港。", "ميناء عند الفجر", "\n\n \t\n",
      "👩‍🚀👻🏳️‍🌈", String(repeating: "line\n", count: 300), String(repeating: "…,.;", count: 900),
      "\u{FFFD}\u{E000}\u{10FFFF}",
      String(repeating: "e\u{301}\u{302}\u{303}", count: 2000),
    ]
    for prompt in prompts {
      var frame = smallFrame(prompt)
      frame.shotName = prompt
      frame.shotID = String(prompt.prefix(200))
      #expect(pngSize(try await helper.frame(frame, project: place.path)) == [320, 240])
    }
  }

  @Test func `a picture that was shown before is known by its content, not by its name`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    let (old, new) = (
      try await helper.frame(smallFrame("old"), project: place.path),
      try await helper.frame(smallFrame("new"), project: place.path)
    )
    func frame(_ picture: [UInt8]) -> StoryboardFrame {
      var frame = smallFrame()
      frame.references = [.init(path: "a.png", sha256: Digest(of: picture))]
      return frame
    }
    try place.write(old, to: "a.png")
    let before = try await helper.frame(frame(old), project: place.path)
    try place.write(new, to: "a.png")
    #expect(
      await code { () async throws(ImagingError) in _ = try await helper.frame(frame(old), project: place.path) }
        == .changedFile)
    let after = try await helper.frame(frame(new), project: place.path)
    #expect(after != before)
    #expect(try await place.helper().frame(frame(new), project: place.path) == after)
  }

  @Test func `more pictures than are kept decoded give the same frames again`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    // Four pictures fill five megabytes of a frame, and thirty-two are kept.
    var frames: [StoryboardFrame] = []
    for number in 0..<9 {
      var frame = smallFrame("frame \(number)", width: 2048, height: 1152)
      for cell in 0..<4 {
        let picture = try await helper.frame(smallFrame("\(number), \(cell)"), project: place.path)
        let path = ProjectPath(trusted: "\(number)_\(cell).png")
        try place.write(picture, to: path)
        frame.references.append(.init(path: path, sha256: Digest(of: picture)))
      }
      frames.append(frame)
    }
    var first: [[UInt8]] = []
    for frame in frames { first.append(try await helper.frame(frame, project: place.path)) }
    for (frame, picture) in zip(frames, first) {
      #expect(try await helper.frame(frame, project: place.path) == picture)
    }
  }

  @Test func `a reference whose content is not the one meant is refused`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    try place.write(try await helper.frame(smallFrame(), project: place.path), to: "a.png")
    var frame = smallFrame()
    frame.references = [.init(path: "a.png", sha256: Digest(of: [1, 2, 3]))]
    let changed = frame
    #expect(
      await code { () async throws(ImagingError) in _ = try await helper.frame(changed, project: place.path) }
        == .changedFile)
    frame.references = [.init(path: "b.png", sha256: Digest(of: [1, 2, 3]))]
    let missing = frame
    #expect(
      await code { () async throws(ImagingError) in _ = try await helper.frame(missing, project: place.path) }
        == .unreadableFile)
  }
}
