internal import Basics
internal import Glibc
internal import Imaging

/// Reads requests from standard input and answers them in order, until the other end closes.
struct RequestLoop: ~Copyable {
  /// Made for the first text: reading the fonts takes longer than a thumbnail.
  private lazy var typesetter = Typesetter()
  private let pictures = DecodedPictures()
  private let input = Descriptor(owning: STDIN_FILENO)
  private let output = Descriptor(owning: STDOUT_FILENO)
  private var received: [UInt8] = []

  /// A request carries texts that people wrote; no text is this long.
  private static let longestRequest = 64 << 20

  mutating func run() {
    while let line = nextLine() {
      Limits.allowNextRequest()
      guard let (id, request) = ImagingWire.request(in: line) else {
        // Not even an id to answer to: whoever speaks like this is not our client.
        return
      }
      var picture: [UInt8] = []
      let reply: ImagingWire.Reply
      do throws(ImagingError) {
        (reply, picture) = try answer(request)
      } catch {
        reply = .error(error)
      }
      do throws(FileError) {
        try output.writeAll(ImagingWire.line(for: reply, id: id) + picture, path: "standard output")
      } catch {
        return
      }
    }
  }

  private mutating func answer(_ request: ImagingRequest) throws(ImagingError) -> (ImagingWire.Reply, [UInt8]) {
    let folder: Folder
    do throws(FileError) {
      folder = try Folder(opening: request.project)
    } catch {
      throw ImagingError(.unreadableFile, error.sentence)
    }
    switch request.call {
    case .probe(let path): return (.facts(try Picture.probe(path, in: folder)), [])
    case .thumbnail(let path, let side):
      let jpeg = try Thumbnail.encoded(of: path, side: try Self.checked(side), in: folder, Picture.jpeg)
      return (.picture(jpeg.count), jpeg)
    case .tile(let path, let side):
      let webp = try Thumbnail.encoded(of: path, side: try Self.checked(side), in: folder, Picture.webp)
      return (.picture(webp.count), webp)
    case .frame(let frame):
      guard StoryboardFrame.sides.contains(frame.width), StoryboardFrame.sides.contains(frame.height) else {
        throw ImagingError(
          .badRequest,
          "A frame of \(frame.width) x \(frame.height) pixels cannot be drawn; sides may have 64 to 4096.")
      }
      let png = try StoryboardDrawing(frame, typesetter, pictures).png(folder)
      return (.picture(png.count), png)
    case .sheet(let sheet):
      let png = try ContactSheetDrawing(sheet, typesetter).png(folder)
      return (.picture(png.count), png)
    }
  }

  private static func checked(_ side: Int) throws(ImagingError) -> Int {
    if (1...4096).contains(side) { return side }
    throw ImagingError(.badRequest, "A thumbnail of \(side) pixels cannot be made; it may have 1 to 4096.")
  }

  private mutating func nextLine() -> [UInt8]? {
    var searched = 0
    while true {
      if let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { received.removeFirst(end + 1) }
        return Array(received[..<end])
      }
      searched = received.count
      if searched > Self.longestRequest { return nil }
      let chunk = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
        repeat { count = read(input.raw, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
        count = max(0, count)
      }
      if chunk.isEmpty { return nil }
      received += chunk
    }
  }
}
