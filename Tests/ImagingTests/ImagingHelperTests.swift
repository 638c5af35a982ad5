import Basics
import Glibc
import Imaging
import TestSupport
import Testing

@Suite struct ImagingHelperTests {
  @Test func `a killed process is replaced without anybody noticing`() async throws {
    let place = try ImagingFolder()
    let helper = ImagingHelper(executable: try place.notingScript(), processes: 1)
    let first = try await helper.frame(smallFrame(), project: place.path)
    kill(try #require(try place.notedProcesses().first), SIGKILL)
    #expect(try await helper.frame(smallFrame(), project: place.path) == first)
    #expect(try place.notedProcesses().count == 2)
  }

  @Test func `a process that ends at its first request gets a second try`() async throws {
    let place = try ImagingFolder()
    let helper = ImagingHelper(
      executable: try place.script(
        """
        if [ ! -e "$HERE/tried" ]; then touch "$HERE/tried"; read line; exit 1; fi
        exec "$PROGRAM"
        """), processes: 1)
    #expect(pngSize(try await helper.frame(smallFrame(), project: place.path)) == [320, 240])
  }

  @Test func `a picture at which every process ends is called unreadable, after two tries`() async throws {
    let place = try ImagingFolder()
    let helper = ImagingHelper(
      executable: try place.script("echo x >> \"$HERE/tries\"\nread line\nkill -9 $$"), processes: 1)
    do throws(ImagingError) {
      _ = try await helper.probe("inbox/mara.png", project: place.path)
      Issue.record("a dead program answered")
    } catch {
      #expect(error.code == .unreadableImage)
      #expect(error.message == "inbox/mara.png cannot be read as a picture: reel-imaging ended twice at it.")
    }
    #expect(try place.folder.read("tries", limit: 100).bytes == Array("x\nx\n".utf8))
  }

  @Test func `a process that stands still is killed and replaced`() async throws {
    let place = try ImagingFolder()
    let helper = ImagingHelper(
      executable: try place.notingScript(), processes: 1, patience: .seconds(15) * Pace.slowness)
    let first = try await helper.frame(smallFrame(), project: place.path)
    let stopped = try #require(try place.notedProcesses().first)
    kill(stopped, SIGSTOP)
    #expect(
      await code { () async throws(ImagingError) in _ = try await helper.frame(smallFrame("other"), project: place.path)
      }
        == .died)
    #expect(try await helper.frame(smallFrame(), project: place.path) == first)
    #expect(try place.notedProcesses().count == 2)
  }

  @Test func `a cancelled task is answered at once, however long the process takes`() async throws {
    let place = try ImagingFolder()
    // It never answers, and nobody waits for its patience; it ends when this process does.
    let helper = ImagingHelper(
      executable: try place.script("exec cat > /dev/null"), processes: 1, patience: .seconds(600))
    let asked = Task { try await helper.frame(smallFrame(), project: place.path) }
    let waiting = Task { try await helper.frame(smallFrame(), project: place.path) }
    waiting.cancel()
    asked.cancel()
    for task in [asked, waiting] {
      do {
        _ = try await task.value
        Issue.record("a cancelled task got a picture")
      } catch let error as ImagingError {
        #expect(error.code == .cancelled)
      }
    }
  }

  @Test func `requests in flight get their own answers`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper(processes: 2)
    let sizes = try await withThrowingTaskGroup(of: (Int, [Int]?).self) { group in
      for index in 0..<24 {
        group.addTask {
          (index, pngSize(try await helper.frame(smallFrame(width: 100 + index, height: 80), project: place.path)))
        }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    for index in 0..<24 { #expect(sizes[index] == [100 + index, 80]) }
  }

  @Test func `without the program the message says what to do`() async throws {
    let place = try ImagingFolder()
    let helper = ImagingHelper(executable: "\(place.path)/none", processes: 1)
    do throws(ImagingError) {
      _ = try await helper.frame(smallFrame(), project: place.path)
      Issue.record("a missing program answered")
    } catch {
      #expect(error.code == .notInstalled)
      #expect(
        error.message
          == "Pictures cannot be drawn: cannot start \(place.path)/none: it is not there. Install Reelwright again, or set REEL_IMAGING to its path."
      )
    }
  }

  @Test func `a program that speaks something else is refused`() async throws {
    let place = try ImagingFolder()
    for answer in ["hello", "{\"id\":7,\"ok\":{\"bytes\":3}}", "{\"id\":1}", "{\"id\":1,\"ok\":{\"bytes\":-1}}"] {
      let helper = ImagingHelper(
        executable: try place.script("read line; echo '\(answer)'; exec cat > /dev/null"), processes: 1)
      #expect(
        await code { () async throws(ImagingError) in _ = try await helper.frame(smallFrame(), project: place.path) }
          == .died)
    }
  }

  @Test func `after stop nothing is started any more`() async throws {
    let place = try ImagingFolder()
    let helper = place.helper()
    _ = try await helper.frame(smallFrame(), project: place.path)
    helper.stop()
    #expect(
      await code { () async throws(ImagingError) in _ = try await helper.frame(smallFrame(), project: place.path) }
        == .cancelled)
  }
}

@Suite struct ImagingWireTests {
  @Test func `a request is read as it was written`() throws {
    var frame = smallFrame("Two lines\nand \"quotes\", \u{1F47B}")
    frame.references = [.init(path: "inbox/ärger.png", sha256: Digest(of: [1]))]
    frame.camera = CameraMove(move: "dolly-in", amount: 0.3)
    let tile = ContactSheet.Tile(
      picture: "inbox/ärger.png", id: "a\u{301}", name: "\"", prompt: "\u{202E}\n", facts: ["4 s", ""])
    var sheet = ContactSheet(
      title: "Ü\u{0}", detail: "1 shot", layout: .init(aspect: 4.0 / 3),
      rows: [
        .heading("H", detail: ""),
        .tiles([tile, .init(picture: nil, message: "no take yet", id: "b", name: "", prompt: "")]),
      ])
    (sheet.page, sheet.pages) = (2, 3)
    for call: ImagingRequest.Call in [
      .sheet(sheet),
      .frame(frame), .frame(smallFrame()), .probe("a/b.png"), .thumbnail("c.jpg", side: 320),
    ] {
      let request = ImagingRequest(project: "/films/my film", call: call)
      let line = ImagingWire.line(for: request, id: 41)
      #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
      let read = try #require(ImagingWire.request(in: line.dropLast()))
      #expect(read.id == 41)
      #expect(read.request == request)
    }
  }

  @Test func `a request that leads out of the project is none`() {
    let line = "{\"id\":1,\"project\":\"/films\",\"call\":\"probe\",\"path\":\"../secret.png\"}"
    #expect(ImagingWire.request(in: Array(line.utf8)) == nil)
  }
}
