internal import Basics
internal import Imaging

/// Small copies of pictures for the page.
enum Thumbnail {
  /// Upright, in sRGB, no side longer than `side`, without any metadata; what is transparent shows the paper of the frames.
  /// - Parameter encode: gets the colours row by row, the width and the height.
  static func encoded(
    of path: ProjectPath, side: Int, in folder: Folder, _ encode: ([UInt8], Int, Int) -> [UInt8]?
  ) throws(ImagingError) -> [UInt8] {
    let bytes = try Picture.read(path, in: folder)
    _ = try Picture.header(of: bytes, path)
    let picture: [UInt8]?
    switch try Picture.decodeColours(bytes, path, side: side) {
    case .opaque(let rgb, let width, let height): picture = encode(rgb, width, height)
    case .transparent(let pixels):
      let canvas = Canvas(width: pixels.width, height: pixels.height)
      canvas.fill(Rect(x: 0, y: 0, width: Double(pixels.width), height: Double(pixels.height)), StoryboardDrawing.paper)
      canvas.place(pixels.values, width: pixels.width, height: pixels.height, at: Point(x: 0, y: 0))
      picture = canvas.isSound ? encode(canvas.rgb(), pixels.width, pixels.height) : nil
    }
    guard let picture else { throw ImagingError(.died, "The thumbnail could not be made: not enough memory.") }
    return picture
  }
}
